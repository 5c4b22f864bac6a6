"""Prints a `Document` (the result of a decision tool) on a terminal with rich: question, answer, remarks, tables, steps, hypotheses."""

from collections.abc import Iterable, Iterator
from typing import Final

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from matcher.domain.french import NARROW, NO_BREAK, count, day, number, typeset
from matcher.render.document import (
    ColumnKind,
    Document,
    DocumentCell,
    DocumentColumn,
    DocumentRow,
    DocumentTable,
    MarkedText,
)

_BAR, _SHARE_BAR = 24, 10
# Placeholders for non-breaking spaces while lines are wrapped: rich wraps at every kind of space.
_GLUE: Final = {" ": "\ue000", NO_BREAK: "\ue001", NARROW: "\ue002"}
_UNGLUE: Final = str.maketrans({glue: space for space, glue in _GLUE.items()})
# Rows of a table that are printed; the others are only counted (files have them all).
_SHOWN = 20


class UnbrokenConsole(Console):
    """A rich console that never wraps a line between a guillemet and its word or a number and its unit (French non-breaking spaces)."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render with placeholders for the spaces that must not break, then put the spaces back."""
        if isinstance(renderable, str):
            renderable = _with_placeholders(renderable)
        elif isinstance(renderable, Text):
            renderable = renderable.copy()
            renderable.plain = _with_placeholders(renderable.plain)
        for segment in super().render(renderable, options):
            yield segment._replace(text=segment.text.translate(_UNGLUE))


def _with_placeholders(text: str) -> str:
    places = zip(text, typeset(text), strict=True)
    return "".join(_GLUE[old] if new in (NO_BREAK, NARROW) else old for old, new in places)


def print_document(document: Document, out: Console) -> None:
    """Print a document without its `aside` tables and columns, which only files have."""
    document = document.as_shown()
    for sentence in document.asked:
        out.print(Text(sentence, style="dim"))
    out.print(Text(document.answer, style="bold"))
    if scale := document.scale:  # the possible answers in one line, the answer given with a filled bullet
        steps = [("●", "bold", step) if at == scale.at else ("○", "dim", step) for at, step in enumerate(scale.steps)]
        out.print(Text("   ").join(Text(f"{bullet} {step}", style=style) for bullet, style, step in steps))
    for sentence in document.remarks:
        out.print(Text(sentence))
    for table in document.tables:
        print_table(table, out)
    if document.steps:
        out.print(Text("À faire :", style="bold"))
    for rank, sentence in enumerate(document.steps, start=1):
        out.print(Text(f"  {rank}. {sentence}"))
    if document.hypotheses:
        out.print(Text("Hypothèses :", style="dim"))
    for sentence in document.hypotheses:
        out.print(Text(f"  · {sentence}", style="dim"))
    for sentence in document.sources:
        out.print(Text(sentence, style="dim"))
    catalogue = f"Catalogue version {document.catalogue_version}, {count(document.catalogue_suppliers, 'fournisseur')}, {day(document.on)}."
    out.print(Text(f"{document.scope} {catalogue}".strip(), style="dim"))


def print_table(table: DocumentTable, out: Console, most: int = _SHOWN) -> None:
    """Print the first `most` rows of a table, then its sentences; as lines « label : cell » if the terminal is too narrow for columns."""
    if table.rows:
        shown: RenderableType = _as_table(table, most)
        if Measurement.get(out, out.options.update(width=1_000), shown).minimum > out.width:
            blocks: list[RenderableType] = [Text(""), Text(table.title, style="bold")]
            for row, style in _styled_rows(table, most):
                block = Text("\n", style=style)
                for column, cell in zip(table.columns, row.cells, strict=True):
                    if cell not in ("", ()):
                        block.append_text(Text.assemble((f"{column.label} : ", "dim"), _cell(column, cell), "\n"))
                blocks.append(block)
            shown = Group(*blocks)
        out.print(shown)
        if len(table.rows) > most:
            out.print(Text(f"et {number(len(table.rows) - most)} de plus : --format xlsx les donne.", style="dim"))
    for sentence in table.says:
        out.print(Text(sentence))


def _as_table(table: DocumentTable, most: int) -> Table:
    """Return the first `most` rows as a rich table; e-mail addresses and telephones are not wrapped."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=table.title, title_justify="left", title_style="bold")
    for group in table.groups:
        columns = [table.columns[at] for at in group]
        whole = any(column.kind is ColumnKind.ADDRESS for column in columns)
        shown.add_column(
            columns[0].label, justify="right" if columns[0].numeric else "left", overflow="fold", no_wrap=whole
        )
    if table.ranged:
        shown.add_column("")
    for row, style in _styled_rows(table, most):
        cells = []
        for group in table.groups:
            filled = [at for at in group if at == group[0] or row.cells[at] not in ("", ())]
            cells.append(Text("\n").join(_cell(table.columns[at], row.cells[at]) for at in filled))
        bar = [_bar(row.cells[2], row.cells[3], table.most)] if table.ranged else []
        shown.add_row(*cells, *map(Text, bar), style=style)
    return shown


def _styled_rows(table: DocumentTable, most: int) -> Iterator[tuple[DocumentRow, str]]:
    """Yield the first `most` rows with their style: bold for the total."""
    last = len(table.rows) - 1 if table.total else None
    yield from ((row, "bold" if at == last else "") for at, row in enumerate(table.rows[:most]))


def _cell(column: DocumentColumn, cell: DocumentCell) -> Text:
    text = f"{column.label} : {column.short(cell)}" if column.under and column.numeric else column.short(cell)
    if isinstance(cell, MarkedText):
        return Text(f"{cell.mark.sign} {text}")
    if column.kind is ColumnKind.SHARE and isinstance(cell, int | float):
        return Text(f"{_bar(cell, cell, 1, _SHARE_BAR)} {text}")
    return Text(text, style="dim" if column.under else "")


def _bar(low: object, high: object, most: float, width: int = _BAR) -> str:
    """Return a bar of `width` characters for the range 0 to `most`: full up to `low`, shaded from `low` to `high`."""
    if not (isinstance(low, int | float) and isinstance(high, int | float) and most > 0):
        return ""
    bar = "█" * round(low / most * width)
    return (bar + "▒" * (round(high / most * width) - len(bar))).ljust(width, "·")
