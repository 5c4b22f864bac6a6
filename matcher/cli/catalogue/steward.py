"""Commands `entremise catalogue show`, `conflicts`, `quality`, `correct`, `add` and `withdraw`: inspect suppliers' records and correct them by hand."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text
from sqlalchemy import Engine

from matcher.catalogue.identity.conflicts import FieldConflict, SourceSays
from matcher.catalogue.identity.references import listing_of
from matcher.catalogue.identity.signs_of_life import NONE_DATED
from matcher.catalogue.identity.trust import STATED, source_title
from matcher.catalogue.intake.clean_record import REPORTED
from matcher.catalogue.steward.corrections import (
    Correction,
    WrittenCorrection,
    add_supplier,
    correct_supplier,
    corrections_of,
    withdraw_correction,
)
from matcher.catalogue.steward.document import conflict_object, fiche_object, quality_csv, quality_object
from matcher.catalogue.steward.fiche import Fiche, SourcedValue
from matcher.catalogue.steward.privacy import kept_since
from matcher.catalogue.steward.quality import STALE_MONTHS, Quality, SourceQuality
from matcher.catalogue.steward.readings import read_conflicts, read_fiche, read_quality
from matcher.catalogue.steward.stated_record import ACTIVITY
from matcher.catalogue.steward.stated_record import REFUSED as REFUSED_TRADE
from matcher.catalogue.steward.trades_known import TradesKnown, TradeStanding
from matcher.catalogue.store.why_missing import why_missing
from matcher.cli.frame.departement import DEPARTEMENT
from matcher.cli.frame.options import (
    RequestRefused,
    WholeNumber,
    by_option,
    catalogue,
    command,
    contacts_since,
    database_option,
    motive_option,
    receiving_catalogue,
    record_act,
)
from matcher.cli.frame.outlet import KNOWN, REFUSED, UNKNOWN, Outlet, headed_table, outlet_options
from matcher.cli.frame.supplier import SUPPLIER, supplier_named
from matcher.clock import now, today
from matcher.domain.fields import FIELD
from matcher.domain.french import count, day, number, percent
from matcher.domain.supplier import Origin, Reference
from matcher.reference.geography.territories import Departement
from matcher.reference.trades.activities import taxonomy

champ_option = click.option(
    "--champ",
    "champs",
    multiple=True,
    metavar="CHAMP=VALEUR",
    help="Ce qui est su ; répétable. Un champ qui n’existe pas est refusé, avec la liste des autres.",
)


@command("show", epilog="entremise catalogue show 00010101400017")
@click.argument("key", metavar=SUPPLIER)
@outlet_options("table", "json")
@database_option
def show_supplier_command(key: str, outlet: Outlet, database: str | None) -> None:
    """Montre un fournisseur champ par champ : valeur, source, date, valeurs écartées, questions à poser."""
    engine = catalogue(database)
    fiche = read_fiche(engine, supplier_named(engine, key), contacts_since=contacts_since())
    if fiche is None:
        raise RequestRefused(why_missing(engine, key))
    corrections = corrections_of(engine, fiche.supplier.id)
    outlet.send(table=lambda out: print_fiche(fiche, corrections, out), json=lambda: fiche_object(fiche, corrections))


@command("conflicts", epilog="entremise catalogue conflicts")
@outlet_options("table", "json")
@database_option
def conflicts_command(outlet: Outlet, database: str | None) -> None:
    """Liste ce sur quoi deux sources se contredisent, au-delà de l’orthographe."""
    field_conflicts = read_conflicts(catalogue(database), contacts_since=contacts_since())
    outlet.send(
        table=lambda out: print_conflicts(field_conflicts, out),
        json=lambda: [conflict_object(conflict) for conflict in field_conflicts],
    )


@command("quality", epilog="entremise catalogue quality --departement 59")
@click.option(
    "--mois",
    "months",
    type=WholeNumber(),
    metavar="NOMBRE",
    default=STALE_MONTHS,
    show_default=True,
    help="Âge en mois au-delà duquel une fiche est ancienne.",
)
@click.option(
    "--departement", "place", type=DEPARTEMENT, metavar="CODE", help="Les métiers connus de ce département seulement."
)
@outlet_options("table", "json", "csv")
@database_option
def quality_command(months: int, place: Departement | None, outlet: Outlet, database: str | None) -> None:
    """Dit quels métiers sont connus, par département et par famille, ce que chaque étape apporterait, et ce que vaut chaque source.

    Chaque source est jugée champ par champ (rempli, valide, ancien, contredit), avec quoi demander à qui.
    """
    quality = read_quality(
        catalogue(database), stale_before=kept_since(today(), months), contacts_since=contacts_since()
    )
    outlet.send(
        table=lambda out: print_quality(quality, out, place),
        json=lambda: quality_object(quality),
        csv=lambda: quality_csv(quality),
    )


@command("correct", epilog="entremise catalogue correct 00010101400017 --champ effectif=32 --par Léa")
@click.argument("key", metavar=SUPPLIER)
@champ_option
@click.option(
    "--ne-fait-pas",
    "refused",
    multiple=True,
    metavar="ACTIVITÉ",
    help="Activité qu’il ne fait pas : libellé ou code ; répétable.",
)
@by_option
@motive_option
@database_option
def correct_supplier_command(
    key: str, champs: tuple[str, ...], refused: tuple[str, ...], author: str, motive: str, database: str | None
) -> None:
    """Corrige un fournisseur : la parole de l’équipe passe avant toute source, et aucun import ne l’efface."""
    statement = _statement(champs) | ({REFUSED_TRADE: list(refused)} if refused else {})
    engine = catalogue(database)
    done = correct_supplier(engine, supplier_named(engine, key), statement, author=author, motive=motive, now=now())
    _report_correction(engine, done, "écrite", author, ", ".join(statement))


@command("add", epilog="entremise catalogue add --nom Lilas --type ESAT --commune Arras --par Léa")
@click.option("--nom", metavar="NOM", required=True, help="Le nom du fournisseur.")
@click.option("--type", "kind", metavar="TYPE", required=True, help="Son type : EI, ACI, EA, ESAT…")
@click.option(
    "--commune", metavar="COMMUNE", required=True, help="« 59600 Maubeuge », « Maubeuge (59) » ou un code INSEE."
)
@click.option("--siret", metavar="SIRET", help="Son SIRET, s’il est connu.")
@click.option("--activite", "activities", multiple=True, metavar="ACTIVITÉ", help="Ce qu’il fait ; répétable.")
@champ_option
@by_option
@motive_option
@database_option
def add_supplier_command(
    nom: str,
    kind: str,
    commune: str,
    siret: str | None,
    activities: tuple[str, ...],
    champs: tuple[str, ...],
    author: str,
    motive: str,
    database: str | None,
) -> None:
    """Ajoute un fournisseur qu’aucun annuaire ne liste."""
    own = {
        "nom": [nom],
        "type": [kind],
        "commune": [commune],
        "siret": [siret] if siret else [],
        ACTIVITY: list(activities),
    }
    statement = _statement(champs)
    for champ, written in own.items():
        if written:
            statement[champ] = [*written, *statement.get(champ, [])]
    engine = receiving_catalogue(database)
    done = add_supplier(engine, statement, author=author, motive=motive, now=now())
    _report_correction(engine, done, "écrite", author, ", ".join(statement))


@command("withdraw", epilog="entremise catalogue withdraw 1")
@click.argument("number", metavar="NUMÉRO", type=WholeNumber())
@database_option
def withdraw_correction_command(number: int, database: str | None) -> None:
    """Retire une correction : la valeur des sources revient. « entremise catalogue show » donne les numéros."""
    engine = catalogue(database)
    _report_correction(engine, withdraw_correction(engine, number, now=now()), "retirée")


def _statement(champs: tuple[str, ...]) -> dict[str, list[str]]:
    statement: dict[str, list[str]] = {}
    for written in champs:
        champ, equals, value = written.partition("=")
        if not equals:
            raise click.UsageError(f"« {written} » : écrivez CHAMP=VALEUR, par exemple --champ effectif=32.")
        statement.setdefault(champ.strip().lower().replace("_", "-"), []).append(value)
    return statement


def _report_correction(engine: Engine, done: WrittenCorrection, what: str, author: str = "", fields: str = "") -> None:
    """Print a correction written or withdrawn, and add it to the security journal: the names of its fields, not their values."""
    detail = f"correction {done.id}" + (f" : {fields}" if fields else "")
    action = "corrige le catalogue" if fields else "retire une correction"
    record_act(engine, action, done.supplier_id or "", detail, author=author)
    where = (
        f" Fournisseur : {done.supplier_id}." if done.supplier_id else " Le fournisseur n’est plus dans le catalogue."
    )
    click.echo(f"Correction {done.id} {what}.{where}")


_LONGEST = 160
_MOST_REFERENCES = 10


def print_fiche(fiche: Fiche, corrections: Sequence[Correction], out: Console) -> None:
    """Print all that is known of one supplier, field by field, with the values set aside."""
    supplier = fiche.supplier
    out.print(f"[bold]{escape(supplier.name)}[/bold]  [dim]{escape(supplier.id)}[/dim]")
    out.print(_values(fiche))
    sign = fiche.last_sign
    out.print(Text(f"Dernier signe de vie : {f'{day(sign.day)}, {sign.what}' if sign else NONE_DATED}"))
    for remark in _remarks(fiche):
        out.print(remark)
    for correction in corrections:
        statement = " ; ".join(f"{champ}={text}" for champ, written in correction.said.items() for text in written)
        why = f" ({correction.motive})" if correction.motive else ""
        signed = f"{correction.who}, {day(correction.given)}"
        out.print(Text(f"{KNOWN} correction {correction.id}, {signed} : {statement}{why}"))
    for line in _references(fiche.references):
        out.print(line)
    if fiche.questions:
        out.print("[bold]À demander[/bold]")
    for question in fiche.questions:
        out.print(f"  {UNKNOWN} {escape(question)}")
    if fiche.siblings:
        out.print("[bold]Même organisation (SIREN)[/bold]")
    for key, name in fiche.siblings:
        out.print(Text(f"  {KNOWN} {name}  {key}"))


def print_conflicts(field_conflicts: Sequence[FieldConflict], out: Console) -> None:
    """Print the conflicts between sources, by supplier."""
    for conflict in field_conflicts:
        sentence = f"  {conflict.supplier_id}\n  {UNKNOWN} {_sentence(conflict)}"
        out.print(Text.assemble((conflict.name, "bold"), sentence))
    suppliers = len({conflict.supplier_id for conflict in field_conflicts})
    out.print(f"{count(len(field_conflicts), 'désaccord')} sur {count(suppliers, 'fournisseur')}.")


def print_quality(quality: Quality, out: Console, place: Departement | None = None) -> None:
    """Print the quality report: totals, known trades (of one département, or of all), fields of each source, requests to publishers."""
    out.print(f"[bold]{count(quality.suppliers, 'fournisseur')}[/bold]")
    for lacking, what in (
        (quality.without_activity, "sans activité déclarée"),
        (quality.without_place, "sans coordonnées connues"),
        (quality.without_contact, "sans contact"),
        (quality.conflicting_suppliers, "dont les sources se contredisent (entremise catalogue conflicts)"),
    ):
        share = f" ({percent(lacking / quality.suppliers, 1)})" if quality.suppliers else ""
        out.print(f"  {number(lacking)} {what}{share}")
    for table in _trades_tables(quality.trades, place):
        out.print(table)
    out.print("[bold]Ce que chaque étape apporterait, au plus[/bold]")
    for step in quality.trades.steps:
        if step.at_most != 0:
            out.print(Text(f"  {UNKNOWN} {step.what}"))
    for source in quality.sources:
        out.print(_source_table(source, quality))
    for title, requests in quality.to_ask:
        out.print(f"[bold]À demander : {escape(title)}[/bold]")
        for request in requests:
            out.print(f"  {UNKNOWN} {escape(request)}")


def _trades_tables(trades: TradesKnown, place: Departement | None) -> Iterator[Table]:
    """Yield tables of how many suppliers have a known trade: by département, then by group of trades (of `place`, or of all)."""
    if place is None:
        rows = [(code or "département non connu", counts) for code, counts in sorted(trades.places.items())]
        yield _known_table("Métier des fournisseurs", [*rows, ("en tout", trades.whole)], tuple(TradeStanding))
    else:
        rows = [(place.code, trades.places.get(place.code, Counter()))]
        yield _known_table(f"Métier des fournisseurs, {place.name}", rows, tuple(TradeStanding))
    groups = trades.groups(place.code if place else None)
    named = [(taxonomy().label(group), counts) for group, counts in groups.items()]
    yield _known_table("Par famille de métiers", named, (TradeStanding.KNOWN, TradeStanding.CLUE))


def _known_table(
    title: str, rows: Iterable[tuple[str, Counter[TradeStanding]]], shown: Sequence[TradeStanding]
) -> Table:
    figures = ((label, *(number(counts[how]) for how in shown)) for label, counts in rows)
    return headed_table(("", *(Column(str(how), justify="right") for how in shown)), figures, title)


def _source_table(source: SourceQuality, quality: Quality) -> Table:
    title = f"{source.title} : {count(source.records, 'fiche')}"
    if source.undated:
        title += f", dont {number(source.undated)} sans date"
    headings = ("remplies", "douteuses", "illisibles", f"d’avant le {day(quality.stale_before)}", "en conflit")
    rows = []
    for key, counts in source.fields.items():
        filled = counts.filled
        share = f"{number(filled)} ({percent(filled / source.records)})" if source.records else "0"
        others = (counts.doubtful, counts.unreadable, counts.stale, counts.conflicting)
        rows.append((REPORTED[key].field.label, share, *(number(value) if value else "" for value in others)))
    return headed_table(("", *(Column(heading, justify="right") for heading in headings)), rows, title)


def _values(fiche: Fiche) -> Table:
    rows = []
    for story in fiche.fields:
        beaten = "\n".join(f"{_short(value.value)} ({_origins(value.origins)})" for value in story.beaten)
        rows += [(story.field.label, _short(value.value), _origins(value.origins), beaten) for value in story.kept]
    listed = [("type", value) for value in fiche.kinds] + [("activité", value) for value in fiche.activities]
    for site, origins in fiche.sites:
        place = f"{site.address}, {site.post_code} {site.city}".strip(", ")
        if site.lat is None:
            place += " (non situé)"
        elif site.approximate:
            place += " (au centre de la commune)"
        listed.append(("lieu", SourcedValue(place, origins)))
    listed += [("FINESS", value) for value in fiche.finess]
    listed += [(FIELD[kind].label, value) for kind, value in fiche.contacts]
    rows += [(label, value.value, _origins(value.origins), "") for label, value in listed]
    return headed_table(("", "Valeur", "Source", "Écarte"), rows)


def _references(won: Sequence[Reference]) -> Iterator[Text]:
    if won:
        yield Text(f"Marchés publics remportés : {number(len(won))}", style="bold")
    for reference in won[:_MOST_REFERENCES]:
        facts = [day(reference.notified) if reference.notified else "date non connue"]
        facts += [reference.buyer_name or (f"acheteur {reference.buyer}" if reference.buyer else "acheteur non connu")]
        facts += [reference.won_for] if reference.won_for else []
        facts += [reference.social] if reference.social else []
        whose = "" if reference.own else "  (même SIREN, autre établissement ou non précisé : indice faible)"
        mark = KNOWN if reference.own else UNKNOWN
        yield Text(f"  {mark} « {_short(reference.objet)} »  {', '.join(facts)} ({_source(reference.source)}){whose}")
    if len(won) > _MOST_REFERENCES:
        yield Text(f"  … et {number(len(won) - _MOST_REFERENCES)} de plus (--format json)", style="dim")


def _remarks(fiche: Fiche) -> Iterator[Text]:
    """Yield whether the supplier is open or closed, the pairs of records to judge, then the reservations about its record."""
    for sentence in fiche.door:
        yield Text(f"{REFUSED} {sentence}")
    for pair in fiche.waiting:
        yield Text(f"{UNKNOWN} à juger, paire {pair.number} avec « {pair.name} » ({pair.supplier_id}) : {pair.says}")
    if fiche.waiting:
        yield Text("Pour juger : entremise catalogue review --meme NUMÉRO, ou --different NUMÉRO.", "dim")
    for label, on in fiche.refused:
        yield Text(f"{REFUSED} ne fait pas : {label}{f' ({day(on)})' if on else ''}")
    if fiche.hidden_contacts:
        hidden = count(fiche.hidden_contacts, "contact trop ancien", "contacts trop anciens")
        yield Text(f"{UNKNOWN} {hidden} : non montré")
    for conflict in fiche.conflicts:
        yield Text(f"{UNKNOWN} {_sentence(conflict)}", style="yellow")
    for flag in fiche.flags:
        yield Text(f"{UNKNOWN} {flag.value} ({_origins(flag.origins)})" if flag.origins else f"{UNKNOWN} {flag.value}")


def _sentence(conflict: FieldConflict) -> str:
    return f"{conflict.field} : {conflict.why} : {_with_source(conflict.kept)}, retenu ; {_with_source(conflict.other)}"


def _with_source(source_says: SourceSays) -> str:
    return f"« {source_says.value} » ({_source(source_says.source)})"


def _origins(origins: Iterable[Origin]) -> str:
    names: dict[str, None] = {}
    for origin in origins:
        listing = listing_of(origin.source, origin.ref)
        name = f"{_source(origin.source)} « {listing} »" if listing else _source(origin.source)
        names[f"{name}, {day(origin.date)}" if origin.date else name] = None
    return ", ".join(names)


def _source(source: str) -> str:
    return source_title(source) if source in STATED else source


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
