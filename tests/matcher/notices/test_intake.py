"""Notices come in once, in parts, and their lots are compared with the catalogue; what is bad is said and stops nothing."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from importers.importer import Claim, RefusedRow, Source
from importers.notices.importer import NoticeItem, PlaceWritten
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.steward.privacy import opt_out
from matcher.catalogue.store.read import load_suppliers
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.leaving import LEAVING
from matcher.db import open_database, reading
from matcher.domain.match import Band
from matcher.domain.notice import LotState
from matcher.notices.intake import NO_REFERENCE, take_notice_files
from matcher.notices.listing import lots_table
from matcher.notices.pairing import pair_lots
from matcher.notices.report import NoticeOutcome, NoticesReport
from matcher.notices.store import (
    KeptLot,
    LotFilter,
    lots,
    lots_of_supplier,
    suppliers_of_lot,
    taken_notices,
)
from matcher.notices.tables import LotMatchRow, NoticeRow
from matcher.render.document import MarkedText
from matcher.rows import table_of
from tests.conftest import ROOT
from tests.factories import importer as directory
from tests.factories import raw, siret
from tests.matcher.notices.killed import TOLD
from tests.matcher.notices.written import FOLDER, NOW, importer, lot, notice, won

ONE = siret(1)


def take(engine: Engine, *items: NoticeItem, dry_run: bool = False) -> NoticesReport:
    return take_notice_files(engine, importer(*items), [Path(__file__)], now=NOW, dry_run=dry_run)


def kept(engine: Engine, chosen: LotFilter = LotFilter()) -> list[KeptLot]:  # noqa: B008  # frozen
    with reading(engine) as connection:
        return lots(connection, chosen)


def gardeners(engine: Engine) -> None:
    """A catalogue of one supplier, of green spaces at Maubeuge."""
    record = raw("1", siret=ONE, claims=(Claim("libre", "Entretien des espaces verts"),))
    run_import(engine, directory([record]), [Source(Path(__file__))], now=NOW)


def test_a_lot_comes_in_is_read_and_finds_who_may_answer(engine: Engine) -> None:
    gardeners(engine)
    report = take(engine, notice())
    assert (report.understood, report.lots, report.matched) == (1, 1, 1)
    (one,) = kept(engine, LotFilter(open_at=NOW, trade="espaces-verts", departements=frozenset({"59"})))
    assert (one.connu, one.credible, one.state, one.notice.buyer_name) == (1, 1, LotState.CALLED, "Ville imaginaire")
    with reading(engine) as connection:
        (mine,) = lots_of_supplier(connection, f"siret:{ONE}", LotFilter(open_at=NOW))
    assert (mine.lot.id, mine.band, mine.place) == (one.id, Band.CONNU, 1)


def test_a_lot_that_does_not_tell_its_trade_takes_that_of_its_notice(engine: Engine) -> None:
    gardeners(engine)
    lots_of_it = lot("1", "Secteur Ouest", cpv=()), lot("2", "Nettoyage des locaux", cpv=())
    take(engine, notice("26-1", *lots_of_it))
    one, two = kept(engine)
    assert (one.connu, one.published.title) == (1, "Secteur Ouest")
    assert two.activities == ("proprete.locaux",)
    assert take(engine, notice("26-1", *lots_of_it)).lots == 0


def test_a_trade_that_is_only_guessed_is_marked_wherever_the_lot_is_listed(engine: Engine) -> None:
    gardeners(engine)
    whole = "Accord-cadre pour la fourniture de décorations de Noël"
    motifs = (
        lot(str(number), title=title, cpv=()) for number, title in enumerate(("Petit motif 3D", "Secteur nord"), 1)
    )
    take(engine, notice("26-1", *motifs, title=whole))
    take(engine, notice("26-2", lot("1", title="Secteur nord", cpv=()), folder="F2", title="Nettoyage des locaux"))
    *unsure, clean = sorted(kept(engine), key=lambda one: one.id)
    assert all(one.published.trade_unsure and one.trade_doubt for one in unsure)
    assert (clean.activities, clean.trade_doubt) == (("proprete.locaux",), "")
    assert {one.trade_doubt for one in unsure if not one.activities} <= {"métier non compris"}
    assert all(one.trade_doubt.startswith("à confirmer") for one in unsure if one.activities)
    table = lots_table(unsure, NOW.replace(tzinfo=UTC))
    at = [column.label for column in table.columns].index("Métiers")
    assert all(isinstance(row.cells[at], MarkedText) for row in table.rows)


def test_open_lots_are_compared_again_where_the_catalogue_has_changed(engine: Engine) -> None:
    take(engine, notice(), notice("26-9", lot(awarded="1"), nature="ATTRIBUTION"))
    gardeners(engine)
    assert [one.connu for one in kept(engine)] == [0, 0]
    assert pair_lots(engine, load_shelf(engine), now=NOW) == 0
    assert [pair_lots(engine, load_shelf(engine), now=NOW, again=True) for _ in range(2)] == [1, 0]
    assert sorted(one.connu or 0 for one in kept(engine)) == [0, 1]


def test_who_may_answer_is_kept_while_a_lot_is_open(engine: Engine) -> None:
    gardeners(engine)
    take(engine, notice())
    (one,) = kept(engine)
    with reading(engine) as connection:
        assert [its.supplier_id for its in suppliers_of_lot(connection, one.id)] == [f"siret:{ONE}"]
    pair_lots(engine, load_shelf(engine), now=NOW + timedelta(days=60))
    with reading(engine) as connection:
        assert suppliers_of_lot(connection, one.id) == []


def test_a_deadline_already_past_is_told_to_nobody(engine: Engine) -> None:
    gardeners(engine)
    take(engine, notice("26-1", lot("1", deadline="2019-03-01T12:00:00+01:00")))
    (one,) = kept(engine)
    assert one.published.deadline is not None
    assert one.published.deadline.at.year == 2019
    assert kept(engine, LotFilter(open_at=NOW)) == []
    with reading(engine) as connection:
        assert suppliers_of_lot(connection, one.id) == []


def test_who_leaves_the_catalogue_leaves_the_lots(engine: Engine) -> None:
    gardeners(engine)
    take(engine, notice())
    opt_out(engine, ONE, author="Léa", motive="courriel", now=NOW, leaving=LEAVING)
    with reading(engine) as connection:
        assert lots_of_supplier(connection, f"siret:{ONE}", LotFilter()) == []


def test_the_same_file_twice_changes_nothing(engine: Engine) -> None:
    take(engine, notice("26-1"), notice("26-2", lot("1"), lot("2")))
    before = kept(engine)
    report = take(engine, notice("26-1"), notice("26-2", lot("1"), lot("2")))
    assert report.as_dict() | {"read": 2, "unchanged": 2, "lots": 0, "matched": 0} == report.as_dict()
    assert kept(engine) == before


def test_one_bad_notice_stops_no_other_and_each_is_counted(engine: Engine) -> None:
    doubtful = notice(
        "26-2", lot(cpv=("CDL", "09091000"), deadline="2026-12-15T24:00"), unread=("donnees.X",), shape="MAPA"
    )
    report = take(engine, RefusedRow(1, "illisible"), notice(" "), notice("26-1"), doubtful, doubtful)
    figures = report.as_dict()
    assert (figures["read"], figures["understood"], figures["doubtful"], figures["refused"]) == (5, 1, 2, 2)
    assert {one["reason"] for one in figures["reasons"]} == {"illisible", NO_REFERENCE}
    assert figures["unread"] == {"MAPA": {"donnees.X": 2}}
    assert "Code CPV « CDL » illisible : il n’est pas utilisé." in report.doubts


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_notices_of_one_contract_join_whatever_comes_first_and_the_lot_keeps_its_number(
    engine: Engine, order: tuple[int, ...]
) -> None:
    told = [
        notice("26-1"),
        notice("26-2", nature="RECTIFICATIF", earlier=("26-1",), published="2026-11-22", deadline="2026-12-30T12:00Z", lots=()),
        notice("26-3", nature="ANNULATION", earlier=("26-2",), published="2026-11-24", lots=()),
    ]  # fmt: skip
    for rank in order:
        take(engine, told[rank])
    (one,) = kept(engine)
    assert (one.state, one.contract, one.notice.ref) == (LotState.CANCELLED, "boamp:26-1", "26-3")
    assert one.published.deadline is not None
    assert one.published.deadline.at.day == 30
    assert kept(engine, LotFilter(open_at=NOW)) == []


def test_a_lot_keeps_its_number_through_corrections(engine: Engine) -> None:
    take(engine, notice("a-01", folder=FOLDER))
    (before,) = kept(engine)
    take(
        engine, notice("a-02", lot(amount="80000"), nature="cn-standard/cor-buy", folder=FOLDER, published="2026-11-26")
    )
    (after,) = kept(engine)
    assert (after.id, after.amount, after.notice.ref) == (before.id, 80000, "a-02")


def test_who_won_is_remembered_as_any_award_is(engine: Engine) -> None:
    gardeners(engine)
    award = notice(
        "26-9", lot(awarded="48000", currency="EUR", awarded_on="2026-10-01", winners=won(ONE)), nature="ATTRIBUTION"
    )
    report = take(engine, award, notice("26-1"))
    assert report.awards == 1
    (supplier,) = load_suppliers(engine)
    assert [its.amount for its in supplier.references] == [48000]


def test_an_import_that_is_cut_keeps_its_parts_and_is_taken_up(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.notices.intake.PART", 2)
    told = [notice(f"26-{number}") for number in range(1, 6)]

    def read(_path: Path) -> Iterator[NoticeItem]:
        yield from told[:3]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_notice_files(engine, replace(importer(), read=read), [Path(__file__)], now=NOW)
    assert len(kept(engine)) == 2
    report = take(engine, *told)
    assert (report.outcomes[NoticeOutcome.UNCHANGED], report.outcomes[NoticeOutcome.NEW], report.matched) == (2, 3, 5)
    assert {one.contract for one in kept(engine)} == {f"boamp:{one.source_ref}" for one in told}


@pytest.mark.slow(reason="it kills a process that imports")
def test_an_import_that_is_killed_is_as_its_last_part_left_it_and_is_taken_up(new_url: str) -> None:
    engine = open_database(new_url)
    done = subprocess.run([sys.executable, "-m", "tests.matcher.notices.killed", new_url], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    with reading(engine) as connection:
        assert taken_notices(connection)["boamp"].number == 2
    assert [one.contract for one in kept(engine)] == ["boamp:26-1", "boamp:26-2"]
    report = take(engine, *TOLD)
    assert (report.outcomes[NoticeOutcome.UNCHANGED], report.outcomes[NoticeOutcome.NEW], report.matched) == (2, 3, 5)
    assert len(kept(engine)) == len(TOLD)
    engine.dispose()


def test_the_sign_that_no_database_may_hold_is_taken_out(engine: Engine) -> None:
    bad = notice(
        "26-\0",
        lot(title="Tonte\0", places=(PlaceWritten(code="59600", code_type="\0"),), duration="1", duration_unit="\0"),
        url="\0",
    )
    report = take(engine, bad, RefusedRow(2, "illisible : \0"))
    assert "\0" not in repr(report.as_dict())
    assert r"\x00" not in repr((report.as_dict(), kept(engine)))
    assert report.matched == 1


def test_a_trial_writes_nothing(engine: Engine) -> None:
    report = take(engine, notice(), dry_run=True)
    assert (report.lots, report.matched) == (1, 0)
    with reading(engine) as connection:
        for row in (NoticeRow, LotMatchRow):
            assert connection.execute(select(func.count()).select_from(table_of(row))).scalar() == 0
