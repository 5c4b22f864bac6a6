"""The one-time link that creates the first account of an installation open to a network: valid for an hour, while there is no account.

Its token is an expiry time signed with the secret key and stored nowhere, so that every process with this key accepts it.
"""

import hashlib
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

LASTS = timedelta(hours=1)


def draw_link(key: bytes, now: datetime) -> str:
    """Return the token of a new link."""
    return _signer(key).dumps(int((now + LASTS).timestamp()))


def link_opens(key: bytes, token: str, now: datetime) -> bool:
    """Return whether a token was signed with this key and has not expired. The caller checks that there is no account yet."""
    try:
        until: int = _signer(key).loads(token)
    except (BadData, UnicodeError):
        return False
    return now.timestamp() < until


def _signer(key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="premier-compte", signer_kwargs={"digest_method": hashlib.sha256})
