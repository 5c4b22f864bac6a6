"""Wordings by persona: each is said somewhere, each that is said is in the table, and what is put in it is the same for all."""

import re
from contextvars import copy_context

from matcher.domain.persona import Persona
from matcher.reference.wordings import current_persona, persona_wording, set_persona, wordings
from tests.conftest import ROOT


def test_every_wording_of_the_table_is_said_and_every_one_said_is_in_it() -> None:
    keys = set(wordings(Persona.BUYER))
    code = [
        path.read_text(encoding="utf-8")
        for room, form in (("matcher", "py"), ("templates", "html"))
        for path in (ROOT / room).rglob(f"*.{form}")
    ]
    said = {key for text in code for key in re.findall(r"""\bsay\(\s*["'](\w+)["']""", text)}
    quoted = {key for text in code for key in re.findall(r"""["'](\w+)["']""", text)}
    assert said <= keys
    assert keys <= quoted


def test_a_wording_takes_the_same_values_whoever_reads_it() -> None:
    for key, wording in wordings(Persona.BUYER).items():
        values = {frozenset(re.findall(r"\{(\w+)\}", wordings(one)[key])) for one in Persona if wordings(one)[key]}
        assert len(values) == 1 or not wording or key == "message_decide", key


def test_only_a_buyer_reads_the_article_of_a_consultation() -> None:
    for persona in Persona:
        cited = any("R2111-1" in wording for wording in wordings(persona).values())
        assert cited is (persona is Persona.BUYER)


def test_who_is_spoken_to_is_a_buyer_until_a_door_says_another() -> None:
    def spoken() -> tuple[str, str]:
        before = persona_wording("client")
        set_persona(Persona.WINNER)
        return before, persona_wording("client")

    assert copy_context().run(spoken) == ("Acheteur", "Client")
    assert current_persona() is Persona.BUYER
