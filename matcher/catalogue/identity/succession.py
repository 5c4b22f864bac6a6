"""Establishments that carry on under another SIRET: their « door » (open or closed state, by official registers), and the pairs of suppliers that a
person should confirm as one. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from matcher.catalogue.identity.compare import (
    KIND,
    NAME,
    Agreement,
    PairEvidence,
    PairVerdict,
    RecordKey,
    RegisterState,
    Traits,
    compare_sides,
    side_of,
)
from matcher.catalogue.identity.records import REGISTERS, CleanRecord, register_state
from matcher.domain.french import NARROW, NO_BREAK
from matcher.domain.grouping import group_pairs
from matcher.reference.geography.communes import commune, distance_km

# Most kilometres that a workshop moves, since it keeps its workers. An expert's judgement.
NEIGHBOURHOOD_KM = 20.0

_SOURCES = tuple(REGISTERS)
_SIREN = 9  # digits of a SIRET that are its SIREN


class SuccessionLink(NamedTuple):
    """The SIRET that carries on, since when (None: not given), and the register that names it."""

    siret: str
    since: date | None
    said_by: str


class OpenState(NamedTuple):
    """State of one SIRET by all registers together: open or not (None: unknown), closing day, register, successors."""

    open: bool | None = None
    closed: date | None = None
    said_by: str = ""
    links: tuple[SuccessionLink, ...] = ()


class Succession(NamedTuple):
    """Two suppliers that may be one: a record of each, and the evidence with the register's reason."""

    subject: RecordKey
    other: RecordKey
    evidence: PairEvidence


def doors(statements: Iterable[tuple[str, str, RegisterState]]) -> dict[str, OpenState]:
    """Return the state of each SIRET from (SIRET, source, state); where two registers differ, the latest counts."""
    by_siret = group_pairs((siret, (source, entry)) for siret, source, entry in statements if siret)
    return {siret: _open_state(siret, by_siret[siret]) for siret in sorted(by_siret)}


def _open_state(siret: str, statements: list[tuple[str, RegisterState]]) -> OpenState:
    def latest_first(statement: tuple[str, RegisterState]) -> tuple[int, int, str]:
        source, entry = statement
        return -(entry.as_of or date.min).toordinal(), _SOURCES.index(source), repr(entry)

    statements = sorted(statements, key=latest_first)
    with_state = (statement for statement in statements if statement[1].open is not None)
    source, state = next(with_state, ("", RegisterState()))
    links: dict[str, SuccessionLink] = {}
    for giver, entry in statements:
        if entry.successor and entry.successor != siret:
            # without a state, the link's own date
            since = state.closed or (entry.as_of if entry.open is None else None)
            links.setdefault(entry.successor, SuccessionLink(entry.successor, since, REGISTERS[giver]))
    return OpenState(state.open, state.closed, REGISTERS.get(source, ""), tuple(links.values()))


def doors_of_moved(traits: Mapping[RecordKey, Traits]) -> dict[str, OpenState]:
    """Return the states given by registers' records, only for the SIRENs with a closed or moved establishment."""
    entries = _register_statements(traits)
    moved = {siret[:_SIREN] for siret, _, entry in entries if entry.open is False or entry.successor}
    return doors(statement for statement in _register_statements(traits) if statement[0][:_SIREN] in moved)


def _register_statements(traits: Mapping[RecordKey, Traits]) -> Iterator[tuple[str, str, RegisterState]]:
    for key in traits:
        if key[0] in REGISTERS and (entry := (record := traits[key]).registered):
            yield record.siret, record.source, entry


def doors_of(records: Iterable[CleanRecord]) -> dict[str, OpenState]:
    """Return the states given by all registers' records."""
    return doors((record.siret, record.source, entry) for record in records if (entry := register_state(record)))


def order_of_sirets(known: Mapping[str, OpenState]) -> Callable[[str], tuple[bool, int]]:
    """Return a sort key for the SIRETs of one supplier: open first, then the last of a chain of successors."""

    def order(siret: str) -> tuple[bool, int]:
        steps, seen, current = 0, {siret}, siret
        while (door := known.get(current)) and door.links and door.links[0].siret not in seen:
            current = door.links[0].siret
            seen.add(current)
            steps += 1
        return siret in known and known[siret].open is False, steps

    return order


