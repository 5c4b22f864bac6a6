"""Recognition and erasure of values that a person asked to forget (e-mail, telephone, name), known only by their salted hash: every candidate value
in a text or record is normalised, hashed and compared."""

import re
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

from matcher.catalogue.identity.records import CleanRecord
from matcher.catalogue.identity.references import join_reference, opaque, split_reference
from matcher.cleaning.names import name_words, sorted_words, word_runs
from matcher.cleaning.phone import clean_phone, phones_in
from matcher.cleaning.web import clean_email, emails_in, level_email
from matcher.domain.fields import FIELDS

FORGOTTEN = "donnée effacée à la demande de la personne"

LEAST_WORDS = 2  # one word alone would be cut out of names of firms and streets

_LETTER = re.compile(r"[^\W\d_]")
_BLANKS = re.compile(r"[ \t]{2,}")
# Invisible characters that web pages put inside words.
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff]")
_COMMA = re.compile(r"(?<=\w),(?=\w)")
# Ellipsis of a shortened quotation (`importers.formats.content`), and positions where a truncated value may begin.
_ELLIPSIS = re.compile(r"\s?(?:…|\.{3})")
_START_OF_VALUE = re.compile(r"(?<![\w.+'@-])[\w+(]")
_DIGITS_ONLY = re.compile(r"[\d\s().+/_–-]+")
_PERSONAL = (*(name for field in FIELDS if field.personal for name in field.names), "wrong_numbers")
# Longest value searched for before an ellipsis, and least letters or digits of it to recognise it.
_LONGEST_BEGINNING, _LEAST_LETTERS, _LEAST_DIGITS = 100, 3, 4
# A firm's name of up to two words is recognised only where each word has a capital: its words are common ones.
_CAPITAL_WORDS = 2


class NormalValue(NamedTuple):
    """A personal value in the normalised form that is hashed, and the number of words of a name (0: e-mail or telephone)."""

    form: str
    words: int


def normal_value(value: str) -> NormalValue | None:
    """Normalise an e-mail address, a telephone number or a person's name (two words or more); None for anything else.

    The order of a name's words, accents, capitals and invisible characters do not count.
    """
    value = _UNSEEN.sub("", value)
    whole = len(value) - len(value.lstrip()), len(value.rstrip())
    if email := clean_email(value).value or next(
        (email.value for email in emails_in(_COMMA.sub(".", value)) if (email.start, email.end) == whole), None
    ):
        return NormalValue(f"email:{email}", 0)
    if not _LETTER.search(value):
        read = [clean_phone(value).value, *(phone.value for phone in phones_in(value))]
        phone = next((text for each in read if each and (text := clean_phone(each).value) == each), None)
        return NormalValue(f"phone:{phone}", 0) if phone else None
    lettered = sum(_LETTER.search(word) is not None for word, _, _ in name_words(value))
    return name_value(value) if lettered >= LEAST_WORDS and "@" not in value else None


def name_value(name: str) -> NormalValue:
    """Normalise a name of any number of words."""
    words = [word for word, _, _ in name_words(name)]
    return NormalValue(f"name:{sorted_words(words)}", len(words))


@dataclass(frozen=True)
class Forgotten:
    """The hashes to look for with their numbers of words, and the salt (hexadecimal). Names of up to `capitals` words count only with their
    capitals. `forms`, never stored, are the values themselves where known: they are also recognised at the truncated end of quotations."""

    salt: str = ""
    words: Mapping[str, int] = field(default_factory=dict)
    capitals: int = 0
    forms: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def lengths(self) -> frozenset[int]:
        """Numbers of words of the forgotten names."""
        return frozenset(self.words.values()) - {0}

    def knows(self, form: str) -> bool:
        """Return whether this normalised form is to be forgotten."""
        return hash_of(form, self.salt) in self.words

    def cut(self, text: str) -> str:
        """Return `text` without the forgotten values, and without e-mail addresses made of a forgotten name."""
        if not text or not self.words:
            return text
        spans = sorted(_spans(_UNSEEN.sub("", text), self))
        if not spans:
            return text
        # A value is cut with the invisible characters inside it.
        visible = [at for at, sign in enumerate(text) if not _UNSEEN.match(sign)]
        pieces, place = [], 0
        for begin, end in spans:
            pieces.append(text[place : visible[begin]])
            place = max(place, visible[end - 1] + 1)
        return _BLANKS.sub(" ", "".join([*pieces, text[place:]])).strip()


