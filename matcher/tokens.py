"""Secret tokens: drawn at random, given once, and kept as a hash that opens nothing."""

import secrets
from hashlib import sha256

_BITS = 256


def new_token(bits: int = _BITS) -> str:
    """Return a secret of random bits, fit for an address."""
    return secrets.token_urlsafe(bits // 8)


def token_hash(token: str) -> str:
    """Return what is kept of a token; of so many random bits, a plain SHA-256 cannot be searched back."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()
