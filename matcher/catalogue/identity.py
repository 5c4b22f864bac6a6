"""Which records are one supplier: certain keys, then what people decided, then evidence. A pure function of the whole set."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from matcher.catalogue.blocking import Index
from matcher.catalogue.evidence import PairEvidence, RecordKey, Side, Traits, Verdict, compare, side_of
from matcher.catalogue.likeness import likeness
from matcher.catalogue.references import directory_of
from matcher.catalogue.succession import doors_told, order_of_sirets, successions

# Two candidates closer than this are not told apart: neither is merged.
_MARGIN = 6
# Records of one doubtful SIRET are one supplier only if their names share this much.
_ONE_NAME = 0.6


class Decision(NamedTuple):
    """What a person decided of two records: SAME or DIFFERENT. Where they are split, `subject` leaves."""

    subject: RecordKey
    other: RecordKey
    verdict: Verdict


class Pair(NamedTuple):
    """Two records that evidence ties (SAME) or that wait for a person (REVIEW)."""

    subject: RecordKey
    other: RecordKey
    evidence: PairEvidence


class Grouping(NamedTuple):
    """The supplier's id of each record, and the pairs that evidence tied or could not judge, in order."""

    ids: dict[RecordKey, str]
    pairs: list[Pair]

    @property
    def in_review(self) -> set[RecordKey]:
        """The records kept as a supplier of their own until someone decides; one that a SIRET ties has its own anyway."""
        waiting = (pair for pair in self.pairs if pair.evidence.verdict is Verdict.REVIEW and not pair.evidence.reason)
        return {pair.subject for pair in waiting}


class _Node(NamedTuple):
    """Records that certain keys or a person make one supplier. A node of a lower rank gives its id to a higher one."""

    rank: int
    id: str
    records: tuple[Traits, ...]

    @property
    def keys(self) -> list[RecordKey]:
        return [record.key for record in self.records]


def group(records: Iterable[Traits], decisions: Sequence[Decision] = ()) -> Grouping:
    """Return the supplier of each record and the doubtful pairs, whatever the order of `records`.

    A SIRET makes the supplier, else a FINESS number, else the source's own reference. A FINESS number alone joins the SIRET
    that other records tie it to, if they all tie it to the same one. A record without a certain SIRET joins the one supplier
    that evidence says is the same; two certain SIRETs are one supplier only where a person says so, and it is then named by the
    one that is open and carries on from the others. Where decisions contradict one another, what was set apart stays apart.
    """
    by_key = {record.key: record for record in sorted(records)}
    apart = {_both(d.subject, d.other) for d in decisions if d.verdict is Verdict.DIFFERENT}
    known = [d for d in decisions if d.subject in by_key and d.other in by_key]
    certain = _certain(list(by_key.values()))
    doubts = _split_doubtful(certain, by_key)
    for decision in known:
        if decision.verdict is Verdict.DIFFERENT and certain[decision.subject] == certain[decision.other]:
            certain[decision.subject] = ":".join(decision.subject)
    order = _id_order(by_key.values())
    nodes = _nodes(by_key, _united(certain, known, apart, order))
    ids, pairs = _by_evidence(nodes, apart)
    pairs += [Pair(*found) for found in successions(by_key.values(), ids, partial(_kept_apart, apart=apart))]
    undecided = [pair for pair in doubts if ids[pair.subject] != ids[pair.other] and _both(*pair[:2]) not in apart]
    return Grouping(ids, sorted(undecided + pairs, key=lambda pair: pair[:2]))


def _certain(records: Sequence[Traits]) -> dict[RecordKey, str]:
    sirets: dict[str, set[str]] = {}
    for record in records:
        if record.siret and record.finess:
            sirets.setdefault(record.finess, set()).add(record.siret)
    return {record.key: _supplier_id(record, sirets) for record in records}


def _supplier_id(record: Traits, sirets_by_finess: Mapping[str, set[str]]) -> str:
    if record.siret:
        return f"siret:{record.siret}"
    if record.finess:
        sirets = sirets_by_finess.get(record.finess, set())
        return f"siret:{next(iter(sirets))}" if len(sirets) == 1 else f"finess:{record.finess}"
    return f"{record.source}:{record.ref}"


def _split_doubtful(certain: dict[RecordKey, str], by_key: Mapping[RecordKey, Traits]) -> list[Pair]:
    """Set apart the records that share a SIRET which proves nothing, and no name; return the pairs to look at."""
    doubtful: dict[str, list[Traits]] = {}
    for key, supplier_id in certain.items():
        if by_key[key].doubtful:
            doubtful.setdefault(supplier_id, []).append(by_key[key])
    pairs = []
    for shared in doubtful.values():
        first, *others = shared
        for record in others:
            if not _one_name(first, record):
                certain[record.key] = f"{record.source}:{record.ref}"
                evidence, other = compare(side_of([record]), side_of([first]))
                pairs.append(Pair(record.key, other, PairEvidence(Verdict.REVIEW, evidence.score, evidence.fields)))
    return pairs


