"""The table of works: asked for, taken in turn, told, ended once, forgotten."""

import io
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from matcher.db import reading
from matcher.jobs.files import KeptFile, opened_file
from matcher.jobs.stop import Stopped
from matcher.jobs.tables import WorkFileRow, WorkStepRow
from matcher.jobs.works import MOST_TRIES, DroppedFile, Work, WorkState, WorkStore
from matcher.rows import table_of

AT = datetime(2026, 11, 25, 9)  # noqa: DTZ001  # as the database keeps it
KINDS = {"a", "b"}


@pytest.fixture
def works(engine: Engine) -> WorkStore:
    return WorkStore(engine, lambda: AT)


def claimed(works: WorkStore, holder: str = "un", **stalled: int) -> Work:
    work = works.claim(KINDS, set(), holder, {int(name[1:]): lease for name, lease in stalled.items()})
    assert work is not None
    return work


def known(works: WorkStore, key: str) -> Work:
    work = works.get(None, key)
    assert work is not None
    return work


def test_a_work_is_asked_taken_told_and_ended(works: WorkStore) -> None:
    woken: list[int] = []
    works.wake = lambda: woken.append(1)
    asked = works.put(None, "a", {"lieu": "Maubeuge"}, "Léa")
    assert (asked.state, asked.asked, asked.person, asked.since) == (WorkState.WAITING, {"lieu": "Maubeuge"}, "Léa", AT)
    assert (woken, works.waits()) == ([1], True)
    work = claimed(works)
    assert (work.key, work.state, works.waits()) == (asked.key, WorkState.WORKING, False)
    assert works.claim(KINDS, set(), "deux", {}) is None
    assert works.beat(work, "un", ("lecture", 3, 9), {"ligne:1": ["x"]})
    told = known(works, work.key)
    assert (told.step, told.done, told.total, told.going) == ("lecture", 3, 9, True)
    works.end(work, "un", result={"dit": "fait"})
    ended = known(works, work.key)
    assert (ended.state, ended.result, ended.going) == (WorkState.DONE, {"dit": "fait"}, False)
    assert works.steps(work) == {"ligne:1": ["x"]}
    assert works.take(None, work.key) == ended
    assert works.get(None, work.key) is None
    assert works.take(None, work.key) is None


def test_who_has_lost_the_lease_writes_nothing(works: WorkStore) -> None:
    works.put(None, "a", {})
    first = claimed(works)
    assert works.claim(KINDS, set(), "deux", {first.id: 0}) is None, "it has moved since"
    (lease,) = works.leases().values()
    second = works.claim(KINDS, set(), "deux", {first.id: lease})
    assert second is not None
    assert not works.beat(first, "un", ("", 0, 0), {"ligne:1": "perdue"})
    with pytest.raises(Stopped):
        works.end(first, "un", result={"par": "un"})
    assert works.beat(second, "deux", ("", 0, 0), {})
    works.end(second, "deux", result={"par": "deux"})
    with pytest.raises(Stopped):
        works.end(second, "deux", result={"par": "deux, encore"})
    assert (known(works, first.key).result, works.steps(first)) == ({"par": "deux"}, {})


def test_a_step_that_was_kept_twice_is_kept_once(works: WorkStore) -> None:
    works.put(None, "a", {})
    work = claimed(works)
    for value in ("un", "deux"):
        assert works.beat(work, "un", ("", 0, 0), {"ligne": value})
    assert works.steps(work) == {"ligne": "deux"}


def test_persons_take_turns_and_each_has_one_at_a_time(works: WorkStore) -> None:
    names = ("Léa 1", "Léa 2", "Léa 3", "Ali 1", "Zoé 1", "Zoé 2")
    keys = {works.put(None, "a", {}, name[:3]).key: name for name in names}
    before = {keys[work.key]: work.before for work in works.of(None, "a")}
    assert before == {"Léa 1": 0, "Ali 1": 1, "Zoé 1": 2, "Léa 2": 3, "Zoé 2": 4, "Léa 3": 5}
    taken = [keys[claimed(works).key] for _ in range(3)]
    assert taken == ["Léa 1", "Ali 1", "Zoé 1"]
    assert works.claim(KINDS, set(), "un", {}) is None
    ali, zoe, lea = (next(key for key, name in keys.items() if name == one) for one in ("Ali 1", "Zoé 1", "Léa 1"))
    for key in (ali, zoe, lea):
        works.end(known(works, key), "un")
    assert [keys[claimed(works).key] for _ in range(2)] == ["Léa 2", "Zoé 2"]


