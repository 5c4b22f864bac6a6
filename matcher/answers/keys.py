"""Stores the keys (Ed25519) that sign shared answers: this installation's private key, and the public keys of the installations that it trusts."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from sqlalchemy import Connection, Engine, delete, insert, select

from matcher.answers.fact import public_key, public_text
from matcher.answers.tables import TRUSTED_KEYS
from matcher.db import reading, writing
from matcher.private_files import private_folder, write_private
from matcher.settings import reader_folder


class KeyRefused(Exception):
    """A key that cannot be used. Nothing was written; the message is French."""


class TrustedKey(NamedTuple):
    """A public key whose facts are accepted: its local name, who trusted it (`who`) and when (`since`, UTC without zone)."""

    name: str
    key: str
    who: str
    since: datetime


def key_file() -> Path:
    """Return the path of the private key, `reponses.pem` in the data folder. It may not exist yet."""
    return reader_folder() / "reponses.pem"


def signing_key() -> Ed25519PrivateKey:
    """Return the private key of this installation, generated and saved at first use. Raises KeyRefused, OSError."""
    path = key_file()
    if not path.exists():
        generated = Ed25519PrivateKey.generate()
        private_folder(path.parent)
        write_private(path, generated.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return generated
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise KeyRefused(f"« {path} » n’est pas une clé privée : remettez celle de votre sauvegarde.") from error
    except OSError as error:
        raise KeyRefused(f"« {path} » ne se lit pas : {error.strerror or error}.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused(f"« {path} » n’est pas une clé Ed25519 : remettez celle de votre sauvegarde.")
    return key


def own_public() -> str:
    """Return this installation's public key. Raises KeyRefused, OSError."""
    return public_text(signing_key().public_key())


def trusted_keys(engine: Engine) -> list[TrustedKey]:
    """Return the trusted keys, sorted by name."""
    with reading(engine) as connection:
        return _read(connection)


def trust(engine: Engine, name: str, key: str, *, author: str, now: datetime) -> None:
    """Accept from now on the facts that `key` signs. Raises KeyRefused where it is not a key, is this installation's, or key or name is taken."""
    name, key, author = (" ".join(text.split()) for text in (name, key, author))
    if not name or not author:
        raise KeyRefused("Donnez un nom à la clé, et dites qui l’accepte.")
    try:
        written = public_text(public_key(key))
    except ValueError as error:
        raise KeyRefused(
            f"« {key} » n’est pas une clé publique : 43 signes, tels que « entremise reponses cle » les donne."
        ) from error
    if written == own_public():
        raise KeyRefused("C’est la clé de cette installation : elle ne reçoit pas ses propres réponses.")
    with writing(engine) as connection:
        known = next((key for key in _read(connection) if name == key.name or written == key.key), None)
        if known is not None:
            raise KeyRefused(f"« {known.name} » est déjà acceptée, avec la clé {known.key}.")
        row = {"name": name, "key": written, "who": author, "since": now.replace(tzinfo=None)}
        connection.execute(insert(TRUSTED_KEYS), row)


def distrust(connection: Connection, name: str) -> str:
    """Delete the trusted key of this name, inside a transaction, and return it. Raises KeyRefused where there is none."""
    known = next((key for key in _read(connection) if key.name == name.strip()), None)
    if known is None:
        raise KeyRefused(f"Aucune clé acceptée ne s’appelle « {name} ».")
    connection.execute(delete(TRUSTED_KEYS).where(TRUSTED_KEYS.c.name == known.name))
    return known.key


def _read(connection: Connection) -> list[TrustedKey]:
    columns = (TRUSTED_KEYS.c[name] for name in TrustedKey._fields)
    return [TrustedKey(*row) for row in connection.execute(select(*columns).order_by(TRUSTED_KEYS.c.name))]
