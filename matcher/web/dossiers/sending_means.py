"""Means of sending messages, as the settings give them, or what is missing; and the work that sends those of a campaign, or of a number."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from matcher.accounts.organisations import controller_of
from matcher.dossiers.asking.sending import LINKS, said_of_run
from matcher.jobs.worker import WorkKind
from matcher.mail.delivery import Delivery
from matcher.mail.outbox import LINK
from matcher.settings import Controller, SettingsError, SmtpSettings, public_address, smtp_settings
from matcher.web.frame.app_state import desk, owner

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SendingMeans:
    """Means of sending; nothing can leave where `lacks` holds what is missing and how to set it; `server` is None for a mail merge."""

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


@dataclass(frozen=True, slots=True)
class SendingRun:
    """The last work that sent the messages of something: whether it is going on, else what it did, empty where there was none."""

    going: bool
    said: str


def start_sending(kind: WorkKind, number: int) -> None:
    """Have the messages of a number that wait sent by a work of the server; one that is going on goes on alone."""
    key, request_sent = _key(kind, number), {"number": number}
    if not desk().works.again(owner(), key, request_sent, key):
        # In its own turn: nobody waits for what they have asked elsewhere.
        desk().works.put(owner(), kind.name, request_sent, key, key=key)


def last_sending(kind: WorkKind, number: int) -> SendingRun:
    """Return the last work that sent the messages of a number."""
    work = desk().works.get(owner(), _key(kind, number))
    if work is None or work.going:
        return SendingRun(work is not None, "")
    return SendingRun(False, work.refusal or said_of_run(Delivery(**work.result)))


def shown_text(text: str, means: SendingMeans) -> str:
    """Return a message as a page shows it: no link is drawn before it leaves."""
    return text.replace(LINK, f"{means.address or ''}/{LINKS}/…")


def _key(kind: WorkKind, number: int) -> str:
    """The key of the work that sends: one at a time for each number."""
    return f"{kind.name}-{number}"


def _set(setting: Callable[[], T], lacks: list[str]) -> T | None:
    try:
        return setting()
    except SettingsError as error:
        lacks.append(str(error))
        return None