def _one_name(one: Traits, other: Traits) -> bool:
    alike = likeness(one.names, other.names)
    return alike.share >= _ONE_NAME or not one.names or not other.names or set(one.names) == set(other.names)


def _united(
    certain: Mapping[RecordKey, str],
    decisions: Sequence[Decision],
    apart: Collection[object],
    order: Callable[[str], tuple[object, ...]],
) -> dict[RecordKey, str]:
    """Return the certain groups, those that a person called the same united under one id."""
    members: dict[str, list[RecordKey]] = {}
    for key, supplier_id in certain.items():
        members.setdefault(supplier_id, []).append(key)
    home = dict(certain)
    for decision in decisions:
        one, other = home[decision.subject], home[decision.other]
        if decision.verdict is not Verdict.SAME or one == other or _kept_apart(members[one], members[other], apart):
            continue
        kept, gone = sorted((one, other), key=order)
        for key in members.pop(gone):
            home[key] = kept
            members[kept].append(key)
    return home


def _id_order(records: Iterable[Traits]) -> Callable[[str], tuple[object, ...]]:
    """Return the key that sorts ids, the one to keep first: a SIRET, of an open door, that carries on from the others."""
    of_siret = order_of_sirets(doors_told(records))

    def order(supplier_id: str) -> tuple[object, ...]:
        family, _, number = supplier_id.partition(":")
        if family == "siret":
            return 0, of_siret(number), supplier_id
        return {"finess": 1}.get(family, 2), supplier_id

    return order


def _nodes(by_key: Mapping[RecordKey, Traits], home: Mapping[RecordKey, str]) -> list[_Node]:
    members: dict[str, list[Traits]] = {}
    for key, record in by_key.items():
        members.setdefault(home[key], []).append(record)
    return sorted(_Node(_rank(records), supplier_id, tuple(records)) for supplier_id, records in members.items())


def _rank(records: Sequence[Traits]) -> int:
    """How certain a supplier's own key is: 0 a SIRET, 1 a FINESS number, 2 a doubtful SIRET, 3 none."""
    if any(record.siret and not record.doubtful for record in records):
        return 0
    if any(record.finess for record in records):
        return 1
    return 2 if any(record.siret for record in records) else 3


def _by_evidence(nodes: Sequence[_Node], apart: Collection[object]) -> tuple[dict[RecordKey, str], list[Pair]]:
    """Tie each node without a certain SIRET to the one before it that is surely the same; list what cannot be judged."""
    roots = list(range(len(nodes)))
    pairs: list[Pair] = []
    if any(node.rank for node in nodes):
        sides = [side_of(node.records) for node in nodes]
        index = Index(sides)
        directories = [{directory_of(record.source, record.ref) for record in node.records} for node in nodes]
        joined = [node.keys for node in nodes]
        for rank, node in enumerate(nodes):
            if not node.rank:
                continue
            others = [
                other
                for other in index.worth_comparing(rank)
                if directories[rank].isdisjoint(directories[other])
                and not _kept_apart(node.keys, joined[roots[other]], apart)
            ]
            best, found = _judged(node, others, sides, rank, roots)
            pairs += found
            if best is not None:
                roots[rank] = roots[best]
                joined[roots[best]] += node.keys
    ids = {record.key: nodes[roots[rank]].id for rank, node in enumerate(nodes) for record in node.records}
    return ids, pairs


def _judged(
    node: _Node, others: Sequence[int], sides: Sequence[Side], rank: int, roots: Sequence[int]
) -> tuple[int | None, list[Pair]]:
    """Return the one supplier that is surely the same (None where there is none) and the pairs to keep."""
    subject = min(node.keys)
    found: dict[int, tuple[PairEvidence, RecordKey, int]] = {}
    for other in others:
        evidence, key = compare(sides[rank], sides[other])
        if evidence.verdict is not Verdict.DIFFERENT:
            known = found.get(roots[other])
            if known is None or _strength(evidence) > _strength(known[0]):
                found[roots[other]] = (evidence, key, other)
    ranked = sorted(found.values(), key=lambda item: (*(-part for part in _strength(item[0])), item[1]))
    sure = [item for item in ranked if item[0].verdict is Verdict.SAME]
    if len(sure) == 1 or (len(sure) > 1 and sure[0][0].score - sure[1][0].score >= _MARGIN):
        evidence, key, other = sure[0]
        return other, [Pair(subject, key, evidence)]
    return None, [
        Pair(subject, key, PairEvidence(Verdict.REVIEW, evidence.score, evidence.fields))
        for evidence, key, _ in ranked[:3]
    ]


def _strength(evidence: PairEvidence) -> tuple[bool, int]:
    return evidence.verdict is Verdict.SAME, evidence.score


def _both(one: RecordKey, other: RecordKey) -> tuple[RecordKey, RecordKey]:
    return (one, other) if one < other else (other, one)


def _kept_apart(one: Iterable[RecordKey], others: Collection[RecordKey], apart: Collection[object]) -> bool:
    return bool(apart) and any(_both(key, other) in apart for key in one for other in others)
