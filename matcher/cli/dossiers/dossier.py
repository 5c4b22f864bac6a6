"""Commands `entremise dossier …`: create, list, show, compare, export and import sourcing files (dossiers), and their lots with frozen lists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from matcher.catalogue.store.followed import follow_ids
from matcher.catalogue.store.read import dated_sources
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.dossiers.follow import FOLLOW_COMMANDS
from matcher.cli.dossiers.hours import HOURS_COMMANDS
from matcher.cli.dossiers.options import OpenDossier, lot_option, number_argument, reading_options, writing_options
from matcher.cli.frame.options import (
    DAY,
    WholeNumber,
    by_option,
    catalogue,
    combine_options,
    command_group,
    contact_lookup,
    database_option,
    existing,
    motive_option,
    owner,
    top_option,
)
from matcher.cli.frame.outlet import (
    KNOWN,
    REFUSED,
    UNKNOWN,
    Outlet,
    facts_grid,
    headed_table,
    outlet_options,
    print_list,
)
from matcher.cli.need.match import clear_reading, filled_shelf, given_need, lot_options
from matcher.clock import now, today
from matcher.decisions.opinion.document import usual_opinion
from matcher.decisions.opinion.law import lots_of_procedure
from matcher.domain.french import day, moment, number, unit
from matcher.dossiers.asking.store import campaigns_by_lot
from matcher.dossiers.asking.told import registers
from matcher.dossiers.changes import AddLot, Bring, Close, DescribeDossier, RemoveLot, Reopen, SetCourse, past_deadline
from matcher.dossiers.dossier import Course, Dossier, DossierChange, DossierHeader, SavedLot, Stage, State, Status
from matcher.dossiers.files.as_json import dossier_object, line_object, since_object
from matcher.dossiers.files.list_table import COLUMNS, sort_dossiers
from matcher.dossiers.files.list_table import dossiers_csv as list_csv
from matcher.dossiers.files.list_table import dossiers_xlsx as list_xlsx
from matcher.dossiers.files.transfer import read_dossier, transfer_object
from matcher.dossiers.files.workbook import dossier_csv, dossier_xlsx, frozen_on, heading
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.since import Since, compare_with_today, lot_supplier_ids
from matcher.dossiers.store import DossierFilter, DossierSummary, bring, catalogue_date, create_dossier, list_dossiers
from matcher.journal.change import ChangeRefused, Delete, Restore
from matcher.need.answer import answer_to
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.bands import BandedRanking
from matcher.reference.wordings import persona_wording

T = TypeVar("T", DossierHeader, Course)

_STAGES = click.Choice([str(stage) for stage in Stage])
# Options for the header of a dossier.
header_options = combine_options(
    click.option("--titre", "title", metavar="TEXTE", help="Le titre du dossier."),
    click.option("--acheteur", "buyer", metavar="NOM", help="Qui achète."),
    click.option("--siret-acheteur", "buyer_siret", metavar="SIRET", help="Le SIRET de l’acheteur."),
    click.option("--territoire", "territory", metavar="TEXTE", help="Où, dans vos mots : pour retrouver le dossier."),
    click.option("--reference", metavar="TEXTE", help="Votre référence."),
    click.option("--echeance", "deadline", type=DAY, metavar="DATE", help="Jour où les réponses sont attendues."),
)

# Options for the progress of the purchase.
course_options = combine_options(
    click.option("--etape", "stage", type=_STAGES, metavar="ÉTAPE", help=f"Où en est le dossier : {', '.join(Stage)}."),
    click.option("--offres", "offers_by", type=DAY, metavar="DATE", help="Jour où les offres sont à remettre."),
    click.option("--suivi-par", "follower", metavar="NOM", help="Qui suit le dossier."),
    click.option("--prochaine", "next_step", metavar="TEXTE", help="La prochaine étape ; vide, il n’y en a plus."),
    click.option("--prochaine-le", "next_on", type=DAY, metavar="DATE", help="Le jour de la prochaine étape."),
)


@command_group("dossier")
def dossier_command() -> None:
    """Tient les dossiers de sourcing : listes, suivi, journal.

    Un dossier est un marché : ses lots, la liste figée de chacun, ce que chaque fournisseur a répondu, les fichiers.
    """


@dossier_command.command("create", epilog='entremise dossier create --titre "Berges" --echeance 2026-12-15 --par Léa')
@header_options
@by_option
@database_option
def create_dossier_command(author: str, database: str | None, **options: Any) -> None:
    """Ouvre un dossier. Ajoutez-lui ensuite un lot : « entremise dossier add-lot »."""
    if not options["title"]:
        raise click.UsageError("Donnez un titre au dossier : --titre « Entretien des berges ».")
    engine = catalogue(database, create=True)
    header = DossierHeader(**{name: value for name, value in options.items() if value})
    made = create_dossier(engine, owner(engine), header, author=author, now=now())
    click.echo(f"Dossier {made.number} ouvert.")


@dossier_command.command("edit", epilog='entremise dossier edit 1 --suivi-par Léa --prochaine "Appeler" --par Léa')
@number_argument
@header_options
@course_options
@writing_options
def edit_dossier_command(opened: OpenDossier, **options: Any) -> None:
    """Change le titre, l’acheteur, les dates, l’étape, qui suit le dossier ou la prochaine étape."""
    values = {name: value for name, value in options.items() if value is not None}
    if not values:
        raise click.UsageError("Dites ce qui change, par exemple --etape sourcing.")
    if "stage" in values:
        values["stage"] = Stage(values["stage"])
    if values.get("next_step") == "":
        values["next_on"] = None  # removing the next step removes its day

    def changes_to(dossier: Dossier) -> list[DossierChange]:
        header, course = _with(dossier.header, values), _with(dossier.course, values)
        if refusal := past_deadline(header.deadline, today(), dossier.header.deadline):
            raise ChangeRefused(refusal)
        changes = [DescribeDossier(header)] if header != dossier.header else []
        return [*changes, *([SetCourse(course)] if course != dossier.course else [])]

    opened.write_all(changes_to)


def _with(record: T, values: Mapping[str, Any]) -> T:
    """Return a dataclass with the fields found in `values` replaced."""
    names = {field.name for field in fields(record)}
    return replace(record, **{name: value for name, value in values.items() if name in names})


@dossier_command.command("list", epilog="entremise dossier list --etat ouvert")
@click.option("--acheteur", "buyer", metavar="NOM|SIRET", default="", help="Une partie du nom, ou du SIRET.")
@click.option("--territoire", "territory", metavar="TEXTE", default="", help="Une partie du territoire.")
@click.option("--etat", "state", type=click.Choice([str(state) for state in State]), help="Ouverts ou clos.")
@click.option("--depuis", "since", type=DAY, metavar="DATE", help="Ouverts ce jour-là ou après.")
@click.option("--jusqu-au", "until", type=DAY, metavar="DATE", help="Ouverts ce jour-là ou avant.")
@click.option(
    "--texte", "text", metavar="TEXTE", default="", help="Dans le numéro, le titre, la référence, l’acheteur, le suivi."
)
@click.option("--etape", "stage", type=_STAGES, metavar="ÉTAPE", help="Ceux qui en sont là.")
@click.option("--suivi-par", "follower", metavar="NOM", default="", help="Une partie du nom de qui suit.")
@click.option("--offres-avant", "due_by", type=DAY, metavar="DATE", help="Offres à remettre ce jour-là ou avant.")
@click.option(
    "--tri",
    type=click.Choice([*COLUMNS]),
    metavar="COLONNE",
    help=f"La colonne qui ordonne ({', '.join(COLUMNS)}) ; sinon, le dernier changé d’abord.",
)
@click.option("--inverse", is_flag=True, help="Dans l’autre sens.")
@click.option("--supprimes", "deleted", is_flag=True, help="Les dossiers supprimés, que « restore » ramène.")
@outlet_options("table", "json", "csv", "xlsx", file="dossiers")
@database_option
def list_dossiers_command(
    state: str | None,
    stage: str | None,
    tri: str | None,
    inverse: bool,
    outlet: Outlet,
    database: str | None,
    **wanted: Any,
) -> None:
    """Liste les dossiers : étape, suivi, échéances, réponses ; le dernier changé en premier."""
    engine = catalogue(database)
    narrowed = DossierFilter(state=State(state) if state else None, stage=Stage(stage) if stage else None, **wanted)
    summaries = list_dossiers(engine, owner(engine), narrowed)
    if tri:
        summaries = sort_dossiers(summaries, COLUMNS[tri], last_first=inverse)
    elif inverse:
        summaries = summaries[::-1]
    outlet.send(
        table=lambda out: print_dossiers(summaries, out),
        json=lambda: [line_object(line) for line in summaries],
        csv=lambda: list_csv(summaries),
        xlsx=lambda: list_xlsx(summaries),
    )


@dossier_command.command("show", epilog="entremise dossier show 1")
@number_argument
@outlet_options("table", "json")
@reading_options
def show_dossier_command(opened: OpenDossier, outlet: Outlet) -> None:
    """Montre un dossier comme il est : ses lots, leurs listes, le suivi, le journal."""
    dossier = opened.read()
    outlet.send(table=lambda out: print_dossier(dossier, out), json=lambda: dossier_object(dossier))


@dossier_command.command("since", epilog="entremise dossier since 1")
@number_argument
@outlet_options("table", "json")
@reading_options
def since_command(opened: OpenDossier, outlet: Outlet) -> None:
    """Dit ce qui a changé au catalogue depuis que chaque liste est figée ; rien de figé ne bouge."""
    dossier = opened.read()
    shelf = load_shelf(opened.engine)
    ids = follow_ids(opened.engine, frozenset().union(*map(lot_supplier_ids, dossier.lots)))
    changed = [(lot, compare_with_today(lot, shelf, today(), ids)) for lot in dossier.lots]
    outlet.send(
        table=lambda out: print_since(changed, out),
        json=lambda: [since_object(changes, lot) for lot, changes in changed],
    )


@dossier_command.command("add-lot", epilog='entremise dossier add-lot 1 --objet "Traiteur" --lieu Lille --par Léa')
@number_argument
@click.option("--titre", "title", metavar="TEXTE", default="", help="Le titre du lot ; sinon, son objet.")
@lot_options
@top_option(50)
@click.option(
    "--garder",
    "first",
    type=WholeNumber(least=0),
    metavar="NOMBRE",
    help="Retient les premiers de la liste ; sinon, les candidats connus pour ce métier.",
)
@writing_options
def add_lot_command(opened: OpenDossier, title: str, top: int, first: int | None, **lot: Any) -> None:
    """Classe les fournisseurs pour un besoin, fige la liste et la met au dossier."""
    need = given_need(lot)
    clear_reading(need)
    engine = opened.engine
    others = [lot.frozen.reading for lot in opened.read().lots]  # refuses an unknown dossier before ranking
    shelf = filled_shelf(engine)
    shortlist = answer_to(need, shelf, top, BandedRanking.first)
    matches = [match for match in shortlist.matches if match.credible] if first is None else shortlist.matches[:first]
    procedure = lots_of_procedure([shortlist.reading, *others])
    opinion = usual_opinion(engine, LotOnShelf(shortlist.reading, shelf, shortlist.on), procedure)
    kept_ids = tuple(match.id for match in matches)
    added = AddLot(title, freeze(shortlist), kept_ids, catalogue_date(engine), dated_sources(engine), opinion)
    done = opened.write(lambda dossier: added)
    click.echo(done.lots[-1].answer)


@dossier_command.command(
    "remove-lot", epilog='entremise dossier remove-lot 1 --lot 1 --motif "Saisi deux fois" --par Léa'
)
@number_argument
@lot_option
@motive_option
@writing_options
def remove_lot_command(opened: OpenDossier, lot_number: int, motive: str) -> None:
    """Retire un lot du dossier ; le journal le garde."""
    opened.write(lambda dossier: RemoveLot(lot_number, motive))


for _command in (*FOLLOW_COMMANDS, *HOURS_COMMANDS):
    dossier_command.add_command(_command)


@dossier_command.command("export", epilog="entremise dossier export 1 --format json -o dossier.json")
@number_argument
@outlet_options("xlsx", "csv", "json", file="dossier")
@reading_options
def export_dossier_command(opened: OpenDossier, outlet: Outlet) -> None:
    """Écrit un dossier : XLSX (listes, critères, journal) et JSON, que « dossier import » relit, ou CSV."""
    engine, dossier = opened.engine, opened.read()
    outlet.send(
        xlsx=lambda: dossier_xlsx(
            dossier,
            contact_lookup(engine),
            registers=registers(dossier, campaigns_by_lot(engine, opened.owner, opened.number)),
        ),
        csv=lambda: dossier_csv(dossier, contact_lookup(engine)),
        json=lambda: transfer_object(dossier),
    )


@dossier_command.command("import", epilog="entremise dossier import dossier.json --par Léa")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@by_option
@database_option
def import_dossier_command(path: Path, author: str, database: str | None) -> None:
    """Relit un dossier écrit par « dossier export », en JSON ou en XLSX, sous un nouveau numéro, tel qu’il était."""
    brought = read_dossier(existing(path))
    engine = catalogue(database, create=True)
    made = bring(engine, owner(engine), brought.lines, [Bring(brought.number)], author=author, now=now())
    click.echo(f"Dossier {made.number} importé (il portait le numéro {brought.number or 'inconnu'}).")


def _add_plain_command(name: str, make: Callable[[str], DossierChange], help_text: str) -> None:
    """Register a command that makes one change to a whole dossier, with only a reason as option."""

    @dossier_command.command(name, help=help_text, epilog=f'entremise dossier {name} 1 --motif "Relance" --par Léa')
    @number_argument
    @motive_option
    @writing_options
    def command(opened: OpenDossier, motive: str) -> None:
        opened.write(lambda dossier: make(motive))


_add_plain_command("close", Close, "Clôt un dossier : il se lit, et ne change plus.")
_add_plain_command("reopen", Reopen, "Rouvre un dossier clos.")
_add_plain_command("delete", Delete, "Supprime un dossier ; rien n’est effacé, « restore » le ramène.")
_add_plain_command("restore", Restore, "Ramène un dossier supprimé, tel qu’il était.")


MARKS = {
    Status.TO_CONTACT: "○",
    Status.CONTACTED: "◐",
    Status.INTERESTED: "✓",
    Status.CHOSEN: "✓",
    Status.NOT_INTERESTED: "✕",
    Status.NO_ANSWER: "···",
}


def print_dossier(dossier: Dossier, out: Console) -> None:
    """Print a dossier: heading, each lot with its list, decisions, journal."""
    out.print(facts_grid([*heading(dossier), ("Version", str(dossier.version))]))
    if dossier.deleted:
        out.print(f"{REFUSED} supprimé le {moment(dossier.deleted)} : « entremise dossier restore {dossier.id} »")
    for lot in dossier.lots:
        out.print(f"\n[bold]Lot {lot.number}  {escape(lot.title)}[/bold]")
        out.print(f"[dim]Liste figée le {frozen_on(lot)}, {number(len(lot.frozen.matches))} candidats vus.[/dim]")
        out.print(Text(lot.answer))
        if lot.entries:
            out.print(_entries(lot))
        for removal in lot.removed:
            sentence = f"{REFUSED} {removal.entry.match.name}, retiré par {removal.who} : {removal.reason}"
            out.print(Text(sentence, style="dim"))
    for decision in dossier.decisions:
        out.print(f"\n[bold]{escape(decision.decision.kind.capitalize())}  {escape(decision.decision.title)}[/bold]")
        out.print(f"[dim]Décision figée le {moment(decision.at)} par {escape(decision.who)}.[/dim]")
        out.print(Text(decision.decision.answer))
    out.print("\n[bold]Journal[/bold]")
    for event in dossier.journal:
        out.print(Text(f"{event.number:>3}  {moment(event.at)}  {event.who} {event.change.says(dossier)}"))


def print_dossiers(lines: Sequence[DossierSummary], out: Console) -> None:
    """Print a list of dossiers in the order given."""
    facts = ("Étape", "Suivi par", "Offres", "Prochaine étape", "Réponses", "Changé le")
    rows = []
    for line in lines:
        header, course = line.header, line.course
        answers = ", ".join(f"{times} {status}" for status, times in line.statuses.items())
        offers, on = (day(on) if on else "" for on in (course.offers_by, course.next_on))
        stage = str(line.state) if line.state is State.CLOSED else str(course.stage or "")
        step = "\n".join(filter(None, (course.next_step, on)))
        cells = (header.title, header.buyer, stage, course.follower, offers, step, answers)
        rows.append((line.number, *cells, day(line.updated)))
    print_list(headed_table(("Numéro", "Titre", persona_wording("client"), *facts), rows), "dossier", out)


def print_since(news: Sequence[tuple[SavedLot, Since]], out: Console) -> None:
    """Print the changes in the catalogue since each list was frozen."""
    if not news:
        out.print("Aucune liste n’est figée dans ce dossier.")
    for lot, changed in news:
        out.print(Text(f"Lot {lot.number}, depuis le {moment(lot.at)} : {changed.sentence}.", style="bold"))
        for gone in changed.lost:
            out.print(Text(f"  {REFUSED} {gone.match.name} : {' ; '.join(gone.reasons)}"))
        for updated in changed.updated:
            out.print(Text(f"  {KNOWN} {updated.match.name} : {' ; '.join(updated.differences)}"))
        for match in changed.candidates:
            score = f" ({number(match.score, 1)})" if match.scored else ""
            out.print(Text(f"  {UNKNOWN} candidat possible : {match.name}{score}  {match.id}"))


def _entries(lot: SavedLot) -> Table:
    figures = (Column(header, justify="right", no_wrap=True) for header in ("Distance", "Score", "Connu"))
    rows = []
    for place, entry in enumerate(lot.entries, start=1):
        match = entry.match
        km = "" if match.distance_km is None else unit(match.distance_km, "km")
        score = number(match.score, 1) if match.scored else ""
        details = [", ".join(match.kinds), "ajouté" if entry.added else "", entry.note, entry.reason]
        named = Text.assemble((match.name, "bold"), f"\n{' · '.join(filter(None, details))}\n{match.id}")
        on = f"\n{day(entry.status_on)} · {entry.status_by}" if entry.status_on else ""
        again = f"\nà rappeler le {day(entry.again)}" if entry.again else ""
        status = f"{MARKS[entry.status]} {entry.status}{on}{again}"
        rows.append((str(place), named, km, score, unit(match.coverage * 100, "%"), status))
    return headed_table((Column(justify="right", style="cyan"), "Structure et note", *figures, "Suivi"), rows)
