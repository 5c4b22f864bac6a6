"""Comparison of two descriptions of suppliers, field by field (name, kind, town, address, telephone…), and the verdict by rules: the same supplier,
different, or to be reviewed by a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from matcher.catalogue.identity.name_likeness import Likeness, likeness
from matcher.catalogue.identity.street import Street, same_street, street_of
from matcher.cleaning.names import name_key
from matcher.domain.kinds import SupplierKind
from matcher.reference.geography.communes import whole_city
from matcher.reference.name_words import parse_name, without_plural

RecordKey = tuple[str, str]


class PairVerdict(StrEnum):
    """Verdict on two descriptions."""

    SAME = "same"
    DIFFERENT = "different"
    REVIEW = "review"


class Agreement(StrEnum):
    """Result of comparing one field."""

    AGREES = "concorde"
    CLOSE = "proche"
    DIFFERS = "diffère"
    MISSING = "manque"


class RegisterState(NamedTuple):
    """State of a SIRET's establishment in a register's record: open or closed, and the SIRET under which it carries on."""

    as_of: date | None = None
    open: bool | None = None
    closed: date | None = None
    successor: str = ""


class Traits(NamedTuple):
    """The fields of one record that identity compares; empty is unknown. `doubtful`: its SIRET is fictional or fails its check digit.

    `registered` is the state that a register gives, None for the record of a directory.
    """

    source: str
    ref: str
    siret: str = ""
    finess: str = ""
    siren: str = ""
    doubtful: bool = False
    names: tuple[str, ...] = ()
    kinds: tuple[SupplierKind, ...] = ()
    address: str = ""
    post_code: str = ""
    insee: str = ""
    city: str = ""
    phone: str = ""
    website: str = ""
    registered: RegisterState | None = None

    @property
    def key(self) -> RecordKey:
        """Record key: the source and the reference in that source."""
        return self.source, self.ref


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """One field of both sides, as shown to a person (empty where missing), and how it compares."""

    field: str
    agreement: Agreement
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class PairEvidence:
    """The verdict on two descriptions, the strength of the likeness (0 to 100), and each field compared.

    `reason` is the French sentence where a register's statement puts the pair to a person; empty where likeness alone does.
    """

    verdict: PairVerdict
    score: int
    fields: tuple[FieldComparison, ...]
    reason: str = ""

    @property
    def agreements(self) -> dict[str, Agreement]:
        """Return how each field compares."""
        return {compared.field: compared.agreement for compared in self.fields}

    @property
    def strong(self) -> bool:
        """Return whether « the same » is the likelier answer: a register gives a reason, or the names agree."""
        return bool(self.reason) or self.agreements[NAME] is Agreement.AGREES

    def says(self) -> str:
        """Return in French the reason, if any, then the fields that agree, are close, differ and are missing."""
        parts = []
        for agreement, verb in _VERBS.items():
            names = [compared.field for compared in self.fields if compared.agreement is agreement]
            if names:
                parts.append(f"{verb}{_NO_BREAK}: {', '.join(names)}")
        sentence = " ; ".join(parts) + "."
        return f"{self.reason} {sentence[:1].upper()}{sentence[1:]}".lstrip()


_NO_BREAK = "\N{NO-BREAK SPACE}"
_VERBS = {
    Agreement.AGREES: "concordent",
    Agreement.CLOSE: "proches",
    Agreement.DIFFERS: "diffèrent",
    Agreement.MISSING: "manquent",
}
NAME, KIND, TOWN, ADDRESS, PHONE, WEBSITE, SIREN = "nom", "type", "commune", "adresse", "téléphone", "site web", "SIREN"
DOUBTFUL_SIRET = "SIRET douteux"

# Kinds that one establishment often combines; any other two kinds are two establishments.
_COMBINED_KINDS = frozenset({SupplierKind.ACI, SupplierKind.AI, SupplierKind.EI})

_EQUAL_SHARE, _STRONG_MOST, _STRONG_SHARE, _PARTIAL_SHARE = 0.88, 0.9, 0.45, 0.6
# Weight of the common words: enough with the same kind and town; one fairly rare word; one word found in no other name.
_WHOLE, _TELLING, _RARE = 0.4, 0.7, 1.0


class Side(NamedTuple):
    """A supplier as its records together describe it: all names, kinds and numbers, and the traits of each record as its places."""

    names: tuple[str, ...]
    kinds: frozenset[SupplierKind]
    sirens: frozenset[str]
    phones: frozenset[str]
    websites: frozenset[str]
    places: tuple[Traits, ...]


def side_of(records: Iterable[Traits]) -> Side:
    """Put the records of one supplier together. The names give the kind where no record does; a doubtful SIRET gives no SIREN."""
    records = tuple(records)
    names = tuple(dict.fromkeys(name for record in records for name in record.names))
    kinds = frozenset(kind for record in records for kind in record.kinds)
    return Side(
        names=names,
        kinds=kinds or frozenset(kind for name in names if (kind := parse_name(name).kind)),
        sirens=frozenset(record.siren for record in records if record.siren and not record.doubtful),
        phones=frozenset(record.phone for record in records if record.phone),
        websites=frozenset(key for record in records if (key := website_key(record.website))),
        places=records,
    )


def website_key(website: str) -> str:
    """Return the host and path of a website, without scheme, `www.` or final slash."""
    return website.lower().partition("://")[2].removeprefix("www.").rstrip("/")


def compare_sides(side: Side, other: Side) -> tuple[PairEvidence, RecordKey]:
    """Compare two suppliers; the second value is the key of the record of `other` whose place agrees best."""
    fields, name, mine, theirs = _compare_fields(side, other)
    points = sum(weight * _PART[fields[field]] for field, weight in _POINTS.items() if field != KIND)
    points += _POINTS[KIND] * (fields[KIND] is Agreement.AGREES)
    shown = {
        NAME: (_join_sorted(side.names), _join_sorted(other.names)),
        KIND: (_join_sorted(side.kinds), _join_sorted(other.kinds)),
        TOWN: (_town_shown(mine), _town_shown(theirs)),
        ADDRESS: (mine.address, theirs.address),
        PHONE: (_join_sorted(side.phones), _join_sorted(other.phones)),
        WEBSITE: (_join_sorted(side.websites), _join_sorted(other.websites)),
        SIREN: (_join_sorted(side.sirens), _join_sorted(other.sirens)),
    }
    evidence = PairEvidence(
        _verdict(fields, name),
        round(points + _NAME_POINTS * (0.7 * name.share + 0.3 * name.most) + _EXACT_POINTS * name.exact),
        tuple(FieldComparison(field, agreement, *shown[field]) for field, agreement in fields.items()),
    )
    return evidence, theirs.key


def verdict(side: Side, other: Side) -> PairVerdict:
    """Return the verdict of `compare_sides` without its evidence, which is cheaper."""
    fields, name, _, _ = _compare_fields(side, other)
    return _verdict(fields, name)


def _compare_fields(side: Side, other: Side) -> tuple[dict[str, Agreement], Likeness, Traits, Traits]:
    """Return how each field compares, the names' likeness, and the places of both sides that agree best."""
    town, address, mine, theirs = max(
        (_places(a, b) for a in side.places for b in other.places),
        key=lambda pair: (_RANK[pair[0]], _RANK[pair[1]], pair[3].key),
    )
    name = likeness(side.names, other.names, _town_words(mine.city) | _town_words(theirs.city))
    fields = {
        NAME: _name_agreement(name, side.names, other.names),
        KIND: _kinds_agreement(side.kinds, other.kinds),
        TOWN: town,
        ADDRESS: address,
        PHONE: _values_agreement(side.phones, other.phones),
        WEBSITE: _values_agreement(side.websites, other.websites),
        SIREN: _values_agreement(side.sirens, other.sirens),
    }
    return fields, name, mine, theirs


