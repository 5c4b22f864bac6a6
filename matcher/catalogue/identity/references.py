"""References of records (a reference is the id of a record in its source): written with the name of a list and read from it; and the directory, that
is the source, list and numbering, in which a reference is unique. Pure."""

from base64 import b32encode
from hashlib import blake2b
from typing import NamedTuple

from importers import REGISTRY
from importers.importer import one_numbering

_SEPARATOR = ":"


class Directory(NamedTuple):
    """Scope in which a reference is unique: a source, the list in it (a source may gather many), and the numbering (a source may change it)."""

    source: str
    listing: str
    numbering: str


def is_kept_by_hand(source: str) -> bool:
    """Return True for a source of lists kept by hand, which may contain a supplier twice; a publisher's directory does not."""
    importer = REGISTRY.get(source)
    return importer is not None and importer.many_lists


def join_reference(listing: str, ref: str) -> str:
    """Return a record's reference in its source, prefixed with its list if any."""
    return f"{listing}{_SEPARATOR}{ref}" if listing else ref


def opaque(words: str) -> str:
    """Return a digest that replaces names in a reference, equal for equal words, so that no id, address or log contains a person's name.

    It begins with `_`, which marks a numbering (`Importer.numbering`), where the words had one, else with a full stop.
    """
    digest = b32encode(blake2b(words.encode(), digest_size=10).digest()).decode().lower()
    return f"{'_' if '_' in words else '.'}{digest}"


def split_reference(source: str, ref: str) -> tuple[str, str]:
    """Return (list, reference inside it); the list is empty for a source that is one list."""
    importer = REGISTRY.get(source)
    if importer is None or not importer.many_lists or _SEPARATOR not in ref:
        return "", ref
    listing, _, own = ref.partition(_SEPARATOR)
    return listing, own


def listing_of(source: str, ref: str) -> str:
    """Return the list of a record, empty for a source that is one list."""
    return split_reference(source, ref)[0]


def reference_key(source: str, ref: str) -> str:
    """Return the id of what a reference names, the same in every numbering of the source: `hosmoz:e7001`."""
    return f"{source}:{REGISTRY[source].shared(ref) if source in REGISTRY else ref}"


def directory_of(source: str, ref: str) -> Directory:
    """Return the directory in which this reference is unique."""
    listing, own = split_reference(source, ref)
    numbering = REGISTRY[source].numbering if source in REGISTRY else one_numbering
    return Directory(source, listing, numbering(own))
