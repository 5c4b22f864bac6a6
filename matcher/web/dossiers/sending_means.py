"""Means of sending messages, as the settings give them: who answers for the data, the address of links, the server; or what is missing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from matcher.accounts.organisations import controller_of
from matcher.dossiers.asking.sending import LINKS
from matcher.mail.outbox import LINK
from matcher.settings import Controller, SettingsError, SmtpSettings, public_address, smtp_settings
from matcher.web.frame.app_state import desk
from matcher.web.frame.organisation import owner

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SendingMeans:
    """Means of sending; `by` and `address` are None, and nothing can leave, where `lacks` says what is missing and how to set it.

    `server` is None where messages go by a mail merge."""

    by: Controller | None
    address: str | None
    server: SmtpSettings | None
    lacks: tuple[str, ...]


def sending_means() -> SendingMeans:
    """Return what the settings of today allow."""
    lacks: list[str] = []
    by = _set(lambda: controller_of(desk().engine, owner()), lacks)
    address, server = _set(public_address, lacks), _set(smtp_settings, lacks)
    return SendingMeans(by, address, server, tuple(lacks))


def shown_text(text: str, means: SendingMeans) -> str:
    """Return a message as a page shows it: no link is drawn before it leaves."""
    return text.replace(LINK, f"{means.address or ''}/{LINKS}/…")


def _set(setting: Callable[[], T], lacks: list[str]) -> T | None:
    try:
        return setting()
    except SettingsError as error:
        lacks.append(str(error))
        return None
