"""Secret tokens for links: random generation, and the SHA-256 hash under which they are stored."""

import secrets
from hashlib import sha256

_BITS = 256


def new_token(bits: int = _BITS) -> str:
    """Return a random secret, URL-safe."""
    return secrets.token_urlsafe(bits // 8)


def token_hash(token: str) -> str:
    """Return the hash to store; a plain SHA-256 suffices, since a token has too many random bits to be guessed."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()
