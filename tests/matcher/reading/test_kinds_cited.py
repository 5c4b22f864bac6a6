"""Kinds cited: a family named beside kinds of another counts as well, and the kinds of one family stand for it."""

from pathlib import Path

import pytest

from matcher.domain.reading import Lot
from matcher.reading.kinds_cited import kinds_cited, said_kinds
from matcher.reading.reader import read

VEGETABLES = Path(__file__).parents[2] / "fixtures/notices/legumes.txt"


@pytest.mark.parametrize(
    ("objet", "said"),
    [
        ("Lot réservé aux SIAE et aux entreprises adaptées (L2113-14). Entretien des espaces verts", ("EA", "SIAE")),
        (VEGETABLES.read_text(encoding="utf-8"), ("EA", "ESAT", "SIAE")),
        ("Nettoyage de bureaux, marché L2113-12 confié à un ESAT", ("ESAT",)),
        ("Espaces verts, article L2113-14 : entreprises d’insertion ou équivalentes", ("EI", "EA", "ESAT")),
        ("Nettoyage de bureaux confié à un ESAT", ("ESAT",)),
        ("Lot réservé, articles L2113-14 : nettoyage de bureaux", ()),
    ],
)
def test_a_family_that_the_article_admits_is_cited_beside_the_kinds_of_another(
    objet: str, said: tuple[str, ...]
) -> None:
    assert said_kinds(read(Lot(objet))) == said


def test_a_family_cited_holds_all_its_kinds() -> None:
    reading = read(Lot("Lot réservé aux SIAE et aux entreprises adaptées (L2113-14). Entretien des espaces verts"))
    assert kinds_cited(reading) == {"EA", "EI", "ACI", "AI", "ETTI", "EITI"}