def differ(side: Side, other: Side) -> bool:
    """Return whether kinds, SIREN or towns alone forbid a match: a quick test before `compare_sides`, which would agree."""
    return (
        _kinds_agreement(side.kinds, other.kinds) is Agreement.DIFFERS
        or _values_agreement(side.sirens, other.sirens) is Agreement.DIFFERS
        or all(_town_agreement(a, b) is Agreement.DIFFERS for a in side.places for b in other.places)
    )


_RANK = {Agreement.AGREES: 3, Agreement.CLOSE: 2, Agreement.MISSING: 1, Agreement.DIFFERS: 0}
_POINTS = {TOWN: 15, ADDRESS: 20, KIND: 10, PHONE: 5, WEBSITE: 5, SIREN: 5}
_NAME_POINTS, _EXACT_POINTS = 32, 8
_PART = {Agreement.AGREES: 1.0, Agreement.CLOSE: 0.6, Agreement.MISSING: 0.4, Agreement.DIFFERS: 0.0}


def _verdict(fields: dict[str, Agreement], name: Likeness) -> PairVerdict:
    """Return the verdict of the rules, SAME lowered to REVIEW where one name only contains the other in few telling words."""
    rule_verdict = _by_rules(fields, name)
    hinted = fields[NAME] is Agreement.CLOSE and not _is_firm(name)
    return PairVerdict.REVIEW if hinted and rule_verdict is PairVerdict.SAME else rule_verdict


