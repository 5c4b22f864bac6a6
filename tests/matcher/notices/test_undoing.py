"""An import of notices is taken back exactly: the notices, their contracts and their lots are as before it."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from importers.importer import Claim, Source
from importers.notices.importer import NoticeItem
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.undo import UndoRefused, past_imports
from matcher.catalogue.store.read import catalogue_version, load_suppliers
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import reading
from matcher.domain.notice import LotState, ReservedFor
from matcher.dossiers.store import catalogue_date
from matcher.notices.confirming import confirm_family
from matcher.notices.intake import take_notice_files
from matcher.notices.report import NoticesReport
from matcher.notices.store import KeptLot, LotFilter, lots, notices_of
from matcher.notices.tables import NoticeBeforeRow, NoticeRow
from matcher.notices.undoing import undo_any_import
from matcher.rows import table_of
from tests.engines import dump
from tests.factories import importer as directory
from tests.factories import raw, siret
from tests.matcher.notices.written import NOW, importer, lot, notice, won


def take(engine: Engine, *items: NoticeItem, key: str = "boamp", dry_run: bool = False) -> NoticesReport:
    return take_notice_files(engine, importer(*items, key=key), [Path(__file__)], now=NOW, dry_run=dry_run)


def kept(engine: Engine) -> list[KeptLot]:
    with reading(engine) as connection:
        return lots(connection, LotFilter())


def state(engine: Engine) -> list[tuple[object, ...]]:
    return [row for row in dump(engine, numbers=True) if row[0] not in {"meta", "import_run"}]


def test_what_an_import_brought_leaves_and_what_it_changed_is_as_before(engine: Engine) -> None:
    first = take(engine, notice("26-1"), notice("26-2", lot("1"), lot("2")), notice("26-3"))
    before = state(engine)
    corrected = notice("26-9", nature="RECTIFICATIF", earlier=("26-1",), deadline="2026-12-30T12:00Z", lots=())
    told = take(engine, corrected, notice("26-2", lot("1", amount="90000"), lot("2")), notice("26-3"), notice("26-4"))
    assert state(engine) != before
    undone = undo_any_import(engine, told.run, now=NOW)
    assert (undone.notices, undone.removed, undone.sentence.rpartition(", ")[2]) == (3, 0, "3 avis retirés ou rendus")
    assert state(engine) == before
    assert undo_any_import(engine, first.run, now=NOW).notices == 3
    assert [row for row in state(engine) if row[0] in {"notice", "notice_before", "published_lot", "lot_match"}] == []


def test_notices_that_an_import_joined_to_another_contract_are_of_their_own_again(engine: Engine) -> None:
    # Without a title, which would be a lot of its own until its call is known.
    ended = notice("26-3", nature="ANNULATION", earlier=("26-2",), published="2026-11-24", title="", lots=())
    take(engine, ended, notice("26-1"))
    before = state(engine)
    told = take(engine, notice("26-2", nature="RECTIFICATIF", earlier=("26-1",), published="2026-11-22", lots=()))
    assert [one.state for one in kept(engine)] == [LotState.CANCELLED]
    assert undo_any_import(engine, told.run, now=NOW).notices == 2
    assert state(engine) == before


def test_a_notice_that_an_import_read_twice_is_as_before_it(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.notices.intake.PART", 1)
    take(engine, notice("26-1"))
    before = state(engine)
    told = take(
        engine,
        notice("26-1", lot(amount="1")),
        notice("26-1", lot(amount="2")),
        notice("26-2"),
        notice("26-2", title="Autre"),
    )
    assert undo_any_import(engine, told.run, now=NOW).notices == 2
    assert state(engine) == before


def test_who_won_goes_with_the_notice_that_told_it(engine: Engine) -> None:
    record = raw("1", siret=siret(1), claims=(Claim("libre", "Entretien des espaces verts"),))
    run_import(engine, directory([record]), [Source(Path(__file__))], now=NOW)
    told = take(engine, notice("26-9", lot(awarded="48000", winners=won(siret(1))), nature="ATTRIBUTION"))
    assert [run.counts.get("awards", 0) for run in past_imports(engine)] == [1, 0], "one line for notices and awards"
    assert len(load_suppliers(engine)[0].references) == 1
    undone = undo_any_import(engine, told.run, now=NOW)
    assert (undone.removed, undone.notices, undone.version) == (1, 1, catalogue_version(engine))
    assert load_suppliers(engine)[0].references == ()
    assert kept(engine) == []


def test_later_notices_of_the_same_source_are_taken_back_first(engine: Engine) -> None:
    first, second = take(engine, notice("26-1")).run, take(engine, notice("26-1"), notice("26-2")).run
    take(engine, notice("a-1"), key="eforms")
    before = state(engine)
    with pytest.raises(
        UndoRefused, match=r"1 import plus récent a relu les avis .*undo-import 2, puis .*1$"
    ) as refused:
        undo_any_import(engine, first, now=NOW)
    assert refused.value.first == (second,)
    assert state(engine) == before
    for run in (second, first):
        undo_any_import(engine, run, now=NOW)
    with pytest.raises(UndoRefused, match="déjà été défait"):
        undo_any_import(engine, first, now=NOW)
    assert [one.notice.ref for one in kept(engine)] == ["a-1"]


def test_a_file_sent_again_unchanged_does_not_hold_the_first(engine: Engine) -> None:
    run_import(engine, directory([raw("1", siret=siret(1))]), [Source(Path(__file__))], now=NOW)
    its = notice("26-9", lot(awarded="48000", winners=won(siret(1))), nature="ATTRIBUTION")
    first, again = take(engine, its), take(engine, its)
    assert (again.counts["new"], again.counts["changed"], again.counts["unchanged"]) == (0, 0, 1)
    assert undo_any_import(engine, first.run, now=NOW).notices == 1
    assert kept(engine) == []


def test_what_the_team_says_of_a_lot_is_kept_and_holds_again_when_it_comes_back(engine: Engine) -> None:
    doubtful = notice("26-1", lot(reserved="res-ws"))
    told = take(engine, doubtful)
    confirm_family(engine, load_shelf(engine), kept(engine)[0], ReservedFor.INSERTION, "Léa", NOW)
    undo_any_import(engine, told.run, now=NOW)
    assert kept(engine) == []
    take(engine, doubtful)
    assert [one.published.reserved for one in kept(engine)] == [ReservedFor.INSERTION]


def test_the_number_of_a_lot_that_left_is_never_another_s(engine: Engine) -> None:
    told = take(engine, notice("26-1"))
    (gone,) = kept(engine)
    undo_any_import(engine, told.run, now=NOW)
    take(engine, notice("26-2"))
    (other,) = kept(engine)
    assert other.id != gone.id, "a watch or a dossier of the one would be the other's"


def test_an_import_undone_while_it_goes_on_leaves_the_rest_to_another(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.notices.intake.PART", 1)
    undone: list[int] = []

    def stop(_step: str, _done: int, _total: int) -> None:
        if not undone:
            undone.append(past_imports(engine)[0].id)
            undo_any_import(engine, undone[0], now=NOW)

    told = take_notice_files(engine, importer(notice("26-1"), notice("26-2")), [Path(__file__)], now=NOW, progress=stop)
    assert told.run not in (0, *undone)
    assert [one.notice.ref for one in kept(engine)] == ["26-2"]
    undo_any_import(engine, told.run, now=NOW)
    assert kept(engine) == []


def test_the_history_tells_an_import_of_notices(engine: Engine) -> None:
    report = take(engine, notice("26-1"), notice(" "), notice("26-2", published="2026-11-21"))
    (run,) = past_imports(engine)
    assert run.counts == {"read": 3, "notices": 2, "new": 2, "changed": 0, "unchanged": 0, "refused": 1, "awards": 0}
    assert (run.id, run.source, run.file_name, str(run.data_date)) == (
        report.run,
        "boamp",
        "test_undoing.py",
        "2026-11-21",
    )
    assert len(run.sha256) == 64
    assert catalogue_date(engine) is None, "notices tell of no supplier"
    assert (take(engine, notice("26-3"), dry_run=True).run, len(past_imports(engine))) == (0, 1)
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(table_of(NoticeBeforeRow))).scalar() == 2
        assert connection.execute(select(func.count()).select_from(table_of(NoticeRow))).scalar() == 2
        assert notices_of(connection, "boamp:26-3") == []


def test_the_history_names_the_first_files_of_many(engine: Engine, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.xml" for number in range(77)]
    for file in files:
        file.touch()
    take_notice_files(engine, importer(notice("26-1")), files, now=NOW)
    take_notice_files(engine, importer(notice("26-1")), files[:4], now=NOW)
    assert [run.file_name for run in past_imports(engine)] == [
        "0.xml, 1.xml, 2.xml, 3.xml",
        "0.xml, 1.xml, 2.xml et 74 autres",
    ]


def test_a_file_that_is_gone_stops_no_other(engine: Engine, tmp_path: Path) -> None:
    report = take_notice_files(engine, importer(notice("26-1")), [Path(__file__), tmp_path / "parti"], now=NOW)
    assert (report.matched, len(kept(engine)), past_imports(engine)[0].sha256) == (1, 1, "")
