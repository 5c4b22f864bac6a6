"""Needs that a timetable serves not: the reason of each, found before it is frozen, and its sentence in French."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matcher.club.meeting_day.meeting_day import MeetingDay, Tie
from matcher.club.meeting_day.participant_need import UnservedNeed, WhyUnserved
from matcher.club.planner.checks import together
from matcher.club.planner.meetings import Timetable
from matcher.club.timetable.affinity import NOT_READ, NeedAsked
from matcher.club.timetable.setting import Setting
from matcher.club.timetable.troubles import names_of
from matcher.domain.french import count, typeset
from matcher.domain.grouping import group_pairs


def reached_needs(setting: Setting, timetable: Timetable) -> dict[str, Any]:
    """Return what a frozen timetable says of wishes and needs, by the fields of `FrozenTimetable`."""
    met = group_pairs((one.buyer, one.supplier) for one in timetable.meetings)
    missed = [need for need in setting.needs if not need.serving[met.get(need.buyer, [])].any()]
    return {
        "answered": len(setting.needs) - len(missed),
        "unserved": tuple(_unserved(setting, need) for need in missed),
        "most_kept": timetable.must.most,
        "most_answered": timetable.served.most,
        "fair": timetable.points.proven,
    }


def _unserved(setting: Setting, need: NeedAsked) -> UnservedNeed:
    buyer, keys = setting.affinities.buyers[need.buyer].key, [one.key for one in setting.affinities.suppliers]
    why, suppliers = _why(setting, need)
    return UnservedNeed(buyer, need.need.text, need.trade, why, tuple(keys[row] for row in np.flatnonzero(suppliers)))


def _why(setting: Setting, need: NeedAsked) -> tuple[WhyUnserved, np.ndarray]:
    """The first thing that keeps a need from being served, and the suppliers (s,) whom it keeps away."""
    if need.trade == NOT_READ:
        return WhyUnserved.NOT_READ, need.credible
    proposed = need.serving & (setting.worth[need.buyer] > 0)
    rows = np.flatnonzero(proposed)
    can = proposed.copy()
    can[rows] = together(setting.problem, np.full(len(rows), need.buyer), rows)
    steps = (
        (WhyUnserved.NOBODY, need.known),
        (WhyUnserved.BARRED, need.known & need.admitted),
        (WhyUnserved.TOO_FAR, need.credible),
        (WhyUnserved.REFUSED, proposed),
        (WhyUnserved.APART, can),
    )
    before = need.known
    for why, left in steps:
        if not left.any():
            return (_refused_or_met(setting, need) if why is WhyUnserved.REFUSED else why), before
        before = left
    return WhyUnserved.TAKEN, can


def _refused_or_met(setting: Setting, need: NeedAsked) -> WhyUnserved:
    refused = {setting.row_pair(bond.pair) for bond in setting.event.bonds if bond.tie is Tie.NEVER}
    pairs = {(need.buyer, int(row)) for row in np.flatnonzero(need.serving)}
    return WhyUnserved.REFUSED if pairs & refused else WhyUnserved.MET


@dataclass(frozen=True, slots=True)
class UnservedTrade:
    """Needs of one trade that are served not for one reason: how many, and the sentence that says of whom and why."""

    trade: str
    needs: int
    why: WhyUnserved
    text: str


def unserved_trades(event: MeetingDay) -> tuple[UnservedTrade, ...]:
    """Return the needs that the timetable of an event serves not, by trade and reason, the most asked first; none where it has none."""
    alike = group_pairs(((one.trade, one.why), one) for one in (event.plan.unserved if event.plan else ()))
    unserved_trades = [
        UnservedTrade(trade, len(needs), why, typeset(_sentence(event, why, needs)))
        for (trade, why), needs in alike.items()
    ]
    return tuple(sorted(unserved_trades, key=lambda one: (-one.needs, one.trade, one.why)))


def _taken_of_mended(_: MeetingDay, keys: Sequence[int]) -> str:
    """A timetable that changes a former one as little as could be does not prove that another serves fewer."""
    return f"Pas sans déplacer d’autres rendez-vous : {count(len(keys), 'fournisseur', 'fournisseurs')} du métier."


def _sentence(event: MeetingDay, why: WhyUnserved, needs: Sequence[UnservedNeed]) -> str:
    buyers = list(dict.fromkeys(one.buyer for one in needs))
    suppliers = list(dict.fromkeys(key for one in needs for key in one.suppliers))
    written = " ; ".join(f"« {one.text[:80]} »" for one in needs[:3]) if why is WhyUnserved.NOT_READ else ""
    subject = f"{names_of(event, buyers)}{f' ({written})' if written else ''}"
    reason = _taken_of_mended if why is WhyUnserved.TAKEN and event.plan and event.plan.mended else _REASONS[why]
    return f"{subject}. {reason(event, suppliers)}"


def _does(event: MeetingDay, keys: Sequence[int]) -> str:
    """Return who does the trade, as the subject of a sentence."""
    if len(keys) == 1:
        return f"Le seul du métier, {names_of(event, keys)},"
    return f"Du métier il y a {names_of(event, keys)} :"


_REASONS: Mapping[WhyUnserved, Callable[[MeetingDay, Sequence[int]], str]] = {
    WhyUnserved.NOT_READ: lambda event, keys: "Le métier n’est pas compris : précisez le besoin.",
    WhyUnserved.NOBODY: lambda event, keys: (
        "Personne de ce métier dans la salle, d’après ce qui est connu de qui vient."
    ),
    WhyUnserved.BARRED: lambda event, keys: (
        f"{_does(event, keys)} {'est' if len(keys) == 1 else 'tous'} hors de ce que le besoin admet (type, fermeture, ou l’acheteur lui-même)."
    ),
    WhyUnserved.TOO_FAR: lambda event, keys: (
        f"{_does(event, keys)} {'travaille' if len(keys) == 1 else 'tous travaillent'} trop loin."
    ),
    WhyUnserved.REFUSED: lambda event, keys: (
        f"{_does(event, keys)} {'et' if len(keys) == 1 else 'au moins'} un refus {'écarte' if len(keys) == 1 else 'en écarte'} la rencontre."
    ),
    WhyUnserved.MET: lambda event, keys: (
        f"{_does(event, keys)} {'a' if len(keys) == 1 else 'tous ont'} déjà été {'vu' if len(keys) == 1 else 'vus'} à un événement précédent."
    ),
    WhyUnserved.APART: lambda event, keys: (
        f"{_does(event, keys)} {'n’est' if len(keys) == 1 else 'aucun n’est'} jamais là en même temps, avec la table ou l’interprète qu’il faut."
    ),
    WhyUnserved.TAKEN: lambda event, keys: (
        f"Possible seul, pas avec les vœux et les autres besoins : {count(len(keys), 'fournisseur', 'fournisseurs')} du métier."
    ),
}