def _by_rules(fields: dict[str, Agreement], name: Likeness) -> PairVerdict:
    """Apply the rules in order. A different town or kind forbids; a name alone, or an address alone, is never enough."""
    if Agreement.DIFFERS in (fields[SIREN], fields[KIND], fields[TOWN]):
        return PairVerdict.DIFFERENT
    reached = Agreement.AGREES in (fields[PHONE], fields[WEBSITE])
    if fields[TOWN] is not Agreement.AGREES:
        return _without_town(fields, name, reached=reached)
    if fields[SIREN] is Agreement.AGREES and fields[NAME] is not Agreement.DIFFERS:
        return PairVerdict.SAME if fields[KIND] is not Agreement.CLOSE else PairVerdict.REVIEW
    if fields[ADDRESS] is Agreement.AGREES or reached:
        if fields[NAME] is Agreement.AGREES:
            return PairVerdict.SAME
        if fields[NAME] is not Agreement.DIFFERS:  # « ATELIER PROTEGE » is no name: the kind and the address decide
            return PairVerdict.SAME if fields[KIND] is Agreement.AGREES else PairVerdict.REVIEW
        return PairVerdict.REVIEW if fields[KIND] is Agreement.AGREES else PairVerdict.DIFFERENT
    return _by_name(fields, name)


def _by_name(fields: dict[str, Agreement], name: Likeness) -> PairVerdict:
    """Same town, address missing or different: the name must be distinctive enough by itself."""
    named, one_kind = fields[NAME], fields[KIND] is Agreement.AGREES
    if named is Agreement.AGREES:
        return _by_same_name(fields, name.weight)
    if fields[ADDRESS] is Agreement.DIFFERS or named is Agreement.DIFFERS:
        return PairVerdict.DIFFERENT
    if named is Agreement.MISSING:
        return PairVerdict.REVIEW if one_kind else PairVerdict.DIFFERENT
    if fields[KIND] is Agreement.CLOSE:
        return PairVerdict.DIFFERENT
    return PairVerdict.SAME if one_kind and name.most >= _STRONG_MOST and name.weight >= _RARE else PairVerdict.REVIEW


