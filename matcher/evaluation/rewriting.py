"""Evaluation suite of identity: synthetic directories to test the linking of records, with known suppliers spelt otherwise and traps that only look alike."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from math import nan
from random import Random
from typing import NamedTuple

from matcher.catalogue.identity.records import CleanRecord, traits_of
from matcher.catalogue.identity.same_supplier import group_records
from matcher.cleaning.names import name_key
from matcher.cleaning.postcode import STREET_TYPES
from matcher.domain.kinds import SupplierKind
from matcher.reference.geography.communes import whole_city

_FORMS = ("association", "assoc", "asso", "ass", "sarl", "sas", "sasu", "scop", "scic", "eurl", "sa", "entreprise")
_ARTICLES = ("le", "la", "les", "l", "de", "du", "des", "d", "et", "aux", "au")
_LONG = {"assoc": "ASSOCIATION", "ass": "ASSOCIATION", "asso": "ASSOCIATION", "ctre": "CENTRE", "ent": "ENTREPRISE"}
_SHORT_STREET_TYPES = {street_type: short.lower() for short, street_type in sorted(STREET_TYPES.items(), reverse=True)}
_CUT = 38
_BOX = re.compile(r"\bBP\b|\bCS\b", re.IGNORECASE)

Rewrite = Callable[[str, Random], str]
REWRITTEN, TRAPS, SEED = 900, 300, 20


class Rewritten(NamedTuple):
    """A record of the rewritten directory, without any number, and the id of the supplier that it describes; None for a trap."""

    record: CleanRecord
    truth: str | None


def rewritten(suppliers: Sequence[tuple[str, CleanRecord]], count: int, traps: int, seed: int) -> list[Rewritten]:
    """Return `count` rewritten records of suppliers drawn from pairs (id, record), then `traps` records of organisations that are not among them."""
    random = Random(seed)  # noqa: S311  # a draw to repeat, no secret
    drawn = random.sample(list(suppliers), count)
    side = [Rewritten(_rewrite(record, str(rank), random), truth) for rank, (truth, record) in enumerate(drawn)]
    makers = (_elsewhere, _agency, _sibling)
    others: list[Rewritten] = []
    while len(others) < traps:
        _, record = random.choice(suppliers)
        trap = makers[len(others) % len(makers)](record, suppliers, random)
        if trap is not None:
            others.append(Rewritten(_rewrite(trap, f"piege-{len(others)}", random, named=True), None))
    return side + others


def _rewrite(record: CleanRecord, ref: str, random: Random, *, named: bool = False) -> CleanRecord:
    name = record.brand if record.brand and random.random() < 0.4 else record.name
    for rewrite, chance in _NAME_REWRITES:
        if random.random() < chance:
            name = rewrite(name, random)
    if record.kinds and random.random() < 0.3:
        name = f"{random.choice((record.kinds[0].value, name_key(record.kinds[0].label).upper()))} {name}"
    if random.random() < 0.2:
        name = name[:_CUT].strip()
    address = record.address
    roll = random.random()
    if roll < 0.25:
        address = ""
    elif roll < 0.35:
        address = f"BP {random.randint(10, 999)}"
    elif roll < 0.65:
        address = _short_ways(address)
    city = record.city
    if random.random() < 0.15:
        city = f"{city.upper()} CEDEX"
    if random.random() < 0.3:
        city = name_key(city).upper().replace("SAINT ", "ST ")
    return CleanRecord(
        source="evaluation",
        ref=ref,
        name=name,
        kinds=record.kinds if named or random.random() < 0.9 else (),
        address=address,
        post_code=record.post_code,
        city=city.removesuffix(" CEDEX"),
        insee=record.insee,
    )


def _short_ways(address: str) -> str:
    return " ".join(_SHORT_STREET_TYPES.get(word.lower(), word) for word in address.split())


def _drop(dropped: Sequence[str], words: Sequence[str], name: str) -> str:
    """Return a name without the dropped words; the name itself where no word is left."""
    return " ".join(word for word in words if name_key(word) not in dropped) or name


def _swap(name: str, random: Random) -> str:
    places = [at for at in range(len(name) - 1) if name[at].isalpha() and name[at + 1].isalpha()]
    if len(places) < 4:
        return name
    at = random.choice(places)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


_NAME_REWRITES: tuple[tuple[Rewrite, float], ...] = (
    (lambda name, _: _drop(_FORMS, name.split(), name), 0.35),
    (lambda name, _: " ".join(_LONG.get(name_key(word), word) for word in name.split()), 0.2),
    (lambda name, _: _drop(_ARTICLES, re.sub("['’]", " ", name).split(), name), 0.25),
    (lambda name, _: re.sub(r"\bsaint(e?)\b", r"ST\1", name, flags=re.IGNORECASE), 0.5),
    (lambda name, _: name_key(name).upper(), 0.5),
    (_swap, 0.2),
)


def _town(record: CleanRecord) -> str:
    """Return the INSEE code of a record's commune, that of the whole city for an arrondissement."""
    return whole_city(record.insee) or record.insee


