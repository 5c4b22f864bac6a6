"""Grouping of records into suppliers: certain keys, then people's decisions, then evidence. A pure function of the whole set."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from matcher.catalogue.identity.blocking import Index, Nodes
from matcher.catalogue.identity.compare import (
    DOUBTFUL_SIRET,
    KIND,
    TOWN,
    Agreement,
    Compared,
    PairEvidence,
    PairVerdict,
    RecordKey,
    Traits,
    compare_sides,
    side_of,
)
from matcher.catalogue.identity.name_likeness import likeness
from matcher.catalogue.identity.references import directory_of, is_kept_by_hand, reference_key
from matcher.catalogue.identity.succession import OpenState, doors_told, order_of_sirets, successions
from matcher.domain.grouping import group_pairs

# Two candidates closer than this are not told apart: neither is merged.
_MARGIN = 6
# Records of one doubtful SIRET are one supplier only if their names share this much.
_ONE_NAME = 0.6


class PairDecision(NamedTuple):
    """Decision of a person on two records: SAME or DIFFERENT. Where they are split, `subject` leaves."""

    subject: RecordKey
    other: RecordKey
    verdict: PairVerdict


class Pair(NamedTuple):
    """Two records that evidence ties (SAME) or that wait for a person (REVIEW)."""

    subject: RecordKey
    other: RecordKey
    evidence: PairEvidence


class SupplierGroups(NamedTuple):
    """The supplier's id of each record, and the pairs that evidence tied or could not judge, in order.

    `crowded` are the records that were compared with the nearest alone, too many being near: none is tied by evidence.
    """

    ids: dict[RecordKey, str]
    pairs: list[Pair]
    crowded: frozenset[RecordKey] = frozenset()

    @property
    def in_review(self) -> set[RecordKey]:
        """The records kept as a supplier of their own until someone decides; one that a SIRET ties has its own anyway."""
        waiting = (
            pair for pair in self.pairs if pair.evidence.verdict is PairVerdict.REVIEW and not pair.evidence.reason
        )
        return {pair.subject for pair in waiting}


def group_records(records: Iterable[Traits], decisions: Sequence[PairDecision] = ()) -> SupplierGroups:
    """Return the supplier of each record and the doubtful pairs, whatever the order of `records`.

    A SIRET makes the supplier, else a FINESS number, else the source's own reference. A FINESS number alone joins the SIRET
    that other records tie it to, if they all tie it to the same one. A record without a certain SIRET joins the one supplier
    that evidence proves the same; two certain SIRETs are one supplier only by a person's decision, and it is then named by the
    one that is open and carries on from the others. Where decisions contradict one another, what was set apart stays apart.
    """
    return group_by_key({record.key: record for record in sorted(records)}, decisions)


def group_by_key(traits: Mapping[RecordKey, Traits], decisions: Sequence[PairDecision] = ()) -> SupplierGroups:
    """Return the same of records by key, which may be read from a file: few are held at a time, those that are being compared."""
    apart = {_both(d.subject, d.other) for d in decisions if d.verdict is PairVerdict.DIFFERENT}
    known = [d for d in decisions if d.subject in traits and d.other in traits]
    ids, doubtful = _certain(traits)
    doubts = _split_doubtful(ids, doubtful)
    for decision in known:
        if decision.verdict is PairVerdict.DIFFERENT and ids[decision.subject] == ids[decision.other]:
            ids[decision.subject] = ":".join(decision.subject)
    doors = doors_told(traits)
    joined = _unite(ids, known, apart, doors)
    pairs, crowded = _by_evidence(Nodes(traits, ids), ids, apart, joined)
    pairs += [Pair(*found) for found in successions(traits, doors, ids, partial(_kept_apart, apart=apart))]
    undecided = [pair for pair in doubts if ids[pair.subject] != ids[pair.other] and _both(*pair[:2]) not in apart]
    return SupplierGroups(ids, sorted(undecided + pairs, key=lambda pair: pair[:2]), crowded)


def _certain(traits: Mapping[RecordKey, Traits]) -> tuple[dict[RecordKey, str], dict[str, list[Traits]]]:
    """Return the supplier's id of each record by certain keys, in order, and the records of doubtful SIRETs by that id."""
    sirets: dict[str, set[str]] = {}
    for record in traits.values():
        if record.siret and record.finess:
            sirets.setdefault(record.finess, set()).add(record.siret)
    ids: dict[RecordKey, str] = {}
    doubtful: dict[str, list[Traits]] = {}
    for key in sorted(traits):
        record = traits[key]
        if record.siret:
            ids[key] = f"siret:{record.siret}"
        elif record.finess:
            of_finess = sirets.get(record.finess, set())
            ids[key] = f"siret:{next(iter(of_finess))}" if len(of_finess) == 1 else f"finess:{record.finess}"
        else:
            ids[key] = reference_key(record.source, record.ref)
        if record.doubtful and record.siret:
            doubtful.setdefault(ids[key], []).append(record)
    return ids, doubtful


