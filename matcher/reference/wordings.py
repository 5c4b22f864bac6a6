"""Wordings that change with who reads: one table (mots_par_personne.csv), a line a key, a column a persona.

As the notice at the head of files (`render/head_notice.py`), the persona is set once by a door, and holds for what its thread writes.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache

from matcher.domain.persona import Persona
from matcher.reference.tables import rows

_PERSONA: ContextVar[Persona] = ContextVar("persona", default=Persona.BUYER)


def set_persona(persona: Persona) -> None:
    """Set the persona whose wordings this thread uses from now on."""
    _PERSONA.set(persona)


def current_persona() -> Persona:
    """Return the persona whose wordings this thread uses, a buyer until a door sets another."""
    return _PERSONA.get()


def persona_wording(key: str, **values: object) -> str:
    """Return the wording of a key for the current persona, with `values` in its braces; empty where the table has none for it. Raises
    KeyError for a key that the table lacks."""
    return wordings(_PERSONA.get())[key].format(**values)


@lru_cache(maxsize=len(Persona))
def wordings(persona: Persona) -> Mapping[str, str]:
    """Return every wording of a persona, by key."""
    return {row["cle"]: row[persona.value] for row in rows("mots_par_personne")}
