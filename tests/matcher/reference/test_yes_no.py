import pytest

from matcher.cleaning.words import flat
from matcher.reference.tables import rows
from matcher.reference.yes_no import YES_NO_UNREADABLE, clean_ended, clean_yes_no


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        (("Oui", "x", " VRAI ", "1", "✔", "En  cours"), True),
        (("non", "N", "FAUX", "0", "Terminée"), False),
        (("", "n/c", "?", "#N/D"), None),
    ],
)
def test_an_answer_is_read_as_people_write_it(cells: tuple[str, ...], answer: bool | None) -> None:
    assert {clean_yes_no(cell) for cell in cells} == {(answer, "")}


@pytest.mark.parametrize("raw", ["à voir", "2", "oui mais non", "31/12/2026"])
def test_what_is_neither_is_a_doubt(raw: str) -> None:
    assert clean_yes_no(raw) == (None, YES_NO_UNREADABLE)


def test_the_table_is_written_as_cells_are_compared() -> None:
    table = rows("oui_non")
    assert all(row["ecrit"] == flat(row["ecrit"]) and row["sens"] in ("oui", "non") for row in table)
    assert len({row["ecrit"] for row in table}) == len(table)


@pytest.mark.parametrize(
    ("cells", "works"),
    [(("oui", "x", "Fermée", "fermé 2024", "cessé en mars"), False), (("non", "En cours"), True), (("", "?"), None)],
)
def test_the_answer_to_who_works_no_more_is_turned_round(cells: tuple[str, ...], works: bool | None) -> None:
    assert {clean_ended(cell) for cell in cells} == {(works, "")}
    assert clean_ended("à voir") == (None, YES_NO_UNREADABLE)