def leaving_values(names: Iterable[str], contacts: Iterable[str]) -> Forgotten:
    """Return the values to erase for a supplier that leaves: names (of one word too), telephones and addresses. They are never stored."""
    salt = new_salt()
    values = [*map(name_value, names), *(normal for each in contacts if (normal := normal_value(each)))]
    values = [each for each in values if each.form != "name:"]
    hashes = {hash_of(each.form, salt): each.words for each in values}
    # No beginnings of names: « Les … » may begin any sentence.
    return Forgotten(salt, hashes, _CAPITAL_WORDS, tuple(each.form for each in values if not each.words))


def new_salt() -> str:
    """Return a random salt, in hexadecimal."""
    return secrets.token_hex(32)


def hash_of(form: str, salt: str) -> str:
    """Return the keyed hash of a normalised form, in hexadecimal."""
    return blake2b(form.encode(), key=bytes.fromhex(salt), digest_size=32).hexdigest()


def scrub(record: CleanRecord, forgotten: Forgotten) -> CleanRecord:
    """Return the record without forgotten values, with a flag where one was removed; the same record otherwise."""
    if not forgotten.words:
        return record
    scrubbed: dict[str, Any] = {}
    for name in _PERSONAL:
        value = getattr(record, name)
        if isinstance(value, str):
            scrubbed[name] = forgotten.cut(value)
        elif isinstance(value, tuple):
            scrubbed[name] = tuple(filter(None, map(forgotten.cut, value)))
    if scrubbed["website"] != record.website:
        scrubbed["website"] = ""  # a website address with a hole is useless
    listing, own = split_reference(record.source, record.ref)
    if forgotten.cut(listing) != listing:  # a digest takes the place of the list's name, the same at each import
        scrubbed["ref"] = join_reference(opaque(listing), own)
    scrubbed["claims"] = tuple((vocabulary, forgotten.cut(text)) for vocabulary, text in record.claims)
    scrubbed["other_contacts"] = tuple(
        (kind, rest) for kind, value in record.other_contacts if (rest := forgotten.cut(value))
    )
    scrubbed["activities"] = tuple(replace(item, wording=forgotten.cut(item.wording)) for item in record.activities)
    changed = {name: value for name, value in scrubbed.items() if value != getattr(record, name)}
    return replace(record, **changed, flags=tuple(dict.fromkeys((*record.flags, FORGOTTEN)))) if changed else record


def _spans(text: str, forgotten: Forgotten) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the forgotten values in a text without invisible characters."""
    emails = list(emails_in(text))
    if "," in text:
        emails += emails_in(_COMMA.sub(".", text))  # « x.y@z,fr »
    yield from ((email.start, email.end) for email in emails if forgotten.knows(f"email:{email.value}"))
    yield from ((phone.start, phone.end) for phone in phones_in(text) if forgotten.knows(f"phone:{phone.value}"))
    words = name_words(text) if forgotten.lengths else []
    for name in word_runs(words, forgotten.lengths):
        if not forgotten.knows(f"name:{name.value}"):
            continue
        own_words = name_words(text[name.start : name.end])
        if len(own_words) <= forgotten.capitals and any(text[name.start + at].islower() for _, at, _ in own_words):
            continue  # common words
        yield name.start, name.end
        # An address that contains the name is removed whole.
        yield from ((mail.start, mail.end) for mail in emails if mail.start <= name.start and name.end <= mail.end)
    yield from _beginnings(text, forgotten.forms)


def _beginnings(text: str, forms: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the beginning of a value before an ellipsis, for these normalised forms."""
    for ellipsis in _ELLIPSIS.finditer(text) if forms else ():
        end = ellipsis.start()
        for begin in _START_OF_VALUE.finditer(text, max(0, end - _LONGEST_BEGINNING), end):
            if any(_is_beginning(text[begin.start() : end], *form.split(":", 1)) for form in forms):
                yield begin.start(), end
                break


def _is_beginning(text: str, kind: str, value: str) -> bool:
    """Return whether a text is the beginning of a value of this kind, in any spelling."""
    if kind == "email":
        written = level_email(text)
        return len(written) >= _LEAST_LETTERS and value.startswith(written)
    if kind == "phone":
        digits = re.sub(r"\D", "", text.replace("(0)", "")) if _DIGITS_ONLY.fullmatch(text) else ""
        national = value.removeprefix("+33")
        spellings = (f"0{national}", f"33{national}", f"0033{national}", value.removeprefix("+"))
        return len(digits) >= _LEAST_DIGITS and any(spelling.startswith(digits) for spelling in spellings)
    *whole, last = [word for word, _, _ in name_words(text)] or [""]
    missing = Counter(value.split())
    missing.subtract(whole)
    begun = min(missing.values()) >= 0 and any(count and word.startswith(last) for word, count in missing.items())
    return begun and len("".join((*whole, last))) >= _LEAST_LETTERS
