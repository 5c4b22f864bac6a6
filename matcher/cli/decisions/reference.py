"""Commands `entremise reference …`: show and fill the team's own tables (cost of work, price indices, facilitators of social clauses, contacts by region)."""

from datetime import date
from pathlib import Path

import click

from matcher.catalogue.store.calibration import fill_lines, follow_team, index_values, note_index
from matcher.cleaning.numbers import clean_measure
from matcher.cleaning.phone import shown_phone
from matcher.cli.frame.columns import mapping_of_files, mapping_option
from matcher.cli.frame.options import MONTH, catalogue, command, contacts_since, database_option, existing
from matcher.cli.frame.outlet import console, folded_columns, headed_table, print_list
from matcher.clock import now, today
from matcher.db import reading
from matcher.decisions.clause.facilitator_file import FACILITATORS, read_facilitators
from matcher.decisions.clause.facilitators import import_facilitators, load_facilitators
from matcher.decisions.interlocutors import interlocutors_of, load_interlocutors, speak_to_table
from matcher.decisions.plaquette.answer import people_table, read_territory
from matcher.domain.french import count, day, number
from matcher.reading.place.areas import places_of
from matcher.reference.calibration import SPANS, Span, WorkFamily, read_family_lines, work_families
from matcher.reference.geography.territories import regions
from matcher.reference.price_index import INDICES, IndexValue
from matcher.reference.source_rules import Use
from matcher.render.document import DocumentTable
from matcher.settings import calibration_file

TO_FILL = "à caler"
# Options that give a range: name → the two columns of its bounds.
RANGES = {low.rpartition("_")[0]: (low, high) for low, high, *_ in SPANS.values()}


@command(
    "calibration",
    epilog='entremise reference calibration "Collecte des déchets" \\\n--cout 28 --source Régie --annee 2026',
)
@click.argument("family", metavar="[FAMILLE]", required=False)
@click.option("--part", metavar="POURCENT", help="Part de main-d’œuvre dans le prix : « 45 », ou « 40-50 ».")
@click.option("--cout", metavar="EUROS", help="Coût d’une heure de travail : « 28 », ou « 25-30 ».")
@click.option("--prix", metavar="EUROS", help="Prix facturé d’une heure, à défaut de part et de coût : « 38-45 ».")
@click.option(
    "--euros-par-etp", metavar="EUROS", help="Montant HT que fait un ETP en un an, à défaut de part et de coût."
)
@click.option(
    "--pourcentage", metavar="POURCENT", help="Part usuelle des heures qu’une clause demande : « 5 », ou « 5-10 »."
)
@click.option("--cpv", metavar="CODES", help="Débuts de codes CPV de la famille, séparés par des espaces.")
@click.option("--source", metavar="TEXTE", help="D’où viennent ces chiffres.")
@click.option("--annee", metavar="ANNÉE", help="De quand ils datent.")
@click.option(
    "--fichier",
    "file",
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Un fichier de lignes, aux colonnes de data/reference/calibration.csv.",
)
@database_option
def calibration_command(family: str | None, file: Path | None, database: str | None, **options: str | None) -> None:
    """Montre ce que coûte le travail par famille de métiers.

    Dit aussi ce qui reste à caler ; avec FAMILLE, y note vos chiffres, leur source et leur date, pour toute l’équipe.
    """
    cells = {name: text for name in ("cpv", "source", "annee") if (text := options[name])}
    for name, columns in RANGES.items():
        if text := options[name]:
            low, _, high = text.partition("-")
            cells |= dict(zip(columns, (low.strip(), high.strip()), strict=True))
    engine = catalogue(database, create=True)
    if file is not None:
        if family is not None or cells:
            raise click.UsageError("Un fichier, ou une famille et ses chiffres : pas les deux.")
        filled = fill_lines(engine, read_family_lines(existing(file)))
        _show_costs(filled)
        click.echo(f"Repris : {count(len(filled), 'famille')}.")
        return
    if family is None:
        if cells:
            raise click.UsageError("Nommez d’abord la famille, telle que « entremise reference calibration » l’écrit.")
        with reading(engine) as connection:
            follow_team(connection)
        _show_costs(work_families())
        if calibration_file().is_file():
            click.echo(
                f"« {calibration_file()} » n’est plus lu : « entremise reference calibration --fichier » le reprend une fois pour toutes."
            )
        return
    if not (options["source"] and options["annee"]):
        raise click.UsageError(
            "Dites d’où viennent ces chiffres et de quand ils datent : ajoutez « --source » et « --annee »."
        )
    _show_costs(fill_lines(engine, [{"famille": family, **cells}]))
    click.echo("Noté.")


