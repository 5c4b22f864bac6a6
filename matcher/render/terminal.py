"""A Document on a terminal: what was asked, the answer, why, its tables and what it supposes."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from matcher.domain.french import count, day, number
from matcher.render.document import Document, DocumentTable

_BAR = 24
# Lines of a table that are shown; the others are counted, and in the files.
_SHOWN = 20


def print_document(its: Document, out: Console) -> None:
    """Print a document without what is in files alone."""
    its = its.as_shown()
    for said in its.asked:
        out.print(Text(said, style="dim"))
    out.print(Text(its.answer, style="bold"))
    for said in its.remarks:
        out.print(Text(said))
    for table in its.tables:
        _print_table(table, out)
    if its.hypotheses:
        out.print(Text("Hypothèses :", style="dim"))
    for said in its.hypotheses:
        out.print(Text(f"  · {said}", style="dim"))
    for said in its.sources:
        out.print(Text(said, style="dim"))
    catalogue = (
        f"Catalogue version {its.catalogue_version}, {count(its.catalogue_suppliers, 'fournisseur')}, {day(its.on)}."
    )
    out.print(Text(f"{its.scope} {catalogue}".strip(), style="dim"))


def _print_table(its: DocumentTable, out: Console) -> None:
    if its.rows:
        _print_rows(its, out)
    for said in its.says:
        out.print(Text(said))


def _print_rows(its: DocumentTable, out: Console) -> None:
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=its.title, title_justify="left", title_style="bold")
    for column in its.columns:
        shown.add_column(column.label, justify="right" if column.numeric else "left", overflow="fold")
    if its.ranged:
        shown.add_column("")
    last = len(its.rows) - 1 if its.total else None
    for at, (row, cells) in enumerate(zip(its.rows[:_SHOWN], its.lines(), strict=False)):
        bar = [_bar(row.cells[2], row.cells[3], its.most)] if its.ranged else []
        shown.add_row(*map(Text, (*cells, *bar)), style="bold" if at == last else "")
    out.print(shown)
    if len(its.rows) > _SHOWN:
        out.print(Text(f"et {number(len(its.rows) - _SHOWN)} de plus : --format xlsx les donne.", style="dim"))


def _bar(low: object, high: object, most: float) -> str:
    """Draw from zero what is sure, then what may be, up to `most`."""
    if not (isinstance(low, int | float) and isinstance(high, int | float) and most > 0):
        return ""
    bar = "█" * round(low / most * _BAR)
    return (bar + "▒" * (round(high / most * _BAR) - len(bar))).ljust(_BAR, "·")
