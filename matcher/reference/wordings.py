"""French wordings that depend on the reader's persona (buyer, contract winner, facilitator, network): table mots_par_personne.csv, key × persona.

The persona is a context variable, set once by the page or command that serves the reader.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache

from matcher.domain.persona import Persona
from matcher.reference.tables import rows

_PERSONA: ContextVar[Persona] = ContextVar("persona", default=Persona.BUYER)


def set_persona(persona: Persona) -> None:
    """Set the persona of the current thread."""
    _PERSONA.set(persona)


def current_persona() -> Persona:
    """Return the persona of the current thread, a buyer by default."""
    return _PERSONA.get()


def persona_wording(key: str, **values: object) -> str:
    """Return the wording of a key for the current persona, formatted with `values`; empty where the table has none. Raises KeyError for an unknown key."""
    return wordings(_PERSONA.get())[key].format(**values)


@lru_cache(maxsize=len(Persona))
def wordings(persona: Persona) -> Mapping[str, str]:
    """Return every wording of a persona, by key."""
    return {row["cle"]: row[persona.value] for row in rows("mots_par_personne")}
