"""Reads the two inputs of a coverage: the buyer's lots (a spreadsheet), and the network to compare with them, as structures of given kinds in a territory or as
a written list of names or SIRET recognised in the catalogue."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

import numpy as np

from importers.formats.columns import NO_MAPPING, ColumnMapping
from matcher.catalogue.identity.recogniser import Recogniser
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.purchases.line import MOST_LINES, purchase, written_of
from matcher.decisions.purchases.reconciliation import WrittenLine
from matcher.decisions.purchases.sheet import PROGRAMME, SPENDING, PurchaseSheet, read_sheet
from matcher.decisions.question import DecisionQuestion, kinds, text
from matcher.domain.french import count, enumeration, number
from matcher.domain.kinds import SupplierKind
from matcher.domain.need import Need
from matcher.domain.place import PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.jobs.stop import Stop
from matcher.need.title import title_of
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.place.places import read_places

# Most structures of a network: that of a whole région has fewer, and nobody reads a larger matrix.
MOST_STRUCTURES = 600
_PLACES = re.compile(r"[;\n]")
_NARROW = "Choisissez un territoire plus petit, ou moins de types."


@dataclass(frozen=True, slots=True)
class Network:
    """Distinct ids of the structures of a network, its French title, and remarks on lines that were not recognised (`said`)."""

    ids: tuple[str, ...]
    title: str
    said: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NetworkQuestion(DecisionQuestion):
    """A network of structures: those of some `kinds`, all where none is given, that have a site in a `territory` as typed."""

    territory: str = text(
        "territoire",
        "Leur territoire",
        "Le réseau : les structures qui y ont un site (« Pas-de-Calais »).",
        metavar="LIEU",
        most=2_000,
        hint="département, EPCI ou communes, entre points-virgules",
        in_body=False,
    )
    kinds: tuple[SupplierKind, ...] = kinds("type", "Type de structure du territoire.", field="types")


def in_territory(shelf: Shelf, question: NetworkQuestion) -> Network:
    """Return the structures of some kinds (all if none is given) with a site in a territory. Raises DecisionRefused if the territory is not understood, or has
    none or too many of them."""
    territory, chosen_kinds = question.territory, question.kinds
    written = tuple(RawPlace(text) for part in _PLACES.split(territory) if (text := part.strip()))
    if not written:
        raise DecisionRefused(
            "Dites un territoire (département, EPCI, communes), ou donnez une liste de structures.", field="lieu"
        )
    where = read_places(Lot("", lieux=written))
    if not where.places or where.doubts:
        reason = " ".join(where.doubts) or "ce lieu n’est pas compris."
        raise DecisionRefused(f"« {territory} » : {reason}", field="lieu")
    named = enumeration([place.name for place in where.places])
    what = f"{enumeration(list(chosen_kinds), 'ou') or 'toutes structures'} : {named}"
    inside = np.ones(len(shelf), dtype=bool)
    if PlaceType.PAYS not in map(attrgetter("type"), where.places):  # the country holds them all
        inside = shelf.points.within([code for place in where.places for code in (*place.communes, place.code)])
    rows = np.flatnonzero(shelf.kinds.any_of(chosen_kinds or SupplierKind) & inside)
    if not len(rows):
        raise DecisionRefused(
            f"{what} : aucune structure du catalogue n’y a de site. Choisissez un autre territoire ou d’autres types, ou collez une liste."
        )
    return Network(_check_size([shelf.ids[row] for row in rows.tolist()], what), what)


def recognise_network(lines: Iterable[WrittenLine], recogniser: Recogniser) -> Network:
    """Return the structures of a list that are surely recognised, with a remark on each duplicate, unknown or uncertain line. Raises DecisionRefused for none
    or too many."""
    first_places: dict[str, str] = {}
    questions: list[str] = []
    for line in lines:
        recognition = recogniser.recognise(line.written)
        if recognition.sure is None:
            options = enumeration([option.supplier.full_name for option in recognition.options], "ou")
            meant = f"à confirmer, peut-être {options}. Écrivez son SIRET." if options else "inconnue du catalogue."
            questions.append(f"{line.where}, « {line.text} » : {meant}")
        elif (first := first_places.setdefault(recognition.sure.id, line.where)) != line.where:
            questions.append(f"{line.where}, « {line.text} » : déjà citée, {first.lower()} ; comptée une fois.")
    if not first_places:
        detail = f" {questions[0]}" if questions else ""
        raise DecisionRefused(
            f"Aucune structure de cette liste n’est reconnue.{detail} Une par ligne : SIRET, ou nom ; commune."
        )
    title = f"liste de {count(len(first_places), 'structure')}"
    return Network(_check_size(list(first_places), title), title, tuple(questions))


def read_network_lines(
    path: Path, columns: ColumnMapping = NO_MAPPING, *, stop: Stop | None = None
) -> list[WrittenLine]:
    """Read a list of structures from a spreadsheet with a column of SIRET or of names. Raises ReadRefused, SheetRefused and Stopped."""
    entries = read_sheet(path, SPENDING, MOST_STRUCTURES, columns, stop=stop).entries
    return [
        WrittenLine(
            f"{one.where[0].upper()}{one.where[1:]}", one.text("fournisseur") or one.text("siret"), written_of(one)
        )
        for one in entries
        if not one.total
    ]


def _check_size(ids: list[str], what: str) -> tuple[str, ...]:
    if len(ids) > MOST_STRUCTURES:
        raise DecisionRefused(f"{what} : {number(len(ids))} structures, {number(MOST_STRUCTURES)} au plus. {_NARROW}")
    return tuple(ids)


@dataclass(frozen=True, slots=True)
class AskedLot:
    """A lot to compare: `label`, its reference; `where`, its line in the file (empty if there is none); `doubts`, French points to clarify."""

    label: str
    title: str
    where: str
    need: Need
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedLots:
    """The lots of a spreadsheet or of tender documents, and French remarks on the reading."""

    lots: tuple[AskedLot, ...]
    said: tuple[str, ...] = ()


def read_asked_lots(path: Path, columns: ColumnMapping = NO_MAPPING, *, stop: Stop | None = None) -> AskedLots:
    """Read lots from a spreadsheet, like a purchase programme. Raises ReadRefused, SheetRefused and Stopped."""
    return sheet_lots(read_sheet(path, PROGRAMME, MOST_LINES, columns, stop=stop))


def sheet_lots(sheet: PurchaseSheet) -> AskedLots:
    """Return the lots of a spreadsheet, without lines of totals."""
    lots = tuple(
        AskedLot(
            line.entry.text("reference") or f"{line.entry.where[0].upper()}{line.entry.where[1:]}",
            title_of(line.entry.text("objet")),
            line.entry.where,
            line.need,
            line.doubts,
        )
        for line in map(purchase, sheet.entries)
        if line.need is not None
    )
    totals = len(sheet.entries) - len(lots)
    totals_remark = (
        (f"{count(totals, 'ligne de total laissée', 'lignes de total laissées')} à part.",) if totals else ()
    )
    return AskedLots(lots, (*sheet.understood, *sheet.unused, *sheet.said, *totals_remark))
