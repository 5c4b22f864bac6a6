"""Writes security incidents (refused access, forged forms, throttled sign-ins) to the audit journal; identical incidents of the same minute are one line
with a count, so that an attack does not fill the journal."""

import ipaddress
import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Lock
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from matcher.accounts.audit import AuditKind
from matcher.accounts.tables import AUDIT
from matcher.db import DatabaseError, writing
from matcher.ownership import OrganisationId

# At most this many lines per kind and minute; further incidents are counted in one line, `OTHERS`.
MOST_A_MINUTE = 50
OTHERS = "et d’autres, comptés ensemble"
# Seconds between two writes of a process: an attack costs one short transaction a second.
_WRITE_EVERY_S = 1.0
# Bits of an IP address that are kept: a network that can be blocked, not a person's own address: https://www.cnil.fr/fr/la-journalisation
_IPV4_KEPT, _IPV6_KEPT = 24, 48

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Incident:
    """One refusal: its kind, its description (`action`), the person (empty without sign-in), the route and the IP network."""

    kind: AuditKind
    action: str
    who: str = ""
    target: str = ""
    network: str = ""
    owner: OrganisationId | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Return its values by column of the journal; incidents with the same values share a line."""
        values = {"kind": self.kind.value, "action": self.action, "who": self.who, "target": self.target}
        return values | {"network": self.network, "organisation_id": self.owner}


def network_of(address: str) -> str:
    """Return the IP network (/24 or /48) of an address, shared by many persons; empty for an invalid address."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if known.version == 6 and known.ipv4_mapped:
        known = known.ipv4_mapped
    return str(ipaddress.ip_network((known, _IPV4_KEPT if known.version == 4 else _IPV6_KEPT), strict=False))


def floor_to_minute(now: datetime) -> datetime:
    """Return a time cut to its minute, without zone."""
    return now.replace(second=0, microsecond=0, tzinfo=None)


def add_to_journal(connection: Connection, incident: Incident, *, at: datetime, times: int = 1) -> None:
    """Add an incident to the line of its minute, or a new line; beyond `MOST_A_MINUTE` lines of a kind, to the line `OTHERS`."""
    minute = floor_to_minute(at)
    if _increment_line(connection, incident, minute, times):
        return
    same = (AUDIT.c.kind == incident.kind.value) & (AUDIT.c.at == minute)
    if connection.execute(select(func.count()).where(same)).scalar_one() >= MOST_A_MINUTE:
        incident = Incident(incident.kind, OTHERS)
        if _increment_line(connection, incident, minute, times):
            return
    connection.execute(insert(AUDIT), incident.columns | {"at": minute, "detail": "", "times": times})


def _increment_line(connection: Connection, incident: Incident, minute: datetime, times: int) -> bool:
    """Increment the line of an incident, and return whether it existed."""
    columns = incident.columns.items()
    same = [AUDIT.c[name].is_(None) if value is None else AUDIT.c[name] == value for name, value in columns]
    increment = update(AUDIT).where(AUDIT.c.at == minute, *same).values(times=AUDIT.c.times + times)
    return bool(connection.execute(increment).rowcount)


class IncidentCounter:
    """In-memory counter of the incidents of this process; a background thread (`write_until`) writes them to the journal once a second."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._counts: Counter[tuple[datetime, Incident]] = Counter()

    def count(self, incident: Incident, now: datetime) -> None:
        """Count an incident, without any database access."""
        key = (floor_to_minute(now), incident)
        with self._lock:
            if key not in self._counts and len(self._counts) >= MOST_A_MINUTE * len(AuditKind):
                key = (key[0], Incident(incident.kind, OTHERS))
            self._counts[key] += 1

    def write(self) -> None:
        """Write the counted incidents; on a database error, keep them for the next time and log a warning."""
        with self._lock:
            waiting, self._counts = self._counts, Counter()
        if not waiting:
            return
        try:
            with writing(self._engine) as connection:
                for (minute, incident), times in waiting.items():
                    add_to_journal(connection, incident, at=minute, times=times)
        except DatabaseError as error:
            with self._lock:
                self._counts += waiting
            _LOG.warning("%d incidents attendent d’être écrits", waiting.total(), exc_info=error)

    def write_until(self, stopped: Event) -> None:
        """Write the incidents once a second until the event `stopped` is set, then a last time."""
        while not stopped.wait(_WRITE_EVERY_S):
            self.write()
        self.write()
