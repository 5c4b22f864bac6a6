"""The year of an organisation on a real database: each source counted apart, once, and nothing of anybody else's."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.accounts.organisations import UNNAMED, OrganisationProfile, create_organisation
from matcher.catalogue.store.recognition import load_recogniser
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.clause.followup import HoursKind
from matcher.decisions.purchases.batch import Studies
from matcher.decisions.purchases.sheet import SPENDING, read_sheet
from matcher.decisions.purchases.spending import SpendingLine, read_spending
from matcher.dossiers.report.answer import ReportAnswer, annual_report, period_of
from matcher.dossiers.report.compute import LedgerRead
from matcher.dossiers.report.document import annual_document
from matcher.dossiers.report.files import annual_object
from matcher.dossiers.report.measures import CountedContracts, award_measures, contract_measures
from matcher.jobs.works import WorkStore
from matcher.notices.intake import take_notice_files
from matcher.notices.undoing import undo_any_import
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from tests.matcher.dossiers.report.year import (
    AT,
    BUYER,
    KNOWN,
    LEDGER,
    MOTIVE,
    OTHER,
    PROFILE,
    WHO,
    contract,
    dossier,
    whole,
)
from tests.matcher.notices.written import importer, lot, notice, won

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def engine(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The invented year, and a contract of another organisation."""
    folder = tmp_path_factory.mktemp("bilan")
    shutil.copyfile(built, folder / "catalogue.sqlite")
    engine = open_database(f"sqlite:///{(folder / 'catalogue.sqlite').as_posix()}")
    whole(engine, folder)
    other = create_organisation(engine, OrganisationProfile("Autre"), author=WHO, now=AT).id
    dossier(engine, "D’une autre", contract("2026-05-01", 7_000_000, ("clause",)), owner=other)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def ledger(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> tuple[SpendingLine, ...]:
    path = tmp_path_factory.mktemp("historique") / "2026.csv"
    path.write_text(LEDGER, encoding="utf-8")
    return read_spending(read_sheet(path, SPENDING, 100).entries, load_shelf(engine), load_recogniser(engine))


def report(
    engine: Engine,
    year: int = 2026,
    years: int = 1,
    ledgers: Sequence[LedgerRead] = (),
    profile: OrganisationProfile = PROFILE,
    owner: OrganisationId = FIRST_ORGANISATION,
) -> ReportAnswer:
    studies = Studies(WorkStore(engine), owner, lambda: TODAY)
    period = period_of(year, years, TODAY)
    return annual_report(engine, owner, profile, load_shelf(engine), studies, period, TODAY, ledgers)


def by_label(measures: Iterable[CountedContracts]) -> dict[str, CountedContracts]:
    return {one.label: one for one in measures}


def test_the_contracts_of_dossiers_are_counted_by_lever_and_what_is_not_said_is_at_least(engine: Engine) -> None:
    its = report(engine).report
    found = by_label(contract_measures(its.contracts).every)
    whole = found["Tous les marchés attribués"]
    assert (whole.count, whole.euros, whole.without) == (3, 400_000, 1), (
        "not that of 2025, nor that of another organisation"
    )
    clause = found["Avec une clause sociale d’exécution"]
    assert (clause.count, clause.untold, clause.euros, clause.share_of_euros) == (1, 1, 100_000, 0.25)
    assert found["dont lot réservé aux SIAE (L2113-13)"].count == 1
    assert found["Réservés"].count == 1
    assert found["Sans aucun levier"].count == 1
    assert its.unnoted == 1
    assert [one.hours for one in its.plans] == [4_000], "the last plan of its title, of a dossier that is signed"
    assert its.hours == {}
    (exemption,) = its.exemptions
    assert (exemption.article, exemption.motive) == ("L2112-2-1, II, 1°", MOTIVE)


def test_the_hours_are_those_of_the_months_of_the_period_and_none_where_nobody_notes_any(engine: Engine) -> None:
    its = report(engine, 2025)
    planned, done = its.report.hours[HoursKind.PLANNED], its.report.hours[HoursKind.DONE]
    assert (planned.hours, planned.dossiers, HoursKind.PLACED in its.report.hours) == (200, 1, False)
    assert (done.hours, done.by_modality) == (100.5, {"etti": 80, "soustraitance-aci": 20.5})
    table = next(one for one in annual_document(its).tables if one.title == "Heures d’insertion")
    assert [row.cells[:2] for row in table.rows][1:] == [
        ("Heures prévues en 2025", 200),
        ("Heures faites en 2025", 100.5),
        ("dont Sous-traitance ou cotraitance avec un ACI", 20.5),
        ("dont Intérim d’insertion (ETTI, EATT)", 80),
    ]
    assert annual_object(its)["hours"]["planned_by_month"]["hours"] == 200
    by_contract = next(one for one in annual_document(its).tables if one.title == "Heures d’insertion, par contrat")
    assert [row.cells[1:] for row in by_contract.rows] == [
        (
            "CA de Valbrune",
            "Travaux, heures suivies",
            "Intérim d’insertion (ETTI, EATT)",
            "public non dit",
            200,
            "",
            80,
        ),
        (
            "CA de Valbrune",
            "Travaux, heures suivies",
            "Sous-traitance ou cotraitance avec un ACI",
            "public non dit",
            "",
            "",
            20.5,
        ),
    ]
    assert [one["done"] for one in annual_object(its)["hours"]["by_contract"]] == [80, 20.5]


def test_the_public_data_count_a_contract_once_however_many_won_it(engine: Engine) -> None:
    its = report(engine).report
    assert its.awards is not None
    found = by_label(award_measures(its.awards).every)
    assert (found["Tous les marchés publiés"].count, found["Tous les marchés publiés"].euros) == (4, 400_000)
    assert found["Avec une considération sociale déclarée"].share == 0.5
    assert (found["dont marché réservé"].euros, found["dont clause sociale"].euros) == (60_000, 200_000)
    assert found["Gagnés par une structure du catalogue"].count == 2
    assert its.undated == 1
    unknown = report(engine, profile=OrganisationProfile(UNNAMED))
    assert unknown.report.awards is None, "unknown, not none"
    told = annual_document(unknown)
    assert any("SIRET de l’organisation n’est pas donné" in said for said in told.remarks)
    assert told.title == "2026", "a name that nobody chose is not printed"


def test_a_ledger_that_is_read_twice_counts_once_and_says_what_it_lacks(
    engine: Engine, ledger: tuple[SpendingLine, ...]
) -> None:
    once = report(engine, ledgers=[LedgerRead("2026.csv", TODAY, ledger)])
    found = once.report.ledger
    assert [line.amount for line in found.spending.lines] == [1_000, 1_000, 3_000, None], (
        "two like lines of one file are two"
    )
    assert found.spending.shares[0].sure == 0.4
    assert (found.undated, found.repeated) == (1, 0)
    part = LedgerRead("mars.csv", TODAY, ledger[:2])
    twice = report(engine, ledgers=[part, *once.ledgers, LedgerRead("copie.xlsx", TODAY, ledger)])
    assert twice.report.ledger.spending == found.spending
    assert twice.report.ledger.repeated == 2 + len(ledger)
    missing = {(one["source"], one["what"]): (one["count"], one["of"]) for one in annual_object(twice)["missing"]}
    assert missing["Historique", "déjà dans un autre historique : comptées une fois"] == (8, 14)
    assert missing["Historique", "montant non connu"] == (1, 4), "dollars are no euros"
    assert missing["Dossiers", "leviers du marché non dits"] == (1, 3)


def test_two_years_are_told_year_by_year(engine: Engine) -> None:
    document = annual_document(report(engine, years=2))
    (table,) = (one for one in document.tables if one.title == "Année par année")
    counts = {(row.cells[0], row.cells[1], row.cells[2]): row.cells[3] for row in table.rows}
    assert counts["2025", "Tous les marchés attribués", "vos dossiers"] == 1
    assert counts["2026", "Tous les marchés publiés", "DECP"] == 4
    assert document.answer.startswith("2025 et 2026 : 4 marchés notés")


def test_a_year_with_nothing_says_so_and_has_no_table_of_zeros(engine: Engine) -> None:
    document = annual_document(report(engine, 2014))
    assert document.answer.startswith("Rien à compter pour 2014")
    assert [one.title for one in document.tables if one.rows] == ["Ce qui manque", "D’où viennent ces chiffres"]


@pytest.mark.parametrize(("year", "years"), [(2027, 1), (1999, 1), (2026, 3)])
def test_a_period_that_cannot_be_is_refused(year: int, years: int) -> None:
    with pytest.raises(DecisionRefused):
        period_of(year, years, TODAY)


def test_the_buyer_is_that_of_its_number(engine: Engine) -> None:
    establishment = OrganisationProfile("Un autre service", siret=BUYER[:9] + "99999")
    awards = report(engine, profile=establishment).report.awards
    assert awards is not None
    assert len(awards) == 4


def test_a_contract_that_a_notice_tells_too_counts_once_and_one_that_may_be_is_said(engine: Engine) -> None:
    before = report(engine)
    told = [
        notice(
            "26-1", lot(awarded="60000", awarded_on="2026-01-10", winners=won(KNOWN)), nature="ATTRIBUTION", buyer=BUYER
        ),
        notice("26-2", lot(awarded_on="2026-03-20", winners=won(OTHER)), nature="ATTRIBUTION", buyer=BUYER),
    ]
    now = AT.replace(tzinfo=None)
    run = take_notice_files(engine, importer(*told), [Path(__file__)], now=now).run
    found = report(engine)
    undo_any_import(engine, run, now=now)
    assert (len(before.report.awards or ()), len(found.report.awards or ())) == (4, 5)
    assert found.report.award_sources == {"decp": 4, "boamp": 2}
    document = annual_document(found)
    assert "5 marchés publiés (DECP et BOAMP ; 1 peut-être dit deux fois)" in document.answer
    (detail,) = (one for one in document.tables if one.title == "Détail, marchés publiés")
    said = {row.cells[0]: row.cells[6] for row in detail.rows}
    assert said == {
        **dict.fromkeys("234", "DECP"),
        "1": "DECP et BOAMP",
        "26-2": "BOAMP, peut-être le même qu’un autre, dit par une autre source",
    }
    public = annual_object(found)["public_data"]
    assert (public["sources"], public["perhaps_twice"]) == ({"decp": 4, "boamp": 2}, 1)
