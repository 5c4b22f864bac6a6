"""What was spent: known by SIRET alone; a doubt counts apart; parts add up; the order of the lines changes nothing."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.decisions.purchases.sheet import UnderstoodCell
from matcher.decisions.purchases.spending import KnownSupplier, Spending, amount_of, headline, photograph, spent
from matcher.jobs.resume import KeptAnswers
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.columns import UnderstoodColumn
from tests.matcher.decisions.purchases.test_line import entry

TODAY = date(2026, 11, 25)
OTHER = "55208131766522"  # of no one in the sample


@pytest.fixture(scope="module")
def shelf(built: Path) -> Iterator[Shelf]:
    engine: Engine = open_database(f"sqlite:///{built.as_posix()}")
    yield load_shelf(engine)
    engine.dispose()


def known(shelf: Shelf) -> str:
    return next(key for key in shelf.ids if key.startswith("siret:")).removeprefix("siret:")


def lines(shelf: Shelf) -> list[dict[str, str]]:
    siret = known(shelf)
    name = shelf.suppliers[shelf.find(siret) or 0].name
    return [
        {"siret": siret, "montant": "1 000"},
        {"siret": siret, "montant": "-200,10"},
        {"siret": f"{siret[:9]}99999", "montant": "50"},
        {"fournisseur": name.upper(), "montant": "70"},
        {"siret": OTHER, "montant": "10 k€", "objet": "Entretien des espaces verts", "lieu": "Maubeuge"},
        {"siret": OTHER, "montant": "", "objet": "Entretien des espaces verts"},
        {"siret": OTHER, "montant": "30", "naf": "81.30Z", "lieu": "Maubeuge"},
        {"siret": OTHER, "montant": "31", "objet": "Prestations diverses", "lieu": "Maubeuge"},
        {"siret": "abc", "montant": "3"},
    ]


def seen(shelf: Shelf, given: list[dict[str, str]], place: str = "", path: Path | None = None) -> Spending:
    with KeptAnswers(path, "w") as kept:
        found = spent([entry(**fields) for fields in given], shelf)
        return photograph(shelf, found, place, TODAY, kept, lambda *_: None)


@pytest.mark.parametrize(
    ("written", "times", "euros", "doubt"),
    [
        ("-120,50 €", 1, -120.5, ""),
        ("(40)", 1000, -40_000, ""),
        ("0", 1, 0, ""),
        ("NC", 1, None, ""),
        ("environ", 1, None, "« environ » n’est pas utilisé"),
        ("40 000 € TTC", 1, 40_000, "taxe comprise"),
    ],
)
def test_an_amount_spent_may_be_a_credit(written: str, times: float, euros: float | None, doubt: str) -> None:
    doubts: list[str] = []
    assert amount_of(UnderstoodCell(written, UnderstoodColumn("montant", times), "Montant"), doubts) == euros
    assert doubt in " ".join(doubts)
    assert bool(doubt) == bool(doubts)


def test_a_supplier_is_inclusive_by_its_siret_alone(shelf: Shelf) -> None:
    found = seen(shelf, lines(shelf))
    assert [its.standing for its in found.lines] == [
        *(KnownSupplier.INCLUSIVE, KnownSupplier.INCLUSIVE, KnownSupplier.TO_CONFIRM, KnownSupplier.TO_CONFIRM),
        *(KnownSupplier.ABSENT,) * 4,
        KnownSupplier.UNREAD,
    ]
    inclusive, confirm, absent, unread = found.by_standing
    assert (inclusive.suppliers, inclusive.lines, inclusive.amount) == (1, 2, 799.9)
    assert (confirm.lines, confirm.amount) == (2, 120)
    assert (absent.suppliers, absent.lines, absent.amount, absent.unknown) == (1, 4, 10_061, 1)
    assert (unread.lines, unread.suppliers) == (1, 0)
    assert "n’est ni un SIRET ni un SIREN" in found.lines[-1].doubts[0]
    assert found.share_of_amount == pytest.approx(799.9 / found.whole.amount)


def test_every_way_to_count_adds_up(shelf: Shelf) -> None:
    found = seen(shelf, lines(shelf))
    for parts, whole in (
        (found.by_standing, found.whole),
        (found.by_family, found.by_standing[0]),
        (found.by_kind, found.by_standing[0]),
    ):
        assert sum(part.lines for part in parts) == whole.lines
        assert sum(part.unknown for part in parts) == whole.unknown
        assert sum(part.amount for part in parts) == pytest.approx(whole.amount)


def test_a_similar_supplier_is_said_where_what_was_bought_and_where_are_known(shelf: Shelf) -> None:
    found = seen(shelf, lines(shelf))
    assert set(found.similar) == {4, 6}  # the others have no place, or no trade that is understood
    assert found.similar[4].credible > 0
    assert all(one.km is not None for one in found.similar[4].first)
    assert [its.amount for its, _ in found.alternatives] == [10_000, 30]
    assert set(seen(shelf, lines(shelf), "Maubeuge").similar) == {4, 5, 6}


@pytest.mark.slow(reason="it reads the same purchases in several orders")
@given(st.permutations(range(9)))
def test_the_order_of_the_lines_changes_no_figure(shelf: Shelf, order: list[int]) -> None:
    given_lines = lines(shelf)
    usual, other = seen(shelf, given_lines), seen(shelf, [given_lines[index] for index in order])
    for figures in ("whole", "by_standing", "by_family", "by_kind"):
        assert getattr(usual, figures) == getattr(other, figures)
    assert headline(usual) == headline(other)
    assert {order[index]: its for index, its in other.similar.items()} == usual.similar


def test_without_amounts_the_share_is_not_known_rather_than_zero(shelf: Shelf) -> None:
    found = seen(shelf, [{"siret": known(shelf), "montant": ""}])
    assert found.share_of_amount is None
    assert found.share_of_suppliers == 1
    assert "non connue" in headline(found)[0]
    assert "1 montant non connu" in headline(found)[1]


def test_what_was_found_is_taken_up_after_a_stop(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "w.jsonl"
    first = seen(shelf, lines(shelf), path=path)
    written = path.read_bytes()
    assert seen(shelf, lines(shelf), path=path).similar == first.similar
    assert path.read_bytes() == written
