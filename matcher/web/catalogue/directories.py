"""Page « Les annuaires ouverts »: downloads and imports, with one button, the public directories of suppliers that are due; shows progress and results."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.intake.online_sources import OPEN, OpenDirectories, OpenDirectory
from matcher.catalogue.steward.rows_without_kind import count_waiting
from matcher.web.frame.app_state import desk, name_act, person

pages = Blueprint("directories", __name__)


@pages.get("/catalogue/annuaires", endpoint="show")
def show_directories() -> str:
    """Show each public directory: its age, the progress of its import, its result."""
    open_directories = _directories()
    return render_template(
        "catalogue/annuaires.html",
        directories=open_directories,
        going=any(each.going for each in open_directories),
        late=[each for each in open_directories if each.late],
        waiting=count_waiting(desk().engine),
    )


@pages.post("/catalogue/annuaires", endpoint="take")
def take_directories() -> ResponseReturnValue:
    """Start the import of the directories that are due; 409 for the sample catalogue, which takes none."""
    if desk().notice():
        return show_directories(), 409
    late = [each.source.name for each in _directories() if each.late]
    OpenDirectories(desk().works).take(late, person())
    name_act("demande l’import des annuaires ouverts" if late else "", ", ".join(late))
    if not late:
        flash("Tous les annuaires ouverts sont à jour : rien n’est redemandé.")
    return redirect(url_for("directories.show"), 303)


@pages.post("/catalogue/annuaires/arret")
def stop() -> ResponseReturnValue:
    """Stop the running imports."""
    OpenDirectories(desk().works).stop()
    name_act("arrête les imports des annuaires ouverts")
    flash("Arrêté. Ce qui a été reçu est gardé, et ne sera pas redemandé aujourd’hui.")
    return redirect(url_for("directories.show"), 303)


def _directories() -> list[OpenDirectory]:
    current_desk = desk()
    ages = {age.key: age for age in current_desk.ages()}
    works = OpenDirectories(current_desk.works).works_by_name()
    return [
        OpenDirectory(source, ages[source.key], ages[source.key].late(current_desk.today()), works.get(source.name))
        for source in OPEN
    ]
