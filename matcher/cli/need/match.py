"""Commands `entremise match` (rank inclusive suppliers for a need), `read` (show how a need is understood), `explain` (why a supplier is listed or not).

Shelf: the catalogue's suppliers loaded as arrays, which a ranking compares with a lot.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import click
from click.exceptions import Exit
from sqlalchemy import Engine

from matcher.catalogue.steward.own_reader import follow_reader
from matcher.catalogue.store.read import dated_sources, find_supplier
from matcher.catalogue.store.sample import chosen_url
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.catalogue.store.why_missing import why_missing
from matcher.cli.frame.options import (
    RequestRefused,
    catalogue,
    combine_options,
    command,
    contact_lookup,
    database_option,
    empty_catalogue,
    existing,
    mapping_option,
    top_option,
)
from matcher.cli.frame.outlet import Outlet, outlet_options, track_items
from matcher.cli.frame.supplier import SUPPLIER, supplier_named
from matcher.cli.need import view as render
from matcher.db import parsed_url
from matcher.domain.age import DatedSource, SourcesOf
from matcher.domain.french import count
from matcher.domain.kinds import SupplierKind
from matcher.domain.need import Need
from matcher.domain.reading import Reading
from matcher.need.answer import WHAT_AND_WHERE, answer_to, lay_on_shelf, understand
from matcher.need.as_json import sorted_reading_line, why_not_object
from matcher.need.fields import ASKED_LEVERS, need_from
from matcher.need.json_shapes import SortedReadingShape, WhyNotShape
from matcher.need.list_formats import LIST_FORMATS, ListFormat, ListsToWrite
from matcher.need.sourced import sourced_answers, sourced_why_not
from matcher.need.why_not import explain_absence
from matcher.ranking.bands import BandedRanking
from matcher.ranking.profiles import weights_of
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.reader import lots_of_notice
from matcher.render.described_file import DescribedFile, json_file, jsonl_file

# Exit code for a need that is not clear: neither its trade nor its place is understood.
UNCLEAR = 3
NO_SHEET = "--mapping dit les colonnes d’un tableau de --lots : il ne sert qu’à lui."
# Options that describe one lot, named like the fields of a need.
lot_options = combine_options(
    click.option("--objet", metavar="TEXTE", help="Le besoin, tel que vous l’écririez."),
    click.option("--cpv", multiple=True, metavar="CODE", help="Code CPV ; répétable."),
    click.option(
        "--lieu",
        multiple=True,
        metavar="LIEU",
        help="Commune, code postal, département, EPCI… ou insee:, cp:, arr:, dep:, reg:, epci:, « lat,lon » ; répétable.",
    ),
    click.option(
        "--acheteur",
        "acheteur_siret",
        metavar="SIRET",
        help="SIRET de l’acheteur, pour situer le lot quand rien d’autre ne le fait.",
    ),
    click.option("--montant", metavar="EUROS", help="Montant hors taxes, sur toute la durée."),
    click.option("--duree", metavar="MOIS", help="Durée en mois."),
    click.option("--date", metavar="DATE", help="Date du lot, par exemple 2026-11-24."),
    click.option(
        "--levier",
        metavar=f"[{'|'.join(ASKED_LEVERS)}]",
        help="Article ou clause : écarte les fournisseurs non éligibles.",
    ),
    click.option(
        "--type",
        "--kind",
        "kind",
        multiple=True,
        metavar="TYPE",
        help=f"Ne garde que ce type de structure : {', '.join(SupplierKind)} ; répétable.",
    ),
    click.option(
        "--activite",
        multiple=True,
        metavar="CODE",
        help="L’activité, à la place de celle qui est lue : la réponse à « Activité à confirmer » ; répétable.",
    ),
)
# Options for a file of many lots.
lots_option = combine_options(
    click.option(
        "--lots",
        type=click.Path(path_type=Path),
        metavar="FICHIER",
        help="Plusieurs lots, sans les options qui décrivent un lot : JSON lines, tableau (CSV, classeur), DECP (JSON, XML).",
    ),
    mapping_option,
)


@command("match", epilog='entremise match --objet "Traiteur" --lieu Lille --levier 12')
@lot_options
@lots_option
@click.option(
    "--titulaires",
    is_flag=True,
    help="Place plus haut qui a déjà travaillé pour l’acheteur ; sinon, c’est montré sans changer l’ordre.",
)
@click.option(
    "--sans-distance",
    is_flag=True,
    help="Met à zéro le poids de la distance, pour une liste à publier ; qui est hors de portée le reste.",
)
@top_option(
    20,
    "Places par lot, les connus d’abord ; en JSON, autant de premiers par score et de premiers de chaque partie, et « screen » nomme ces places.",
)
@outlet_options("table", *LIST_FORMATS, file="liste")
@database_option
def match_command(
    lots: Path | None,
    mapping: Path | None,
    titulaires: bool,
    sans_distance: bool,
    top: int,
    outlet: Outlet,
    database: str | None,
    **lot: Any,
) -> None:
    """Classe les fournisseurs pour un lot, avec les raisons."""
    opened = cache(partial(catalogue, database))
    needs = list(_needs(lots, lot, mapping, opened))
    engine = opened()
    shelf = filled_shelf(engine)
    # Tables show one screen of candidates; what is by rank, the N best overall and the N best of each band (level of confidence in the trade).
    by_rank = outlet.form in LIST_FORMATS and LIST_FORMATS[outlet.form].by_rank
    select = BandedRanking.first_by_rank if by_rank else BandedRanking.screen_matches
    weights = weights_of(incumbents_first=titulaires, without_distance=sans_distance)
    answers = [
        answer_to(need, shelf, top, select, weights)
        for need in track_items(needs, "Classement des lots", quiet=lots is None)
    ]

    def write(file_format: ListFormat) -> DescribedFile | bytes:
        dated, sources_of = _sources(engine)
        lists = sourced_answers(answers, sources_of)
        return file_format.write(ListsToWrite(lists, contact_lookup(engine), dated, top, several=lots is not None))

    outlet.send(
        table=lambda out: render.shortlists(answers, out),
        **{name: partial(write, file_format) for name, file_format in LIST_FORMATS.items()},
    )
    if lots is None and answers[0].question:
        raise Exit(UNCLEAR)


@command("read", epilog='entremise read --objet "Nettoyage des locaux, 2 ans" --lieu 59600')
@lot_options
@lots_option
@click.option(
    "--pourquoi", is_flag=True, help="Dit les mots qui ont fait lire l’activité, et la phrase connue la plus proche."
)
@outlet_options("table", "json", "jsonl")
@database_option
def read_command(
    lots: Path | None, mapping: Path | None, pourquoi: bool, outlet: Outlet, database: str | None, **lot: Any
) -> None:
    """Dit ce qui est compris d’un lot, et ce qui reste douteux.

    Ses activités, ses lieux, les types et le levier qu’il demande, lus avec ce que le catalogue a appris.
    """
    follow_reader(parsed_url(chosen_url(database)))
    needs = list(_needs(lots, lot, mapping, partial(catalogue, database)))
    readings = [(understand(need), lots_of_notice(need.lot)) for need in needs]
    objects = (sorted_reading_line(*read, why=pourquoi) for read in readings)
    outlet.send(
        table=lambda out: render.readings(readings, out, why=pourquoi),
        json=lambda: (
            json_file([*objects], list[SortedReadingShape]) if lots else json_file(next(objects), SortedReadingShape)
        ),
        jsonl=lambda: jsonl_file(objects, SortedReadingShape),
    )


@command("explain", epilog='entremise explain 00010101400017 --objet "Espaces verts" --lieu Lille')
@click.argument("named", metavar=f"[{SUPPLIER}]", required=False)
@lot_options
@click.option("--id", "supplier_id", metavar="ID", help="Identifiant du fournisseur, par exemple siret:12345678900011.")
@click.option("--siret", metavar="SIRET", help="SIRET du fournisseur.")
@outlet_options("table", "json")
@database_option
def explain_command(
    named: str | None, supplier_id: str | None, siret: str | None, outlet: Outlet, database: str | None, **lot: Any
) -> None:
    """Dit pourquoi un fournisseur est, ou non, dans une liste."""
    keys = [*filter(None, (named, supplier_id, "".join((siret or "").split())))]
    if len(keys) > 1:
        raise click.UsageError("Le fournisseur est désigné deux fois : gardez-en un, son nom, « --id » ou « --siret ».")
    if not keys:
        raise click.UsageError(
            "Dites de quel fournisseur il s’agit : son nom, son SIRET ou l’identifiant que donne la liste."
        )
    reading = clear_reading(given_need(lot))
    engine = catalogue(database)
    shelf = filled_shelf(engine)
    known = None if named else find_supplier(engine, keys[0])
    key = supplier_named(engine, named) if named else known.id if known else keys[0]
    ask = lay_on_shelf(reading, shelf)
    answer = explain_absence(ask, key)
    if answer is None:
        raise RequestRefused(why_missing(engine, key))
    answer = sourced_why_not(answer, _sources(engine)[1])
    outlet.send(
        table=lambda out: render.print_why_not(ask.reading, answer, len(shelf), out),
        json=lambda: json_file(why_not_object(ask.reading, answer), WhyNotShape),
    )


def _sources(engine: Engine) -> tuple[Sequence[DatedSource], SourcesOf]:
    """Return the dated sources of a catalogue, and a function that gives the sources of suppliers by id."""
    from matcher.catalogue.store.field_sources import (
        field_sources,
    )  # imported here: it loads every reader of files, and a table shows no source

    dated = dated_sources(engine)
    return dated, lambda ids: field_sources(engine, ids, dated)


def _needs(
    lots: Path | None, options: dict[str, Any], mapping: Path | None, opened: Callable[[], Engine]
) -> Iterator[Need]:
    if lots is not None:
        if conflicting := [_option(name) for name, value in options.items() if value]:
            raise click.UsageError(
                f"--lots et {', '.join(conflicting)} ne vont pas ensemble : chaque lot du fichier dit lui-même ce qu’il demande."
            )
        return printing_faults(given_lots(existing(lots, piped=True), mapping, opened))
    if mapping is not None:
        raise click.UsageError(NO_SHEET)
    return iter([given_need(options)])


def given_lots(path: Path, mapping: Path | None, opened: Callable[[], Engine]) -> Iterator[Need]:
    """Return the needs of the file of `--lots`; lines left out are printed. `opened` opens the catalogue, only for a spreadsheet: it remembers its columns."""
    # Imported here: a typed need does not wait for the readers of spreadsheets and contracts.
    from importers.formats.columns import NO_MAPPING
    from matcher.batch.given import LotsFileForm, lots_form, lots_given
    from matcher.cli.frame.columns import mapping_of_files
    from matcher.decisions.purchases.sheet import PROGRAMME

    is_sheet = lots_form(path) is LotsFileForm.SHEET
    if mapping is not None and not is_sheet:
        raise click.UsageError(NO_SHEET)
    column_mapping = mapping_of_files(opened(), PROGRAMME, [path], mapping) if is_sheet else NO_MAPPING
    return lots_given(path, partial(click.echo, err=True), column_mapping)


def given_need(options: Mapping[str, Any]) -> Need:
    """Return the need that `lot_options` describe. Raises click.UsageError where there is none, or where an option cannot be used."""
    need = need_from(options)
    if need.faults:
        raise click.UsageError(" ".join(f"{_option(fault.field)} : {fault}" for fault in need.faults))
    return need


def clear_reading(need: Need) -> Reading:
    """Return the reading of a single need; where neither its trade nor its place is understood, ask for them and exit with `UNCLEAR`."""
    reading = understand(need)
    if not reading.clear:
        click.echo(WHAT_AND_WHERE, err=True)
        raise Exit(UNCLEAR)
    return reading


def _option(field: str) -> str:
    return {"acheteur_siret": "--acheteur", "kind": "--type"}.get(field, f"--{field}")


def filled_shelf(engine: Engine) -> Shelf:
    """Return the shelf of a catalogue. Raises RequestRefused where it is empty."""
    shelf = load_shelf(engine)
    if not len(shelf):
        raise empty_catalogue(engine.url)
    return shelf


_SHOWN = 5


def printing_faults(needs: Iterable[Need]) -> Iterator[Need]:
    """Yield the needs; after the last, print the first faults found in them, the number of others, and each question once a column."""
    faults: list[str] = []
    questions: dict[tuple[str, str], list[str]] = {}
    for need in needs:
        faults += [str(fault) for fault in need.faults if not fault.is_question]
        for fault in need.faults:
            if fault.is_question:
                questions.setdefault((fault.says, fault.where.partition("colonne «")[2]), []).append(str(fault))
        yield need
    for sentence in faults[:_SHOWN]:
        click.echo(sentence, err=True)
    if more := len(faults[_SHOWN:]):
        click.echo(f"… et {count(more, 'autre champ inutilisable', 'autres champs inutilisables')}.", err=True)
    for first, *others in questions.values():
        same = f" (et {count(len(others), 'autre ligne', 'autres lignes')})" if others else ""
        click.echo(f"{first}{same}", err=True)
