"""The one-time link that opens the first account, for pages that others will reach: good for an hour, and while there is no account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from matcher.tokens import new_token, token_hash

LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FirstAccountLink:
    """A link that was drawn: the hash of its token, and until when it opens (UTC without zone)."""

    token_hash: str
    until: datetime

    def opens(self, token: str, now: datetime) -> bool:
        """Whether this token is the link's, in time. That there is no account yet is asked when one is opened."""
        return now.replace(tzinfo=None) < self.until and compare_digest(self.token_hash, token_hash(token))


def draw_link(now: datetime) -> tuple[str, FirstAccountLink]:
    """Return a new token, to be given once and kept nowhere, and the link that knows it again."""
    token = new_token()
    return token, FirstAccountLink(token_hash(token), now.replace(tzinfo=None) + LASTS)
