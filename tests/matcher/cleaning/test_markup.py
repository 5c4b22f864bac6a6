"""A text pasted from a web page, and one that only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.markup import LONGEST, is_cut, plain_text


@pytest.mark.parametrize(
    "text",
    [
        "Surface < 100 m² et > 20 m²",
        "Zone <S> de la <ZAC>",
        "délai <6 mois",
        "R&D, <<urgent>>",
        "Entretien  des\n espaces",
        "&nbsp;",
        "",
        "<" * 10_000,
    ],
)
def test_a_plain_text_stays_as_it_was_typed(text: str) -> None:
    assert plain_text(text) == text


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (
            "<p>Entretien <span>des</span> <b>espaces</b>&nbsp;verts<br>Lot 2 : tonte</p>",
            "Entretien des espaces verts\nLot 2 : tonte",
        ),
        ("<style>p { color: red }</style><script>if (a < b) c();</script><p>Tonte</p>", "Tonte"),
        ("<p>Montant &lt; 90 000 € et < 10 lots</p>", "Montant < 90 000 € et < 10 lots"),
        ("<nav><a>Peinture</a></nav><div class='navbar-nav x'>Traiteur</div><p>Tonte</p>", "Tonte"),
        ("<div class='menu-du-jour'>Repas</div><div class='no-menu'><p>Tonte</p></div>", "Tonte"),
        ("<table><tr><td>Lot</td><td>Tonte</td></tr></table>", "Lot\nTonte"),
        ("<!-- peinture --><P>Tonte</P>", "Tonte"),
    ],
)
def test_of_a_page_only_what_a_person_reads_is_kept(page: str, said: str) -> None:
    assert plain_text(page) == said


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<b", "<script>", "</style>", "<nav>", "<!--", "&lt;", "<", ">", "é ", "tonte ", "\x00"]
        )
    )
)
def test_any_text_gives_a_text(pieces: list[str]) -> None:
    assert isinstance(plain_text("".join(pieces)), str)


@pytest.mark.parametrize("tag", ["<div>", "<ul><li>x", "<nav>"])
def test_a_page_is_read_up_to_where_its_elements_lie_too_deep(tag: str) -> None:
    assert plain_text("<p>Tonte</p>" + tag * 20_000 + "<p>Peinture</p>").startswith("Tonte")
    assert "Peinture" not in plain_text("<p>Tonte</p>" + tag * 20_000 + "<p>Peinture</p>")
    assert is_cut("<p>Tonte</p>" + tag * 20_000 + "<p>Peinture</p>")


def test_a_page_that_is_not_read_to_its_end_tells_it() -> None:
    assert is_cut("<p>Tonte</p>" * LONGEST)
    assert not is_cut("<p>Tonte</p>" * 100)
    assert not is_cut("Tonte. " * LONGEST)


def test_signs_of_windows_that_went_through_as_controls_are_read() -> None:
    assert plain_text("Clause d\x92insertion \x96 Lot\xa01") == "Clause d’insertion – Lot\xa01"
    assert plain_text("Entre\u00adtien des es\u00adpaces verts") == "Entretien des espaces verts"
    assert plain_text("<p>C\x9cur</p>") == "Cœur"
