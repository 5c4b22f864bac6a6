"""Dossiers on both databases: nothing lost between two writers, nothing kept of those who left."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, event, func, select, text

from matcher.catalogue.steward.backup import back_up, restore
from matcher.catalogue.steward.privacy import forget_value, opt_out, purge
from matcher.db import reading, writing
from matcher.domain.french import moment
from matcher.dossiers.answer_changes import RecordCall, TakeAnswers
from matcher.dossiers.changes import AddLot, Bring, Close, NoteDossier, SetCourse
from matcher.dossiers.dossier import (
    CallOutcome,
    Course,
    Dossier,
    DossierChange,
    DossierHeader,
    Stage,
    State,
    Status,
)
from matcher.dossiers.entry_changes import Consult, NoteEntry, Remove, SetStatus
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.privacy import leave_dossiers, mute_again
from matcher.dossiers.store import (
    DOSSIERS,
    DossierEventRow,
    DossierFilter,
    DossierRow,
    bring,
    catalogue_date,
    change_dossier,
    create_dossier,
    list_dossiers,
    load_dossier,
)
from matcher.dossiers.withdrawn import WITHDRAWN
from matcher.erasure import ERASED
from matcher.journal.change import ChangeRefused, Delete, Restore, replay
from matcher.journal.store import JournalConflict, JournalUnknown
from matcher.ownership import FIRST_ORGANISATION
from matcher.rows import named_tables, table_of
from tests.factories import Take, raw, siret, taking
from tests.matcher.dossiers.kept import AT, HEADER, IDS, SHORTLIST, WHO

OTHER = "B. Modèle"


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Take:
    return taking(engine, tmp_path, AT)


def filled(engine: Engine, header: DossierHeader = HEADER) -> Dossier:
    dossier = create_dossier(engine, FIRST_ORGANISATION, header, author=WHO, now=AT)
    return change_dossier(
        engine,
        FIRST_ORGANISATION,
        dossier.id,
        [AddLot("Berges", freeze(SHORTLIST), IDS[:3], date(2026, 11, 10))],
        version=dossier.version,
        author=WHO,
        now=AT,
    )


def wrote(engine: Engine, dossier: Dossier, *changes: DossierChange, who: str = WHO, now: datetime = AT) -> Dossier:
    return change_dossier(engine, FIRST_ORGANISATION, dossier.id, changes, version=dossier.version, author=who, now=now)


def test_a_dossier_is_read_as_it_was_written(engine: Engine) -> None:
    dossier = filled(engine)
    written = wrote(engine, dossier, NoteEntry(1, IDS[0], "équipe libre"), SetStatus(1, IDS[1], Status.CONTACTED))
    assert load_dossier(engine, FIRST_ORGANISATION, dossier.id) == written
    assert replay(Dossier(written.id), written.journal) == written
    with reading(engine) as connection:
        row = connection.execute(select(table_of(DossierRow))).mappings().one()
    assert dict(row) == {"id": dossier.id, "organisation_id": FIRST_ORGANISATION, **DOSSIERS.row(written)}
    with pytest.raises(JournalUnknown, match="pas de dossier 99"):
        load_dossier(engine, FIRST_ORGANISATION, 99)
    with pytest.raises(JournalUnknown):
        change_dossier(engine, FIRST_ORGANISATION, 99, [NoteDossier("x")], version=1, author=WHO, now=AT)


def test_changes_are_made_all_or_none(engine: Engine) -> None:
    dossier = filled(engine)
    with pytest.raises(ChangeRefused):
        wrote(engine, dossier, NoteDossier("x"), Remove(1, IDS[0], ""))
    assert load_dossier(engine, FIRST_ORGANISATION, dossier.id) == dossier
    assert wrote(engine, dossier) == dossier
    with pytest.raises(ChangeRefused, match="titre"):
        create_dossier(engine, FIRST_ORGANISATION, DossierHeader(" "), author=WHO, now=AT)
    past = DossierHeader("Berges", deadline=AT.date() - timedelta(days=1))
    with pytest.raises(ChangeRefused, match="est passé"):
        create_dossier(engine, FIRST_ORGANISATION, past, author=WHO, now=AT)
    assert len(list_dossiers(engine, FIRST_ORGANISATION, DossierFilter())) == 1


def test_a_second_writer_gets_both_versions_and_nothing_is_lost(engine: Engine) -> None:
    dossier = filled(engine)
    later = AT + timedelta(hours=20, minutes=33)
    theirs = wrote(engine, dossier, SetStatus(1, IDS[0], Status.NOT_INTERESTED), who=OTHER, now=later)
    with pytest.raises(JournalConflict) as refused:
        wrote(engine, dossier, NoteEntry(1, IDS[0], "ma note"))
    conflict = refused.value
    assert conflict.current == theirs == load_dossier(engine, FIRST_ORGANISATION, dossier.id)
    assert [event.who for event in conflict.missed] == [OTHER]
    assert conflict.mine.lot(1).entries[0].note == "ma note"
    assert conflict.mine.lot(1).entries[0].status is Status.TO_CONTACT
    for said in (OTHER, moment(later), "« pas intéressé » pour Atelier A", "version 3", "1 changement"):
        assert said in str(conflict)
    again = wrote(engine, conflict.current, *(event.change for event in conflict.mine.journal[2:]))
    assert (again.lot(1).entries[0].note, again.lot(1).entries[0].status) == ("ma note", Status.NOT_INTERESTED)
    with pytest.raises(JournalConflict):
        change_dossier(engine, FIRST_ORGANISATION, dossier.id, [NoteDossier("x")], version=99, author=WHO, now=AT)


def test_of_many_writers_at_once_one_wins_and_the_others_are_told(engine: Engine) -> None:
    dossier = filled(engine)
    barrier, ended = Barrier(4), []

    def write(name: str) -> None:
        barrier.wait()
        try:
            wrote(engine, dossier, NoteDossier(name), who=name)
            ended.append("écrit")
        except JournalConflict:
            ended.append("conflit")

    threads = [Thread(target=write, args=(f"P{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["conflit", "conflit", "conflit", "écrit"]
    assert load_dossier(engine, FIRST_ORGANISATION, dossier.id).version == dossier.version + 1


def test_the_list_filters_by_buyer_territory_state_and_date(engine: Engine) -> None:
    first = filled(engine)
    second = create_dossier(
        engine,
        FIRST_ORGANISATION,
        DossierHeader("Ménage", "Hôpital d’Évreux", territory="Eure"),
        author=WHO,
        now=AT + timedelta(days=30),
    )
    wrote(engine, second, Close("sans suite"), now=AT + timedelta(days=31))
    wrote(engine, first, Consult(1, IDS[:2], "s", "t"), now=AT + timedelta(days=40))

    def ids(**wanted: object) -> list[int]:
        return [line.id for line in list_dossiers(engine, FIRST_ORGANISATION, DossierFilter(**wanted))]  # type: ignore[arg-type]

    assert ids() == [first.id, second.id], "the last changed first"
    assert ids(buyer="evreux") == ids(territory="EURE") == ids(state=State.CLOSED) == [second.id]
    assert ids(buyer=siret(900)) == ids(state=State.OPEN) == [first.id]
    assert ids(since=date(2026, 12, 16)) == [second.id]
    assert ids(until=date(2026, 11, 16)) == [first.id]
    assert ids(since=date(2026, 11, 16), until=date(2026, 12, 16)) == [first.id, second.id]
    assert ids(buyer="personne") == []
    line = list_dossiers(engine, FIRST_ORGANISATION, DossierFilter(buyer="valbrune"))[0]
    assert (line.number, line.lots, line.suppliers) == ("2026-0001", 1, 3)
    assert line.statuses == {"contacté": 2, "à contacter": 1}


def test_the_list_filters_by_stage_follower_deadline_and_text(engine: Engine) -> None:
    filled(engine)
    followed = filled(engine, replace(HEADER, title="Linge", reference="2026-LINGE"))
    course = Course(Stage.TENDER, date(2027, 1, 22), "Zoé Exemple", "Publier l’avis", date(2026, 12, 1))
    change_dossier(engine, FIRST_ORGANISATION, followed.id, [SetCourse(course)], version=None, author=WHO, now=AT)

    def found(**wanted: object) -> list[int]:
        return [line.id for line in list_dossiers(engine, FIRST_ORGANISATION, DossierFilter(**wanted))]  # type: ignore[arg-type]

    assert found(stage=Stage.TENDER) == [followed.id]
    assert found(stage=Stage.NEED) == []
    assert found(follower="zoe") == [followed.id]
    assert found(due_by=date(2027, 1, 22)) == [followed.id]
    assert found(due_by=date(2027, 1, 21)) == []
    for words in ("linge", "publier", followed.number, "exemple", "avesnois"):
        assert followed.id in found(text=words), words
    assert list_dossiers(engine, FIRST_ORGANISATION, DossierFilter(follower="zoe"))[0].course == course


def test_a_dossier_kept_before_there_was_a_course_has_none(engine: Engine) -> None:
    dossier = filled(engine)
    with writing(engine) as connection:
        connection.execute(table_of(DossierRow).update().values(summary={"lots": 1, "statuses": {}}))
    assert [line.course for line in list_dossiers(engine, FIRST_ORGANISATION, DossierFilter())] == [Course()]
    assert load_dossier(engine, FIRST_ORGANISATION, dossier.id).course == Course()


def test_a_deleted_dossier_leaves_the_list_and_comes_back(engine: Engine) -> None:
    dossier = wrote(engine, filled(engine), Delete("doublon"))
    assert list_dossiers(engine, FIRST_ORGANISATION, DossierFilter()) == []
    assert [line.id for line in list_dossiers(engine, FIRST_ORGANISATION, DossierFilter(deleted=True))] == [dossier.id]
    restored = wrote(engine, load_dossier(engine, FIRST_ORGANISATION, dossier.id), Restore())
    assert [line.id for line in list_dossiers(engine, FIRST_ORGANISATION, DossierFilter())] == [dossier.id]
    assert restored.lots == dossier.lots


def test_a_journal_read_elsewhere_makes_a_new_dossier(engine: Engine) -> None:
    dossier = wrote(engine, filled(engine), NoteDossier("note"))
    twin = bring(engine, FIRST_ORGANISATION, dossier.journal, [Bring(dossier.number)], author=OTHER, now=AT)
    assert (twin.id, twin.lots, twin.note) == (dossier.id + 1, dossier.lots, "note")
    assert load_dossier(engine, FIRST_ORGANISATION, twin.id) == twin
    with pytest.raises(ChangeRefused):
        bring(engine, FIRST_ORGANISATION, dossier.journal[1:], [], author=OTHER, now=AT)


def test_a_journal_read_elsewhere_knows_no_correction_of_this_catalogue_nor_what_was_agreed_there(
    engine: Engine,
) -> None:
    dossier = filled(engine)
    key = dossier.lot(1).entries[0].match.id
    call = RecordCall(1, key, CallOutcome.INTERESTED, AT.date(), "k", answers={"zone": "30 km"}, shared=("zone",))
    dossier = wrote(engine, dossier, call, TakeAnswers(1, key, 7))
    twin = bring(engine, FIRST_ORGANISATION, dossier.journal, [], author=OTHER, now=AT).entry(1, key)
    assert dossier.entry(1, key).corrections == (7,)
    assert (twin.corrections, twin.call and twin.call.shared, twin.taken) == ((), (), {"zone": "30 km"})


def test_a_supplier_that_leaves_is_forgotten_in_every_dossier_and_stays_counted(engine: Engine, take: Take) -> None:
    take(raw("1", name="Atelier A", siret=siret(1)), raw("2", name="Atelier B", siret=siret(2)))
    dossier = wrote(engine, filled(engine), NoteEntry(1, IDS[0], "note secrète"), Remove(1, IDS[0], "raison secrète"))
    untouched = create_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=AT)
    opt_out(engine, siret(1), author="Léa", motive="courriel", now=AT, leaving=[leave_dossiers])
    after = load_dossier(engine, FIRST_ORGANISATION, dossier.id)
    assert after.version == dossier.version + 1
    assert after.journal[-1].who == "Léa"
    assert after.lot(1).removed[0].entry.withdrawn
    assert [match.name for match in after.lot(1).frozen.matches][:2] == [WITHDRAWN, "Atelier B"]
    with reading(engine) as connection:
        rows = connection.execute(select(table_of(DossierEventRow).c.data)).scalars().all()
    stored = json.dumps(rows, ensure_ascii=False)
    assert "Atelier A" not in stored
    assert "secrète" not in stored
    assert "Atelier B" in stored
    assert load_dossier(engine, FIRST_ORGANISATION, untouched.id) == untouched
    twin = bring(engine, FIRST_ORGANISATION, dossier.journal, [], author=OTHER, now=AT)
    assert twin.lot(1).frozen.matches[0].name == WITHDRAWN, "nor does an old file bring it back"


def test_a_supplier_that_left_by_another_road_is_never_shown(engine: Engine, take: Take) -> None:
    take(raw("1", name="Atelier A", siret=siret(1)))
    dossier = filled(engine)
    opt_out(engine, siret(1), author="Léa", motive="", now=AT)
    assert load_dossier(engine, FIRST_ORGANISATION, dossier.id).lot(1).entries[0].withdrawn


def test_what_an_earlier_version_left_of_a_supplier_that_is_gone_is_purged(engine: Engine, take: Take) -> None:
    take(raw("1", name="Atelier A", siret=siret(1)))
    dossier = wrote(engine, filled(engine), NoteEntry(1, IDS[0], "note secrète"))
    opt_out(engine, siret(1), author="Léa", motive="", now=AT)

    def held() -> str:
        with reading(engine) as connection:
            rows = connection.execute(select(table_of(DossierEventRow).c.data)).scalars().all()
        return json.dumps(rows, ensure_ascii=False)

    assert "secrète" in held()
    shown = load_dossier(engine, FIRST_ORGANISATION, dossier.id)
    assert purge(engine, before=AT.date(), now=AT, muting=mute_again).texts == 1
    assert "secrète" not in held()
    assert load_dossier(engine, FIRST_ORGANISATION, dossier.id) == shown
    assert purge(engine, before=AT.date(), now=AT, muting=mute_again).texts == 0


def test_a_person_is_forgotten_in_every_dossier(engine: Engine) -> None:
    header = replace(HEADER, title="Jeanne Martin")
    dossier = filled(engine, header)
    dossier = wrote(
        engine,
        dossier,
        NoteEntry(1, IDS[0], "vu Jeanne Martin le 3"),
        Remove(1, IDS[1], "Martin Jeanne"),
        who="Jeanne Martin",
    )
    dry = forget_value(engine, "Jeanne Martin", now=AT, dry_run=True)
    assert load_dossier(engine, FIRST_ORGANISATION, dossier.id) == dossier
    done = forget_value(engine, "Jeanne Martin", now=AT)
    assert done.texts == dry.texts == 4, "three lines, and the title that the list repeats"
    after = load_dossier(engine, FIRST_ORGANISATION, dossier.id)
    assert after.lot(1).entries[0].note == "vu le 3"
    assert (after.lot(1).removed[0].reason, after.header.title, after.journal[-1].who) == (ERASED, ERASED, ERASED)
    assert list_dossiers(engine, FIRST_ORGANISATION, DossierFilter())[0].header.title == ERASED
    assert replay(Dossier(after.id), after.journal) == after
    twin = bring(engine, FIRST_ORGANISATION, dossier.journal, [], author=OTHER, now=AT)
    assert (twin.lots, twin.header) == (after.lots, after.header), "nor does an old file bring the person back"


def test_the_date_of_the_catalogue_is_that_of_the_last_import(engine: Engine, take: Take) -> None:
    assert catalogue_date(engine) is None
    take(raw("1"))
    assert catalogue_date(engine) == AT.date()


def test_a_dossier_is_read_in_as_many_queries_whatever_it_holds(engine: Engine) -> None:
    small = filled(engine)
    large = filled(engine)
    for _ in range(5):
        large = wrote(engine, large, AddLot("", freeze(SHORTLIST), IDS))
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    load_dossier(engine, FIRST_ORGANISATION, small.id)
    first = len(asked)
    load_dossier(engine, FIRST_ORGANISATION, large.id)
    assert len(asked) == 2 * first
    list_dossiers(engine, FIRST_ORGANISATION, DossierFilter())
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(table_of(DossierRow))).scalar_one() == 2


def test_dossiers_are_in_a_backup_and_live_on_after_it(engine: Engine, tmp_path: Path) -> None:
    dossier = wrote(engine, filled(engine), NoteEntry(1, IDS[0], "équipe libre"))
    back_up(engine, tmp_path / "sauvegarde.sqlite")
    wrote(engine, dossier, NoteDossier("après la sauvegarde"))
    restore(engine, tmp_path / "sauvegarde.sqlite", replace=True)
    assert load_dossier(engine, FIRST_ORGANISATION, dossier.id) == dossier
    assert create_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=AT).id == dossier.id + 1


def test_a_table_that_nobody_has_named_is_not_left_behind_in_silence(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE oubliee (id INTEGER)"))
    with reading(engine) as connection, pytest.raises(LookupError, match="oubliee"):
        named_tables(connection)
