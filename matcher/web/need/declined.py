"""Refusals of the lot of a dossier that a query asks again, by who has said no to it."""

from collections.abc import Mapping

from flask import g

from matcher.cleaning.numbers import whole_number
from matcher.dossiers.answers import declined_today
from matcher.dossiers.store import load
from matcher.journal.change import ChangeRefused
from matcher.journal.store import JournalUnknown
from matcher.web.frame.app_state import desk, owner
from matcher.web.need.address import Query


def declined_for(query: Query) -> Mapping[str, str]:
    """Return who has said no to the lot that a query names, « dossier-lot », by id, and how that is said of it; nobody where it names none
    that the organisation has."""
    number, _, lot = query.text("dossier").partition("-")
    dossier_number, place = whole_number(number), whole_number(lot)
    if dossier_number is None or place is None or g.get("owner") is None:
        return {}
    try:
        return declined_today(desk().engine, load(desk().engine, owner(), dossier_number).lot(place))
    except (JournalUnknown, ChangeRefused):
        return {}
