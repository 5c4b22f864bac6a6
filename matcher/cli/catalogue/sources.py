"""Commands `entremise sources` (directories and how to get them), `stats` (counts of the catalogue), `catalogue imports` (history) and `undo-import`."""

from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from importers import REGISTRY
from importers.importer import Publication
from matcher.catalogue.identity.trust import PUBLISHERS
from matcher.catalogue.intake.undo import past_imports
from matcher.catalogue.steward.letter import publisher_letter
from matcher.catalogue.store.read import LastImport, last_imports, stats
from matcher.cli.catalogue.imports import NOTICE_OUTCOMES, OUTCOMES
from matcher.cli.frame.options import (
    WholeNumber,
    catalogue,
    command,
    contacts_since,
    database_option,
    own_catalogue,
    record_act,
)
from matcher.cli.frame.outlet import Outlet, counts_table, outlet_options, write_answer
from matcher.clock import now, today
from matcher.db import reading
from matcher.domain.french import count, day, percent, unit
from matcher.domain.kinds import SupplierKind
from matcher.notices.store import TakenNotices, taken_notices
from matcher.notices.undoing import undo_any_import
from matcher.reference.source_rules import source_rules
from matcher.render.shaped import json_value, shaped

HELD = {
    "with_siret": "avec un SIRET",
    "with_finess": "avec un numéro FINESS",
    "with_activity": "avec une activité déclarée",
    "with_coordinates": "situés",
    "with_exact_coordinates": "situés à l’adresse",
    "with_contact": "avec un contact",
    "with_workers": "avec un effectif",
    "with_several_sites": "à plusieurs sites",
}


@command("sources", epilog="entremise sources")
@click.option(
    "--lettre",
    "letter_to",
    metavar="ANNUAIRE",
    type=click.Choice(list(REGISTRY)),
    help="Écrit la lettre qui demande son fichier à l’éditeur de cet annuaire.",
)
@outlet_options("table", "json")
@database_option
def sources_command(letter_to: str | None, outlet: Outlet, database: str | None) -> None:
    """Liste les annuaires et les avis, et comment les obtenir.

    Dit aussi ce qu’ils contiennent, leur licence et leurs usages, la date des données.
    """
    engine = own_catalogue(database)
    if letter_to:
        write_answer(publisher_letter(letter_to, stats(engine), today()), outlet.path)
        return
    imported = last_imports(engine)
    with reading(engine) as connection:
        taken = taken_notices(connection)
    outlet.send(
        table=lambda out: print_sources(PUBLISHERS.values(), imported, taken, out),
        json=lambda: [source_object(source, imported.get(key), taken.get(key)) for key, source in PUBLISHERS.items()],
    )


@command("stats", epilog="entremise stats")
@outlet_options("table", "json")
@database_option
def stats_command(outlet: Outlet, database: str | None) -> None:
    """Compte ce que contient le catalogue.

    Ses fournisseurs, par type et par source, et ce qui est connu d’eux.
    """
    figures = stats(catalogue(database), contacts_since())
    outlet.send(table=lambda out: print_statistics(figures, out), json=lambda: figures)


@command("imports", epilog="entremise catalogue imports")
@outlet_options("table", "json")
@database_option
def imports_command(outlet: Outlet, database: str | None) -> None:
    """Liste les imports, du dernier au premier : fichier, date, durée, comptes, empreinte."""
    past = past_imports(catalogue(database))

    def show(out: Console) -> None:
        if not past:
            out.print("Aucun import. Les annuaires et leurs fichiers : entremise sources")
            return
        titles = ("Annuaire", "Fichier", "Date", "Durée", "Comptes", "SHA-256")
        folded = (Column(title, overflow="fold") for title in titles)
        table = Table(Column("N°", justify="right"), *folded, box=box.SIMPLE, pad_edge=False)
        words = NOTICE_OUTCOMES | OUTCOMES
        for run in past:
            state = f" [bold](défait le {day(run.undone)})[/bold]" if run.undone else ""
            named = escape(run.file_name) + (" (complet)" if run.complete else "") + state
            started = run.started.replace(tzinfo=UTC).astimezone()
            when, seconds = f"{day(started)}, {started:%H:%M}", unit(run.seconds, "s", 1)
            counts = ", ".join(count(run.counts[key], *words[key]) for key in words if run.counts.get(key))
            table.add_row(str(run.id), run.source, named, when, seconds, counts, run.sha256[:12])
        out.print(table)

    fields = "id source file_name sha256 started finished counts complete catalogue_version undone data_date seconds"
    outlet.send(table=show, json=lambda: [shaped(fields, run) for run in past])