def former_sirets(supplier_id: str, records: Iterable[CleanRecord]) -> frozenset[str]:
    """Return the SIRETs that a supplier had before its present one: closed, or carried on under another."""
    family, _, own = supplier_id.partition(":")
    if family != "siret":
        return frozenset()
    return frozenset(
        siret for siret, door in doors_of(records).items() if siret != own and (door.open is False or door.links)
    )


def successions(
    traits: Mapping[RecordKey, Traits],
    open_states: Mapping[str, OpenState],
    ids: Mapping[RecordKey, str],
    kept_apart: Callable[[Collection[RecordKey], Collection[RecordKey]], bool],
) -> list[Succession]:
    """Return the pairs of suppliers, both in the catalogue, of which one closed and the other carries on or may do so.

    A register names the successor; where it names none, an open establishment of the same SIREN, name and kind within `NEIGHBOURHOOD_KM` is
    proposed. `open_states` are those of `doors_of_moved`. Pairs that `kept_apart` accepts were already refused by a person.
    """
    records_by_siret = _directory_records(traits, open_states)
    known = {siret: door for siret, door in open_states.items() if siret in records_by_siret}
    open_by_siren = group_pairs((siret[:_SIREN], siret) for siret, door in known.items() if door.open)
    successions_found = []
    for siret, door in known.items():
        if door.open:
            continue
        subject = side_of(records_by_siret[siret])
        for other, reason in _possible_successors(siret, door, records_by_siret, open_by_siren.get(siret[:_SIREN], ())):
            mine, theirs = [r.key for r in records_by_siret[siret]], [r.key for r in records_by_siret[other]]
            if ids[mine[0]] == ids[theirs[0]] or kept_apart(mine, theirs):
                continue
            evidence, key = compare_sides(subject, side_of(records_by_siret[other]))
            judged = PairEvidence(PairVerdict.REVIEW, evidence.score, evidence.fields, reason)
            successions_found.append(Succession(min(mine), key, judged))
    return successions_found


def _possible_successors(
    siret: str, door: OpenState, records_by_siret: Mapping[str, Sequence[Traits]], open_sirets: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """The SIRETs that carry on, or may carry on, one that is not open, each with the French reason; `open_sirets` are open SIRETs of its SIREN."""
    for link in door.links:
        if link.siret in records_by_siret:
            when = f" depuis le {link.since:%d/%m/%Y}" if link.since else ""
            yield link.siret, f"{link.said_by}{NO_BREAK}: le SIRET {siret} continue sous {link.siret}{when}."
    if door.open is False and not door.links:
        subject = side_of(records_by_siret[siret])
        for other in open_sirets:
            # an open establishment of the SIREN may be where the closed one went: one name, one kind, near
            candidate = side_of(records_by_siret[other])
            evidence, _ = compare_sides(subject, candidate)
            if evidence.agreements[NAME] is evidence.agreements[KIND] is Agreement.AGREES and any(
                _near(here, there) for here in subject.places for there in candidate.places
            ):
                when = f" depuis le {door.closed:%d/%m/%Y}" if door.closed else ""
                closed = f"{door.said_by}{NO_BREAK}: le SIRET {siret} est fermé{when}{NARROW};"
                yield other, f"{closed} {other}, de la même organisation, est ouvert à proximité."


def _directory_records(
    traits: Mapping[RecordKey, Traits], open_states: Mapping[str, OpenState]
) -> dict[str, list[Traits]]:
    """Return the directories' records of the SIRETs in `open_states` and of their successors, by SIRET, doubtful SIRETs left out."""
    wanted = {*open_states, *(link.siret for door in open_states.values() for link in door.links)}
    by_siret: dict[str, list[Traits]] = {}
    for key in traits if wanted else ():
        if key[0] not in REGISTERS:
            record = traits[key]
            if record.siret in wanted and not record.doubtful:
                by_siret.setdefault(record.siret, []).append(record)
    return {siret: sorted(records) for siret, records in by_siret.items()}


def _near(traits: Traits, other: Traits) -> bool:
    if traits.insee and traits.insee == other.insee:
        return True
    here, there = commune(traits.insee), commune(other.insee)
    if here is None or there is None or here.lat is None or there.lat is None:
        return bool(traits.post_code) and traits.post_code == other.post_code
    return float(distance_km(here.lat, here.lon or 0.0, there.lat, there.lon or 0.0)) <= NEIGHBOURHOOD_KM
