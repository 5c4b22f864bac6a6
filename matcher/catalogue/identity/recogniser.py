"""Recogniser of suppliers: matches what somebody wrote (name, town, number, kind, as in a buyer's spreadsheet) to the catalogue: surely one
supplier, up to four options with their evidence, or none.

A match is sure by a SIRET or SIREN, or by town and whole name, if only one organisation fits; a name truncated in the sheet counts as whole from
twelve letters on. An answer that a person has already given comes before anything else.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from typing import Self

import numpy as np

from matcher.catalogue.identity.compare import (
    KIND,
    NAME,
    SIREN,
    TOWN,
    Agreement,
    PairEvidence,
    Side,
    Traits,
    compare_sides,
    differ,
    side_of,
)
from matcher.catalogue.identity.name_index import NameIndex
from matcher.cleaning.names import name_key
from matcher.cleaning.postcode import clean_post_code, split_cedex
from matcher.cleaning.siret import SIREN_BAD_KEY, clean_siren, clean_siret, clean_siret_or_siren
from matcher.domain.kinds import SupplierKind
from matcher.reference.geography.communes import communes_named, communes_of_post_code, whole_city
from matcher.reference.name_words import parse_name, weight, without_ledger_words, without_plural

MOST_OPTIONS = 4
# Names compared field by field: nearest in the whole catalogue, nearest in the town.
_NEAREST, _NEAREST_IN_TOWN = 12, 8
# Least letters for a beginning to count as a name that a sheet truncated.
_LEAST_BEGINNING = 12
_POST_CODE = 5  # digits, which a cell often holds before its town
_SIREN = 9  # digits; a SIRET has five more
# Least total weight of a name's words, without the town's, where names are equal but for legal form, articles or kind.
_TELLING = 0.7
# The same where the name is among other words. At 0.7, half as many more firms absent from the catalogue are proposed.
_TELLING_INSIDE = 1.0
# Points added to the score of `compare_sides` where the name begins with what is written: as many as for the town.
_BEGINNING_POINTS = 15
_SHOWN_FIELDS = (NAME, TOWN, KIND, SIREN)
# Corsica and overseas: their postal codes do not begin with the code of the département.
_ISLANDS = ("20", "97", "98")
_SURE = 100
_SAME_NAME, _CUT_NAME = "Même nom, même commune.", "Même début de nom, même commune."
_OTHER_ESTABLISHMENT = "Un autre établissement de la même organisation (SIREN)."
_BEGINS = "Le nom commence ainsi."
_WHOLE_INSIDE = "Tout son nom est écrit, parmi d’autres mots."


class Certainty(StrEnum):
    """Degree of certainty of a recognition."""

    SURE = "sure"
    TO_CONFIRM = "a_confirmer"
    UNKNOWN = "inconnu"


@dataclass(frozen=True, slots=True)
class ListedSupplier:
    """A supplier of the catalogue: how it is shown, and its records put together. Unknown is empty."""

    id: str
    siret: str
    name: str
    city: str
    side: Side

    @classmethod
    def of(cls, supplier_id: str, siret: str, name: str, records: Sequence[Traits]) -> Self:
        """Build a supplier from the traits of its records; the city is the first given."""
        return cls(
            supplier_id, siret, name, next((record.city for record in records if record.city), ""), side_of(records)
        )

    @property
    def full_name(self) -> str:
        """Name, town and SIRET (else id), as shown to a person."""
        return ", ".join(filter(None, (self.name, self.city, self.siret or self.id)))

    @property
    def organisation(self) -> str:
        """The SIREN where exactly one is known, else the supplier's id."""
        return next(iter(self.side.sirens)) if len(self.side.sirens) == 1 else self.id


@dataclass(frozen=True, slots=True)
class WrittenSupplier:
    """Cells that name a supplier, as somebody wrote them in a sheet; empty where not given. `number` is a SIRET or a SIREN."""

    name: str = ""
    number: str = ""
    post_code: str = ""
    city: str = ""
    kinds: tuple[SupplierKind, ...] = ()

    @property
    def key(self) -> str:
        """Normalised text under which a person's answer is stored; empty where nothing names a supplier."""
        number = clean_siret_or_siren(self.number).value or ""
        name = "" if "@" in self.name else name_key(self.name)  # an e-mail address may be a person's
        place = (clean_post_code(self.post_code).value or "", name_key(split_cedex(self.city).name))
        return " / ".join((name, number, *place)) if name or number else ""


