"""Values a person asked to forget, recognised by salted hash alone and cut out of records wherever they stand."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

from matcher.catalogue.identity.records import CleanRecord
from matcher.cleaning.names import name_key
from matcher.cleaning.phone import clean_phone
from matcher.cleaning.web import clean_email

FORGOTTEN = "donnée effacée à la demande de la personne"
LEAST_WORDS = 2  # one word alone would be cut out of names of firms and streets

_EMAIL = re.compile(r"[\w.+'-]+@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE | re.ASCII)
_PHONE = re.compile(r"\+\d[\d\s.\-()]{7,16}\d|\b0\s?[1-9](?:[\s.\-]?\d{2}){4}\b")
_WORD = re.compile(r"[^\W_]+")
_BLANKS = re.compile(r"[ \t]{2,}")
_TEXTS = ("name", "brand", "address", "description", "website", "workers_text", "capacity", "area")


class HashedValue(NamedTuple):
    """A value in the one form under which it is hashed, and how many words a name has (0: e-mail or telephone)."""

    form: str
    words: int


def told(value: str) -> HashedValue | None:
    """Return an e-mail address, a telephone number or a name of person (two words or more), normalised; else None.

    The order of the words of a name does not count, nor accents, nor capitals.
    """
    if email := clean_email(value).value:
        return HashedValue(f"email:{email}", 0)
    if not re.search(r"[^\W\d_]", value):
        phone = clean_phone(value).value
        return HashedValue(f"phone:{phone}", 0) if phone else None
    words = name_key(value).split()
    return HashedValue(_name(words), len(words)) if len(words) >= LEAST_WORDS and "@" not in value else None


@dataclass(frozen=True)
class Forgotten:
    """The hashes to look for, each with its number of words, and the salt (hexadecimal) they were made with."""

    salt: str = ""
    words: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def lengths(self) -> frozenset[int]:
        """Numbers of words of the names."""
        return frozenset(self.words.values()) - {0}

    def knows(self, form: str) -> bool:
        """Whether this normalised form was asked to be forgotten."""
        return hash_of(form, self.salt) in self.words


def hash_of(form: str, salt: str) -> str:
    """Return the keyed hash of a normalised form, in hexadecimal."""
    return blake2b(form.encode(), key=bytes.fromhex(salt), digest_size=32).hexdigest()


def scrub(record: CleanRecord, forgotten: Forgotten) -> CleanRecord:
    """Return the record without what was asked to be forgotten, flagged where something was; itself otherwise."""
    if not forgotten.words:
        return record
    found: dict[str, Any] = {name: cut(getattr(record, name), forgotten) for name in _TEXTS}
    found["phone"] = "" if record.phone and forgotten.knows(f"phone:{record.phone}") else record.phone
    found["email"] = cut(record.email, forgotten)
    if found["website"] != record.website:
        found["website"] = ""  # what is left of an address leads nowhere
    found["labels"] = tuple(filter(None, (cut(label, forgotten) for label in record.labels)))
    found["claims"] = tuple((vocabulary, cut(text, forgotten)) for vocabulary, text in record.claims)
    found["activities"] = tuple(replace(item, wording=cut(item.wording, forgotten)) for item in record.activities)
    changed = {name: value for name, value in found.items() if value != getattr(record, name)}
    return replace(record, **changed, flags=tuple(dict.fromkeys((*record.flags, FORGOTTEN)))) if changed else record


def cut(text: str, forgotten: Forgotten) -> str:
    """Return `text` without the forgotten values that stand in it, e-mail addresses made of a forgotten name included;
    unchanged where none does.
    """
    spans = sorted(_spans(text, forgotten)) if text and forgotten.words else []
    if not spans:
        return text
    kept, place = [], 0
    for begin, end in spans:
        kept.append(text[place:begin])
        place = max(place, end)
    return _BLANKS.sub(" ", "".join([*kept, text[place:]])).strip()


def _spans(text: str, forgotten: Forgotten) -> Iterator[tuple[int, int]]:
    emails = list(_EMAIL.finditer(text))
    for found in emails:
        if forgotten.knows(f"email:{found[0].lower()}"):
            yield found.span()
    for found in _PHONE.finditer(text):
        if (phone := clean_phone(found[0]).value) and forgotten.knows(f"phone:{phone}"):
            yield found.span()
    words = [(name_key(found[0]), found.start(), found.end()) for found in _WORD.finditer(text)]
    for length in forgotten.lengths:
        for first in range(len(words) - length + 1):
            window = words[first : first + length]
            if forgotten.knows(_name([word for word, _, _ in window])):
                begin, end = window[0][1], window[-1][2]
                yield begin, end
                yield from (email.span() for email in emails if email.start() <= begin and end <= email.end())


def _name(words: list[str]) -> str:
    return "name:" + " ".join(sorted(words))
