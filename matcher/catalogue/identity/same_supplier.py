"""Record linkage: groups the records of all sources into suppliers, by certain numbers (SIRET, FINESS), then people's decisions, then likeness.

A pure function of all records and decisions.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from matcher.catalogue.identity.blocking import Index, Nodes
from matcher.catalogue.identity.compare import (
    DOUBTFUL_SIRET,
    KIND,
    NAME,
    PHONE,
    TOWN,
    WEBSITE,
    Agreement,
    FieldComparison,
    PairEvidence,
    PairVerdict,
    RecordKey,
    Traits,
    compare_sides,
    differ,
    side_of,
)
from matcher.catalogue.identity.name_likeness import likeness
from matcher.catalogue.identity.records import REGISTERS
from matcher.catalogue.identity.references import directory_of, is_kept_by_hand, reference_key
from matcher.catalogue.identity.succession import OpenState, doors_of_moved, order_of_sirets, successions
from matcher.catalogue.identity.trust import STATED
from matcher.domain.grouping import group_pairs

# Least gap between the scores of two candidates: below it neither is merged.
_MARGIN = 6
# Least likeness of names for records of one doubtful SIRET to be one supplier.
_ONE_NAME = 0.6


class PairDecision(NamedTuple):
    """A person's decision on two records: SAME or DIFFERENT. If DIFFERENT, `subject` is the one that leaves the group."""

    subject: RecordKey
    other: RecordKey
    verdict: PairVerdict


class Pair(NamedTuple):
    """Two records merged by likeness (SAME) or waiting for a person (REVIEW)."""

    subject: RecordKey
    other: RecordKey
    evidence: PairEvidence


class SupplierGroups(NamedTuple):
    """The supplier id of each record, and, sorted, the pairs merged by likeness or waiting for a person.

    `crowded` are the records compared only with their nearest neighbours, too many being near: likeness merges none of them.
    """

    ids: dict[RecordKey, str]
    pairs: list[Pair]
    crowded: frozenset[RecordKey] = frozenset()

    @property
    def in_review(self) -> set[RecordKey]:
        """The records that are a supplier of their own until someone decides; a pair with a register's reason has certain SIRETs, so none."""
        waiting = (
            pair for pair in self.pairs if pair.evidence.verdict is PairVerdict.REVIEW and not pair.evidence.reason
        )
        return {pair.subject for pair in waiting}


def group_records(records: Iterable[Traits], decisions: Sequence[PairDecision] = ()) -> SupplierGroups:
    """Return the supplier of each record and the doubtful pairs, whatever the order of `records`.

    The supplier id comes from the SIRET, else the FINESS number, else the source's reference. A FINESS number alone joins the SIRET that other
    records give with it, if all give the same. A record without a certain SIRET joins the only supplier that likeness proves the same. Two certain
    SIRETs are one supplier only by a person's decision; the open one, into which the others moved, then names it. Where decisions contradict one
    another, records set apart stay apart.
    """
    return group_by_key({record.key: record for record in sorted(records)}, decisions)


def group_by_key(traits: Mapping[RecordKey, Traits], decisions: Sequence[PairDecision] = ()) -> SupplierGroups:
    """Return the same as `group_records` for records by key, which may be backed by a file: only those being compared are loaded."""
    distinct = {_pair_key(d.subject, d.other) for d in decisions if d.verdict is PairVerdict.DIFFERENT}
    known = [d for d in decisions if d.subject in traits and d.other in traits]
    ids, doubtful = _certain_ids(traits)
    doubts = _split_doubtful(ids, doubtful) + _split_misnumbered(ids, traits)
    for decision in known:
        if decision.verdict is PairVerdict.DIFFERENT and ids[decision.subject] == ids[decision.other]:
            ids[decision.subject] = ":".join(decision.subject)
    doors = doors_of_moved(traits)
    joined = _unite(ids, known, distinct, doors)
    pairs, crowded = _merge_alike(Nodes(traits, ids), ids, distinct, joined)
    pairs += [
        Pair(*succession) for succession in successions(traits, doors, ids, partial(_kept_apart, distinct=distinct))
    ]
    undecided = [
        pair for pair in doubts if ids[pair.subject] != ids[pair.other] and _pair_key(*pair[:2]) not in distinct
    ]
    return SupplierGroups(ids, sorted(undecided + pairs, key=lambda pair: pair[:2]), crowded)


def _certain_ids(traits: Mapping[RecordKey, Traits]) -> tuple[dict[RecordKey, str], dict[str, list[Traits]]]:
    """Return the supplier id of each record by certain numbers, and, by that id, the records whose SIRET is doubtful."""
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
    """Set apart the records that share a doubtful SIRET but no name; return the pairs to review, those of one town and kind. Records that share
    only this number are not asked about."""
    pairs = []
    for shared in doubtful.values():
        first, *others = shared
        for record in others:
            alike, names, others_names = likeness(first.names, record.names), set(first.names), set(record.names)
            if alike.share < _ONE_NAME and names and others_names and names != others_names:
                ids[record.key] = f"{record.source}:{record.ref}"
                evidence, other = compare_sides(side_of([record]), side_of([first]))
                if evidence.agreements[TOWN] is evidence.agreements[KIND] is Agreement.AGREES:
                    pairs.append(Pair(record.key, other, _numbered(evidence, record.siret)))
    return pairs


