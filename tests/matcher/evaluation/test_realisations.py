"""Who was seen working for whom: the table, and how a shelf answers it."""

from datetime import date
from pathlib import Path

import pytest

from matcher.evaluation import realisations
from matcher.evaluation.realisations import TABLE, digest, told
from matcher.evaluation.suites import winner_ranks
from matcher.need.fields import need_from
from matcher.paths import shipped
from matcher.ranking.lay_out import build_shelf
from matcher.reading.reader import read
from matcher.reference.tables import read_rows
from tests.factories import siret, supplier

TODAY = date(2026, 11, 25)
LAUNDRY, OTHER = f"siret:{siret(1)}", f"siret:{siret(2)}"


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "realisations.csv"
    head = "moitie;besoin;lieu;fournisseur;fournisseurs;annee;page"
    line = f"Blanchisserie;insee:59350;Le Lavoir;{digest('siret:ailleurs')} {digest(LAUNDRY)};2020;https://exemple.fr"
    unknown = f"Tonte;insee:59350;Nulle Part;{digest('siret:inconnu')};;https://exemple.fr"
    path.write_text("\n".join((head, f"ouverte;{line}", f"gardée;{unknown}")) + "\n", encoding="utf-8")
    monkeypatch.setattr(realisations, "shipped", lambda name: path)


@pytest.mark.usefixtures("table")
def test_a_need_is_kept_where_the_shelf_has_one_of_those_that_the_page_can_mean() -> None:
    shelf = build_shelf([supplier("Autre", id=OTHER), supplier("Le Lavoir", id=LAUNDRY, naf="9601B")])
    halves = told(shelf, TODAY)
    assert list(halves) == ["ouverte"]
    (its,) = halves["ouverte"]
    assert its.winners == {LAUNDRY}
    assert [place.name for place in its.ask.reading.places] == ["Lille"]
    assert winner_ranks(halves["ouverte"]) == [1]


def test_every_line_of_the_table_is_a_need_in_a_known_place_told_by_a_public_page() -> None:
    rows = read_rows(shipped(TABLE))
    assert len(rows) > 150
    assert len({(row["fournisseurs"], row["lieu"]) for row in rows}) == len(rows)
    of: dict[str, set[str]] = {}
    for row in rows:
        reading = read(need_from({"objet": row["besoin"], "lieu": row["lieu"]}).lot)
        assert reading.places, row
        assert row["page"].startswith(("http://", "https://"))
        assert row["fournisseur"].lower() not in row["besoin"].lower()
        for its in row["fournisseurs"].split():
            of.setdefault(its, set()).add(row["moitie"])
    assert all(len(halves) == 1 for halves in of.values()), "a supplier of both halves"
