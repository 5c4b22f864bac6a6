"""A state is what its journal says: replayed it is the same, and each refusal says what to do."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.journal.change import (
    NEW,
    OPEN,
    Change,
    ChangeRefused,
    Delete,
    JournalEntry,
    Restore,
    append,
    change_of,
    journal_object,
    line_row,
    replay,
    try_changes,
)
from tests.matcher.journal.notebook import ACTIONS, AT, WHO, Begin, Notebook, Shut, Write, opened


@given(st.lists(st.sampled_from((Write("mot"), Shut(), Delete("doublon"), Restore(), Write("")))))
def test_what_is_kept_of_a_journal_gives_the_state_back(changes: list[Change[Notebook]]) -> None:
    notebook = opened()
    for change in changes:
        try:
            notebook = append(notebook, change, at=AT, author=WHO)
        except ChangeRefused:
            continue
    lines = json.loads(json.dumps([{**line_row(line), "at": ""} for line in notebook.journal]))
    read = [
        JournalEntry(line["number"], AT, line["who"], change_of(ACTIONS, line["action"], line["data"]))
        for line in lines
    ]
    assert replay(Notebook(1), read) == notebook
    assert all(line.change.says(notebook) for line in notebook.journal)
    for version in range(1, notebook.version + 1):
        assert notebook.at_version(version).journal == notebook.journal[:version]


def test_texts_are_tidied_and_every_change_is_signed() -> None:
    notebook = append(opened(), Write(" mot\x00 "), at=AT, author=" Léa \n Modèle ")
    assert (notebook.words, notebook.journal[-1].who) == (("mot",), "Léa Modèle")
    with pytest.raises(ChangeRefused, match="Dites qui"):
        append(notebook, Write("mot"), at=AT, author=" \x00")


@pytest.mark.parametrize(
    ("notebook", "change", "said"),
    [
        (Notebook(1), Write("mot"), "Le carnet commence par sa création"),
        (opened(), Begin(), "Le carnet est déjà ouvert"),
        (opened(), Restore(), "Le carnet est déjà ouvert"),
        (try_changes(opened(), Shut()), Write("mot"), "Le carnet est clos : rouvrez-le"),
        (try_changes(opened(), Delete()), Write("mot"), "Le carnet est supprimé : restaurez-le"),
        (try_changes(opened(), Delete()), Delete(), "Le carnet est supprimé : restaurez-le"),
        (opened(), Write(" "), "Donnez un mot"),
    ],
)
def test_what_a_standing_does_not_allow_is_refused(notebook: Notebook, change: Change[Notebook], said: str) -> None:
    with pytest.raises(ChangeRefused, match=said):
        append(notebook, change, at=AT, author=WHO)


def test_of_several_changes_all_are_made_or_none() -> None:
    notebook = opened("un")
    with pytest.raises(ChangeRefused):
        append(notebook, Write("deux"), Write(""), at=AT, author=WHO)
    assert try_changes(notebook, Write("deux"), Write("trois")).words == ("un", "deux", "trois")
    assert notebook.words == ("un",)


def test_what_was_deleted_comes_back_as_it_was() -> None:
    shut = try_changes(opened("un"), Shut())
    deleted = try_changes(shut, Delete("doublon"))
    back = try_changes(deleted, Restore())
    assert (deleted.deleted, back.deleted, back.state, back.words) == (AT, None, shut.state, shut.words)
    assert [line.change.says(back) for line in back.journal[-2:]] == [
        "supprime le carnet : « doublon »",
        "restaure le carnet",
    ]


def test_a_journal_that_skips_a_line_or_holds_an_unknown_change_is_refused() -> None:
    journal = opened("un").journal
    with pytest.raises(ChangeRefused, match="saute de la ligne 1 à la ligne 3"):
        replay(Notebook(1), [journal[0], replace(journal[1], number=3)])
    with pytest.raises(ChangeRefused, match="inconnue de cette version"):
        change_of(ACTIONS, "peindre", {})
    with pytest.raises(ChangeRefused, match=r"« écrire\.word »"):
        change_of(ACTIONS, "écrire", {"word": 3})


def test_a_journal_as_json_says_each_line() -> None:
    assert journal_object(opened("un"))[-1] == {
        "number": 2,
        "at": AT.isoformat(),
        "who": WHO,
        "action": "écrire",
        "says": "écrit « un »",
    }


def test_a_change_says_in_the_line_of_its_class_under_what_it_is_kept_and_when_it_may_be_made() -> None:
    assert [(one.action, one.when) for one in (Begin, Write, Shut)] == [
        ("créer", {NEW}),
        ("écrire", {OPEN}),
        ("clore", {OPEN}),
    ]
    assert not hasattr(Write("mot"), "__dict__")
