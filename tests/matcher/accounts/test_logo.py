"""Logos: a PNG or a JPEG by its bytes, of a size that prints; each organisation sees its own."""

import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from matcher.accounts import audit
from matcher.accounts.logo import (
    LARGEST,
    Logo,
    LogoRefused,
    has_logo,
    keep_logo,
    load_logo,
    read_logo,
    remove_logo,
)
from matcher.accounts.organisations import OrganisationProfile, create_organisation
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.dossiers.kept import AT, WHO

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><script>alert(1)</script></svg>'


def png(width: int = 120, height: int = 40) -> bytes:
    """A whole PNG, blue."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compress((b"\0" + b"\x30\x40\x90" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int = 120, height: int = 40) -> bytes:
    """The head of a JPEG, as far as its size."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0" + struct.pack(">H", 2 + len(frame)) + frame
    )


def test_a_png_and_a_jpeg_are_known_by_their_bytes() -> None:
    assert read_logo(png()) == Logo("image/png", png())
    assert read_logo(jpeg()).media == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "n’est pas vide"),
        (SVG, "ni un PNG ni un JPEG"),
        (b"GIF89a" + bytes(40), "ni un PNG ni un JPEG"),
        (b"<html>" + png(), "ni un PNG ni un JPEG"),
        (png()[:12], "abîmée"),
        (jpeg()[:15], "abîmée"),
        (png(9, 200), "9 × 200 pixels"),
        (jpeg(5000, 100), "chaque côté"),
        (png() + bytes(LARGEST), "200 ko"),
    ],
)
def test_what_is_no_logo_is_refused_with_what_to_give(content: bytes, fault: str) -> None:
    with pytest.raises(LogoRefused, match=fault):
        read_logo(content)


@given(st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]), st.binary(max_size=80))
def test_any_bytes_are_a_logo_or_are_refused(begins: bytes, rest: bytes) -> None:
    with suppress(LogoRefused):
        assert read_logo(begins + rest).content == begins + rest


def test_each_organisation_has_its_own(engine: Engine) -> None:
    other = create_organisation(engine, OrganisationProfile("Autre"), author=WHO, now=AT).id
    keep_logo(engine, other, read_logo(png()), author=WHO, now=AT)
    assert load_logo(engine, FIRST_ORGANISATION) is None
    keep_logo(engine, other, read_logo(jpeg()), author=WHO, now=AT)
    remove_logo(engine, FIRST_ORGANISATION, author=WHO, now=AT)
    assert load_logo(engine, other) == Logo("image/jpeg", jpeg())
    assert (has_logo(engine, other), has_logo(engine, FIRST_ORGANISATION)) == (True, False)
    remove_logo(engine, other, author=WHO, now=AT)
    assert load_logo(engine, other) is None
    assert [line.action for line in audit.read_journal(engine, other)][:3] == [
        "retire un logo",
        "donne un logo",
        "donne un logo",
    ]
