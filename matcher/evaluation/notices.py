"""Evaluation suite 6: accuracy of the reading of whole notices: trade, places, lots, amount, duration and reservation.

A notice has all labels, or only that of its reservation. A field without a label is not counted.
"""

from collections.abc import Iterator, Sequence

from matcher.cleaning.words import fold
from matcher.evaluation.suites import SuiteLot
from matcher.reading.reader import lots_of_notice, read

RESERVING = frozenset({"12", "13", "13-1", "14", "15"})
# Tolerances: relative for an amount, in months for a duration.
_SHARE, _MONTHS = 0.05, 1.0


def notice_figures(suite: Sequence[SuiteLot]) -> dict[str, float]:
    """Return, by criterion, the share of the notices labelled for it that meet it."""
    rows = [dict(_judge_fields(lot)) for lot in suite]
    hits_by_field = {
        name: [row[name] for row in rows if name in row] for name in dict.fromkeys(name for row in rows for name in row)
    }
    return {name: round(sum(hits) / len(hits), 4) for name, hits in hits_by_field.items()}


def _judge_fields(lot: SuiteLot) -> Iterator[tuple[str, bool]]:
    reading, labels = read(lot.need.lot), lot.labels
    is_reserved = reading.levier_hint in RESERVING
    if labels.get("reserved"):
        yield "réservation trouvée", is_reserved
        yield "article juste", reading.levier_hint in (labels.get("levers") or RESERVING)
        return
    if "reserved" in labels:
        yield "dits réservés à tort", is_reserved
        return
    places = {_plain(place.name) for place in reading.places}
    wanted = {_plain(name) for name in labels["places"]}
    right_groups = {labels["group"], *labels["alt_groups"]}
    yield "groupe juste ou défendable", not right_groups.isdisjoint(reading.groups[:1])
    yield "lieux exacts", places == wanted
    yield "aucun lieu faux", places <= wanted
    yield "lots bien comptés", max(1, len(lots_of_notice(lot.need.lot))) == (labels["lots"] or 1)
    if euros := labels["amount_total_ht"]:
        right = reading.euros is not None and abs(reading.euros - euros) <= _SHARE * euros
        yield "montant juste", right
        yield "montant faux", reading.euros is not None and not right
    if accepted := labels["months_accepted"]:
        right = reading.months is not None and any(abs(reading.months - months) <= _MONTHS for months in accepted)
        yield "durée juste", right
        yield "durée fausse", reading.months is not None and not right
    if not labels["lever"]:
        yield "dits réservés à tort", is_reserved


def _plain(name: str) -> str:
    return " ".join(fold(name).replace("-", " ").split())