@dataclass(frozen=True, slots=True)
class RecognisedOption:
    """A supplier that may be meant, the evidence in French, and `score`, the likeness (0 to 99, 100 where sure)."""

    supplier: ListedSupplier
    evidence: str
    score: int = _SURE


@dataclass(frozen=True, slots=True)
class Recognition:
    """Result: `options`, likeliest first: one where sure, none where no supplier fits."""

    certainty: Certainty
    options: tuple[RecognisedOption, ...] = ()

    @property
    def sure(self) -> ListedSupplier | None:
        """The supplier, where the match is sure."""
        return self.options[0].supplier if self.certainty is Certainty.SURE else None


NOBODY = Recognition(Certainty.UNKNOWN)


class Recogniser:
    """The suppliers of a catalogue, indexed once. `settled` maps the key of a written supplier to the id that a person chose (empty: none of them)."""

    def __init__(self, suppliers: Iterable[ListedSupplier], settled: Mapping[str, str] | None = None) -> None:
        self._suppliers = tuple(suppliers)
        self._row = {supplier.id: row for row, supplier in enumerate(self._suppliers)}
        self._settled = self._valid_answers(settled or {})
        self._by_siret: dict[str, int] = {}
        self._by_siren: dict[str, list[int]] = {}
        self._in_city: dict[str, list[int]] = {}
        named: list[tuple[str, int]] = []
        for row, supplier in enumerate(self._suppliers):
            self._by_siret |= {place.siret: row for place in supplier.side.places if place.siret}
            for siren in supplier.side.sirens:
                self._by_siren.setdefault(siren, []).append(row)
            for city in {_city(place.insee) for place in supplier.side.places if place.insee}:
                self._in_city.setdefault(city, []).append(row)
            named += ((name, row) for name in supplier.side.names)
        self._named = np.array([row for _, row in named], dtype=np.int32)
        self._letters = NameIndex([name for name, _ in named])
        self._spelt = sorted((_spelt(name), row) for name, row in named)

    def with_settled(self, settled: Mapping[str, str]) -> Self:
        """Return a copy, of the same suppliers, with these answers in place of its own."""
        other = copy(self)
        other._settled = self._valid_answers(settled)
        return other

    def _valid_answers(self, settled: Mapping[str, str]) -> dict[str, str]:
        return {key: chosen for key, chosen in settled.items() if not chosen or chosen in self._row}

    def find(self, key: str) -> ListedSupplier | None:
        """Return the supplier of an id or a SIRET, None where there is none."""
        row = self._row.get(key.strip(), self._by_siret.get(clean_siret(key).value or ""))
        return None if row is None else self._suppliers[row]

    def suggest(self, text: str, most: int) -> list[ListedSupplier]:
        """Return at most `most` suppliers with a name that begins with `text`, in alphabetical order (autocompletion)."""
        spelt, rows = _spelt(text), dict[int, None]()
        for name, row in islice(self._spelt, bisect_left(self._spelt, (spelt, -1)), None):
            if not (spelt and name.startswith(spelt)) or len(rows) == most:
                break
            rows[row] = None
        return [self._suppliers[row] for row in rows]

    def recognise(self, written: WrittenSupplier) -> Recognition:
        """Return the supplier that is meant, or the options, or none."""
        if (settled := self.settled_answer(written)) is not None:
            return settled
        number = clean_siret_or_siren(written.number).value or ""
        if (row := self._by_siret.get(number)) is not None:
            return self._sure(row, "Même SIRET.")
        siren = number[:_SIREN]
        query = _Query(written, "" if clean_siren(siren).flag == SIREN_BAD_KEY else siren)
        town_rows = [row for city in sorted(set(map(_city, query.towns))) for row in self._in_city.get(city, ())]
        if siren in self._by_siren:
            return self._of_organisation(self._by_siren[siren], query, town_rows, is_establishment=len(number) > _SIREN)
        whole = []
        # Same town, and a name equal to what is written or truncated; another kind or SIREN forbids.
        for row in town_rows:
            side = self._suppliers[row].side
            if any(map(query.is_name, side.names)) and not differ(query.side_near(side), side):
                whole.append(row)
        if len({self._suppliers[row].organisation for row in whole}) == 1:
            best = min(whole, key=lambda row: (not self._has_exact_name(query, row), row))
            is_whole = query.spelt in map(_spelt, self._suppliers[best].side.names)
            return self._sure(best, _SAME_NAME if is_whole else _CUT_NAME)
        # Words that accounts add (« ledger words ») are dropped for options, never for a sure match.
        return self._options(_Query(replace(written, name=without_ledger_words(written.name)), query.siren), town_rows)

    def settled_answer(self, written: WrittenSupplier) -> Recognition | None:
        """Return the answer that a person has given for what is written, None where there is none."""
        if (chosen := self._settled.get(written.key)) is None:
            return None
        return self._sure(self._row[chosen], "Réponse déjà donnée.") if chosen else NOBODY

    def _sure(self, row: int, evidence: str) -> Recognition:
        return Recognition(Certainty.SURE, (RecognisedOption(self._suppliers[row], evidence),))

    def _of_organisation(
        self, rows: Sequence[int], query: "_Query", town_rows: Sequence[int], *, is_establishment: bool
    ) -> Recognition:
        """Match by SIREN: sure, unless a whole SIRET is written and the catalogue does not have that establishment."""
        ranked = sorted(rows, key=lambda row: (row not in town_rows, not self._has_exact_name(query, row), row))
        if not is_establishment:
            several = f", un de ses {len(rows)} établissements connus" if len(rows) > 1 else ""
            return self._sure(ranked[0], f"Même SIREN{several}.")
        options = (
            RecognisedOption(each, _OTHER_ESTABLISHMENT, compare_sides(query.side_near(each.side), each.side)[0].score)
            for each in map(self._suppliers.__getitem__, ranked[:MOST_OPTIONS])
        )
        return Recognition(Certainty.TO_CONFIRM, tuple(options))

    def _has_exact_name(self, query: "_Query", row: int) -> bool:
        """Return whether a supplier has exactly the written name, case and accents aside."""
        return query.name in map(name_key, self._suppliers[row].side.names)

    def _options(self, query: "_Query", town_rows: Sequence[int]) -> Recognition:
        # The suppliers with a name that begins with what is written: a few of the whole catalogue, and all of the town.
        at = bisect_left(self._spelt, (query.spelt, -1))
        begun = {row for spelt, row in self._spelt[at : at + _NEAREST] if query.begins(spelt)}
        begun |= {
            row for row in town_rows if any(query.begins(_spelt(name)) for name in self._suppliers[row].side.names)
        }
        ranked = self._ranked(query, begun, begun.union(self._alike(query, town_rows)))
        options = [
            RecognisedOption(self._suppliers[row], evidence.says(), min(score, _SURE - 1))
            for score, row, evidence in ranked[:MOST_OPTIONS]
        ]
        # Where nothing else gives an option, the suppliers whose whole name is among other written words.
        for row in () if options else dict.fromkeys(self._alike(query, town_rows)):
            side, near = self._suppliers[row].side, query.side_near(self._suppliers[row].side)
            if any(map(query.holds, side.names)) and not differ(near, side):
                options.append(
                    RecognisedOption(self._suppliers[row], _WHOLE_INSIDE, compare_sides(near, side)[0].score)
                )
        return Recognition(Certainty.TO_CONFIRM, tuple(options[:MOST_OPTIONS])) if options else NOBODY

    def _ranked(self, query: "_Query", begun: Set[int], rows: Iterable[int]) -> list[tuple[int, int, PairEvidence]]:
        """The rows that may be what is written, the likeliest first, each after its score: those of `begun`, and those whose names have something in
        common with it or, where one has no telling word, whose kind and town agree."""
        ranked: list[tuple[int, int, PairEvidence]] = []
        for row in rows:
            side = self._suppliers[row].side
            evidence, _ = compare_sides(query.side_near(side), side)
            agreement = evidence.agreements
            may_be = agreement[KIND] is agreement[TOWN] is Agreement.AGREES
            if agreement[NAME] is not Agreement.MISSING:
                least = Agreement.CLOSE if agreement[TOWN] is Agreement.AGREES else Agreement.AGREES
                may_be = agreement[NAME] in (least, Agreement.AGREES)
            if agreement[SIREN] is Agreement.DIFFERS or not (row in begun or may_be):
                continue
            fields = (each for each in evidence.fields if each.field in _SHOWN_FIELDS)
            shown = tuple(each for each in fields if each.agreement is not Agreement.MISSING)
            reason = _BEGINS if row in begun and agreement[NAME] is not Agreement.AGREES else ""
            score = evidence.score + _BEGINNING_POINTS * (row in begun)
            ranked.append((score, row, replace(evidence, fields=shown, reason=reason)))
        return sorted(ranked, key=lambda option: (-option[0], option[1]))

    def _alike(self, query: "_Query", town_rows: Sequence[int]) -> Iterator[int]:
        """The suppliers whose names are nearest to what is written, in the catalogue, then in the town."""
        ranks = self._letters.nearest(query.name, _NEAREST)
        if town_rows:
            here = np.flatnonzero(np.isin(self._named, town_rows)).astype(np.int32)
            ranks += self._letters.nearest(query.name, _NEAREST_IN_TOWN, here)
        yield from (int(self._named[rank]) for rank in ranks)