def _elsewhere(record: CleanRecord, suppliers: Sequence[tuple[str, CleanRecord]], random: Random) -> CleanRecord | None:
    """Return a trap: a known organisation's name in a town where it has no site; None where it has one there."""
    _, other = random.choice(suppliers)
    key = name_key(record.name)
    if any(_town(known) == _town(other) and name_key(known.name) == key for _, known in suppliers):
        return None
    return replace(record, address="", post_code=other.post_code, city=other.city, insee=other.insee)


def _agency(record: CleanRecord, suppliers: Sequence[tuple[str, CleanRecord]], random: Random) -> CleanRecord | None:
    """Return a trap: another agency of a temporary-work company (ETTI), in a town of its département where it has none."""
    if SupplierKind.ETTI not in record.kinds:
        return None
    near = [known for _, known in suppliers if known.insee[:2] == record.insee[:2] and _town(known) != _town(record)]
    taken = {_town(known) for _, known in suppliers if known.siren == record.siren}
    free = [known for known in near if _town(known) not in taken]
    if not free:
        return None
    other = random.choice(free)
    return replace(record, address=other.address, post_code=other.post_code, city=other.city, insee=other.insee)


def _sibling(record: CleanRecord, suppliers: Sequence[tuple[str, CleanRecord]], random: Random) -> CleanRecord | None:
    """Return a trap: the same organisation as an ESAT, an EA or an ACI, a kind that no supplier of its town has."""
    kinds = (SupplierKind.ESAT, SupplierKind.EA, SupplierKind.ACI)
    here = {kind for _, known in suppliers if _town(known) == _town(record) for kind in known.kinds}
    free = [kind for kind in kinds if kind not in here]
    if not free or not set(kinds) & set(record.kinds):
        return None
    return replace(record, kinds=(random.choice(free),))


def identity_figures(known: Sequence[CleanRecord], side: Sequence[Rewritten]) -> dict[str, float]:
    """Link `side` (rewritten records) to `known` records. Returns precision of the automatic links, recall of true pairs and shares in review.

    `recall` counts the true pairs linked among those not left to a person; `review` is the share of true pairs left to one,
    `traps_review` that of traps, `traps_linked` that of traps wrongly linked.
    """
    base = [traits_of(record) for record in known]
    suppliers = set(group_records(base).ids.values())
    grouping = group_records([*base, *(traits_of(item.record) for item in side)])
    waiting = grouping.in_review
    right = wrong = review = trap_wrong = trap_review = 0
    for item in side:
        supplier_id = grouping.ids[item.record.key]
        linked = supplier_id in suppliers
        waits = item.record.key in waiting
        if item.truth is None:
            trap_wrong += linked
            trap_review += waits
        else:
            right += supplier_id == item.truth
            wrong += linked and supplier_id != item.truth
            review += waits and not linked
    traps = sum(item.truth is None for item in side)
    true = len(side) - traps
    return {
        "précision": _share(right, right + wrong + trap_wrong),
        "rappel": _share(right, true - review),
        "à revoir": _share(review, true),
        "pièges à revoir": _share(trap_review, traps),
        "pièges liés": _share(trap_wrong, traps),
    }


def rewritten_side(known: Sequence[CleanRecord], seed: int = SEED) -> list[Rewritten]:
    """Return a rewritten directory of the suppliers of `known`, traps included, drawn with a seed."""
    ids = group_records(traits_of(record) for record in known).ids
    return rewritten([(ids[record.key], record) for record in known], REWRITTEN, TRAPS, seed)


def hidden_side(known: Iterable[CleanRecord], hidden: Iterable[CleanRecord]) -> list[Rewritten]:
    """Return the records of `hidden` whose SIRET is among `known`, without any number; that SIRET is the expected answer."""
    sirets = {record.siret for record in known if record.siret}
    fields_shown = (
        "source", "ref", "name", "brand", "kinds", "address", "post_code", "city", "insee", "phone", "website",
    )  # fmt: skip
    return [
        Rewritten(CleanRecord(**{name: getattr(record, name) for name in fields_shown}), f"siret:{record.siret}")
        for record in hidden
        if record.siret in sirets
    ]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else nan
