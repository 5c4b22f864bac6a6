"""Sentences about the activities that a need asks for, where there are several: how many are known for each, what a candidate lacks."""

from collections.abc import Iterable, Mapping

from matcher.domain.french import enumeration, number
from matcher.domain.match import Match
from matcher.domain.reading import Reading
from matcher.ranking.reasons import unknowns
from matcher.reference.trades.activities import taxonomy


def lacks_said(match: Match, reading: Reading) -> str:
    """Say which of several activities asked a candidate, known for another of them, is not known for; empty where none is missing."""
    missing = _missing(match, reading)
    return f"{_activities_named(missing)} : non connu, à demander" if missing else ""


def to_ask_said(match: Match, reading: Reading) -> str:
    """Say in one line what to ask a candidate: the activities asked that it is not known for, then what a call would tell of it; empty
    where nothing is missing."""
    missing = [taxonomy().label(code) for code in _missing(match, reading)]
    asked = [*missing, *(contribution.label.lower() for contribution in unknowns(match))]
    return f"À demander : {', '.join(asked)}" if asked else ""


def counts_said(by_activity: Mapping[str, int]) -> str:
    """Say how many structures are known for each of several activities asked: « Dont 2 pour « … » et 4 pour « … ». »; empty where one is."""
    if len(by_activity) < 2:
        return ""
    each = [
        f"{number(known) if known else 'aucune'} pour {_activities_named([code])}"
        for code, known in by_activity.items()
    ]
    return f"Dont {enumeration(each)}."


def _missing(match: Match, reading: Reading) -> list[str]:
    return [code for code in reading.asked if code not in match.known_for] if match.known_for else []


def _activities_named(codes: Iterable[str]) -> str:
    return enumeration([f"« {taxonomy().label(code)} »" for code in codes])
