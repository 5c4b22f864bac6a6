"""The kinds of correspondence: each is of one room, whose numbers of batches and of holders mean nothing to the others."""

from datetime import timedelta
from enum import StrEnum

from matcher.settings import RETENTION_MONTHS


class Correspondence(StrEnum):
    """Kind of messages and of their links."""

    CAMPAIGN = "enquête"
    MEETING = "rendez-vous"
    WATCH = "veille"

    @property
    def lasts(self) -> timedelta:
        """How long a link opens, unless its room closes it before."""
        return _CAMPAIGN if self is Correspondence.CAMPAIGN else _KEPT


_CAMPAIGN = timedelta(days=60)
# As long as whom it was sent to is known: a message kept for months must still lead to where one says that it is enough.
_KEPT = timedelta(days=365 * RETENTION_MONTHS // 12)