def _by_same_name(fields: dict[str, Agreement], weight: float) -> PairVerdict:
    """Same town and name: the commoner the name, the more the kind and the address must agree."""
    other_address, telling = fields[ADDRESS] is Agreement.DIFFERS, weight >= _TELLING
    if other_address and not telling:
        return PairVerdict.DIFFERENT
    if telling and not other_address:
        return PairVerdict.SAME if fields[KIND] is not Agreement.CLOSE else PairVerdict.REVIEW
    enough = weight >= (_RARE if other_address else _WHOLE) and fields[KIND] is Agreement.AGREES
    return PairVerdict.SAME if enough else PairVerdict.REVIEW


def _without_town(fields: dict[str, Agreement], name: Likeness, *, reached: bool) -> PairVerdict:
    """Town missing, or different within one postal code: the same only by a telephone, website or SIREN in common."""
    if fields[NAME] is not Agreement.AGREES or name.weight < _TELLING:
        return PairVerdict.DIFFERENT
    if fields[TOWN] is Agreement.MISSING and (reached or fields[SIREN] is Agreement.AGREES):
        return PairVerdict.SAME
    return PairVerdict.REVIEW


def _name_agreement(name: Likeness, first: tuple[str, ...], other: tuple[str, ...]) -> Agreement:
    if not any(parse_name(each).words for each in first) or not any(parse_name(each).words for each in other):
        return Agreement.MISSING
    if name.share >= _EQUAL_SHARE:
        return Agreement.AGREES
    contained = name.most >= _STRONG_MOST and name.weight >= _WHOLE
    return Agreement.CLOSE if contained or _is_firm(name) else Agreement.DIFFERS


def _is_firm(name: Likeness) -> bool:
    """Return True for names alike enough to match two suppliers when other fields agree too."""
    contained = name.most >= _STRONG_MOST and name.share >= _STRONG_SHARE and name.weight >= _TELLING
    return contained or name.share >= _PARTIAL_SHARE


def _kinds_agreement(supplier_kinds: frozenset[SupplierKind], other: frozenset[SupplierKind]) -> Agreement:
    if not supplier_kinds or not other:
        return Agreement.MISSING
    if supplier_kinds & other:
        return Agreement.AGREES
    if supplier_kinds | other <= _COMBINED_KINDS or SupplierKind.ESS in supplier_kinds | other:
        return Agreement.CLOSE
    return Agreement.DIFFERS


def _values_agreement(first: frozenset[str], other: frozenset[str]) -> Agreement:
    if not first or not other:
        return Agreement.MISSING
    return Agreement.AGREES if first & other else Agreement.DIFFERS


def _places(traits: Traits, other: Traits) -> tuple[Agreement, Agreement, Traits, Traits]:
    town = _town_agreement(traits, other)
    same = same_street(_street(traits), _street(other))
    address = Agreement.MISSING if same is None else Agreement.AGREES if same else Agreement.DIFFERS
    return town, address, traits, other


def _street(record: Traits) -> Street:
    return street_of(record.address)


def _town_agreement(traits: Traits, other: Traits) -> Agreement:
    one_code = bool(traits.post_code) and traits.post_code == other.post_code
    if traits.insee and other.insee:
        if traits.insee in (other.insee, whole_city(other.insee)) or whole_city(traits.insee) == other.insee:
            return Agreement.AGREES
        return Agreement.CLOSE if one_code else Agreement.DIFFERS
    if traits.post_code and other.post_code and not one_code:
        return Agreement.DIFFERS
    if traits.city and other.city:
        return Agreement.AGREES if name_key(traits.city) == name_key(other.city) else Agreement.DIFFERS
    return Agreement.CLOSE if one_code else Agreement.MISSING


@lru_cache(maxsize=16_384)
def _town_words(city: str) -> frozenset[str]:
    return frozenset(without_plural(word) for word in name_key(city).split()) | frozenset(parse_name(city).words)


def _town_shown(record: Traits) -> str:
    return f"{record.post_code} {record.city}".strip() or record.insee


def _join_sorted(values: Iterable[str]) -> str:
    return " / ".join(sorted(values))