def _split_doubtful(ids: dict[RecordKey, str], doubtful: Mapping[str, Sequence[Traits]]) -> list[Pair]:
    """Set apart the records that share a SIRET which proves nothing, and no name; return the pairs to look at: of one town and
    one kind. Of two that share nothing but this number there is nothing to ask.
    """
    pairs = []
    for shared in doubtful.values():
        first, *others = shared
        for record in others:
            alike, names, others_names = likeness(first.names, record.names), set(first.names), set(record.names)
            if alike.share < _ONE_NAME and names and others_names and names != others_names:
                ids[record.key] = f"{record.source}:{record.ref}"
                evidence, other = compare_sides(side_of([record]), side_of([first]))
                if evidence.agreements[TOWN] is evidence.agreements[KIND] is Agreement.AGREES:
                    number = Compared(DOUBTFUL_SIRET, Agreement.CLOSE, record.siret, first.siret)
                    pair_evidence = PairEvidence(PairVerdict.REVIEW, evidence.score, (*evidence.fields, number))
                    pairs.append(Pair(record.key, other, pair_evidence))
    return pairs


def _unite(
    ids: dict[RecordKey, str],
    decisions: Sequence[PairDecision],
    apart: Collection[object],
    doors: Mapping[str, OpenState],
) -> set[RecordKey]:
    """Give one id to the certain groups that a person called the same: a SIRET, of an open door, that carries on from the others. Return the
    records of these decisions."""
    of_siret = order_of_sirets(doors)

    def order(supplier_id: str) -> tuple[object, ...]:
        family, _, number = supplier_id.partition(":")
        if family == "siret":
            return 0, of_siret(number), supplier_id
        return {"finess": 1}.get(family, 2), supplier_id

    same = [decision for decision in decisions if decision.verdict is PairVerdict.SAME]
    members = group_pairs((supplier_id, key) for key, supplier_id in (ids.items() if same else ()))
    for decision in same:
        first, other = ids[decision.subject], ids[decision.other]
        if first == other or _kept_apart(members[first], members[other], apart):
            continue
        root, gone = sorted((first, other), key=order)
        for key in members.pop(gone):
            ids[key] = root
            members[root].append(key)
    return {key for decision in same for key in (decision.subject, decision.other)}


def _by_evidence(
    nodes: Nodes, ids: dict[RecordKey, str], apart: Collection[object], settled: Collection[RecordKey]
) -> tuple[list[Pair], frozenset[RecordKey]]:
    """Tie each node without a certain SIRET to the one before it that is surely the same; return the pairs, with those that cannot
    be judged, and the records that a crowd keeps from being tied. `settled` are those that a person joined: they are no line of a list
    that keeps another line of it out.
    """
    roots: dict[int, int] = {}  # of the nodes that were tied
    joined: dict[int, list[RecordKey]] = {}
    pairs: list[Pair] = []
    index = Index(nodes)
    likely = index.likely()
    for node in nodes.loose:
        keys = nodes.keys(node)
        own_lists = set(filter(is_kept_by_hand, nodes.directories(node)))
        others, listed = [], set()
        for other in likely[node]:
            root = roots.get(other, other)
            members = joined.get(root) or nodes.keys(root)
            if _kept_apart(keys, members, apart):
                continue
            others.append(other)
            if own_lists and any(directory_of(*key) in own_lists for key in members if key not in settled):
                listed.add(other)
        best, node_pairs = _judged(node, others, nodes, index, roots, listed)
        pairs += node_pairs
        if best is not None:
            root = roots[node] = roots.get(best, best)
            joined.setdefault(root, nodes.keys(root)).extend(keys)
    for node, root in roots.items():
        ids.update(dict.fromkeys(nodes.keys(node), nodes.id(root)))
    return pairs, frozenset(key for node in index.crowded for key in nodes.keys(node))


def _judged(
    node: int, others: Sequence[int], nodes: Nodes, index: Index, roots: Mapping[int, int], listed: Collection[int]
) -> tuple[int | None, list[Pair]]:
    """Return the one supplier that is surely the same (None where there is none) and the pairs to keep. The `listed` have another line of
    the same list already: a person alone joins them.
    """
    subject = min(nodes.keys(node))
    strongest: dict[int, tuple[PairEvidence, RecordKey, int]] = {}
    for other in others:
        evidence, key = compare_sides(index.side(node), index.side(other))
        root = roots.get(other, other)
        known = strongest.get(root)
        if known is None or _strength(evidence) > _strength(known[0]):
            strongest[root] = (evidence, key, other)
    ranked = sorted(strongest.values(), key=lambda item: (*(-part for part in _strength(item[0])), item[1]))
    sure = [item for item in ranked if item[0].verdict is PairVerdict.SAME and node not in index.crowded]
    if len(sure) == 1 or (len(sure) > 1 and sure[0][0].score - sure[1][0].score >= _MARGIN):
        evidence, key, other = sure[0]
        if other not in listed:
            return other, [Pair(subject, key, evidence)]
    return None, [
        Pair(subject, key, PairEvidence(PairVerdict.REVIEW, evidence.score, evidence.fields))
        for evidence, key, _ in ranked[:3]
    ]


def _strength(evidence: PairEvidence) -> tuple[bool, int]:
    return evidence.verdict is PairVerdict.SAME, evidence.score


def _both(record_key: RecordKey, other: RecordKey) -> tuple[RecordKey, RecordKey]:
    return (record_key, other) if record_key < other else (other, record_key)


def _kept_apart(record_keys: Iterable[RecordKey], others: Collection[RecordKey], apart: Collection[object]) -> bool:
    return bool(apart) and any(_both(key, other) in apart for key in record_keys for other in others)