class _Query:
    """A `WrittenSupplier` with its parts normalised for comparison; `siren` is empty where its number proves nothing."""

    def __init__(self, written: WrittenSupplier, siren: str) -> None:
        self._written = written
        self.siren = siren
        self.name = name_key(written.name)
        self.spelt = _spelt(written.name)
        self._words = frozenset(parse_name(written.name).words)
        self._post_code = clean_post_code(written.post_code or written.city[:_POST_CODE]).value or ""
        self._city = split_cedex(written.city).name
        self.towns = _towns(self._post_code, self._city)
        self._town_words = frozenset(map(without_plural, name_key(self._city).split()))

    def begins(self, spelt: str) -> bool:
        """Return whether what is written equals this name, or is a beginning of it of twelve letters or more."""
        if len(self.name.replace(" ", "")) >= _LEAST_BEGINNING:
            return bool(self.spelt) and spelt.startswith(self.spelt)
        return bool(self.spelt) and spelt == self.spelt

    def is_name(self, name: str) -> bool:
        """Return whether `name` is written exactly, or whole but for legal form, or truncated; in the last two cases its words must be distinctive."""
        if not self.begins(_spelt(name)):
            return False
        own = (word for word in parse_name(self._written.name).words if word not in self._town_words)
        return name_key(name) == self.name or sum(map(weight, own)) >= _TELLING

    def holds(self, name: str) -> bool:
        """Return whether every word of `name` is written, and these words are distinctive."""
        words = parse_name(name).words
        return self._words.issuperset(words) and sum(map(weight, words)) >= _TELLING_INSIDE

    def side_near(self, other: Side) -> Side:
        """Return what is written as a side, in the town of `other` where the written town's name is ambiguous."""
        insee = next((place.insee for place in other.places if place.insee in self.towns), next(iter(self.towns), ""))
        traits = Traits(
            source="",
            ref="",
            siren=self.siren,
            names=(self._written.name,),
            kinds=self._written.kinds,
            post_code=self._post_code,
            insee=insee,
            city=self._city,
        )
        return side_of((traits,))


def _spelt(name: str) -> str:
    """The telling words of a name, joined."""
    return "".join(parse_name(name).words)


def _city(insee: str) -> str:
    """The INSEE code of the commune; for an arrondissement, that of its city."""
    return whole_city(insee) or insee


@lru_cache(maxsize=4096)
def _towns(post_code: str, city: str) -> tuple[str, ...]:
    """The INSEE codes that a postal code and a town's name may mean, most populated first; a CEDEX code belongs to no commune."""
    of_code = tuple(commune.code for commune in communes_of_post_code(post_code))
    if not city:
        return of_code
    departements = {post_code[:2]} if post_code and post_code[:2] not in _ISLANDS else ()
    named = tuple(commune.code for commune in communes_named(city, departements))
    # Both together are more precise: a commune has several postal codes, an arrondissement its own.
    both = tuple(code for code in of_code if code in named or whole_city(code) in named)
    return both or named or of_code
