"""`match`, `read`, `explain`: a need goes in, a ranked list, a reading or one supplier's answer comes out."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from click.exceptions import Exit
from sqlalchemy import Engine

from matcher.catalogue.store.field_sources import field_sources
from matcher.catalogue.store.read import dated_sources, find
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.catalogue.store.why_missing import why_absent
from matcher.cli.frame.contacts import contacts_of
from matcher.cli.frame.french import FrenchCommand
from matcher.cli.frame.options import (
    F,
    RequestRefused,
    catalogue,
    database_option,
    existing,
    format_option,
    output_option,
    together,
    top_option,
    write,
)
from matcher.cli.frame.progress import tracked
from matcher.cli.need import view as render
from matcher.db import named
from matcher.domain.kinds import SupplierKind
from matcher.domain.need import Need
from matcher.domain.reading import Reading
from matcher.need.answer import EMPTY, WHAT_AND_WHERE, answer_to, laid, understand
from matcher.need.as_json import match_lines, shortlist_object, sorted_reading_line, why_not_object
from matcher.need.as_table import to_csv, to_xlsx
from matcher.need.fields import ASKED_LEVERS, need_from, read_lots
from matcher.need.json_shapes import AnswerShape, MatchShape, QuestionShape, SortedReadingShape, WhyNotShape
from matcher.need.sourced import sourced_answers, sourced_why_not
from matcher.need.why_not import why_not
from matcher.ranking.bands import BandedRanking
from matcher.ranking.profiles import DEFAULT, INCUMBENTS_FIRST
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.reader import lots_of_notice
from matcher.render.described_file import json_file, jsonl_file

# The exit code of a command where the need that is asked is not clear: neither its trade nor its place.
UNCLEAR = 3
# The options that describe one lot, each under the name of its field.
lot_options = together(
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
        "--kind",
        multiple=True,
        metavar="TYPE",
        help=f"Ne garde que ce type de structure : {', '.join(SupplierKind)} ; répétable.",
    ),
)


def lots_option(function: F) -> F:
    """`--lots FILE`: many lots, each with all that describes it."""
    return click.option(
        "--lots",
        type=click.Path(path_type=Path),
        metavar="FICHIER",
        help="Plusieurs lots, un objet JSON par ligne, sans les options qui décrivent un lot.",
    )(function)


# The candidates that each form holds for `--top`: one screen, the first of each band, or these and the first by rank.
CHOSEN = {
    "table": BandedRanking.shown,
    **dict.fromkeys(("csv", "xlsx"), BandedRanking.first),
    **dict.fromkeys(("json", "jsonl"), BandedRanking.first_by_rank),
}


@click.command("match", cls=FrenchCommand)
@lot_options
@lots_option
@click.option(
    "--titulaires",
    is_flag=True,
    help="Place plus haut qui a déjà travaillé pour l’acheteur ; sinon, c’est montré sans changer l’ordre.",
)
@top_option(20)
@format_option("table", "json", "jsonl", "csv", "xlsx")
@output_option
@database_option
def match_command(
    lots: Path | None,
    titulaires: bool,
    top: int,
    fmt: str,
    output: Path | None,
    database: str | None,
    **lot: Any,
) -> None:
    """Classe les fournisseurs pour un lot, avec les raisons."""
    needs = list(_needs(lots, lot))
    if fmt == "xlsx" and output is None:
        raise click.UsageError("Un classeur XLSX ne s’affiche pas : ajoutez « -o liste.xlsx ».")
    engine = catalogue(database)
    shelf = filled_shelf(engine)
    chosen, weights = CHOSEN[fmt], INCUMBENTS_FIRST if titulaires else DEFAULT
    answers = [
        answer_to(need, shelf, top, chosen, weights)
        for need in tracked(needs, "Classement des lots", quiet=lots is None)
    ]
    if fmt == "table":
        render.shortlists(answers, output)
    else:
        dated = dated_sources(engine)
        told = sourced_answers(answers, lambda ids: field_sources(engine, ids, dated))
        if fmt == "json":
            objects = [shortlist_object(answer, dated) for answer in told]
            write(json_file(objects if lots else objects[0], _shape(AnswerShape, lots)), output)
        elif fmt == "jsonl":
            write(
                jsonl_file(
                    (line for its in told for line in match_lines(its.reading.lot.lot_id, its.question, its.matches)),
                    MatchShape,
                    QuestionShape,
                ),
                output,
            )
        else:
            write((to_csv if fmt == "csv" else to_xlsx)(told, contacts_of(engine), dated), output)
    if lots is None and answers[0].question:
        raise Exit(UNCLEAR)


@click.command("read", cls=FrenchCommand)
@lot_options
@lots_option
@format_option("table", "json", "jsonl")
@output_option
def read_command(lots: Path | None, fmt: str, output: Path | None, **lot: Any) -> None:
    """Dit ce qui est compris d’un lot, et ce qui reste douteux.

    Ses activités, ses lieux, les types et le levier qu’il demande.
    """
    needs = list(_needs(lots, lot))
    if fmt == "table":
        render.readings([(understand(need), lots_of_notice(need.lot)) for need in needs], output)
        return
    objects = [sorted_reading_line(understand(need), lots_of_notice(need.lot)) for need in needs]
    if fmt == "json":
        write(json_file(objects if lots else objects[0], _shape(SortedReadingShape, lots)), output)
    else:
        write(jsonl_file(objects, SortedReadingShape), output)


@click.command("explain", cls=FrenchCommand)
@lot_options
@click.option("--id", "supplier_id", metavar="ID", help="Identifiant du fournisseur, par exemple siret:12345678900011.")
@click.option("--siret", metavar="SIRET", help="SIRET du fournisseur.")
@format_option("table", "json")
@output_option
@database_option
def explain_command(
    supplier_id: str | None, siret: str | None, fmt: str, output: Path | None, database: str | None, **lot: Any
) -> None:
    """Dit pourquoi un fournisseur est, ou non, dans une liste."""
    key = supplier_id or "".join((siret or "").split())
    if supplier_id and siret:
        raise click.UsageError("--id et --siret désignent tous deux le fournisseur : gardez-en un.")
    if not key:
        raise click.UsageError("Dites de quel fournisseur il s’agit : --siret ou --id.")
    reading = clear_reading(given_need(lot))
    engine = catalogue(database)
    shelf = filled_shelf(engine)
    known = find(engine, key)
    ask = laid(reading, shelf)
    answer = why_not(ask, known.id if known else key)
    if answer is None:
        raise RequestRefused(why_absent(engine, key))
    dated = dated_sources(engine)
    answer = sourced_why_not(answer, lambda ids: field_sources(engine, ids, dated))
    if fmt == "table":
        render.why_not(ask.reading, answer, len(shelf), output)
    else:
        write(json_file(why_not_object(ask.reading, answer), WhyNotShape), output)


def _needs(lots: Path | None, options: dict[str, Any]) -> Iterator[Need]:
    if lots is not None:
        if beside := [_option(name) for name, value in options.items() if value]:
            raise click.UsageError(
                f"--lots et {', '.join(beside)} ne vont pas ensemble : chaque lot du fichier dit lui-même ce qu’il demande."
            )
        return read_lots(existing(lots, piped=True))
    return iter([given_need(options)])


def given_need(options: Mapping[str, Any]) -> Need:
    """Return the need that `lot_options` describe. Raises click.UsageError where there is none, or where a part cannot be used."""
    need = need_from(options)
    if need.faults:
        raise click.UsageError(" ".join(f"{_option(fault.field)} : {fault}" for fault in need.faults))
    return need


def clear_reading(need: Need) -> Reading:
    """Return what is understood of a need that is asked alone. Where neither its trade nor its place is, ask for them and end the command."""
    reading = understand(need)
    if not reading.clear:
        click.echo(WHAT_AND_WHERE, err=True)
        raise Exit(UNCLEAR)
    return reading


def _option(field: str) -> str:
    return "--acheteur" if field == "acheteur_siret" else f"--{field}"


def filled_shelf(engine: Engine) -> Shelf:
    """Return the shelf of a catalogue. Raises RequestRefused where it is empty."""
    shelf = load_shelf(engine)
    if not len(shelf):
        raise RequestRefused(f"{named(engine.url)} est vide. {EMPTY[1]} Une autre se dit par --db.")
    return shelf


def _shape(one: Any, lots: Path | None) -> Any:
    """The shape of an answer: a list where a file of lots is asked."""
    return list[one] if lots else one
