"""Notices of the European forms (eForms, in UBL), from their tree: `notice(form, tree, source, line, reference)` gives a record, or why not.

`json_tree` makes the tree of a JSON value: `notice("ContractNotice", json_tree(given["EFORMS"]["ContractNotice"]), "boamp", rank, "26-12345")`.
Of a text in several languages, the French is kept, else that of the notice's own language, else the first. What a notice is is told
as « cn-standard », and where it changes or ends another, why: « cn-standard/cancel », « can-standard/clos-nw » (no winner at all).
"""

from importers.notices.record import LotWritten, NoticeRecord
from importers.notices.tree import Node
from importers.record import RefusedRow

NO_NUMBER = "avis sans identifiant : il ne serait pas reconnu la fois suivante."
FORMS = ("ContractNotice", "ContractAwardNotice", "PriorInformationNotice")


def notice(form: str, tree: Node, source: str, line: int, reference: str = "") -> NoticeRecord | RefusedRow:
    """Return a notice of one of the FORMS; `reference` is its publisher's, else its identifier and version are: « badbe27e-…-01 »."""
    own = "-".join(filter(None, (tree.first("ID"), tree.first("VersionID"))))
    if not (reference or own):
        return RefusedRow(line, NO_NUMBER)
    lots = tuple(LotWritten(lot.first("ID")) for lot in tree.all("ProcurementProjectLot"))
    return NoticeRecord(source, reference or own, line, shape=form, lots=lots)
