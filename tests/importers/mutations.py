"""Files spoiled by chance, each by its seed: bytes, lines, cells and encodings of any, and the inside of JSON, markup, archives and PDF."""

import io
import json
import random
import re
import zipfile
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]

ODD = (
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b'"',
    b"\r",
    b";;;;",
    b"\\ud800",
    b"\\u0000",
    b"1e999",
    b"NaN",
    b"\x85",
    b"{",
)
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "mac-roman")
_ODD_NUMBERS = (b"-1", b"0", b"65536", b"4294967295", b"99999999999999999999", b"1e308", b"NaN", b"")
_ENTITIES = (
    b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
    b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
)
# What is put in a text: as long, or as deep, as nobody writes by hand.
_LONG, _DEEP = 200_000, 3_000


def flip(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed."""
    spoiled = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled)


def strew(data: bytes, chance: random.Random) -> bytes:
    """Words that programs trip over, put anywhere."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        data = data[:at] + chance.choice(ODD) + data[at:]
    return data


def cut(data: bytes, chance: random.Random) -> bytes:
    """The end of the file lost."""
    return data[: chance.randrange(len(data))]


def repeat(data: bytes, chance: random.Random) -> bytes:
    """A piece of the file, written again, up to fifty times."""
    first, last = sorted(chance.randrange(len(data)) for _ in range(2))
    piece = data[first : min(last, first + 4_000)]
    return data[:last] + piece * chance.choice((1, 2, 50)) + data[last:]


def move_columns(data: bytes, chance: random.Random) -> bytes:
    """Cells in another order, the same on every line or not."""
    delimiter = max((b";", b",", b"\t", b"|"), key=data.count)
    lines = data.split(b"\n")
    order = list(range(lines[0].count(delimiter) + 1))
    chance.shuffle(order)
    moved = []
    for line in lines:
        cells = line.split(delimiter)
        if chance.random() < 0.1:
            chance.shuffle(order)
        moved.append(delimiter.join(cells[rank] for rank in order if rank < len(cells)))
    return b"\n".join(moved)


def cut_rows(data: bytes, chance: random.Random) -> bytes:
    """Lines lost, repeated, cut, in another order; the end of the file lost."""
    lines = data.split(b"\n")
    kept = []
    for line in lines:
        kept += [line] * chance.choice((0, 1, 1, 1, 1, 1, 2))
        if kept and chance.random() < 0.1:
            kept[-1] = kept[-1][: chance.randint(0, len(line))]
    if chance.random() < 0.3:
        chance.shuffle(kept)
    whole = b"\n".join(kept)
    return whole[: chance.randint(0, len(whole))] if chance.random() < 0.3 else whole


def swell(data: bytes, chance: random.Random) -> bytes:
    """A cell, a line or a text that has no end, put at the border of another."""
    borders = [found.start() for found in re.finditer(rb"[;,\t|\n>\"]", data)] or [0]
    at = chance.choice(borders) + 1
    return data[:at] + chance.choice((b"a", b"1", b" ", b"<", b"(", b"\xc3\xa9", b"\n", b";")) * _LONG + data[at:]


def mix_encodings(data: bytes, chance: random.Random) -> bytes:
    """Each part of the file in an encoding of its own."""
    text = data.decode("utf-8", errors="replace")
    at = chance.randint(0, len(text))
    return b"".join(part.encode(chance.choice(ENCODINGS), errors="replace") for part in (text[:at], text[at:]))


def retype(data: bytes, chance: random.Random) -> bytes:
    """JSON values of other types than expected; another file is left as it is."""
    odd = (None, True, -1, 1e300, [], {}, [[]], {"a": [1]}, "\ud800", "\x00", "x" * 5000, 10**30)

    def spoil(value: object) -> object:
        if chance.random() < 0.04:
            return chance.choice(odd)
        if isinstance(value, dict):
            return {key: spoil(inner) for key, inner in value.items()}
        return [spoil(inner) for inner in value] if isinstance(value, list) else value

    try:
        return json.dumps(spoil(json.loads(data))).encode()
    except (ValueError, RecursionError):
        return data


def bury(data: bytes, chance: random.Random) -> bytes:
    """JSON one value of which is deeper than any reader goes, or a number longer."""
    values = [found.span() for found in re.finditer(rb'(?<=: )(?:"[^"\\]*"|\d+|null|true)', data)]
    if not values:
        return data
    first, last = chance.choice(values)
    deep = (b"[" * _DEEP + b"]" * _DEEP, b'{"a":' * _DEEP + b"1" + b"}" * _DEEP, b"[" * _DEEP, b"9" * _LONG)
    return data[:first] + chance.choice(deep) + data[last:]


def retag(data: bytes, chance: random.Random) -> bytes:
    """Markup whose tags are lost, repeated, moved, nested without end, or that calls entities of its own."""
    tags = [found.span() for found in re.finditer(rb"<[^<>]{1,300}>", data)]
    if not tags:
        return data
    (first, last), (other, end) = sorted((chance.choice(tags), chance.choice(tags)))
    tag = data[first:last]
    return chance.choice(
        (
            data[:first] + data[last:],
            data[:last] + tag * _DEEP + data[last:],
            data[:first] + tag * chance.randint(2, 40) + data[last:],
            data[:first] + data[other:end] + data[last:other] + tag + data[end:],
            data[:first] + data[end:],
            data[:last] + data[first:end] * 20 + data[last:],
            data[:first] + tag[:-1] + b' a="' + b"x" * _LONG + b'"' + tag[-1:] + data[last:],
            data[:first] + b"<![CDATA[" + tag + data[last:],
            chance.choice(_ENTITIES) + data[:last] + b"&c;&b;" + data[last:],
            data[: data.find(b"?>") + 2] + chance.choice(_ENTITIES) + data[data.find(b"?>") + 2 :],
        )
    )


def renumber(data: bytes, chance: random.Random) -> bytes:
    """A few of the numbers of the file, whatever they count, replaced by one that nothing has."""
    for _ in range(chance.randint(1, 4)):
        numbers = [found.span() for found in re.finditer(rb"\d+", data)]
        if not numbers:
            return data
        first, last = chance.choice(numbers)
        data = data[:first] + chance.choice(_ODD_NUMBERS) + data[last:]
    return data


def misdirect(data: bytes, chance: random.Random) -> bytes:
    """A PDF one of whose objects refers to another than its own, or to itself; or says another filter or length."""
    spots = [found.span() for found in re.finditer(rb"\d+ 0 R|/Filter\s*/\w+|/Length \d+|/Type /\w+", data)]
    if not spots:
        return data
    first, last = chance.choice(spots)
    other = (
        b"1 0 R",
        b"2 0 R",
        b"999 0 R",
        b"[1 0 R 2 0 R]",
        b"/Filter /LZWDecode",
        b"/Length -5",
        b"<< /Kids 2 0 R >>",
    )
    return data[:first] + chance.choice(other) + data[last:]


def repack(data: bytes, chance: random.Random) -> bytes:
    """An archive one of whose members is spoiled and packed again, lost, named otherwise, or there twice; its sums are right."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    at = chance.randrange(len(members))
    name, content = members[at]
    instead: tuple[Callable[[], list[tuple[str, bytes]]], ...] = (
        *[lambda: [(name, spoiled(content, chance, _MARKUP))]] * 6,
        list,
        lambda: [(name.upper(), content)],
        lambda: [(name, content), (f"../{name}", content)],
        lambda: [(name, b"")],
        lambda: [(name, content + b" " * 30_000_000)],
    )
    members[at : at + 1] = chance.choice(instead)()
    out = io.BytesIO()
    with zipfile.ZipFile(
        out, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)), compresslevel=1
    ) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def shuffle_sectors(data: bytes, chance: random.Random) -> bytes:
    """An OLE file two of whose sectors have changed places, or one is full of one byte."""
    first, last = (chance.randrange(0, len(data), 512) for _ in range(2))
    spoiled = bytearray(data)
    spoiled[first : first + 512], spoiled[last : last + 512] = data[last : last + 512], data[first : first + 512]
    if chance.random() < 0.3:
        spoiled[first : first + 512] = bytes([chance.choice((0, 255))]) * 512
    return bytes(spoiled)


# What any file undergoes, and what those of a form do besides.
ANY: tuple[Mutation, ...] = (flip, strew, cut, repeat)
LINES: tuple[Mutation, ...] = (*ANY, move_columns, cut_rows, mix_encodings, swell)
_JSON: tuple[Mutation, ...] = (*ANY, retype, bury, retype, bury, renumber, swell, mix_encodings)
_MARKUP: tuple[Mutation, ...] = (*ANY, retag, retag, retag, renumber, swell, mix_encodings)
_PDF: tuple[Mutation, ...] = (*ANY, renumber, misdirect, misdirect, swell)
_ARCHIVE: tuple[Mutation, ...] = (*ANY, repack, repack, repack, repack)
_OLE: tuple[Mutation, ...] = (flip, cut, repeat, shuffle_sectors)
_BY_HEAD = ((b"PK", _ARCHIVE), (b"\xd0\xcf", _OLE), (b"%PDF", _PDF), (b"<", _MARKUP), (b"{", _JSON), (b"[", _JSON))


def mutations_of(data: bytes) -> tuple[Mutation, ...]:
    """Return what a file undergoes, by its first bytes."""
    head = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((those for mark, those in _BY_HEAD if head.startswith(mark)), LINES)


def spoiled(data: bytes, chance: random.Random, those: tuple[Mutation, ...] = ()) -> bytes:
    """Return a file after one to three mutations, the first of those that its form undergoes, the others of bytes and lines."""
    data = chance.choice(those or mutations_of(data))(data or b" ", chance)
    for _ in range(chance.choice((0, 0, 1, 2))):
        data = chance.choice(ANY)(data or b" ", chance)
    return data
