"""Changes of a journal to and from JSON."""

from collections.abc import Mapping
from typing import Any, TypeVar

from matcher.journal.plain_json import FrozenError, built, plain
from matcher.journal.texts import ChangeRefused

C = TypeVar("C")


def data_of(change: object) -> dict[str, Any]:
    """Return a change's data as JSON holds it; its `action` says the rest."""
    data: dict[str, Any] = plain(change)
    return data


def kept_change(actions: Mapping[str, type[C]], action: str, data: Mapping[str, Any]) -> C:
    """Return the change that was kept under this action. Raises ChangeRefused where it is none of `actions`, or its data is not right."""
    wanted = actions.get(action)
    if wanted is None:
        raise ChangeRefused(f"Action « {action} » inconnue de cette version d’Entremise.")
    try:
        return built(wanted, data, action)
    except FrozenError as error:
        raise ChangeRefused(str(error)) from error
