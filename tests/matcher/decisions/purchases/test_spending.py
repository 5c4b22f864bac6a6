"""What was spent: sure names are inclusive, a doubt counts apart, so does the tax; parts add up, in whatever order."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from matcher.catalogue.identity.recogniser import Recogniser
from matcher.catalogue.store.recognition import load_recogniser
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.decisions.purchases.sheet import UnderstoodCell, UnderstoodColumn
from matcher.decisions.purchases.spending import (
    KnownSupplier,
    Spending,
    Tax,
    amount_of,
    read_spending,
    spending_headline,
    take_snapshot,
)
from matcher.jobs.resume import KeptAnswers
from matcher.ranking.shelf.shelf import Shelf
from tests.matcher.decisions.purchases.test_line import entry

TODAY = date(2026, 11, 25)
OTHER = "55208131766522"  # of no one in the sample


@pytest.fixture(scope="module")
def engine(built: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{built.as_posix()}")
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def shelf(engine: Engine) -> Shelf:
    return load_shelf(engine)


@pytest.fixture(scope="module")
def recogniser(engine: Engine) -> Recogniser:
    return load_recogniser(engine)


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
        {"siret": OTHER, "montant": "31", "objet": "Prestations à définir", "lieu": "Maubeuge"},
        {"siret": "abc", "montant": "3"},
    ]


def test_a_siret_of_a_wrong_key_is_said(shelf: Shelf, recogniser: Recogniser) -> None:
    wrong = f"{OTHER[:-1]}{(int(OTHER[-1]) + 1) % 10}"
    found = read_spending([entry(siret=wrong, montant="10 HT")], shelf, recogniser)
    assert "sa clé ne tombe pas juste" in str(found)


def seen(
    shelf: Shelf, recogniser: Recogniser, given: list[dict[str, str]], place: str = "", path: Path | None = None
) -> Spending:
    with KeptAnswers(path, "w") as kept:
        told = [{**fields, "montant": _net(fields.get("montant", ""))} for fields in given]
        found = read_spending([entry(**fields) for fields in told], shelf, recogniser)
        return take_snapshot(shelf, found, place, TODAY, kept, lambda *_: None)


def _net(written: str) -> str:
    """An amount of a test, before tax where it says nothing of it."""
    return f"{written} HT" if written and "TTC" not in written else written


@pytest.mark.parametrize(
    ("written", "times", "euros", "tax", "doubt"),
    [
        ("-120,50 € HT", 1, -120.5, Tax.BEFORE, ""),
        ("(40)", 1000, -40_000, Tax.UNSAID, ""),
        ("0", 1, 0, Tax.UNSAID, ""),
        ("NC", 1, None, Tax.UNSAID, ""),
        ("environ", 1, None, Tax.UNSAID, "« environ » n’est pas utilisé"),
        ("40 000 € TTC", 1, 40_000, Tax.INCLUDED, ""),
    ],
)
def test_an_amount_spent_may_be_a_credit(written: str, times: float, euros: float | None, tax: Tax, doubt: str) -> None:
    doubts: list[str] = []
    assert amount_of(UnderstoodCell(written, UnderstoodColumn("montant", times), "Montant"), doubts) == (euros, tax)
    assert doubt in " ".join(doubts)
    assert bool(doubt) == bool(doubts)


def test_a_supplier_is_inclusive_where_it_is_surely_recognised(shelf: Shelf, recogniser: Recogniser) -> None:
    found = seen(shelf, recogniser, lines(shelf))
    assert [its.standing for its in found.lines] == [
        *(KnownSupplier.INCLUSIVE, KnownSupplier.INCLUSIVE, KnownSupplier.TO_CONFIRM, KnownSupplier.TO_CONFIRM),
        *(KnownSupplier.ABSENT,) * 4,
        KnownSupplier.UNREAD,
    ]
    inclusive, confirm, absent, unread = found.by_standing
    assert (inclusive.suppliers, inclusive.lines, inclusive.amounts[Tax.BEFORE]) == (1, 2, 799.9)
    assert (confirm.lines, confirm.amounts[Tax.BEFORE]) == (2, 120)
    assert (absent.suppliers, absent.lines, absent.amounts[Tax.BEFORE], absent.unknown) == (1, 4, 10_061, 1)
    assert (unread.lines, unread.suppliers) == (1, 0)
    assert "n’est ni un SIRET ni un SIREN" in found.lines[-1].doubts[0]
    (shares,) = found.shares
    whole = found.whole.amounts[Tax.BEFORE]
    assert [shares.sure, shares.to_settle, shares.at_most] == pytest.approx(
        [799.9 / whole, 919.9 / whole, 922.9 / whole]
    )


def test_a_name_and_its_town_count_and_every_spelling_is_one_supplier(shelf: Shelf, recogniser: Recogniser) -> None:
    card = shelf.suppliers[shelf.find(known(shelf)) or 0]
    spelt = ({"siret": card.siret}, {"fournisseur": card.name.lower(), "lieu": card.city.upper()})
    found = seen(shelf, recogniser, [{**its, "montant": "5"} for its in spelt])
    assert (found.by_standing[0].lines, found.by_standing[0].suppliers) == (2, 1)
    assert found.share_of_suppliers == 1


@pytest.mark.parametrize("name", ["DIVERS", "Fournisseurs divers", "SUMUP *LE BISTROT", "PayPal"])
def test_who_is_nobody_is_unread_not_absent_unless_its_number_is_given(
    shelf: Shelf, recogniser: Recogniser, name: str
) -> None:
    given = [{"fournisseur": name, "montant": "10"}, {"fournisseur": name, "siret": OTHER, "montant": "5"}]
    found = seen(shelf, recogniser, [*given, {"fournisseur": "M. DUPONT JEAN", "montant": "5"}])
    assert [its.standing for its in found.lines] == [KnownSupplier.UNREAD, KnownSupplier.ABSENT, KnownSupplier.ABSENT]
    assert found.lines[0].doubts == (f"« {name} » ne dit pas de quel fournisseur il s’agit : donnez son SIRET.",)
    assert (found.whole.suppliers, found.shares[0].at_most) == (2, 0.5)


def test_amounts_with_and_without_tax_are_never_added_up(shelf: Shelf, recogniser: Recogniser) -> None:
    siret = known(shelf)
    given_lines = [
        {"siret": siret, "montant": "120 € TTC"},
        {"siret": OTHER, "montant": "360 € TTC"},
        {"siret": OTHER, "montant": "10"},
    ]
    found = seen(shelf, recogniser, given_lines)
    assert found.whole.amounts == {Tax.BEFORE: 10, Tax.INCLUDED: 480, Tax.UNSAID: 0}
    assert {shares.tax: shares.sure for shares in found.shares} == {Tax.BEFORE: 0, Tax.INCLUDED: 0.25}
    assert "sur 480\N{NO-BREAK SPACE}€ TTC" in spending_headline(found)[0].replace("\u202f", "")


def test_years_and_services_split_the_lines_where_a_column_tells_them(shelf: Shelf, recogniser: Recogniser) -> None:
    siret = known(shelf)
    given_lines = [
        {"siret": siret, "montant": "10", "annee": "2024", "acheteur": "Voirie"},
        {"siret": OTHER, "montant": "30", "date": "05/02/2024"},
        {"siret": siret, "montant": "5", "annee": "2025", "acheteur": "Voirie"},
    ]
    found = seen(shelf, recogniser, given_lines)
    assert [(label, its.shares[0].sure) for label, its in found.by_year] == [("2024", 0.25), ("2025", 1)]
    assert [(label, its.whole.lines) for label, its in found.by_service] == [("Voirie", 2), ("service non connu", 1)]
    assert seen(shelf, recogniser, given_lines[:1]).by_year
    assert not seen(shelf, recogniser, [{"siret": siret}]).by_year


def test_every_way_to_count_adds_up(shelf: Shelf, recogniser: Recogniser) -> None:
    found = seen(shelf, recogniser, lines(shelf))
    for parts, whole in (
        (found.by_standing, found.whole),
        (found.by_family, found.by_standing[0]),
        (found.by_kind, found.by_standing[0]),
    ):
        assert sum(part.lines for part in parts) == whole.lines
        assert sum(part.unknown for part in parts) == whole.unknown
        for tax in Tax:
            assert sum(part.amounts[tax] for part in parts) == pytest.approx(whole.amounts[tax])


def test_a_similar_supplier_is_said_where_what_was_bought_and_where_are_known(
    shelf: Shelf, recogniser: Recogniser
) -> None:
    found = seen(shelf, recogniser, lines(shelf))
    assert set(found.similar) == {4, 6}  # the others have no place, or no trade that is understood
    assert found.similar[4].credible > 0
    assert all(one.km is not None for one in found.similar[4].first)
    assert [its.amount for its, _ in found.alternatives] == [10_000, 30]
    assert set(seen(shelf, recogniser, lines(shelf), "Maubeuge").similar) == {4, 5, 6}


@pytest.mark.slow(reason="it reads the same purchases in several orders")
@given(st.permutations(range(9)))
def test_the_order_of_the_lines_changes_no_figure(shelf: Shelf, recogniser: Recogniser, order: list[int]) -> None:
    given_lines = lines(shelf)
    usual, other = (
        seen(shelf, recogniser, given_lines),
        seen(shelf, recogniser, [given_lines[index] for index in order]),
    )
    for figures in ("whole", "by_standing", "by_family", "by_kind"):
        assert getattr(usual, figures) == getattr(other, figures)
    assert spending_headline(usual) == spending_headline(other)
    assert {order[index]: its for index, its in other.similar.items()} == usual.similar


def test_without_amounts_the_share_is_not_known_rather_than_zero(shelf: Shelf, recogniser: Recogniser) -> None:
    found = seen(shelf, recogniser, [{"siret": known(shelf), "montant": ""}])
    assert found.shares == ()
    assert found.share_of_suppliers == 1
    assert "non connue" in spending_headline(found)[0]
    assert "1 montant non connu" in spending_headline(found)[1]


def test_what_was_found_is_taken_up_after_a_stop(shelf: Shelf, recogniser: Recogniser, tmp_path: Path) -> None:
    path = tmp_path / "w.jsonl"
    first = seen(shelf, recogniser, lines(shelf), path=path)
    written = path.read_bytes()
    assert seen(shelf, recogniser, lines(shelf), path=path).similar == first.similar
    assert path.read_bytes() == written


@pytest.mark.parametrize(
    ("written", "date_written", "year"),
    [
        ("2026", "", "2026"),
        ("Exercice 2026", "", "2026"),
        ("2026.0", "", "2026"),
        ("2025-2026", "", "2025-2026"),
        ("", "15/03/2026", "2026"),
        ("N-1", "15/03/2026", "2026"),
        ("", "", "année non connue"),
    ],
)
def test_a_year_is_read_in_what_its_column_says(
    shelf: Shelf, recogniser: Recogniser, written: str, date_written: str, year: str
) -> None:
    (line,) = read_spending([entry(siret=OTHER, montant="5", annee=written, date=date_written)], shelf, recogniser)
    assert line.year == year
