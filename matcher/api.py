"""The public Python API, for scripts and notebooks: opens a catalogue, ranks suppliers, reads needs, as the commands do. No computation here.

Documented in docs/python.md; answers are those of the commands' `--format json`."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from math import isnan
from os import PathLike
from pathlib import Path
from typing import Any, Self, TypedDict, Unpack, cast

from matcher.catalogue.identity.recogniser import WrittenSupplier
from matcher.catalogue.steward.own_reader import follow_reader
from matcher.catalogue.store.field_sources import field_sources
from matcher.catalogue.store.read import count_suppliers, dated_sources, find_supplier
from matcher.catalogue.store.recognition import load_recogniser
from matcher.catalogue.store.sample import chosen_url, notice_of
from matcher.catalogue.store.search import ListedSupplierShape, search
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.catalogue.store.why_missing import why_missing
from matcher.db import DatabaseError, open_database, reading, sqlite_file
from matcher.decisions.assumptions import DEFAULT as USUAL
from matcher.decisions.opinion.answer import advise
from matcher.decisions.opinion.document import advice_object
from matcher.decisions.purchases.reconciliation_document import RecognisedNameShape, recognised_object
from matcher.decisions.workload import NeedRefused, workload_of
from matcher.domain.french import count, day, enumeration
from matcher.domain.need import Need
from matcher.domain.reading import Reading
from matcher.need.answer import EMPTY, WHAT_AND_WHERE, answer_to, lay_on_shelf, understand
from matcher.need.as_json import shortlist_object, sorted_reading_line, why_not_object
from matcher.need.fields import need_from
from matcher.need.json_shapes import SortedReadingShape, WhyNotShape
from matcher.need.ranked_answer import RankedAnswer
from matcher.need.sourced import sourced_answers, sourced_why_not
from matcher.need.why_not import explain_absence
from matcher.ranking.bands import BandedRanking
from matcher.ranking.profiles import weights_of
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.reader import lots_of_notice
from matcher.render.described_file import with_notice
from matcher.render.shaped import shaped

__all__ = ["OpenCatalogue", "QuestionRefused", "open_catalogue"]

Texts = str | Sequence[str]


class LotFields(TypedDict, total=False):
    """Fields of a lot besides its text, as the command-line options of the same name."""

    lot_id: str
    cpv: Texts
    lieu: Texts
    acheteur_siret: str
    montant: float | str
    duree: float | str
    date: str | date
    levier: str
    kind: Texts
    activite: Texts


class NameFields(TypedDict, total=False):
    """Fields that a spreadsheet gives of one supplier; `number` is a SIRET or a SIREN."""

    name: str
    number: str
    post_code: str
    city: str


class QuestionRefused(Exception):
    """A question that cannot be answered, or a catalogue that cannot be read. The message is French and gives advice."""


def open_catalogue(url: str | PathLike[str] | None = None) -> "OpenCatalogue":
    """Open the catalogue in a file, or at a SQLAlchemy address; by default ENTREMISE_DATABASE_URL, else the file of the user's data folder, else, where that
    is absent or empty, the fictitious sample made by `entremise demo`.

    At an address, it is created or upgraded if need be, as by every command; a file must exist. Raises QuestionRefused."""
    return OpenCatalogue(url)


class OpenCatalogue:
    """An open catalogue, always in its present state. Close it, or use it as a context manager. Every method may raise QuestionRefused."""

    def __init__(self, url: str | PathLike[str] | None = None) -> None:
        with _refusals():
            self._engine = open_database(chosen_url(_address(url)))
            self._notice = notice_of(self._engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        place = sqlite_file(self._engine.url) or self._engine.url.set(query={}).render_as_string(hide_password=True)
        try:
            with reading(self._engine) as connection:
                suppliers = count_suppliers(connection)
            imported = max((source.imported for source in dated_sources(self._engine)), default=None)
        except DatabaseError as error:
            return f"<OpenCatalogue {str(place)!r} : {error}>"
        dated = f", dernier import le {day(imported)}" if imported else ""
        return f"<OpenCatalogue {str(place)!r} : {count(suppliers, 'fournisseur')}{dated}>"

    def __iter__(self) -> Iterator[ListedSupplierShape]:
        """Yield every supplier, in order of id."""
        with _refusals():
            for card in load_shelf(self._engine).suppliers:
                yield cast(ListedSupplierShape, shaped(ListedSupplierShape, card))

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()

    def search(self, text: str, *, most: int = 20) -> list[ListedSupplierShape]:
        """Search suppliers by name, number, town or trade, likeliest first, as the page « Catalogue »."""
        typed, most = _text("text", text), _whole("most", most)
        with _refusals():
            shelf = load_shelf(self._engine)
            suppliers = search(self._engine, shelf, typed)
            rows = (int(suppliers.rows[place]) for place in suppliers.first(shelf, most, None))
            return [cast(ListedSupplierShape, shaped(ListedSupplierShape, shelf.suppliers[row])) for row in rows]

    def rank(
        self,
        objet: str = "",
        *,
        top: int = 20,
        titulaires: bool = False,
        sans_distance: bool = False,
        **lot: Unpack[LotFields],
    ) -> RankedAnswer:
        """Rank the suppliers for a lot, with the reasons: `entremise match --format json`. `top`: number of suppliers in `screen` and `rows`.

        Where neither trade nor place is understood, `question` is set and `matches` is empty."""
        (answer,) = self._ranked([self._need(objet, lot)], top, titulaires, sans_distance)
        return answer

    def rank_lots(
        self,
        lots: Iterable[str | Mapping[str, Any]],
        *,
        top: int = 20,
        titulaires: bool = False,
        sans_distance: bool = False,
    ) -> list[RankedAnswer]:
        """Rank the suppliers for each lot (a text, or the fields of `rank`), in order: `entremise match --lots`. An invalid value becomes a doubt
        of its lot only."""
        needs = []
        for number, lot in _numbered(lots, "lots"):
            fields = _fields(lot, f"Lot {number}", "objet", ("objet", *LotFields.__annotations__))
            # a table leaves NaN where it is empty
            filled = {key: value for key, value in fields.items() if not (isinstance(value, float) and isnan(value))}
            needs.append(need_from(filled, fallback_id=str(number)))
        return self._ranked(needs, top, titulaires, sans_distance)

    def _ranked(self, needs: Sequence[Need], top: int, titulaires: bool, sans_distance: bool) -> list[RankedAnswer]:
        places = _whole("top", top)
        weights = weights_of(incumbents_first=titulaires, without_distance=sans_distance)
        follow_reader(self._engine.url)  # a process may have several catalogues open
        with _refusals():
            shelf = self._shelf()
            answers = [answer_to(need, shelf, places, BandedRanking.first_by_rank, weights) for need in needs]
            dated = dated_sources(self._engine)
            sourced = sourced_answers(answers, lambda ids: field_sources(self._engine, ids, dated))
            return [
                RankedAnswer(with_notice(shortlist_object(answer, places, dated), self._notice)) for answer in sourced
            ]

    def read(self, objet: str = "", **lot: Unpack[LotFields]) -> SortedReadingShape:
        """Return the reading of a lot, with its doubts: `entremise read --format json`."""
        need = self._need(objet, lot)
        return cast(SortedReadingShape, sorted_reading_line(understand(need), lots_of_notice(need.lot)))

    def explain(self, supplier: str | int, objet: str = "", **lot: Unpack[LotFields]) -> WhyNotShape:
        """Return why a supplier, by its id or SIRET, is or is not in the list of a lot: `entremise explain --format json`."""
        lot_reading, key = _clear(self._need(objet, lot)), "".join(_text("supplier", supplier).split())
        with _refusals():
            known = find_supplier(self._engine, key)
            ask = lay_on_shelf(lot_reading, self._shelf())
            answer = explain_absence(ask, known.id if known else key)
            if answer is None:
                raise QuestionRefused(why_missing(self._engine, key))
            dated = dated_sources(self._engine)
            sourced = sourced_why_not(answer, lambda ids: field_sources(self._engine, ids, dated))
            return cast(WhyNotShape, with_notice(why_not_object(ask.reading, sourced), self._notice))

    def advise(
        self,
        objet: str = "",
        *,
        etp: float | str = "",
        heures: float | str = "",
        quantite: str = "",
        **lot: Unpack[LotFields],
    ) -> dict[str, Any]:
        """Return whether a lot can be reserved, and under which article, with the usual thresholds: `entremise avis --format json`."""
        lot_reading = _clear(self._need(objet, lot))
        with _refusals():
            size = workload_of(lot_reading, USUAL, etp=str(etp), hours=str(heures), quantity=str(quantite))
            return with_notice(
                advice_object(advise(self._engine, lay_on_shelf(lot_reading, self._shelf()), size, USUAL)), self._notice
            )

    def reconcile(self, names: Iterable[str | NameFields]) -> list[RecognisedNameShape]:
        """Match written names of suppliers to the catalogue, in order: the lines of `entremise rapprocher --format jsonl`.

        Each is a name, or a name with other fields of its sheet. Nothing is stored."""
        suppliers = []
        for rank, name in _numbered(names, "names"):
            fields = _fields(name, f"Nom {rank}", "name", NameFields.__annotations__)
            for field, text in fields.items():
                if not isinstance(text, str):
                    raise QuestionRefused(f"Nom {rank}, « {field} » : un texte est attendu, vide où rien n’est connu.")
            suppliers.append(WrittenSupplier(*(fields.get(key, "") for key in ("name", "number", "post_code", "city"))))
        with _refusals():
            recogniser = load_recogniser(self._engine)
        return [recognised_object(supplier.name, recogniser.recognise(supplier)) for supplier in suppliers]

    def _need(self, objet: str, lot: Mapping[str, Any]) -> Need:
        follow_reader(self._engine.url)  # a process may have several catalogues open
        if unknown := sorted(lot.keys() - LotFields.__annotations__):
            raise TypeError(
                f"unexpected keyword argument {unknown[0]!r}: a lot has {', '.join(LotFields.__annotations__)}"
            )
        need = need_from({"objet": objet, **lot})
        if need.faults:
            raise QuestionRefused(" ".join(f"{fault.field} : {fault}" for fault in need.faults))
        return need

    def _shelf(self) -> Shelf:
        shelf = load_shelf(self._engine)
        if not len(shelf):
            raise QuestionRefused(". ".join(EMPTY))
        return shelf


def _clear(need: Need) -> Reading:
    lot_reading = understand(need)
    if not lot_reading.clear:
        raise QuestionRefused(WHAT_AND_WHERE)
    return lot_reading


def _address(url: object) -> str | None:
    """Return the SQLAlchemy address of a catalogue, given as an address or a file; None for the default."""
    if not url:
        return None
    if isinstance(url, str) and "://" in url:
        return url
    path = Path(url).expanduser() if isinstance(url, str | PathLike) else None
    if path is None or not path.is_file():
        raise QuestionRefused(
            f"« {url} » n’est pas un catalogue : donnez le chemin de son fichier, ou son adresse, par exemple "
            "sqlite:///catalogue.sqlite."
        )
    return f"sqlite:///{path.resolve().as_posix()}"


def _text(argument: str, value: object) -> str:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value)
    raise QuestionRefused(f"« {argument} » : un texte est attendu. Vous avez écrit « {value} ».")


def _whole(argument: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise QuestionRefused(f"« {argument} » est un nombre entier, 1 ou plus. Vous avez écrit « {value} ».")


def _numbered(values: object, argument: str) -> Iterator[tuple[int, Any]]:
    """Return the values numbered from 1; a text or a mapping is a single value."""
    if isinstance(values, str | Mapping):
        values = [values]
    if not isinstance(values, Iterable):
        raise QuestionRefused(f"« {argument} » : une liste est attendue. Vous avez écrit « {values} ».")
    return iter(enumerate(values, 1))


def _fields(value: object, name: str, text_is: str, fields: Collection[str]) -> Mapping[str, Any]:
    """Return a value as fields; a text becomes the field `text_is`. Raises QuestionRefused for an unknown field."""
    if isinstance(value, str):
        return {text_is: value}
    if not isinstance(value, Mapping):
        raise QuestionRefused(f"{name} : un texte est attendu, ou un dictionnaire. Vous avez écrit « {value} ».")
    for field in value:
        if field not in fields:
            known = enumeration([f"« {known} »" for known in fields], "ou")
            raise QuestionRefused(f"{name} : « {field} » n’est pas connu. Écrivez {known}.")
    return value


@contextmanager
def _refusals() -> Iterator[None]:
    """Convert internal exceptions to QuestionRefused."""
    try:
        yield
    except (DatabaseError, NeedRefused) as error:
        raise QuestionRefused(str(error)) from error
