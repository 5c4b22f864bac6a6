"""« Comparer »: two to four candidates of a list side by side, by what differs between them."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from matcher.need.comparison import LEAST, MOST, compared, leads
from matcher.web.frame.app_state import desk, past_said
from matcher.web.need.address import usable_query
from matcher.web.need.answer import answer

pages = Blueprint("compare", __name__)


@pages.get("/comparer")
def show() -> ResponseReturnValue:
    """Show those ticked to be compared, else those ticked to be kept; `tout` shows the lines that do not differ too."""
    query = usable_query(request.args)
    found = answer(desk(), query)
    asked = query.several("compare") or query.several("retenu")
    matches = found.named(asked)
    named = matches[:MOST]
    contacts = desk().contacts_of({match.id for match in named})
    lines = compared(named, found.reading, contacts) if len(named) >= LEAST else ()
    page = render_template(
        "need/comparer.html",
        answer=found,
        query=query,
        asked=asked,
        matches=named,
        too_many=len(asked) > MOST,
        gone=len(asked) - len(matches),
        lines=lines,
        leads=leads(named, lines),
        same=sum(not line.differs for line in lines),
        whole=bool(request.args.get("tout")),
        contacts=contacts,
        past=past_said(match.id for match in named),
    )
    return page, 200 if lines else 422
