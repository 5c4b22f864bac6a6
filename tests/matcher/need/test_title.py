"""What a need is called: the object that a notice says, whatever is pasted with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.need.title import LONGEST_TITLE, cut, object_of, title_of
from tests.conftest import ROOT

FOLDER = ROOT / "tests/fixtures/notices"


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("nettoyage", "Nettoyage des locaux et de la vitrerie du collège"),
        ("espaces_verts", "Entretien des espaces verts des zones d’activités"),
        ("html_archives", "Reconditionnement, dépoussiérage et numérisation"),
        ("dechets", "Collecte, tri et valorisation des papiers"),
        ("legumes", "Le marché porte sur la fourniture"),
    ],
)
def test_a_notice_is_called_by_its_object_without_its_heading(name: str, begins: str) -> None:
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert title_of(text).startswith(begins)
    assert len(title_of(text)) <= LONGEST_TITLE < len(text)
    assert object_of(text).startswith(title_of(text).removesuffix(" …"))


def test_a_need_of_a_line_is_its_own_title() -> None:
    assert title_of("Objet :  nettoyage\nde bureaux") == "Objet : nettoyage de bureaux"


@given(st.text(max_size=900), st.integers(10, 200))
def test_a_title_is_one_line_no_longer_than_asked(text: str, longest: int) -> None:
    told = cut(object_of(text), longest)
    assert len(told) <= longest
    assert "\n" not in told