@command("undo-import", epilog="entremise catalogue undo-import 4")
@click.argument("run_id", metavar="NUMÉRO", type=WholeNumber())
@database_option
def undo_import_command(run_id: int, database: str | None) -> None:
    """Défait un import : ses fiches redeviennent ce qu’elles étaient juste avant lui.

    Ses avis aussi, et leurs lots. Refusé si un import plus récent a relu l’une de ses fiches, ou d’autres avis de la même source : défaites
    d’abord celui-là. Les numéros : « entremise catalogue imports ».
    """
    engine = catalogue(database)
    done = undo_any_import(engine, run_id, now=now())
    record_act(
        engine, "défait un import", f"import {run_id}", f"{done.run.source}, {done.run.file_name} : {done.sentence}"
    )
    click.echo(f"Import {run_id} ({done.run.source}, {done.run.file_name}) défait : {done.sentence}.")
    click.echo(f"Catalogue version {done.version}.")


def print_sources(
    importers: Iterable[Publication],
    imported: Mapping[str, LastImport],
    taken: Mapping[str, TakenNotices],
    out: Console,
) -> None:
    """Print each directory and publisher of notices: content, licence, how to get its file, last import."""
    for importer in importers:
        rules, last, notices = source_rules()[importer.key], imported.get(importer.key), taken.get(importer.key)
        sentences = [f"{last.date_words}, importé le {day(last.finished)} ({last.file_name})"] if last else []
        if notices:
            sentences.append(f"{count(notices.number, 'avis', 'avis')}, le dernier importé le {day(notices.taken)}")
        when = " ; ".join(sentences) or "jamais importé"
        uses = ", ".join(f"{use} {'oui' if allowed else 'non'}" for use, allowed in rules.uses.items())
        rhythm = f"tous les {rules.days} jours ({rules.rhythm})" if rules.days else rules.rhythm
        out.print(
            f"[bold cyan]{importer.key}[/bold cyan]  [bold]{escape(importer.title)}[/bold] · {escape(importer.publisher)} · {when}"
        )
        for label, text in (
            ("contient", importer.holds),
            ("obtenir", importer.obtain),
            ("licence", importer.licence),
            ("usages", f"{uses} ({rules.rights})"),
            ("rythme", rhythm),
            ("mention", rules.mention),
            ("adresse", importer.url),
        ):
            if text:
                out.print(Text(f"    {label} : {text}"))
        out.print("")


def source_object(importer: Publication, last: LastImport | None, notices: TakenNotices | None) -> dict[str, Any]:
    """Return a source as a JSON object; `last_import` is null where no directory or award of it was imported, `notices` where no notice was."""
    rules = source_rules()[importer.key]
    return {
        **shaped("key title publisher url licence holds obtain", importer),
        "uses": {str(use): allowed for use, allowed in rules.uses.items()},
        **shaped("rights mention? days", rules),
        "last_import": last and shaped("finished data_date file=file_name complete counts", last),
        "notices": notices and json_value(notices),
    }


def print_statistics(figures: Mapping[str, Any], out: Console) -> None:
    """Print the counts of a catalogue; percentages are of all suppliers."""
    total = figures["suppliers"]
    out.print(
        f"[bold]{count(total, 'fournisseur')}[/bold], {count(figures['organisations'], 'organisation')} (SIREN), catalogue version {figures['version']}"
    )
    kinds = [(size, f"{kind}  {SupplierKind(kind).label}") for kind, size in figures["by_kind"].items()]
    origins = [(size, source) for source, size in figures["by_source"].items()]
    facts = [
        (figures[key], f"{label}  ({percent(figures[key] / total, 1)})" if total else label)
        for key, label in HELD.items()
    ]
    for counts, title in ((kinds, "Types"), (origins, "Sources"), (facts, "Ce qui est connu")):
        if counts:
            out.print(counts_table(counts, title))
