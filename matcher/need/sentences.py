"""French sentences of an answer: what a candidate is not known for, what to ask it, how many are known by trade, how many calls should succeed."""

from collections.abc import Iterable, Mapping

from matcher.domain.french import count, enumeration
from matcher.domain.match import Match
from matcher.domain.reading import Reading
from matcher.ranking.reasons import telephone_questions
from matcher.reference.trades.activities import taxonomy

# Share under which less than one supplier of ten is expected to do the trade.
RARE_SHARE = 0.05
TENS = ("aucune", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


def lacks_sentence(match: Match, reading: Reading) -> str:
    """Return the asked activities that a candidate, known for another of them, is not known for, in French; empty where none is missing."""
    missing = _missing(match, reading)
    return f"{_activities_named(missing)} : non connu, à demander" if missing else ""


def questions_for(match: Match, reading: Reading) -> list[str]:
    """Return the questions for a candidate, without question mark: on activities that it is not known for, then by weight. Never empty."""
    missing = [f"fait-il aussi « {taxonomy().label(code)} »" for code in _missing(match, reading)]
    return [*missing, *telephone_questions(match)]


def counts_said(by_activity: Mapping[str, int]) -> str:
    """Return how many structures are known for each activity after the first: « Lu aussi : 4 connues pour « … ». »; empty for one activity."""
    besides = list(by_activity.items())[1:]
    each = [f"{count(known, 'connue')} pour {_activities_named([code])}" for code, known in besides if known]
    if unknown := [code for code, known in besides if not known]:
        each.append(f"aucune connue pour {_activities_named(unknown)}")
    return f"Lu aussi : {' ; '.join(each)}." if each else ""


def share_said(share: float) -> str:
    """Return how many of ten structures to call should do the trade, with the basis: « Sur dix comme celles-ci, une ou deux devraient… »"""
    return f"Sur dix comme celles-ci, {_of_ten(share)} le faire, d’après leur type et ce que l’on sait d’elles."


def share_in_short(share: float) -> str:
    """Return the same in short, for a title: « Sur dix, une ou deux devraient le faire. »"""
    return f"Sur dix, {_of_ten(share)} le faire."


def _of_ten(share: float) -> str:
    least = int(10 * share)
    if least == 0:
        return "une au plus devrait" if share >= RARE_SHARE else "moins d’une devrait"
    return f"{TENS[least]} ou {TENS[least + 1]} devraient" if least < 9 else "presque toutes devraient"


def _missing(match: Match, reading: Reading) -> list[str]:
    return [code for code in reading.asked if code not in match.known_for] if match.known_for else []


def _activities_named(codes: Iterable[str]) -> str:
    return enumeration([f"« {taxonomy().label(code)} »" for code in codes])
