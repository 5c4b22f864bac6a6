"""`programme`: a sheet of future purchases, answered line by line, and what the whole could do; goes on where it was stopped."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from sqlalchemy import Engine

from matcher.cli.decisions.opinion import thresholds
from matcher.cli.frame.columns import mapping_option, purchase_sheet
from matcher.cli.frame.options import (
    catalogue,
    command,
    database_option,
    owner,
    together,
)
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.cli.frame.progress import counting
from matcher.cli.need.match import filled_shelf
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.assumptions import Assumptions
from matcher.decisions.purchases.answer import buyer_told, programme_answered
from matcher.decisions.purchases.columns import PROGRAMME
from matcher.decisions.purchases.line import MOST_LINES
from matcher.decisions.purchases.programme import FORM
from matcher.decisions.purchases.programme_document import (
    lines_table,
    programme_document,
    programme_lines,
    programme_object,
)
from matcher.decisions.purchases.questions import LineTold
from matcher.decisions.purchases.titled_place import sheet_defaults
from matcher.domain.french import count
from matcher.erasure import FOLDERS
from matcher.jobs.resume import KeptAnswers, forget_old, name_of
from matcher.need.answer import this_day
from matcher.render.described_file import jsonl_file
from matcher.render.workbook import table_csv

_told = together(
    click.option(
        "--lieu",
        "place",
        metavar="LIEU",
        default="",
        help="Lieu des lignes qui n’en disent pas.  [par défaut : celui que nomme le titre]",
    ),
    click.option("--acheteur", "buyer", metavar="SIRET", default="", help="SIRET de l’acheteur, jamais candidat."),
    click.option(
        "--montants",
        "tax",
        type=click.Choice(("ht", "ttc")),
        help="Ce que sont les montants dont ni la colonne ni la cellule ne disent HT ou TTC.",
    ),
    click.option(
        "--tva",
        "vat",
        type=click.FloatRange(0, 100),
        metavar="TAUX",
        help="Taux qui ramène en HT un montant TTC, en %.  [par défaut : 20]",
    ),
    click.option(
        "--periode",
        "period",
        type=click.Choice(("an", "total")),
        help="Ce que sont les montants qui ne se disent ni par an ni en tout.",
    ),
    click.option(
        "--duree",
        "months",
        type=click.FloatRange(1, 600),
        metavar="MOIS",
        help="Durée des lignes dont le montant est par an et qui ne disent pas combien de temps.",
    ),
)


@command("programme", epilog="entremise programme achats_2027.xlsx -o avis_2027.xlsx")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@_told
@thresholds
@mapping_option
@outlet_options("table", "json", "jsonl", "csv", "xlsx", file="programme")
@database_option
def programme_command(
    path: Path,
    place: str,
    buyer: str,
    tax: str | None,
    vat: float | None,
    period: str | None,
    months: float | None,
    mapping: Path | None,
    outlet: Outlet,
    database: str | None,
    assumed: Assumptions,
) -> None:
    """Donne l’avis sur chaque ligne d’un programme d’achats.

    FICHIER est un CSV ou un classeur de 2 000 lignes au plus ; il revient avec levier, candidats, doutes et totaux. Les montants sont ramenés en HT
    sur la durée entière ; celui dont on ne sait pas s’il est HT, ou par an, n’entre dans aucun total : les options le disent pour tous.
    Interrompu, il reprend où il en était.
    """
    try:
        buyer_told(buyer, place)
    except DecisionRefused as refusal:
        raise click.BadParameter(str(refusal), param_hint=f"--{refusal.field}") from refusal
    engine = catalogue(database)
    sheet = purchase_sheet(engine, PROGRAMME, path, MOST_LINES, mapping)
    shelf, today = filled_shelf(engine), this_day()
    answers = LineTold(taxed=_TAXED.get(tax or ""), vat=vat, yearly=_YEARLY.get(period or ""), months=months)
    whose, defaults = owner(engine), sheet_defaults(buyer, place, sheet.titles, path.name)
    work = name_of(FORM, digest_of(path), name_of_catalogue(engine), shelf.version, assumed, today, sheet.understood)
    with taken_up(work) as kept:
        with counting("Programme") as tell:
            its = programme_answered(
                engine, whose, shelf, sheet, defaults, answers, assumed, today, kept, lambda *far: tell("avis", *far)
            )
        outlet.send_document(
            programme_document(its),
            json=lambda: programme_object(its),
            jsonl=lambda: jsonl_file(programme_lines(its)),
            csv=lambda: table_csv(lines_table(its)),
        )


_TAXED = {"ht": False, "ttc": True}
_YEARLY = {"an": True, "total": False}


@contextmanager
def taken_up(work: str) -> Iterator[KeptAnswers]:
    """The answers of a run that was stopped, in the cache folder; kept until the answer is written."""
    folder = FOLDERS["programmes"].path
    forget_old(folder)
    path = folder / f"{work}.jsonl"
    with KeptAnswers(path, work) as kept:
        if kept.held:
            done = count(len(kept.held), "ligne déjà faite", "lignes déjà faites")
            Console(stderr=True).print(f"Reprise : {done}.", highlight=False)
        try:
            yield kept
        except KeyboardInterrupt:
            Console(stderr=True).print("Ce qui est fait est gardé : la même commande reprendra là.", highlight=False)
            raise
    path.unlink(missing_ok=True)


def digest_of(path: Path) -> str:
    """Return what tells this file from any other."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def name_of_catalogue(engine: Engine) -> str:
    """Return what tells this catalogue from another, its password left out."""
    return engine.url.render_as_string()
