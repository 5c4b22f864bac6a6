"""Notices dropped on the import page are tried, then imported by the work that takes directories, once whoever takes it up."""

import io

import pytest
from sqlalchemy import Engine

from matcher.catalogue.intake.deposits import Deposit, Deposits, DepositState, import_work
from matcher.db import reading
from matcher.jobs.worker import Worker
from matcher.jobs.works import WorkStore
from matcher.notices.dropped_files import DROPPED
from matcher.notices.store import LotFilter, lots, taken_notices
from tests.conftest import ROOT
from tests.waiting import LONGEST_S

pytestmark = pytest.mark.usefixtures("read_here")

FIXTURES = ROOT / "tests" / "fixtures"


@pytest.fixture
def worker(engine: Engine) -> Worker:
    return Worker(WorkStore(engine), [import_work(DROPPED)])


def settled(worker: Worker, key: str) -> Deposit:
    """A deposit once the worker has done what it can."""
    worker.wait(LONGEST_S)
    deposit = Deposits(worker.works).get(key)
    assert deposit is not None
    return deposit


def test_notices_are_tried_then_imported_and_known_the_second_time(engine: Engine, worker: Worker) -> None:
    kept, content = Deposits(worker.works), (FIXTURES / "boamp" / "boamp.json").read_bytes()
    first = kept.drop("export.json", io.BytesIO(content))
    ready = settled(worker, first.key)
    assert (ready.stand, ready.source) == (DepositState.READY, "boamp"), ready.message
    assert ready.report["new"] == ready.report["read"] - ready.report["refused"] > 0
    with reading(engine) as connection:
        assert taken_notices(connection) == {}
    kept.confirm(first.key)
    done = settled(worker, first.key)
    assert (done.stand, done.report["new"]) == (DepositState.DONE, ready.report["new"])
    with reading(engine) as connection:
        assert taken_notices(connection)["boamp"].number == ready.report["new"]
        assert len(lots(connection, LotFilter())) == done.report["lots"]
    again = settled(worker, kept.drop("export.json", io.BytesIO(content)).key)
    assert (again.report["new"], again.report["unchanged"]) == (0, ready.report["new"])


def test_what_was_taken_for_something_else_is_read_as_one_says(worker: Worker) -> None:
    kept = Deposits(worker.works)
    bad = kept.drop("avis.xml", io.BytesIO((FIXTURES / "eforms" / "INVALID_cn_24_stage-1.xml").read_bytes()))
    assert "se lit sous « eforms »" in settled(worker, bad.key).message
    kept.again(bad.key, "eforms", complete=True, listing="x")
    read = settled(worker, bad.key)
    assert (read.stand, read.report["refused"]) == (DepositState.READY, 1)
    assert "sans identifiant" in read.report["reasons"][0]["reason"]
