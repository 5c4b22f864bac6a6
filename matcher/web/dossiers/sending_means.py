"""Settings needed to send e-mails (data controller, public address, SMTP server), or what is missing; and start and status of the job that sends them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from matcher.accounts.organisations import controller_of
from matcher.dossiers.asking.sending import LINKS, sending_summary
from matcher.jobs.worker import WorkKind
from matcher.mail.delivery import Delivery
from matcher.mail.outbox import LINK
from matcher.settings import Controller, SettingsError, SmtpSettings, public_address, smtp_settings
from matcher.web.frame.app_state import desk, owner

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SendingMeans:
    """Settings for sending e-mails. `lacks`: French sentences on missing settings; nothing can be sent unless it is empty. Without `server`,
    messages can only be exported as a mail merge."""

    by: Controller | None
    address: str | None
    server: SmtpSettings | None
    lacks: tuple[str, ...]


def sending_means() -> SendingMeans:
    """Read the current settings for sending e-mails."""
    lacks: list[str] = []
    by = _read_setting(lambda: controller_of(desk().engine, owner()), lacks)
    address, server = _read_setting(public_address, lacks), _read_setting(smtp_settings, lacks)
    return SendingMeans(by, address, server, tuple(lacks))


@dataclass(frozen=True, slots=True)
class SendingRun:
    """Last sending job of a campaign or meeting day: whether it is `going`, else the French sentence on its result (may be empty)."""

    going: bool
    said: str


def start_sending(kind: WorkKind, number: int) -> None:
    """Start the job that sends the waiting messages of a campaign or meeting day (`number`), unless it is running."""
    key, request_sent = _key(kind, number), {"number": number}
    if not desk().works.again(owner(), key, request_sent, key):
        # Its own queue (the key, not the person): it does not wait for the person's other jobs.
        desk().works.put(owner(), kind.name, request_sent, key, key=key)


def last_sending(kind: WorkKind, number: int) -> SendingRun:
    """Return the last sending job of a campaign or meeting day."""
    work = desk().works.get(owner(), _key(kind, number))
    if work is None or work.going:
        return SendingRun(work is not None, "")
    return SendingRun(False, work.refusal or sending_summary(Delivery(**work.result)))


def shown_text(text: str, means: SendingMeans) -> str:
    """Return a message for display, with « … » for its secret link, which is generated only when it is sent."""
    return text.replace(LINK, f"{means.address or ''}/{LINKS}/…")


def _key(kind: WorkKind, number: int) -> str:
    """Return the key of the sending job: one at a time for each number."""
    return f"{kind.name}-{number}"


def _read_setting(setting: Callable[[], T], lacks: list[str]) -> T | None:
    try:
        return setting()
    except SettingsError as error:
        lacks.append(str(error))
        return None
