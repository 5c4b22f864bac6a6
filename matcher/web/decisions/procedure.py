"""Lots of the procedure that the need of a query belongs to: those of its dossier, of its DCE (tender documents) or of its notice."""

from matcher.decisions.opinion.law import ProcedureLots, lots_of_procedure
from matcher.tender.work import tender_of
from matcher.web.need.address import Query
from matcher.web.need.answer import dossier_of
from matcher.web.need.lots import lots_under, notice_lots


def procedure_of(query: Query) -> ProcedureLots | None:
    """Return the sum of the lots of a query's procedure, its own lot as the query gives it; None if it is not one of several lots."""
    if (saved := dossier_of(query)) is not None:
        dossier, own = saved
        others = [lot.frozen.reading for lot in dossier.lots if lot.number != own.number]
        return lots_of_procedure([query.reading, *others])
    number = query.text("lot")
    if (dropped := lots_under(query.text("dce"))) is not None:
        work, lots = dropped
        others = [lot.query.reading for lot in lots if lot.number != number]
        return lots_of_procedure([query.reading, *others], tender_of(work).proposal.more)
    notice = notice_lots(query, "", lambda _: 0) if query.text("avis") else None
    others = [lot.query.reading for lot in notice.lots if lot.number != number] if notice else []
    return lots_of_procedure([query.reading, *others])
