"""The link that opens the first account, for pages that others will reach: good for an hour, and while there is no account.

It is signed by the key of the pages and written down nowhere: each process of the same key takes the links of all.
"""

import hashlib
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

LASTS = timedelta(hours=1)


def draw_link(key: bytes, now: datetime) -> str:
    """Return the token of a new link, to be given once and kept nowhere."""
    return _signer(key).dumps(int((now + LASTS).timestamp()))


def link_opens(key: bytes, token: str, now: datetime) -> bool:
    """Return whether a token was drawn under this key, less than an hour ago. That there is no account yet is asked when one is opened."""
    try:
        until: int = _signer(key).loads(token)
    except (BadData, UnicodeError):
        return False
    return now.timestamp() < until


def _signer(key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="premier-compte", signer_kwargs={"digest_method": hashlib.sha256})
