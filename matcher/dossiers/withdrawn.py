"""Anonymisation inside a dossier. A supplier that leaves the catalogue keeps only its number, rank and points, so that lists still add up; where an answer is
taken back, its supplier stays but everything computed from that answer is emptied."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from msgspec import structs

from matcher.answers.erasing import ErasedFact
from matcher.domain.match import Band, Match, Stance
from matcher.dossiers.dossier import AwardedContract, Dossier, DossierChange, Entry
from matcher.dossiers.frozen_list import restate_match, thaw
from matcher.journal.change import plain
from matcher.render.document import Document, anonymise, without_cells

WITHDRAWN = "Retiré à sa demande"
TAKEN_BACK = "réponse reprise par la structure"
# Field of a supplier's record that a fact gives → ranking signal computed from it.
_SIGNALS = {"activities": "activity", "refused": "activity", "workers": "capacity", "area_codes": "proximity"}


def withdraw_suppliers(dossier: Dossier, ids: AbstractSet[str]) -> Dossier:
    """Return the dossier, journal included, without the names, places, reasons and notes of these suppliers."""
    if not ids & dossier.names.keys():
        return dossier
    return replace(
        dossier,
        lots=tuple(
            replace(
                lot,
                frozen=replace(lot.frozen, matches=_matches(lot.frozen.matches, ids)),
                opinion=anonymise(lot.opinion, ids, WITHDRAWN) if lot.opinion else None,
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
        decisions=tuple(replace(one, decision=anonymise(one.decision, ids, WITHDRAWN)) for one in dossier.decisions),
        contracts=tuple(_contract(one, ids) for one in dossier.contracts),
        names={key: WITHDRAWN if key in ids else name for key, name in dossier.names.items()},
        journal=tuple(replace(event, change=mute_change(event.change, ids)) for event in dossier.journal),
    )


def mute_change(change: DossierChange, ids: AbstractSet[str]) -> DossierChange:
    """Return a journal change without the names and words of these suppliers; the same object where it has none."""
    muted_values: dict[str, Any] = {}
    if getattr(change, "supplier_id", None) in ids:
        empty: dict[str, Any] = {"reason": WITHDRAWN, "text": WITHDRAWN, "answers": {}}
        muted_values = {name: value for name, value in empty.items() if getattr(change, name, None)}
    match = getattr(change, "match", None)
    if isinstance(match, Match) and match.id in ids:
        muted_values = {"match": anonymous(restate_match(match)), "reason": WITHDRAWN, "refused": ()}
    frozen = getattr(change, "frozen", None)
    if frozen is not None:
        shortlist = thaw(frozen)
        if any(match.id in ids for match in shortlist.matches):
            matches = _matches(shortlist.matches, ids)
            muted_values = {"frozen": {**frozen, "shortlist": plain(replace(shortlist, matches=matches))}}
    for part in ("decision", "opinion", "contract"):
        less = part_value = getattr(change, part, None)
        if isinstance(part_value, Document) and ids & part_value.names.keys():
            less = anonymise(part_value, ids, WITHDRAWN)
        elif isinstance(part_value, AwardedContract):
            less = _contract(part_value, ids)
        if less != part_value:
            muted_values[part] = less
    return replace(change, **muted_values) if muted_values else change


def without_facts(change: DossierChange, facts: Mapping[str, Sequence[ErasedFact]]) -> DossierChange:
    """Return a journal change without what rests on erased facts (by supplier id); the same object where nothing does."""
    less: dict[str, Any] = {}
    match = getattr(change, "match", None)
    if isinstance(match, Match) and (signals := _resting(facts.get(match.id, ()))):
        less["match"] = _without_signals(restate_match(match), signals)
    frozen = getattr(change, "frozen", None)
    if frozen is not None:
        shortlist = thaw(frozen)
        version = shortlist.catalogue_version
        matches = tuple(_without_signals(one, _resting(facts.get(one.id, ()), version)) for one in shortlist.matches)
        if matches != shortlist.matches:
            less["frozen"] = {**frozen, "shortlist": plain(replace(shortlist, matches=matches))}
    for part in ("decision", "opinion"):
        document = getattr(change, part, None)
        if isinstance(document, Document):
            ids = {key for key in document.names if _resting(facts.get(key, ()), document.catalogue_version)}
            less |= {part: without_cells(document, ids, f"{TAKEN_BACK} : ses lignes sont vidées")} if ids else {}
    return replace(change, **less) if less else change


def _resting(facts: Sequence[ErasedFact], version: int | None = None) -> frozenset[str]:
    """Return the ranking signals that rest on these facts in a list computed from a version of the catalogue (None: any version)."""
    counted = [fact for fact in facts if version is None or fact.since <= version]
    signals = frozenset(_SIGNALS[name] for fact in counted for name in fact.fields)
    return signals | {"freshness"} if counted else signals


def _without_signals(match: Match, signals: AbstractSet[str]) -> Match:
    """Return a candidate with its reasons for these signals emptied; if its trade rested on them, it moves to the band « to call »."""
    if not signals:
        return match
    emptied = {"says": TAKEN_BACK, "spoken": TAKEN_BACK, "question": "", "quotes": "", "source": ""}
    said_by = next((one.signal for one in match.contributions if one.signal in signals), "")  # once among the reasons
    contributions = tuple(
        structs.replace(one, **emptied, stance=one.stance if one.signal == said_by else Stance.SILENT)
        if one.signal in signals
        else one
        for one in match.contributions
    )
    if "activity" not in signals:
        return structs.replace(match, contributions=contributions)
    band = match.band and max(match.band, Band.A_APPELER, key=list(Band).index)
    return structs.replace(match, contributions=contributions, known_for=(), refused="", credible=False, band=band)


def anonymous(match: Match) -> Match:
    """Return a candidate with only its number, places in the list, score, points, and whether each reason is for or against."""
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


def _contract(contract: AwardedContract, ids: AbstractSet[str]) -> AwardedContract:
    gone = f"siret:{contract.winner_siret}" in ids
    return replace(contract, winner=WITHDRAWN, winner_siret="") if gone else contract