def test_those_alone_go_one_at_a_time(works: WorkStore) -> None:
    keys = [works.put(None, kind, {}, person).key for kind, person in (("a", "Léa"), ("a", "Ali"), ("b", "Zoé"))]
    alone = {"a"}
    taken = [works.claim(KINDS, alone, "un", {}) for _ in range(3)]
    assert [work and work.key for work in taken] == [keys[0], keys[2], None]
    works.end(known(works, keys[0]), "un")
    last = works.claim(KINDS, alone, "deux", {})
    assert last is not None
    assert last.key == keys[1]
    assert works.claim({"inconnu"}, set(), "trois", {}) is None


def test_what_kills_its_workers_is_given_up_and_the_others_go_on(works: WorkStore) -> None:
    bad, good = works.put(None, "a", {}), works.put(None, "a", {})
    for _ in range(MOST_TRIES):
        assert claimed(works, **{f"_{work}": lease for work, lease in works.leases().items()}).id == bad.id
    assert claimed(works, **{f"_{work}": lease for work, lease in works.leases().items()}).id == good.id
    ended = known(works, bad.key)
    assert ended.state is WorkState.REFUSED
    assert f"{MOST_TRIES} fois" in ended.refusal


def test_a_worker_that_stops_puts_its_works_back_in_line(works: WorkStore) -> None:
    mine, other = works.put(None, "a", {}, "Léa"), works.put(None, "a", {}, "Ali")
    claimed(works, "un")
    claimed(works, "deux")
    works.release("un")
    assert (known(works, mine.key).state, known(works, other.key).state) == (WorkState.WAITING, WorkState.WORKING)


def test_a_form_sent_twice_is_one_work(works: WorkStore) -> None:
    first, second = (works.put(None, "a", {"fois": time}, key="x" * 16) for time in (1, 2))
    assert (first.id, second.asked) == (second.id, {"fois": 1})


def test_what_ended_is_done_anew_on_what_is_asked_now(works: WorkStore) -> None:
    key = works.put(None, "a", {"fois": 1}, files={"fichier": DroppedFile("a.csv", io.BytesIO(b"x"))}).key
    assert not works.again(None, key, {"fois": 2})
    work = claimed(works)
    works.beat(work, "un", ("", 0, 0), {"feuille": 1, "ligne:1": 2})
    works.end(work, "un", refusal="Non.")
    assert works.again(None, key, {"fois": 2}, "Ali", keep=lambda name: name == "feuille")
    again = known(works, key)
    assert (again.state, again.asked["fois"], again.person, again.refusal) == (WorkState.WAITING, 2, "Ali", "")
    assert again.files == {"fichier": KeptFile("a.csv", 1)}
    assert works.steps(again) == {"feuille": 1}
    assert not works.again(None, "absente", {})


def test_forgetting_a_work_leaves_nothing_of_it(works: WorkStore, engine: Engine) -> None:
    key = works.put(None, "a", {}, files={"fichier": DroppedFile("a.csv", io.BytesIO(b"x"))}).key
    work = claimed(works)
    works.beat(work, "un", ("", 0, 0), {"ligne": 1})
    assert not works.forget(None, key, unless=lambda seen: seen.going)
    assert works.forget(None, key)
    assert not works.forget(None, key)
    assert not works.beat(work, "un", ("", 0, 0), {})
    with reading(engine) as connection:
        for row in (WorkFileRow, WorkStepRow):
            assert connection.execute(table_of(row).select()).all() == []


def test_works_that_have_outlived_their_kind_go_with_their_files(engine: Engine) -> None:
    now = [AT]
    works = WorkStore(engine, lambda: now[0])
    old = works.put(None, "a", {}, files={"fichier": DroppedFile("a.csv", io.BytesIO(b"x"))})
    now[0] += timedelta(days=1, seconds=1)
    fresh, other = works.put(None, "a", {}), works.put(None, "b", {})
    now[0] += timedelta(hours=23)
    works.forget_old({"a": 1, "b": 90})
    assert [work.key for work in works.of(None, "a", "b")] == [other.key, fresh.key]
    with reading(engine) as connection:
        assert connection.execute(table_of(WorkFileRow).select()).all() == []
    assert works.get(None, old.key) is None


def test_files_are_given_back_whole_under_their_own_name(works: WorkStore, engine: Engine) -> None:
    content = bytes(range(256)) * 1_000
    files = {"un": DroppedFile("../../Liste é.csv", io.BytesIO(content)), "deux": DroppedFile("", io.BytesIO(b""))}
    work = works.put(None, "a", {}, files=files)
    assert work.files == {"un": KeptFile("Liste é.csv", 256_000), "deux": KeptFile("fichier", 0)}
    for name, expected in (("un", content), ("deux", b"")):
        with opened_file(engine, work.id, work.key, name, work.files[name].name) as path:
            assert (path.name, path.read_bytes()) == (work.files[name].name, expected)
        assert not path.exists()
