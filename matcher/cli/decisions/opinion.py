"""Command `entremise avis`: advise whether to reserve a lot to inclusive suppliers, under which article, at what size."""

from dataclasses import asdict
from typing import Any

from matcher.cli.frame.options import catalogue, command, database_option
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.cli.frame.question_options import question_options
from matcher.cli.need.match import clear_reading, filled_shelf, given_need, lot_options
from matcher.decisions.assumptions import Assumptions
from matcher.decisions.opinion.answer import advise
from matcher.decisions.opinion.document import advice_document, advice_object
from matcher.decisions.opinion.law import ToldByBuyer
from matcher.decisions.workload import LotSize, workload_of
from matcher.need.answer import lay_on_shelf
from matcher.need.title import title_of


@command("avis", epilog='entremise avis --objet "Entretien des espaces verts" --lieu Maubeuge --etp 3')
@lot_options
@question_options(LotSize, into="size")
@question_options(Assumptions, into="assumed")
@question_options(ToldByBuyer, into="buyer_facts")
@outlet_options("table", "json", "xlsx", file="avis")
@database_option
def advice_command(
    size: LotSize, assumed: Assumptions, buyer_facts: ToldByBuyer, outlet: Outlet, database: str | None, **lot: Any
) -> None:
    """Dit si un lot peut être réservé, et sous quel article.

    Dit aussi qui appeler avant de réserver, la taille qui convient, ou que faire d’autre.
    """
    reading = clear_reading(given_need(lot))
    engine = catalogue(database)
    shelf = filled_shelf(engine)
    need = workload_of(reading, assumed, **asdict(size))
    advice = advise(engine, lay_on_shelf(reading, shelf), need, assumed, buyer_facts)
    title = title_of(reading.lot.objet)
    outlet.send_document(advice_document(advice, title), json=lambda: advice_object(advice))
