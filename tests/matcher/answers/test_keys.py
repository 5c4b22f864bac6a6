"""Keys: drawn once, their owner's alone; trusted by name, and no more."""

import stat

import pytest

from matcher.answers.fact import public_text
from matcher.answers.keys import KeyRefused, key_file, own_public, signing_key, trust, trusted_keys
from tests.matcher.answers.installations import NOW, Installation, private

Two = tuple[Installation, Installation]
OTHER = public_text(private(7).public_key())


def test_a_key_is_drawn_once_and_its_file_is_its_owner_s_alone(two: Two) -> None:
    here, there = two
    here.enter()
    assert own_public() == here.key != there.key
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    key_file().write_text("autre chose", encoding="utf-8")
    with pytest.raises(KeyRefused, match="n’est pas une clé privée"):
        own_public()
    key_file().unlink()
    assert own_public() == public_text(signing_key().public_key()) != here.key


def test_a_key_is_trusted_under_one_name(two: Two) -> None:
    here, _ = two
    here.enter()
    trust(here.engine, " CRESS  Hauts-de-France ", OTHER, author="Léa", now=NOW)
    assert [(one.name, one.key, one.who) for one in trusted_keys(here.engine)] == [
        ("CRESS Hauts-de-France", OTHER, "Léa")
    ]
    for name, key, reason in (
        ("CRESS Hauts-de-France", public_text(private(8).public_key()), "déjà acceptée"),
        ("autre", OTHER, "déjà acceptée"),
        ("", public_text(private(8).public_key()), "Donnez un nom"),
        ("autre", "abc", "n’est pas une clé publique"),
        ("autre", here.key, "la clé de cette installation"),
    ):
        with pytest.raises(KeyRefused, match=reason):
            trust(here.engine, name, key, author="Léa", now=NOW)
