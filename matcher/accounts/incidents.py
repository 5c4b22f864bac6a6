"""Incidents of security: refused accesses, forged forms, throttled attempts, counted by minute in the journal, so that a flood is a few lines."""

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

# Lines of one kind in one minute; what comes beyond is counted together.
MOST_A_MINUTE = 50
OTHERS = "et d’autres, comptés ensemble"
# How often one process writes what it has seen: a flood costs one short transaction a second.
_PACE_S = 1.0
# What an administrator may block, and no person's own address: https://www.cnil.fr/fr/la-journalisation
_IPV4_KEPT, _IPV6_KEPT = 24, 48

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing refused: its kind, in words, to whom (empty where nobody was signed in), on what, from which network."""

    kind: AuditKind
    action: str
    who: str = ""
    target: str = ""
    network: str = ""
    owner: OrganisationId | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Return its values, by column; two incidents of the same values are counted together."""
        values = {"kind": self.kind.value, "action": self.action, "who": self.who, "target": self.target}
        return values | {"network": self.network, "organisation_id": self.owner}


def network_of(address: str) -> str:
    """Return the network of an address, wide enough to be of many persons; empty where it is no address."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if known.version == 6 and known.ipv4_mapped:
        known = known.ipv4_mapped
    return str(ipaddress.ip_network((known, _IPV4_KEPT if known.version == 4 else _IPV6_KEPT), strict=False))


def floor_to_minute(now: datetime) -> datetime:
    """Return the minute that a moment is in, without zone."""
    return now.replace(second=0, microsecond=0, tzinfo=None)


def count_in(connection: Connection, seen: Incident, *, at: datetime, times: int = 1) -> None:
    """Count an incident in the line of its minute, in a transaction that writes; a minute has so many lines of a kind, and one for the rest."""
    minute = floor_to_minute(at)
    if _added(connection, seen, minute, times):
        return
    same = (AUDIT.c.kind == seen.kind.value) & (AUDIT.c.at == minute)
    if connection.execute(select(func.count()).where(same)).scalar_one() >= MOST_A_MINUTE:
        seen = Incident(seen.kind, OTHERS)
        if _added(connection, seen, minute, times):
            return
    connection.execute(insert(AUDIT), seen.columns | {"at": minute, "detail": "", "times": times})


def _added(connection: Connection, seen: Incident, minute: datetime, times: int) -> bool:
    """Return whether the line of an incident was there, and now counts it."""
    own = [AUDIT.c[name].is_(None) if value is None else AUDIT.c[name] == value for name, value in seen.columns.items()]
    more = update(AUDIT).where(AUDIT.c.at == minute, *own).values(times=AUDIT.c.times + times)
    return bool(connection.execute(more).rowcount)


class IncidentCounter:
    """Incidents that this process has seen and not written yet. Seeing one asks the database nothing: a watch writes them, once a second."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._seen: Counter[tuple[datetime, Incident]] = Counter()

    def see(self, incident: Incident, now: datetime) -> None:
        """Count one more."""
        key = (floor_to_minute(now), incident)
        with self._lock:
            if key not in self._seen and len(self._seen) >= MOST_A_MINUTE * len(AuditKind):
                key = (key[0], Incident(incident.kind, OTHERS))
            self._seen[key] += 1

    def write(self) -> None:
        """Write the incidents that were seen; where the database refuses, keep them for the next time, with a warning in the log."""
        with self._lock:
            taken, self._seen = self._seen, Counter()
        if not taken:
            return
        try:
            with writing(self._engine) as connection:
                for (minute, incident), times in taken.items():
                    count_in(connection, incident, at=minute, times=times)
        except DatabaseError as error:
            with self._lock:
                self._seen += taken
            _LOG.warning("%d incidents attendent d’être écrits", taken.total(), exc_info=error)

    def watch(self, over: Event) -> None:
        """Write what was seen, once a second until it is over, and what is left then."""
        while not over.wait(_PACE_S):
            self.write()
        self.write()