def _split_misnumbered(ids: dict[RecordKey, str], traits: Mapping[RecordKey, Traits]) -> list[Pair]:
    """Set apart the lines of lists kept by hand whose SIRET is, in the directories, that of another name in another town: the number of another line,
    copied by mistake. Return the pairs to review."""
    by_hand = sorted(key for key in ids if ids[key].startswith("siret:") and is_kept_by_hand(key[0]))
    wanted = {ids[key] for key in by_hand}
    published = group_pairs(
        (supplier_id, key) for key, supplier_id in ids.items() if supplier_id in wanted and not is_kept_by_hand(key[0])
    )
    pairs = []
    for key in by_hand:
        others = published.get(ids[key], ())
        if all(source in STATED or source in REGISTERS for source, _ in others):
            continue
        record = traits[key]
        line, known = side_of([record._replace(doubtful=True)]), side_of(map(traits.__getitem__, others))
        if not differ(line, known):
            continue
        evidence, other = compare_sides(line, known)
        agreements = evidence.agreements
        reached = Agreement.AGREES in (agreements[PHONE], agreements[WEBSITE])
        if agreements[NAME] is agreements[TOWN] is Agreement.DIFFERS and not reached:
            ids[key] = reference_key(*key)
            pairs.append(Pair(key, other, _numbered(evidence, record.siret)))
    return pairs


def _numbered(evidence: PairEvidence, siret: str) -> PairEvidence:
    """Return the evidence for a person to review, with the doubtful SIRET that both sides have."""
    number = FieldComparison(DOUBTFUL_SIRET, Agreement.CLOSE, siret, siret)
    return PairEvidence(PairVerdict.REVIEW, evidence.score, (*evidence.fields, number))


def _unite(
    ids: dict[RecordKey, str],
    decisions: Sequence[PairDecision],
    distinct: Collection[object],
    doors: Mapping[str, OpenState],
) -> set[RecordKey]:
    """Give one id to the groups that a person decided are the same: the open SIRET into which the others moved. Return the records concerned."""
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
        if first == other or _kept_apart(members[first], members[other], distinct):
            continue
        root, gone = sorted((first, other), key=order)
        for key in members.pop(gone):
            ids[key] = root
            members[root].append(key)
    return {key for decision in same for key in (decision.subject, decision.other)}


def _merge_alike(
    nodes: Nodes, ids: dict[RecordKey, str], distinct: Collection[object], settled: Collection[RecordKey]
) -> tuple[list[Pair], frozenset[RecordKey]]:
    """Merge each node (group of records) without a certain SIRET into the earlier one that is surely the same; return the pairs merged or to
    review, and the records of crowded nodes. A line of a hand-kept list keeps another out, unless it is `settled`: joined by a person."""
    roots: dict[int, int] = {}  # merged node → node it was merged into
    joined: dict[int, list[RecordKey]] = {}
    pairs: list[Pair] = []
    index = Index(nodes)
    likely = index.likely()
    for node in nodes.without_siret:
        keys = nodes.keys(node)
        own_lists = {listed for listed in nodes.directories(node) if is_kept_by_hand(listed.source)}
        others, same_list = [], set()
        for other in likely[node]:
            root = roots.get(other, other)
            members = joined.get(root) or nodes.keys(root)
            if _kept_apart(keys, members, distinct):
                continue
            others.append(other)
            if own_lists and any(directory_of(*key) in own_lists for key in members if key not in settled):
                same_list.add(other)
        best, node_pairs = _best_match(node, others, nodes, index, roots, same_list)
        pairs += node_pairs
        if best is not None:
            root = roots[node] = roots.get(best, best)
            joined.setdefault(root, nodes.keys(root)).extend(keys)
    for node, root in roots.items():
        ids.update(dict.fromkeys(nodes.keys(node), nodes.id(root)))
    return pairs, frozenset(key for node in index.crowded for key in nodes.keys(node))


def _best_match(
    node: int, others: Sequence[int], nodes: Nodes, index: Index, roots: Mapping[int, int], same_list: Collection[int]
) -> tuple[int | None, list[Pair]]:
    """Return the node that is surely the same, if any, and the pairs to record. Nodes of `same_list` already have a line of that list: only a
    person merges them."""
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
        if other not in same_list:
            return other, [Pair(subject, key, evidence)]
    return None, [
        Pair(subject, key, PairEvidence(PairVerdict.REVIEW, evidence.score, evidence.fields))
        for evidence, key, _ in ranked[:3]
    ]


def _strength(evidence: PairEvidence) -> tuple[bool, int]:
    return evidence.verdict is PairVerdict.SAME, evidence.score


def _pair_key(record_key: RecordKey, other: RecordKey) -> tuple[RecordKey, RecordKey]:
    return (record_key, other) if record_key < other else (other, record_key)


def _kept_apart(record_keys: Iterable[RecordKey], others: Collection[RecordKey], distinct: Collection[object]) -> bool:
    return bool(distinct) and any(_pair_key(key, other) in distinct for key in record_keys for other in others)