@command("indices", epilog="entremise reference indices BT01 --mois 09/2026 --valeur 140,2 --source INSEE")
@click.argument("index", metavar="[INDICE]", required=False, type=click.Choice(tuple(INDICES), case_sensitive=False))
@click.option("--mois", "month", type=MONTH, metavar="MOIS", help="Mois de la valeur, par exemple 09/2026.")
@click.option(
    "--valeur", "value", metavar="NOMBRE", help="Valeur de l’indice ce mois-là, de la même base que les autres."
)
@click.option("--source", metavar="TEXTE", default="", help="Où elle est lue.")
@database_option
def indices_command(
    index: str | None, month: date | None, value: str | None, source: str, database: str | None
) -> None:
    """Montre ou note les indices qui ramènent un coût à aujourd’hui.

    ICHT-IME pour le coût du travail, BT01 et TP01 pour les prix des travaux : notez la valeur de l’année du coût, et la dernière publiée. Aucune
    série n’est fournie.
    """
    engine = catalogue(database, create=True)
    if index is None and not (month or value or source):
        rows = ((one.name, f"{one.month:%m/%Y}", number(one.value, 2), one.source) for one in index_values(engine))
        table = headed_table(folded_columns("Indice", "Mois", "Valeur", "Source"), rows)
        with console(None) as out:
            print_list(table, "valeur", out)
        return
    figure = clean_measure(value or "").value
    if index is None or month is None or not source or figure is None or figure <= 0:
        raise click.UsageError(
            "Dites l’indice, son mois (--mois 09/2026), sa valeur (--valeur 140,2) et où elle est lue (--source)."
        )
    note_index(engine, IndexValue(index, month, figure, source), today())
    click.echo("Noté.")


def _show_costs(shown: tuple[WorkFamily, ...]) -> None:
    others = ("Part (%)", "€ l’heure", "€ facturés", "€ par ETP et par an", "Clause (%)", "Année", "Source")
    rows = []
    for work_family in shown:
        hourly = (
            _span(work_family.hourly)
            if work_family.hourly or work_family.price is None
            else f"{_span(work_family.price)} (prix)"
        )
        spans = map(_span, (work_family.euros_per_etp, work_family.clause))
        rows.append((work_family.name, _span(work_family.share), hourly, *spans, work_family.year, work_family.source))
    with console(None) as out:
        out.print(headed_table(folded_columns("Famille", *others, min_width=19), rows))


def _span(span: Span | None) -> str:
    if span is None:
        return TO_FILL
    low, high = number(span.low, 2), number(span.high, 2)
    return low if low == high else f"{low} à {high}"


@command("facilitators", epilog="entremise reference facilitators facilitateurs.csv --dry-run")
@click.argument("path", metavar="[FICHIER]", required=False, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Dit ce qui serait compris, sans rien écrire.")
@mapping_option
@database_option
def facilitators_command(path: Path | None, dry_run: bool, mapping: Path | None, database: str | None) -> None:
    """Importe ou montre les facilitateurs des clauses sociales.

    FICHIER est leur liste : nom, structure, territoire (communes, EPCI, départements, ou une ligne par commune), téléphones, courriel, date.
    Sans lui, la liste tenue est montrée.
    """
    engine = catalogue(database, create=True)
    if path is None:
        people = load_facilitators(engine, since=contacts_since())
        headers = ("Territoire", "Structure", "Nom", "Téléphone", "Courriel", "Au")
        rows = (
            (
                *(facilitator.territory, facilitator.structure, facilitator.name),
                "\n".join(map(shown_phone, facilitator.phones)),
                *(facilitator.email, day(facilitator.as_of) if facilitator.as_of else ""),
            )
            for facilitator in people
        )
        with console(None) as out:
            print_list(headed_table(folded_columns(*headers), rows), "facilitateur", out)
        return
    read = read_facilitators(existing(path), mapping_of_files(engine, FACILITATORS, [path], mapping, dry_run=dry_run))
    for remark in read.remarks:
        click.echo(remark)
    import_facilitators(engine, read.found, now=now(), dry_run=dry_run)
    counted = count(len(read.found), "facilitateur")
    click.echo(
        f"Essai à blanc, rien n’est écrit : {counted}." if dry_run else f"{counted}, à la place de la liste précédente."
    )


@command("interlocutors", epilog="entremise reference interlocutors --lieu Maubeuge")
@click.option(
    "--lieu", "places", multiple=True, metavar="LIEU", help="Commune, EPCI, département ou région ; répétable."
)
@database_option
def interlocutors_command(places: tuple[str, ...], database: str | None) -> None:
    """Montre à qui un acheteur peut parler, par région.

    CRESS, Guichet vert, réseau d’acheteurs, plateforme d’achats ; avec un lieu, ses facilitateurs aussi, et ce qui reste à compléter. La page
    « À qui parler » les complète.
    """
    engine, since = catalogue(database, create=True), contacts_since()
    if places:
        _show_people(people_table(engine, read_territory(places)[0], since=since, use=Use.EXPORT))
        return
    everywhere = interlocutors_of(
        load_interlocutors(engine, since=since), places_of([f"reg:{code}" for code in regions()])
    )
    _show_people(speak_to_table(its for its in everywhere if its.people))


def _show_people(shown_table: DocumentTable) -> None:
    with console(None) as out:
        headers = (column.label for column in shown_table.columns)
        out.print(headed_table(folded_columns(*headers), shown_table.lines()))
