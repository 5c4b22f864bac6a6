"""« Les annuaires ouverts »: taken from where they are published in one button; how far each is, what it gave, why it gave nothing."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.intake.online_sources import OPEN, OpenDirectories, OpenDirectory
from matcher.catalogue.steward.rows_without_kind import count_waiting
from matcher.web.frame.app_state import desk, person

pages = Blueprint("directories", __name__)


@pages.get("/catalogue/annuaires", endpoint="show")
def show_directories() -> str:
    """Show each open directory: its age, how far it is, what it gave."""
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
    """Have those that are late taken; the invented sample, whose page says so, takes none."""
    if desk().notice():
        return show_directories(), 409
    late = [each.source.name for each in _directories() if each.late]
    OpenDirectories(desk().works).take(late, person())
    if not late:
        flash("Tous les annuaires ouverts sont à jour : rien n’est redemandé.")
    return redirect(url_for("directories.show"), 303)


@pages.post("/catalogue/annuaires/arret")
def stop() -> ResponseReturnValue:
    """Stop those that are being taken."""
    OpenDirectories(desk().works).stop()
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
