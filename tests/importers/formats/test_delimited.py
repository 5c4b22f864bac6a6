"""Lines cut into cells: the delimiter is found, and each row keeps its physical line."""

import csv
import io
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from importers.formats.delimited import DELIMITERS, find_delimiter, split_rows


def test_commas_in_texts_do_not_hide_the_semicolon() -> None:
    lines = ["Nom;Siret\n", "A;tri, lavage, repassage\n", "B;traiteur, légumes, fruits\n"]
    assert find_delimiter(lines, lambda cells: int(cells[:2] == ["Nom", "Siret"])) == ";"
    assert find_delimiter(lines, lambda cells: 0) == ",", "sans en-tête connu, la régularité seule décide"


_cell = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=12)
_grid = st.lists(st.lists(_cell, min_size=2, max_size=5), min_size=1, max_size=6)


@given(grid=_grid, delimiter=st.sampled_from(DELIMITERS), end=st.sampled_from(["\n", "\r\n"]))
def test_csv_round_trip_with_physical_lines(grid: list[list[str]], delimiter: str, end: str) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    starts = []
    for row in grid:
        text = written.getvalue().replace("\r\n", "\n").replace("\r", "\n")
        starts.append(text.count("\n") + 1)
        writer.writerow(row)
    lines = io.StringIO(written.getvalue(), newline="")
    assert list(split_rows(Path("x.csv"), lines, delimiter)) == list(zip(starts, grid, strict=True))
