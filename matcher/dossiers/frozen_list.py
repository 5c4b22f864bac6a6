"""Save a Shortlist as versioned JSON and load it back unchanged."""

from collections.abc import Mapping
from typing import Any

from matcher.journal.plain_json import FrozenError, built, plain
from matcher.need.answer import Shortlist

# Raised when a field is renamed or changes its meaning, with what reads the former one. A field added with a default needs neither.
SCHEMA = 1


def freeze(shortlist: Shortlist) -> dict[str, Any]:
    """Return a shortlist as a JSON object, with the answer in the words of the day and the number of the format."""
    return {"schema": SCHEMA, "answer": shortlist.answer, "shortlist": plain(shortlist)}


def thaw(frozen: Mapping[str, Any]) -> Shortlist:
    """Return the shortlist that `freeze` was given. Raises FrozenError where the format is unknown or a part is missing."""
    if not isinstance(frozen, Mapping) or frozen.get("schema") != SCHEMA:
        said = frozen.get("schema") if isinstance(frozen, Mapping) else None
        raise FrozenError(
            f"Liste figée au format « {said} », inconnu de cette version d’Entremise (format {SCHEMA}) ; mettez Entremise à jour."
        )
    return built(Shortlist, frozen.get("shortlist"), "liste")
