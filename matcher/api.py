"""The Python door: a catalogue opened by a script or a notebook, and asked as the command line and the pages ask it. No computation here.

What it promises is in docs/python.md: the names of `__all__`, and answers that are those of the commands' `--format json`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self, TypedDict, Unpack, cast

from matcher.catalogue.identity.recogniser import WrittenSupplier
from matcher.catalogue.steward.own_reader import follow_reader
from matcher.catalogue.store.field_sources import field_sources
from matcher.catalogue.store.read import dated_sources, find
from matcher.catalogue.store.recognition import load_recogniser
from matcher.catalogue.store.sample import chosen_url, notice_of
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.catalogue.store.why_missing import why_absent
from matcher.db import DatabaseError, open_database
from matcher.decisions.assumptions import DEFAULT as USUAL
from matcher.decisions.opinion.answer import advise
from matcher.decisions.opinion.document import advice_object
from matcher.decisions.purchases.reconciliation_document import RecognisedNameShape, recognised_object
from matcher.decisions.workload import NeedRefused, need_of
from matcher.domain.french import enumeration
from matcher.domain.need import Need
from matcher.domain.reading import Reading
from matcher.need.answer import EMPTY, WHAT_AND_WHERE, answer_to, laid, understand
from matcher.need.as_json import shortlist_object, sorted_reading_line, why_not_object
from matcher.need.fields import need_from
from matcher.need.json_shapes import AnswerShape, SortedReadingShape, WhyNotShape
from matcher.need.sourced import sourced_answers, sourced_why_not
from matcher.need.why_not import why_not
from matcher.ranking.bands import BandedRanking
from matcher.ranking.profiles import weights_of
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.reader import lots_of_notice
from matcher.render.head_notice import with_notice

__all__ = ["OpenCatalogue", "QuestionRefused", "open_catalogue"]

Texts = str | Sequence[str]


class LotFields(TypedDict, total=False):
    """Fields that describe a lot beside its text, each as the option of the same name takes it."""

    lot_id: str
    cpv: Texts
    lieu: Texts
    acheteur_siret: str
    montant: float | str
    duree: float | str
    date: str
    levier: str
    kind: Texts
    activite: Texts


class NameFields(TypedDict, total=False):
    """Words of a sheet about one supplier; `number` is a SIRET or a SIREN."""

    name: str
    number: str
    post_code: str
    city: str


class QuestionRefused(Exception):
    """A question that cannot be answered, or a catalogue that cannot be read. The message is French and says what to do."""


def open_catalogue(url: str | None = None) -> "OpenCatalogue":
    """Return the catalogue at a SQLAlchemy address; by default ENTREMISE_DATABASE_URL, else the file of the user's data folder, else, where
    that is absent or empty, the invented sample that `entremise demo` has made.

    It is created or upgraded where it must be, as every command does. Raises QuestionRefused.
    """
    return OpenCatalogue(url)


class OpenCatalogue:
    """An open catalogue, always as it is now. To be closed, or used as a context. Every method raises QuestionRefused."""

    def __init__(self, url: str | None = None) -> None:
        with _refusals():
            self._engine = open_database(chosen_url(url))
            self._notice = notice_of(self._engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()

    def rank(
        self,
        objet: str = "",
        *,
        top: int = 20,
        titulaires: bool = False,
        sans_distance: bool = False,
        **lot: Unpack[LotFields],
    ) -> AnswerShape:
        """Rank the suppliers for a lot, with the reasons: `entremise match --format json`.

        Where neither its trade nor its place is understood, `question` says what to ask and `matches` is empty.
        """
        if top < 1:
            raise QuestionRefused("« top » est le nombre de candidats : 1 ou plus.")
        need = self._need(objet, lot)
        weights = weights_of(incumbents_first=titulaires, without_distance=sans_distance)
        with _refusals():
            answer = answer_to(need, self._shelf(), top, BandedRanking.first_by_rank, weights)
            dated = dated_sources(self._engine)
            (told,) = sourced_answers([answer], lambda ids: field_sources(self._engine, ids, dated))
            return cast(AnswerShape, with_notice(shortlist_object(told, top, dated), self._notice))

    def read(self, objet: str = "", **lot: Unpack[LotFields]) -> SortedReadingShape:
        """Say what is understood of a lot, and what is doubtful: `entremise read --format json`."""
        need = self._need(objet, lot)
        return cast(SortedReadingShape, sorted_reading_line(understand(need), lots_of_notice(need.lot)))

    def explain(self, supplier: str, objet: str = "", **lot: Unpack[LotFields]) -> WhyNotShape:
        """Say why a supplier, by its id or SIRET, is or is not in the list of a lot: `entremise explain --format json`."""
        reading, key = _clear(self._need(objet, lot)), "".join(supplier.split())
        with _refusals():
            known = find(self._engine, key)
            ask = laid(reading, self._shelf())
            answer = why_not(ask, known.id if known else key)
            if answer is None:
                raise QuestionRefused(why_absent(self._engine, key))
            dated = dated_sources(self._engine)
            told = sourced_why_not(answer, lambda ids: field_sources(self._engine, ids, dated))
            return cast(WhyNotShape, with_notice(why_not_object(ask.reading, told), self._notice))

    def advise(
        self,
        objet: str = "",
        *,
        etp: float | str = "",
        heures: float | str = "",
        quantite: str = "",
        **lot: Unpack[LotFields],
    ) -> dict[str, Any]:
        """Say whether a lot can be reserved, and under which article, with the usual thresholds: `entremise avis --format json`."""
        reading = _clear(self._need(objet, lot))
        with _refusals():
            size = need_of(reading, USUAL, etp=str(etp), hours=str(heures), quantity=quantite)
            return with_notice(
                advice_object(advise(self._engine, laid(reading, self._shelf()), size, USUAL)), self._notice
            )

    def reconcile(self, names: Iterable[str | NameFields]) -> list[RecognisedNameShape]:
        """Say who each written supplier is in the catalogue, in their order: the lines of `entremise rapprocher --format jsonl`.

        A name alone, or with what its sheet tells beside. Nothing is kept.
        """
        written = [_written(one, rank) for rank, one in enumerate([names] if isinstance(names, str) else names, 1)]
        with _refusals():
            recogniser = load_recogniser(self._engine)
        return [recognised_object(its.name, recogniser.recognise(its)) for its in written]

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
    reading = understand(need)
    if not reading.clear:
        raise QuestionRefused(WHAT_AND_WHERE)
    return reading


def _written(one: str | NameFields, rank: int) -> WrittenSupplier:
    told: NameFields = {"name": one} if isinstance(one, str) else one
    for field, value in told.items():
        if field not in NameFields.__annotations__:
            fields = enumeration([f"« {name} »" for name in NameFields.__annotations__], "ou")
            raise QuestionRefused(f"Nom {rank} : « {field} » n’est pas connu. Écrivez {fields}.")
        if not isinstance(value, str):
            raise QuestionRefused(f"Nom {rank}, « {field} » : un texte est attendu, vide où rien n’est connu.")
    return WrittenSupplier(
        told.get("name", ""), told.get("number", ""), told.get("post_code", ""), told.get("city", "")
    )


@contextmanager
def _refusals() -> Iterator[None]:
    """The refusals of the rooms below as the one that is promised."""
    try:
        yield
    except (DatabaseError, NeedRefused) as error:
        raise QuestionRefused(str(error)) from error
