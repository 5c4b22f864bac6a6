"""Trades that texts tell: a clue is right by trade, or by group alone."""

from datetime import date
from math import isnan
from pathlib import Path

import pytest

from matcher.evaluation import trades
from matcher.evaluation.suites import SuiteLot, winner_ranks
from matcher.evaluation.trades import (
    TABLE,
    found_in_texts,
    lay_needs,
    precision_of_evidence,
    supplier_digest,
    typed_figures,
)
from matcher.need.fields import need_from
from matcher.paths import shipped_path
from matcher.ranking.lay_out import build_shelf
from matcher.reading.reader import read
from matcher.reference.tables import read_rows
from tests.factories import siret, supplier

# Its class is two trades in itself: green spaces, and brush cut down.
ONE = supplier("Blanchisserie du Nord", naf="8130Z")
TODAY = date(2026, 11, 25)
LAUNDRY, OTHER = f"siret:{siret(1)}", f"siret:{siret(2)}"


@pytest.mark.parametrize(
    ("gold", "of_naf"),
    [
        (["espaces-verts.creation-entretien", "espaces-verts.debroussaillage"], (1.0, 1.0)),
        (["espaces-verts.creation-entretien"], (0.5, 1.0)),
        (["espaces-verts.elagage"], (0.0, 1.0)),
        (["espaces-verts"], (1.0, 1.0)),
        (["linge.blanchisserie"], (0.0, 0.0)),
    ],
)
def test_each_kind_of_evidence_has_its_share(gold: list[str], of_naf: tuple[float, float]) -> None:
    found = precision_of_evidence([{"supplier": ONE.id, "activities": gold}], build_shelf([ONE]))
    by_naf = next(its for key, its in found.items() if "NAF" in key and "sûre" in key)
    assert (by_naf["le métier"], by_naf["sa famille"]) == of_naf
    assert by_naf["indices"] == 2


def test_a_supplier_that_the_catalogue_lacks_counts_for_nothing() -> None:
    assert precision_of_evidence([{"supplier": "siret:0", "activities": ["linge"]}], build_shelf([ONE])) == {}


def test_what_is_read_in_texts_is_counted_by_part_by_trade_and_by_family() -> None:
    text = "Nos prestations : blanchisserie, élagage, imprimerie"
    gold = ["linge.blanchisserie", "espaces-verts", "restauration.traiteur"]
    lines = [{"part": "web", "activities": gold, "text": text}, {"part": "directory", "activities": gold, "text": ""}]
    assert found_in_texts(lines) == {
        "web": {
            "fournisseurs": 1,
            "métier, rappel": 2 / 3,
            "métier, justesse": 2 / 3,
            "famille, rappel": 2 / 3,
            "famille, justesse": 2 / 3,
        }
    }


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "realisations.csv"
    head = "moitie;besoin;lieu;fournisseur;fournisseurs;annee;page"
    line = f"Blanchisserie;insee:59350;Le Lavoir;{supplier_digest('siret:ailleurs')} {supplier_digest(LAUNDRY)};2020;https://exemple.fr"
    unknown = f"Tonte;insee:59350;Nulle Part;{supplier_digest('siret:inconnu')};;https://exemple.fr"
    path.write_text("\n".join((head, f"ouverte;{line}", f"gardée;{unknown}")) + "\n", encoding="utf-8")
    monkeypatch.setattr(trades, "shipped_path", lambda name: path)


@pytest.mark.usefixtures("table")
def test_a_need_is_kept_where_the_shelf_has_one_of_those_that_the_page_can_mean() -> None:
    shelf = build_shelf([supplier("Autre", id=OTHER), supplier("Le Lavoir", id=LAUNDRY, naf="9601B")])
    halves = lay_needs(shelf, TODAY)
    assert list(halves) == ["ouverte"]
    (its,) = halves["ouverte"]
    assert its.winners == {LAUNDRY}
    assert [place.name for place in its.ask.reading.places] == ["Lille"]
    assert winner_ranks(halves["ouverte"]) == [1]


def test_every_line_of_the_table_is_a_need_in_a_known_place_told_by_a_public_page() -> None:
    rows = read_rows(shipped_path(TABLE))
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


def labelled(objet: str, *asked: list[str]) -> SuiteLot:
    return SuiteLot(need_from({"objet": objet}), {"asked": list(asked)})


def test_a_sure_reading_a_double_and_nothing_are_counted() -> None:
    suite = [
        labelled("Nettoyage des locaux", ["proprete.locaux"]),
        labelled("Nettoyage des locaux", ["linge.pressing"]),
        labelled("Déménagement puis nettoyage des locaux", ["transports.demenagement"], ["proprete.locaux"]),
        labelled("bonjour"),
    ]
    found = typed_figures(suite)
    assert found["métier@1"] == 2 / 3
    assert found["part sûre"] == 1.0
    assert found["juste si sûre"] == 2 / 3
    assert found["les deux d’un double"] == 1.0
    assert found["rien, pas sûre"] == 1.0


def test_a_figure_of_nothing_is_none() -> None:
    assert isnan(typed_figures([labelled("bonjour")])["métier@1"])
