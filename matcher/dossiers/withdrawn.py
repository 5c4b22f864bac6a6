"""Withdrawal from a dossier: a supplier leaves its number, rank and points, so that the list adds up; a person leaves nothing."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from msgspec import structs

from matcher.domain.match import Match
from matcher.dossiers.dossier import AwardedContract, Dossier, DossierChange, Entry
from matcher.dossiers.frozen_list import restated, thaw
from matcher.journal.change import plain
from matcher.render.document import Document, anonymised

WITHDRAWN = "Retiré à sa demande"


def withdraw(dossier: Dossier, ids: AbstractSet[str]) -> Dossier:
    """Return the dossier without the names, places, reasons and notes of these suppliers, its journal included."""
    if not ids & dossier.names.keys():
        return dossier
    return replace(
        dossier,
        lots=tuple(
            replace(
                lot,
                frozen=replace(lot.frozen, matches=_matches(lot.frozen.matches, ids)),
                opinion=anonymised(lot.opinion, ids, WITHDRAWN) if lot.opinion else None,
                entries=tuple(_entry(entry, ids) for entry in lot.entries),
                removed=tuple(
                    replace(taken_off, entry=_entry(taken_off.entry, ids), reason="")
                    if taken_off.entry.match.id in ids
                    else taken_off
                    for taken_off in lot.removed
                ),
            )
            for lot in dossier.lots
        ),
        decisions=tuple(replace(one, decision=anonymised(one.decision, ids, WITHDRAWN)) for one in dossier.decisions),
        contracts=tuple(_contract(one, ids) for one in dossier.contracts),
        names={key: WITHDRAWN if key in ids else name for key, name in dossier.names.items()},
        journal=tuple(replace(event, change=muted(event.change, ids)) for event in dossier.journal),
    )


def muted(change: DossierChange, ids: AbstractSet[str]) -> DossierChange:
    """Return a change without what it says of these suppliers; itself where it says nothing of them."""
    said: dict[str, Any] = {}
    if getattr(change, "supplier_id", None) in ids:
        said = {name: WITHDRAWN for name in ("reason", "text") if getattr(change, name, "")}
        said |= {"answers": {}} if getattr(change, "answers", None) else {}
    match = getattr(change, "match", None)
    if isinstance(match, Match) and match.id in ids:
        said = {"match": anonymous(restated(match)), "reason": WITHDRAWN, "refused": ()}
    frozen = getattr(change, "frozen", None)
    if frozen is not None:
        shortlist = thaw(frozen)
        if any(match.id in ids for match in shortlist.matches):
            matches = _matches(shortlist.matches, ids)
            said = {"frozen": {**frozen, "shortlist": plain(replace(shortlist, matches=matches))}}
    for part in ("decision", "opinion", "contract"):
        held = getattr(change, part, None)
        if (less := _without(held, ids)) != held:
            said[part] = less
    return replace(change, **said) if said else change


def _without(held: Any, ids: AbstractSet[str]) -> Any:
    """A part of a change without what it says of these suppliers; itself where it says nothing of them."""
    if isinstance(held, Document) and ids & held.names.keys():
        return anonymised(held, ids, WITHDRAWN)
    return _contract(held, ids) if isinstance(held, AwardedContract) else held


def anonymous(match: Match) -> Match:
    """Return a candidate with its number, its places in the list, its score and its points alone; of its reasons, which way they speak."""
    return structs.replace(
        match,
        siret="",
        name=WITHDRAWN,
        kinds=(),
        city="",
        distance_km=None,
        folded="",
        known_for=(),
        contributions=tuple(
            structs.replace(its, says="", spoken="", question="", quotes="", source="") for its in match.contributions
        ),
    )


def _matches(matches: tuple[Match, ...], ids: AbstractSet[str]) -> tuple[Match, ...]:
    return tuple(anonymous(match) if match.id in ids else match for match in matches)


def _entry(entry: Entry, ids: AbstractSet[str]) -> Entry:
    if entry.match.id not in ids:
        return entry
    gone = replace(entry, match=anonymous(entry.match), refused=(), reason="", note="", withdrawn=True)
    return replace(gone, call=None, rival=None, taken={}, corrections=(), former=None, again=None)


def _contract(one: AwardedContract, ids: AbstractSet[str]) -> AwardedContract:
    gone = f"siret:{one.winner_siret}" in ids
    return replace(one, winner=WITHDRAWN, winner_siret="") if gone else one
