"""Secret tokens: drawn at random, given once, and kept as a hash that opens nothing."""

import secrets
from hashlib import sha256

_BYTES = 32


def new_token() -> str:
    """Return a secret of 256 random bits, fit for an address."""
    return secrets.token_urlsafe(_BYTES)


def token_hash(token: str) -> str:
    """Return what is kept of a token; of so many random bits, a plain SHA-256 cannot be searched back."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()
