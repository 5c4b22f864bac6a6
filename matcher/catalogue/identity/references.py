"""Scope within which a reference is unique: its source, its list, and the numbering that the source used. Pure."""

from base64 import b32encode
from hashlib import blake2b
from typing import NamedTuple

from importers import REGISTRY
from importers.importer import one_numbering

_SEPARATOR = ":"


class Directory(NamedTuple):
    """Scope in which a reference is unique: a source, its list where it holds many, and its numbering where it changed it."""

    source: str
    listing: str
    numbering: str


def is_kept_by_hand(directory: Directory) -> bool:
    """Return True for a list that persons keep, which may hold a supplier twice; a publisher's directory holds each once."""
    importer = REGISTRY.get(directory.source)
    return importer is not None and importer.many_lists


def join_reference(listing: str, ref: str) -> str:
    """Return the reference of a record in its source, whatever the list that it comes from."""
    return f"{listing}{_SEPARATOR}{ref}" if listing else ref


def opaque(words: str) -> str:
    """Return a digest that stands for words in a reference, the same for the same words: no id, address or log bears a name.

    It begins with `_`, the sign of a numbering (`Importer.numbering`), where the words had one, else with a stop.
    """
    digest = b32encode(blake2b(words.encode(), digest_size=10).digest()).decode().lower()
    return f"{'_' if '_' in words else '.'}{digest}"


def split_reference(source: str, ref: str) -> tuple[str, str]:
    """Return (list, reference as the list writes it); the list is empty for a source that is one."""
    importer = REGISTRY.get(source)
    if importer is None or not importer.many_lists or _SEPARATOR not in ref:
        return "", ref
    listing, _, own = ref.partition(_SEPARATOR)
    return listing, own


def listing_of(source: str, ref: str) -> str:
    """Return the list that a record comes from, empty for a source that is one."""
    return split_reference(source, ref)[0]


def reference_key(source: str, ref: str) -> str:
    """Return the key of what a reference names in its source, the same in each numbering that holds it: `hosmoz:e7001`."""
    return f"{source}:{REGISTRY[source].shared(ref) if source in REGISTRY else ref}"


def directory_of(source: str, ref: str) -> Directory:
    """Return what holds at most one record of this reference."""
    listing, own = split_reference(source, ref)
    numbering = REGISTRY[source].numbering if source in REGISTRY else one_numbering
    return Directory(source, listing, numbering(own))
