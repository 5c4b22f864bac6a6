"""A dossier is what its journal says: every change, in any order, leaves a list that adds up and a journal that gives it back."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from matcher.domain.match import Stance
from matcher.dossiers.changes import (
    ACTIONS,
    MOST_LINES,
    AddLot,
    Bring,
    Close,
    CreateDossier,
    DescribeDossier,
    KeepDecision,
    NoteDossier,
    RemoveDecision,
    RemoveLot,
    Reopen,
    SetCourse,
    WithdrawSupplier,
)
from matcher.dossiers.dossier import Course, Dossier, DossierChange, DossierHeader, Stage, State, Status
from matcher.dossiers.entry_changes import Add, Consult, Keep, Move, NoteEntry, Remove, SetStatus
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.withdrawn import WITHDRAWN, withdraw_suppliers
from matcher.journal.change import (
    LONGEST_TEXT,
    ChangeRefused,
    Delete,
    JournalEntry,
    Restore,
    append,
    change_of,
    plain,
    replay,
)
from tests.factories import siret
from tests.matcher.dossiers.kept import AT, CANDIDATES, DECISION, HEADER, IDS, SHORTLIST, WHO, opened, with_list
from tests.matcher.render.answers import KNOWN

OUTSIDE = structs.replace(KNOWN, rank=None, id=f"siret:{siret(77)}", siret=siret(77), name="Atelier Z")


def done(dossier: Dossier, *changes: DossierChange) -> Dossier:
    for change in changes:
        dossier = append(dossier, change, at=AT + timedelta(minutes=dossier.version), author=WHO)
    return dossier


def order(dossier: Dossier, lot: int = 1) -> list[str]:
    return [entry.match.name[-1] for entry in dossier.lot(lot).entries]


def test_a_lot_is_frozen_whole_and_some_of_it_is_kept() -> None:
    dossier = with_list()
    lot = dossier.lot(1)
    assert (lot.frozen, lot.answer, lot.title) == (SHORTLIST, SHORTLIST.text, "Berges")
    assert order(dossier) == ["A", "B", "C"]
    assert (dossier.number, dossier.version, dossier.state) == ("2026-0001", 2, State.OPEN)
    assert {entry.status for entry in lot.entries} == {Status.TO_CONTACT}
    unnamed = done(opened(), AddLot("", freeze(SHORTLIST)))
    assert unnamed.lot(1).title == SHORTLIST.reading.lot.objet


def test_kept_suppliers_stand_at_their_rank_and_added_ones_at_the_end() -> None:
    dossier = done(with_list((IDS[3],)), Keep(1, IDS[1]), Add(1, OUTSIDE, "travaille déjà pour la commune", ("fermé",)))
    assert order(done(dossier, Keep(1, IDS[2], "joint par téléphone"))) == ["B", "C", "D", "Z"]
    added = dossier.lot(1).entries[-1]
    assert (added.added, added.refused, added.reason) == (True, ("fermé",), "travaille déjà pour la commune")


def test_a_removed_supplier_comes_back_with_its_note_and_status() -> None:
    dossier = done(
        with_list(),
        NoteEntry(1, IDS[1], "équipe libre dès mars"),
        SetStatus(1, IDS[1], Status.INTERESTED, date(2026, 11, 15)),
        Remove(1, IDS[1], "trop loin"),
    )
    assert order(dossier) == ["A", "C"]
    assert (dossier.lot(1).removed[0].reason, dossier.lot(1).removed[0].who) == ("trop loin", WHO)
    back = done(dossier, Keep(1, IDS[1], "finalement"))
    entry = back.lot(1).entries[1]
    assert (entry.match.name, entry.note, entry.status) == ("Atelier B", "équipe libre dès mars", Status.INTERESTED)
    assert (entry.status_on, entry.status_by, back.lot(1).removed) == (date(2026, 11, 15), WHO, ())


def test_a_move_puts_one_at_its_place_and_leaves_the_others_in_order() -> None:
    dossier = with_list(IDS)
    assert order(done(dossier, Move(1, IDS[3], 1, "déjà vu"))) == ["D", "A", "B", "C", "E"]
    assert order(done(dossier, Move(1, IDS[0], 5, "saturé"))) == ["B", "C", "D", "E", "A"]


def test_a_message_contacts_those_who_were_not_and_no_other() -> None:
    dossier = done(
        with_list(),
        SetStatus(1, IDS[0], Status.INTERESTED),
        SetStatus(1, IDS[1], Status.NO_ANSWER),
        Consult(1, IDS[:3], "Consultation", "Bonjour,\n\nPouvez-vous…"),
    )
    statuses = [entry.status for entry in dossier.lot(1).entries]
    assert statuses == [Status.INTERESTED, Status.CONTACTED, Status.CONTACTED]
    assert dossier.journal[-1].change.says(dossier).startswith("envoie le même message à 3 structures : Atelier A")


def test_lots_keep_their_numbers_when_one_is_taken_out() -> None:
    dossier = done(with_list(), AddLot("Deux", freeze(SHORTLIST)), RemoveLot(1, "doublon"))
    assert [lot.number for lot in done(dossier, AddLot("Trois", freeze(SHORTLIST))).lots] == [2, 3]


def test_closed_and_deleted_dossiers_take_no_change_until_they_are_opened_or_restored() -> None:
    dossier = with_list()
    closed = done(dossier, Close("attribué"))
    with pytest.raises(ChangeRefused, match="rouvrez-le"):
        done(closed, NoteDossier("x"))
    with pytest.raises(ChangeRefused, match="déjà ouvert"):
        done(dossier, Reopen())
    deleted = done(closed, Delete())
    assert deleted.deleted is not None
    with pytest.raises(ChangeRefused, match="restaurez-le"):
        done(deleted, Reopen())
    restored = done(deleted, Restore())
    assert (restored.state, restored.deleted) == (State.CLOSED, None)
    assert done(restored, Reopen(), NoteDossier("x")).note == "x"
    with pytest.raises(ChangeRefused, match="commence par sa création"):
        done(Dossier(3), NoteDossier("x"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Keep(1, IDS[0]), "déjà dans la liste"),
        (Keep(1, "siret:1"), "n’est pas dans la liste figée"),
        (Keep(2, IDS[4]), "pas de lot 2"),
        (Add(1, CANDIDATES[4], "oui"), "retenez-la"),
        (Add(1, OUTSIDE, ""), "motif"),
        (Remove(1, IDS[0], ""), "motif"),
        (Remove(1, IDS[4], "loin"), "n’est pas dans la liste du lot 1"),
        (Move(1, IDS[0], 4, "x"), "La place 4 n’existe pas : de 1 à 3"),
        (Move(1, IDS[0], 0, "x"), "La place 0"),
        (Move(1, IDS[0], 2, ""), "motif"),
        (RemoveLot(1, ""), "motif"),
        (Consult(1, (), "s", "t"), "à qui"),
        (DescribeDossier(DossierHeader("  ")), "titre"),
        (DescribeDossier(DossierHeader("x" * 301)), "300 caractères"),
        (NoteDossier("x" * (LONGEST_TEXT + 1)), "trop long"),
        (AddLot("x", {"schema": 9}), "inconnu de cette version"),
        (CreateDossier(HEADER), "déjà ouvert"),
    ],
)
def test_what_cannot_be_done_is_refused_in_french(change: DossierChange, said: str) -> None:
    with pytest.raises(ChangeRefused, match=said):
        done(with_list(), change)
    with pytest.raises(ChangeRefused, match="qui"):
        append(with_list(), NoteDossier("x"), at=AT, author=" \x00")


def test_texts_are_freed_of_what_cannot_be_seen() -> None:
    dossier = done(
        opened(), NoteDossier("  =1+1\r\n\x00suite\u202e !\t\n"), DescribeDossier(DossierHeader(" Deux\nlignes "))
    )
    assert dossier.note == "=1+1\nsuite !"
    assert dossier.header.title == "Deux lignes"


SUPPLIERS = st.sampled_from((*IDS, OUTSIDE.id))
REASONS = st.sampled_from(("", "loin", "=1+1", "déjà vu"))
COURSES = st.builds(
    Course, st.none() | st.sampled_from(Stage), st.none() | st.dates(), REASONS, REASONS, st.none() | st.dates()
)
CHANGES: st.SearchStrategy[DossierChange] = st.one_of(
    st.builds(Keep, st.just(1), SUPPLIERS, REASONS),
    st.builds(Add, st.just(1), st.just(OUTSIDE), REASONS, st.just(("fermé",))),
    st.builds(Remove, st.just(1), SUPPLIERS, REASONS),
    st.builds(Move, st.just(1), SUPPLIERS, st.integers(1, 6), REASONS),
    st.builds(NoteEntry, st.just(1), SUPPLIERS, REASONS),
    st.builds(NoteDossier, REASONS),
    st.builds(SetStatus, st.just(1), SUPPLIERS, st.sampled_from(Status), st.none() | st.dates()),
    st.builds(Consult, st.just(1), st.lists(SUPPLIERS, max_size=3).map(tuple), REASONS, REASONS),
    st.builds(AddLot, REASONS, st.just(freeze(SHORTLIST)), st.just(IDS[:1])),
    st.builds(RemoveLot, st.just(2), REASONS),
    st.builds(KeepDecision, st.just(DECISION)),
    st.builds(RemoveDecision, st.integers(1, 3), REASONS),
    st.builds(DescribeDossier, st.just(HEADER)),
    st.builds(SetCourse, COURSES),
    st.builds(Bring, REASONS),
    st.builds(WithdrawSupplier, SUPPLIERS),
    st.sampled_from((Close(), Reopen(), Delete(), Restore())),
)


def walked(changes: list[DossierChange]) -> Dossier:
    """What is left where changes that are refused are left out."""
    dossier = with_list()
    for change in changes:
        try:
            dossier = done(dossier, change)
        except ChangeRefused:
            continue
    return dossier


@given(st.lists(CHANGES, max_size=25))
def test_the_journal_gives_the_dossier_back(changes: list[DossierChange]) -> None:
    dossier = walked(changes)
    kept = json.loads(json.dumps([(event.change.action, plain(event.change)) for event in dossier.journal]))
    events = [
        JournalEntry(event.number, event.at, event.who, change_of(ACTIONS, action, data))
        for event, (action, data) in zip(dossier.journal, kept, strict=True)
    ]
    assert replay(Dossier(dossier.id), events) == dossier
    for lot in dossier.lots:
        held = Counter(entry.match.id for entry in lot.entries) + Counter(one.entry.match.id for one in lot.removed)
        assert set(held.values()) <= {1}
    assert all(event.change.says(dossier) for event in dossier.journal)


def test_who_is_added_again_is_no_longer_among_the_removed() -> None:
    again = (Add(1, OUTSIDE, "vu"), Remove(1, OUTSIDE.id, "loin"), Add(1, OUTSIDE, "rappelé"))
    dossier = done(with_list(IDS), *again)
    assert OUTSIDE.id in [entry.match.id for entry in dossier.lot(1).entries]
    assert dossier.lot(1).removed == ()


@given(st.lists(st.builds(Move, st.just(1), st.sampled_from(IDS), st.integers(1, 5), st.just("x")), max_size=12))
def test_reordering_is_a_permutation(moves: list[DossierChange]) -> None:
    dossier = done(with_list(IDS), *moves)
    assert sorted(order(dossier)) == list("ABCDE")
    if moves:
        last = moves[-1]
        assert isinstance(last, Move)
        assert dossier.lot(1).place_of(last.supplier_id) == last.place - 1


@given(st.lists(CHANGES, max_size=15), st.sampled_from(IDS))
def test_a_supplier_that_leaves_leaves_nothing_but_its_number_and_points(
    changes: list[DossierChange], gone: str
) -> None:
    before = walked([NoteEntry(1, gone, "secret"), Remove(1, gone, "secret"), *changes])
    after = withdraw_suppliers(before, {gone})
    name = next(match.name for match in CANDIDATES if match.id == gone)
    told = json.dumps([plain(event.change) for event in after.journal], ensure_ascii=False) + repr(after)
    assert name not in told
    assert "secret" not in told
    assert after.name_of(gone) == WITHDRAWN
    assert [match.score for match in after.lots[0].frozen.matches] == [match.score for match in CANDIDATES]
    assert withdraw_suppliers(after, {gone}) == after
    assert (
        done(replay(Dossier(after.id), after.journal), WithdrawSupplier(gone)).lots
        == done(before, WithdrawSupplier(gone)).lots
    )


def test_who_leaves_takes_along_what_its_reasons_quote_and_its_journal_says_which_way_they_speak() -> None:
    """A supplier added by version 0.1, which kept no stance."""
    reasons = (structs.replace(its, stance=Stance.SILENT, spoken=None, quotes="secret") for its in KNOWN.contributions)
    added = Add(1, structs.replace(OUTSIDE, contributions=tuple(reasons), folded="secret"), "connue")
    gone = withdraw_suppliers(done(with_list(), added), {OUTSIDE.id})
    assert "secret" not in repr(gone)
    replayed = done(replay(Dossier(gone.id), gone.journal), WithdrawSupplier(OUTSIDE.id))
    for dossier in (gone, replayed):
        (match,) = (entry.match for entry in dossier.lots[0].entries if entry.match.id == OUTSIDE.id)
        assert [its.stance for its in match.contributions] == [its.stance for its in KNOWN.contributions]


def test_the_course_is_one_line_of_the_journal() -> None:
    course = Course(Stage.SOURCING, date(2027, 1, 22), "C. Exemple", "Relancer  les ESAT", date(2026, 12, 1))
    dossier = done(opened(), SetCourse(course))
    assert dossier.course == replace(course, next_step="Relancer les ESAT")
    assert dossier.journal[-1].change.says(dossier) == (
        "fait avancer le dossier (étape : sourcing ; remise des offres le : 22 janvier 2027 ; suivi par : C. Exemple ; "
        "prochaine étape : Relancer les ESAT, le 1ᵉʳ décembre 2026)"
    )
    with pytest.raises(ChangeRefused, match="à faire le 1ᵉʳ décembre"):
        done(dossier, SetCourse(Course(next_on=date(2026, 12, 1))))
    with pytest.raises(ChangeRefused, match="300 caractères"):
        done(dossier, SetCourse(Course(follower="x" * 301)))
    with pytest.raises(ChangeRefused, match="clos"):
        done(dossier, Close(), SetCourse(course))
    assert done(dossier, SetCourse(Course())).journal[-1].change.says(dossier).startswith("efface")


def test_a_decision_is_kept_whole_and_numbered_once() -> None:
    dossier = done(opened(), KeepDecision(DECISION), RemoveDecision(1, "refaite"), KeepDecision(DECISION))
    assert [(one.number, one.decision, one.who) for one in dossier.decisions] == [(2, DECISION, WHO)]
    with pytest.raises(ChangeRefused, match="pas de décision 1"):
        done(dossier, RemoveDecision(1, "encore"))
    with pytest.raises(ChangeRefused, match="pourquoi"):
        done(dossier, RemoveDecision(2, ""))


def test_a_decision_too_long_for_a_dossier_is_refused() -> None:
    table = replace(DECISION.tables[0], rows=DECISION.tables[0].rows[:1] * (MOST_LINES + 1))
    with pytest.raises(ChangeRefused, match="classeur"):
        done(opened(), KeepDecision(replace(DECISION, tables=(table,))))


def test_a_supplier_that_leaves_leaves_the_decisions_too() -> None:
    left = withdraw_suppliers(done(opened(), KeepDecision(DECISION)), {IDS[0]}).decisions[0].decision
    assert "Atelier A" not in repr(left)
    assert left.answer == f"Un groupement de {WITHDRAWN} et Atelier B : chaque part a un membre à portée."
    assert left.tables[0].rows[0].cells == (WITHDRAWN, "", "")
    assert left.tables[0].rows[1].cells == (f"Atelier B ; {WITHDRAWN}", "Maubeuge", 3.0)


def test_a_decision_that_0_1_kept_is_read_as_it_was() -> None:
    data = plain(KeepDecision(DECISION))
    rows = [{"cells": ["Atelier A", "12 km"], "about": IDS[0]}]
    data["decision"]["tables"] = [{"title": "Qui", "head": ["Structure", "km"], "numeric": [False, True], "rows": rows}]
    held = change_of(ACTIONS, KeepDecision.action, data)
    assert isinstance(held, KeepDecision)
    assert held.decision.tables[0].lines() == [("Atelier A", "12 km")]
    del data["decision"]["tables"][0]["rows"][0]["cells"][1]
    with pytest.raises(ChangeRefused):
        change_of(ACTIONS, KeepDecision.action, data)


def test_a_journal_with_a_hole_or_an_unknown_line_is_refused() -> None:
    journal = with_list().journal
    with pytest.raises(ChangeRefused, match="saute"):
        replay(Dossier(1), [journal[0], replace(journal[1], number=3)])
    for action, data in (("danser", {}), ("retenir", {"lot": "un"}), ("retenir", {})):
        with pytest.raises(ChangeRefused):
            change_of(ACTIONS, action, data)


def test_every_change_has_its_sentence_and_its_data() -> None:
    assert len(ACTIONS) == len({change.__name__ for change in ACTIONS.values()})
    examples: list[Any] = [CreateDossier(HEADER), Add(1, OUTSIDE, "x", ("y",)), Consult(1, IDS, "s", "t")]
    for change in examples:
        assert change_of(ACTIONS, change.action, json.loads(json.dumps(plain(change)))) == change


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Nettoyage", "Lot 1 : Nettoyage"),
        ("Lot 1 Nettoyage", "Lot 1 Nettoyage"),
        ("lot n° 01 - Nettoyage", "lot n° 01 - Nettoyage"),
        ("Lot 12", "Lot 1 : Lot 12"),
        ("Loterie", "Lot 1 : Loterie"),
    ],
)
def test_the_number_of_a_lot_is_said_once(title: str, named: str) -> None:
    assert replace(with_list().lot(1), title=title).heading == named
