"""Remarks on lines of a spreadsheet of participants that could not be used: their French sentences, grouped by kind for display."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from importers.formats.content import excerpt
from matcher.domain.french import count, enumeration
from matcher.domain.grouping import group_pairs

_LONGEST_CELL = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell, or a line (`column` empty), that could not be used. `text`: French template with « {} » for each of `cells`; faults with the
    same template are of one kind."""

    line: int
    column: str
    text: str
    cells: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """Return the fault as a French sentence that quotes the cells."""
        return _fill_template(self.text, [excerpt(cell, _LONGEST_CELL) for cell in self.cells])


@dataclass(frozen=True, slots=True)
class LineRemark:
    """A fault in the file of this name."""

    file: str
    fault: Fault

    def __str__(self) -> str:
        """Return the remark after its file, line and column."""
        return f"« {self.file} », ligne {self.fault.line}{_column(self.fault)} : {self.fault.says}"


@dataclass(frozen=True, slots=True)
class RemarkGroup:
    """Remarks of one kind: a sentence for all, and one text each; no `lines` for a single remark."""

    text: str
    lines: tuple[str, ...] = ()


def in_groups_of_a_kind(remarks: Sequence[LineRemark]) -> tuple[RemarkGroup, ...]:
    """Group remarks by file, column and kind, in order of first occurrence."""
    alike = group_pairs(((one.file, one.fault.column, one.fault.text), one) for one in remarks)
    return tuple(_group(same) for same in alike.values())


def said_of_files(sayings: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return each sentence once, prefixed by all its files, from pairs (file name, sentence)."""
    files: dict[str, list[str]] = {}
    for name, remark in sayings:
        files.setdefault(remark, []).append(f"« {name} »")
    return tuple(f"{enumeration(names)} : {said}" for said, names in files.items())


def _group(same: Sequence[LineRemark]) -> RemarkGroup:
    first = same[0]
    if len(same) == 1:
        return RemarkGroup(str(first))
    kind = _fill_template(first.fault.text, ["…"] * len(first.fault.cells))
    lines = []
    for remark in same:
        quoted = ", ".join(f"« {excerpt(cell, _LONGEST_CELL)} »" for cell in remark.fault.cells)
        lines.append(f"ligne {remark.fault.line}{f' : {quoted}' if quoted else ''}")
    return RemarkGroup(f"« {first.file} », {count(len(same), 'ligne')}{_column(first.fault)} : {kind}", tuple(lines))


def _fill_template(text: str, cells: Sequence[str]) -> str:
    """Return the template with each « {} » replaced by a cell (not `str.format`: cells may contain braces)."""
    return "".join(part + cell for part, cell in zip_longest(text.split("{}"), cells, fillvalue=""))


def _column(fault: Fault) -> str:
    return f", colonne « {fault.column} »" if fault.column else ""
