"""Explains, in French, each buyer's need that a meeting-day timetable leaves without a meeting; the reason is computed before freezing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matcher.club.meeting_day.meeting_day import MeetingDay, Tie
from matcher.club.meeting_day.participant_need import UnservedNeed, WhyUnserved
from matcher.club.planner.checks import can_meet
from matcher.club.planner.meetings import Timetable
from matcher.club.timetable.affinity import NeedAsked
from matcher.club.timetable.need_suppliers import NOT_READ
from matcher.club.timetable.setting import Setting
from matcher.club.timetable.troubles import participant_names
from matcher.domain.french import count, typeset
from matcher.domain.grouping import group_pairs


def reached_needs(setting: Setting, timetable: Timetable) -> dict[str, Any]:
    """Return the figures on wishes and needs of a timetable, as fields of `FrozenTimetable`."""
    met = group_pairs((one.buyer, one.supplier) for one in timetable.meetings)
    keys = [one.key for one in setting.affinities.suppliers]
    unserved = []
    for need in setting.needs:
        if not need.serving[met.get(need.buyer, [])].any():
            buyer, (why, suppliers) = setting.affinities.buyers[need.buyer].key, _why(setting, need)
            kept_away = tuple(keys[row] for row in np.flatnonzero(suppliers))
            unserved.append(UnservedNeed(buyer, need.need.text, need.trade, why, kept_away))
    return {
        "answered": len(setting.needs) - len(unserved),
        "unserved": tuple(unserved),
        "most_kept": timetable.must.most,
        "most_answered": timetable.served.most,
        "fair": timetable.points.proven,
    }


def _why(setting: Setting, need: NeedAsked) -> tuple[WhyUnserved, np.ndarray]:
    """Return the first reason why a need is not served, and the suppliers (s,) whom that reason excludes."""
    if need.trade == NOT_READ:
        return WhyUnserved.NOT_READ, need.credible
    if not setting.problem.buyers.free[need.buyer].any():
        return WhyUnserved.NEVER_HERE, need.known
    proposed = need.serving & (setting.worth[need.buyer] > 0)
    rows = np.flatnonzero(proposed)
    can = proposed.copy()
    can[rows] = can_meet(setting.problem, np.full(len(rows), need.buyer), rows)
    steps = (
        (WhyUnserved.NOBODY, need.known),
        (WhyUnserved.BARRED, need.known & need.admitted),
        (WhyUnserved.TOO_FAR, need.credible),
        (WhyUnserved.REFUSED, proposed),
        (WhyUnserved.APART, can),
    )
    before = need.known
    for why, suppliers_left in steps:
        if suppliers_left.any():
            before = suppliers_left
            continue
        if why is WhyUnserved.REFUSED:  # or met before
            refused = {setting.row_pair(bond.pair) for bond in setting.event.bonds if bond.tie is Tie.NEVER}
            pairs = {(need.buyer, int(row)) for row in np.flatnonzero(need.serving)}
            why = WhyUnserved.REFUSED if pairs & refused else WhyUnserved.MET
        return why, before
    return WhyUnserved.TAKEN, can


@dataclass(frozen=True, slots=True)
class UnservedTrade:
    """Needs of one trade that are unserved for the same reason: how many, and a French sentence with their buyers and the reason."""

    trade: str
    needs: int
    why: WhyUnserved
    text: str


def unserved_trades(event: MeetingDay) -> tuple[UnservedTrade, ...]:
    """Return the unserved needs of an event's timetable, grouped by trade and reason, the most asked first."""
    alike = group_pairs(((one.trade, one.why), one) for one in (event.plan.unserved if event.plan else ()))
    trades = [
        UnservedTrade(trade, len(needs), why, typeset(_sentence(event, why, needs)))
        for (trade, why), needs in alike.items()
    ]
    return tuple(sorted(trades, key=lambda one: (-one.needs, one.trade, one.why)))


def _sentence(event: MeetingDay, why: WhyUnserved, needs: Sequence[UnservedNeed]) -> str:
    buyers = list(dict.fromkeys(one.buyer for one in needs))
    suppliers = list(dict.fromkeys(key for one in needs for key in one.suppliers))
    written = " ; ".join(f"« {one.text[:80]} »" for one in needs[:3]) if why is WhyUnserved.NOT_READ else ""
    subject = f"{participant_names(event, buyers)}{f' ({written})' if written else ''}"
    reason = _REASONS[why](event, suppliers)
    if (
        why is WhyUnserved.TAKEN and event.plan and event.plan.mended
    ):  # a mended timetable is not proven optimal: another one might serve the need
        reason = f"Pas sans déplacer d’autres rendez-vous : {count(len(suppliers), 'fournisseur', 'fournisseurs')} du métier."
    return f"{subject}. {reason}"


def _does(event: MeetingDay, keys: Sequence[int]) -> str:
    """Return the suppliers of the trade, as the subject of a French sentence."""
    if len(keys) == 1:
        return f"Le seul du métier, {participant_names(event, keys)},"
    return f"Du métier il y a {participant_names(event, keys)} :"


_REASONS: Mapping[WhyUnserved, Callable[[MeetingDay, Sequence[int]], str]] = {
    WhyUnserved.NOT_READ: lambda event, keys: "Le métier n’est pas compris : précisez le besoin.",
    WhyUnserved.NEVER_HERE: lambda event, keys: "Aucun tour n’est dans les heures de présence données : vérifiez-les.",
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
