"""Recogniser of suppliers: what is written of one (name, town, number, kind) → surely one, up to four options with their evidence, or none.

Sure needs a number, or the town and the whole name, and one organisation alone. A name that its sheet has cut is whole by its
beginning of twelve letters or more. What a person has settled is replayed before anything else.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
# Names that are compared field by field, out of all and out of the town's.
_NEAREST, _NEAREST_IN_TOWN = 12, 8
# Letters that the beginning of a name must have, to be the name that a sheet has cut.
_LEAST_BEGINNING = 12
_POST_CODE = 5  # digits, which a cell often holds before its town
_SIREN = 9  # digits, of which a SIRET has five more
# What the words of a name must tell together, the town's own aside, where it is the same but for its legal form, articles or kind.
_TELLING = 0.7
# The same among other words: one that is rare. At 0.7, half as many firms again that the catalogue does not have are to be confirmed.
_TELLING_INSIDE = 1.0
# What the beginning of its name is worth to an option, in points of `compare_sides`: as much as its town.
_BEGUN = 15
_TOLD = (NAME, TOWN, KIND, SIREN)
# Corsica and overseas: their postal codes do not begin with the code of the département.
_ISLANDS = ("20", "97", "98")
_SURE = 100
_SAME_NAME, _CUT_NAME = "Même nom, même commune.", "Même début de nom, même commune."
_OTHER_ESTABLISHMENT = "Un autre établissement de la même organisation (SIREN)."
_BEGINS = "Le nom commence ainsi."
_WHOLE_INSIDE = "Tout son nom est écrit, parmi d’autres mots."


class Certainty(StrEnum):
    """Certainty of a recognition."""

    SURE = "sure"
    TO_CONFIRM = "a_confirmer"
    UNKNOWN = "inconnu"


@dataclass(frozen=True, slots=True)
class ListedSupplier:
    """A supplier of the catalogue to recognise: how it is shown, and its records together. Unknown is empty."""

    id: str
    siret: str
    name: str
    city: str
    side: Side

    @classmethod
    def of(cls, supplier_id: str, siret: str, name: str, records: Sequence[Traits]) -> Self:
        """Return a supplier as its records describe it, in the first town that one gives."""
        return cls(supplier_id, siret, name, next((its.city for its in records if its.city), ""), side_of(records))

    @property
    def full_name(self) -> str:
        """Its name, town and SIRET, or its id where it has none, as one names it."""
        return ", ".join(filter(None, (self.name, self.city, self.siret or self.id)))

    @property
    def organisation(self) -> str:
        """Its SIREN where one alone is known, else its own id."""
        return next(iter(self.side.sirens)) if len(self.side.sirens) == 1 else self.id


@dataclass(frozen=True, slots=True)
class WrittenSupplier:
    """Words and numbers that somebody wrote of a supplier, as they are in the sheet; empty where nothing is. `number` is a SIRET or a SIREN."""

    name: str = ""
    number: str = ""
    post_code: str = ""
    city: str = ""
    kinds: tuple[SupplierKind, ...] = ()

    @property
    def key(self) -> str:
        """Normal form of the words written, under which the answer of a person is kept; empty where nothing names a supplier."""
        number = clean_siret_or_siren(self.number).value or ""
        name = "" if "@" in self.name else name_key(self.name)  # an address is a person's
        place = (clean_post_code(self.post_code).value or "", name_key(split_cedex(self.city).name))
        return " / ".join((name, number, *place)) if name or number else ""


@dataclass(frozen=True, slots=True)
class RecognisedOption:
    """A supplier that may be meant, with the evidence in French; `score` is how alike they are, to 100 where it is sure."""

    supplier: ListedSupplier
    evidence: str
    score: int = _SURE


@dataclass(frozen=True, slots=True)
class Recognition:
    """Result: `options` likeliest first, the sure one alone where it is sure, none where nobody is known."""

    certainty: Certainty
    options: tuple[RecognisedOption, ...] = ()

    @property
    def sure(self) -> ListedSupplier | None:
        """The supplier that it surely is."""
        return self.options[0].supplier if self.certainty is Certainty.SURE else None


NOBODY = Recognition(Certainty.UNKNOWN)


class Recogniser:
    """The suppliers of a catalogue, indexed once. `settled` gives, by key of what was written, the id that a person chose, or an empty one
    for nobody."""

    def __init__(self, suppliers: Iterable[ListedSupplier], settled: Mapping[str, str] | None = None) -> None:
        self._suppliers = tuple(suppliers)
        self._row = {its.id: row for row, its in enumerate(self._suppliers)}
        self._settled = self._kept(settled or {})
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
        """Return the recogniser of the same suppliers that replays these answers, and no other."""
        other = copy(self)
        other._settled = self._kept(settled)
        return other

    def _kept(self, settled: Mapping[str, str]) -> dict[str, str]:
        return {key: its for key, its in settled.items() if not its or its in self._row}

    def find(self, key: str) -> ListedSupplier | None:
        """Return the supplier of an id or a SIRET, None where the catalogue has none."""
        row = self._row.get(key.strip(), self._by_siret.get(clean_siret(key).value or ""))
        return None if row is None else self._suppliers[row]

    def suggest(self, text: str, most: int) -> list[ListedSupplier]:
        """Return the suppliers of whom a name begins so, in the order of their names."""
        spelt, rows = _spelt(text), dict[int, None]()
        for name, row in islice(self._spelt, bisect_left(self._spelt, (spelt, -1)), None):
            if not (spelt and name.startswith(spelt)) or len(rows) == most:
                break
            rows[row] = None
        return [self._suppliers[row] for row in rows]

    def recognise(self, written: WrittenSupplier) -> Recognition:
        """Return who is meant."""
        if (settled := self.settled_answer(written)) is not None:
            return settled
        number = clean_siret_or_siren(written.number).value or ""
        if (row := self._by_siret.get(number)) is not None:
            return self._sure(row, "Même SIRET.")
        siren = number[:_SIREN]
        request_sent = _Asked(written, "" if clean_siren(siren).flag == SIREN_BAD_KEY else siren)
        near = [row for city in sorted(set(map(_city, request_sent.towns))) for row in self._in_city.get(city, ())]
        if siren in self._by_siren:
            return self._of_organisation(
                self._by_siren[siren], request_sent, near, is_establishment=len(number) > _SIREN
            )
        whole = []
        for (
            row
        ) in near:  # a name of its town is the one that is written, or begins with it; another kind or SIREN forbids
            side = self._suppliers[row].side
            if any(map(request_sent.is_name, side.names)) and not differ(request_sent.beside(side), side):
                whole.append(row)
        if len({self._suppliers[row].organisation for row in whole}) == 1:
            best = min(whole, key=lambda row: (not self._bears(request_sent, row), row))
            uncut = request_sent.spelt in map(_spelt, self._suppliers[best].side.names)
            return self._sure(best, _SAME_NAME if uncut else _CUT_NAME)
        # What a ledger adds is dropped to propose, never to be sure.
        return self._options(
            _Asked(replace(written, name=without_ledger_words(written.name)), request_sent.siren), near
        )

    def settled_answer(self, written: WrittenSupplier) -> Recognition | None:
        """Return what a person has settled of what is written, None where nobody has."""
        if (chosen := self._settled.get(written.key)) is None:
            return None
        return self._sure(self._row[chosen], "Réponse déjà donnée.") if chosen else NOBODY

    def _sure(self, row: int, evidence: str) -> Recognition:
        return Recognition(Certainty.SURE, (RecognisedOption(self._suppliers[row], evidence),))

    def _of_organisation(
        self, rows: Sequence[int], request_sent: "_Asked", near: Sequence[int], *, is_establishment: bool
    ) -> Recognition:
        """An organisation of the catalogue: sure, unless its SIRET is that of an establishment which the catalogue does not have."""
        ranked = sorted(rows, key=lambda row: (row not in near, not self._bears(request_sent, row), row))
        if not is_establishment:
            several = f", un de ses {len(rows)} établissements connus" if len(rows) > 1 else ""
            return self._sure(ranked[0], f"Même SIREN{several}.")
        options = (
            RecognisedOption(its, _OTHER_ESTABLISHMENT, compare_sides(request_sent.beside(its.side), its.side)[0].score)
            for its in map(self._suppliers.__getitem__, ranked[:MOST_OPTIONS])
        )
        return Recognition(Certainty.TO_CONFIRM, tuple(options))

    def _bears(self, request_sent: "_Asked", row: int) -> bool:
        """Return whether a supplier has the name to the letter."""
        return request_sent.name in map(name_key, self._suppliers[row].side.names)

    def _options(self, request_sent: "_Asked", near: Sequence[int]) -> Recognition:
        begun = set(self._begun(request_sent, near))
        ranked: list[tuple[int, int, PairEvidence]] = []
        for row in begun.union(self._alike(request_sent, near)):
            side = self._suppliers[row].side
            evidence, _ = compare_sides(request_sent.beside(side), side)
            agreement = {compared.field: compared.agreement for compared in evidence.fields}
            if agreement[SIREN] is Agreement.DIFFERS or not (row in begun or _may_be(agreement)):
                continue
            told_ = tuple(
                its for its in evidence.fields if its.field in _TOLD and its.agreement is not Agreement.MISSING
            )
            reason = _BEGINS if row in begun and agreement[NAME] is not Agreement.AGREES else ""
            ranked.append(
                (evidence.score + _BEGUN * (row in begun), row, replace(evidence, fields=told_, reason=reason))
            )
        ranked.sort(key=lambda one: (-one[0], one[1]))
        options = tuple(
            RecognisedOption(self._suppliers[row], its.says(), min(score, _SURE - 1))
            for score, row, its in ranked[:MOST_OPTIONS]
        )
        options = options or tuple(islice(self._inside(request_sent, near), MOST_OPTIONS))
        return Recognition(Certainty.TO_CONFIRM, options) if options else NOBODY

    def _begun(self, request_sent: "_Asked", near: Sequence[int]) -> Iterator[int]:
        """The suppliers of whom a name is what is written, or begins with it: those of its town, and as many as are compared elsewhere."""
        at = bisect_left(self._spelt, (request_sent.spelt, -1))
        yield from (row for spelt, row in self._spelt[at : at + _NEAREST] if request_sent.begins(spelt))
        for row in near:
            if any(request_sent.begins(_spelt(name)) for name in self._suppliers[row].side.names):
                yield row

    def _inside(self, request_sent: "_Asked", near: Sequence[int]) -> Iterator[RecognisedOption]:
        """The suppliers all of whose name is among other words that are written, where nothing else proposes anybody."""
        for row in dict.fromkeys(self._alike(request_sent, near)):
            side = self._suppliers[row].side
            if any(map(request_sent.holds, side.names)) and not differ(request_sent.beside(side), side):
                yield RecognisedOption(
                    self._suppliers[row], _WHOLE_INSIDE, compare_sides(request_sent.beside(side), side)[0].score
                )

    def _alike(self, request_sent: "_Asked", near: Sequence[int]) -> Iterator[int]:
        """The suppliers whose names are most like what is written, out of all, then out of its town."""
        ranks = self._letters.nearest(request_sent.name, _NEAREST)
        if near:
            here = np.flatnonzero(np.isin(self._named, near)).astype(np.int32)
            ranks += self._letters.nearest(request_sent.name, _NEAREST_IN_TOWN, here)
        yield from (int(self._named[rank]) for rank in ranks)


class _Asked:
    """One thing written, made ready to be compared with suppliers; `siren` is that of its number, empty where it proves nothing."""

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
        """Return whether what is written is this name, or its beginning: that of a name which its sheet has cut is long."""
        if len(self.name.replace(" ", "")) >= _LEAST_BEGINNING:
            return bool(self.spelt) and spelt.startswith(self.spelt)
        return bool(self.spelt) and spelt == self.spelt

    def is_name(self, name: str) -> bool:
        """Return whether `name` is written to the letter, or whole but for its legal form, or cut: its words have to be telling enough by
        themselves.
        """
        if not self.begins(_spelt(name)):
            return False
        own = (word for word in parse_name(self._written.name).words if word not in self._town_words)
        return name_key(name) == self.name or sum(map(weight, own)) >= _TELLING

    def holds(self, name: str) -> bool:
        """Return whether every telling word of `name` is written, and they are telling enough by themselves."""
        words = parse_name(name).words
        return self._words.issuperset(words) and sum(map(weight, words)) >= _TELLING_INSIDE

    def beside(self, other: Side) -> Side:
        """Return what is written as a side to compare with another: of the town of that other where several have the name that is written."""
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


def _may_be(agreement: Mapping[str, Agreement]) -> bool:
    """Return whether the names have something in common, or, where one is empty of telling words, the kind and the town agree."""
    if agreement[NAME] is Agreement.MISSING:
        return agreement[KIND] is agreement[TOWN] is Agreement.AGREES
    least = Agreement.CLOSE if agreement[TOWN] is Agreement.AGREES else Agreement.AGREES
    return agreement[NAME] in (least, Agreement.AGREES)


def _spelt(name: str) -> str:
    """The telling words of a name, end to end."""
    return "".join(parse_name(name).words)


def _city(insee: str) -> str:
    """The commune of a code, the city for that of an arrondissement."""
    return whole_city(insee) or insee


@lru_cache(maxsize=4096)
def _towns(post_code: str, city: str) -> tuple[str, ...]:
    """The INSEE codes that a postal code and a town may mean, the most populated first: a CEDEX has a code that no commune has."""
    of_code = tuple(found.code for found in communes_of_post_code(post_code))
    if not city:
        return of_code
    departements = {post_code[:2]} if post_code and post_code[:2] not in _ISLANDS else ()
    named = tuple(found.code for found in communes_named(city, departements))
    # A commune has several codes, an arrondissement one of its own: where name and code meet, they say more together.
    both = tuple(code for code in of_code if code in named or whole_city(code) in named)
    return both or named or of_code
