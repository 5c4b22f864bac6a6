"""Choice of a dossier, new or existing: the part that every form that saves into one shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_urlsafe

from flask import request

from matcher.cleaning.numbers import whole
from matcher.dossiers.dossier import DossierChange, DossierHeader, State
from matcher.dossiers.store import DossierFilter, DossierSummary, change, create, listed
from matcher.need.title import cut
from matcher.web.dossiers.dossiers import HEADER, header_of
from matcher.web.dossiers.write import form_key, now
from matcher.web.frame.app_state import desk
from matcher.web.frame.signature import NO_NAME, signed

_MOST_OFFERED = 60


@dataclass(frozen=True, slots=True)
class Goal:
    """The dossier that a form asks for: `header` of a new one, else the number `chosen`; `faults` what of it cannot be used, by field."""

    chosen: str
    header: DossierHeader | None
    who: str
    faults: dict[str, str]


def goal(form: Mapping[str, str]) -> Goal:
    """Read where a form wants something kept, and who signs it."""
    chosen = form.get("dossier", "")
    header, faults = header_of(form) if chosen == "" else (None, {})
    who = signed(form)
    if not who:
        faults["qui"] = NO_NAME
    if chosen and whole(chosen) is None:
        faults["dossier"] = "Choisissez un dossier de la liste."
    return Goal(chosen, header, who, faults)


def put(its: Goal, added: DossierChange) -> int:
    """Write a change in the dossier asked for, once however many times the form is sent; return its number. Raises ChangeRefused or
    JournalUnknown."""
    return desk().once.make(form_key(), lambda: _put(its, added))


def _put(its: Goal, added: DossierChange) -> int:
    """Add to a new dossier or to the one chosen, whatever was done to it meanwhile: nothing else is touched."""
    engine, at = desk().engine, now()
    number = int(its.chosen) if its.header is None else create(engine, its.header, who=its.who, now=at).id
    return change(engine, number, [added], version=None, who=its.who, now=at).id


def offered() -> list[DossierSummary]:
    """The open dossiers that a form offers, the last changed first."""
    return listed(desk().engine, DossierFilter(state=State.OPEN))[:_MOST_OFFERED]


def form_context(title: str, given: Mapping[str, str]) -> dict[str, object]:
    """Context of the form's template: the fields as typed, a title to start from, the dossiers offered."""
    return {
        "given": {"title": cut(title), "lot": "", **given},
        "header": HEADER,
        "dossiers": offered(),
        "chosen": given.get("dossier", request.args.get("dossier", "")),
        "key": given.get("cle") or token_urlsafe(12),
    }
