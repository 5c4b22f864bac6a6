"""Paths of this installation: a command that a text quotes is written as it can be pasted."""

import shutil
import sys

import pytest

from matcher.paths import as_called

HINTS = {
    "Une fiche : entremise catalogue show k8q7wj.": "Une fiche : .venv/bin/entremise catalogue show k8q7wj.",
    "« entremise --organisation NOM … »": "« .venv/bin/entremise --organisation NOM … »",
    "par l’entremise de la mairie": "par l’entremise de la mairie",
    "une entremise de plus": "une entremise de plus",
    "https://entremise.mairie.example et Entremise lit": "https://entremise.mairie.example et Entremise lit",
}


@pytest.mark.parametrize(("hint", "pasted"), HINTS.items())
def test_a_quoted_command_is_written_as_it_was_called(hint: str, pasted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [".venv/bin/entremise", "match"])
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert as_called(hint) == pasted
    assert as_called(pasted) == pasted
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/entremise")
    assert as_called(hint) == hint


def test_a_path_with_a_space_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/opt/deux mots/entremise"])
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert as_called("« entremise serve »") == '« "/opt/deux mots/entremise" serve »'


def test_of_a_process_that_is_no_command_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["gunicorn"])
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert as_called("entremise match") == "entremise match"
