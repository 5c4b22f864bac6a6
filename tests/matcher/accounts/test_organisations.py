"""Organisations: opened, described, with members; and who answers for the data of each."""

import struct
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from matcher.accounts import audit
from matcher.accounts.organisations import (
    LARGEST_LOGO,
    UNNAMED,
    Logo,
    LogoRefused,
    OrganisationProfile,
    add_member,
    controller_of,
    create_organisation,
    describe_organisation,
    find_organisation,
    has_logo,
    keep_logo,
    list_organisations,
    load_logo,
    load_organisation,
    read_logo,
    remove_logo,
    remove_member,
)
from matcher.accounts.roles import Role
from matcher.accounts.store import AccountRefused, add_account
from matcher.accounts.store import list_accounts as accounts
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from matcher.settings import (
    CONTROLLER_ADDRESS_VARIABLE,
    CONTROLLER_CONTACT_VARIABLE,
    CONTROLLER_NAME_VARIABLE,
    Controller,
    SettingsError,
)
from tests.matcher.dossiers.kept import AT, WHO

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
GOOD = "cheval agrafe pile correcte"
TOWN = OrganisationProfile(
    "Ville de  Maubeuge",
    "215 903 923 00013",
    "Hainaut",
    "Maubeuge",
    (),
    "La maire",
    "1 place Verte",
    "dpo@ville.example",
)


def test_there_is_one_from_the_start_which_says_nothing(engine: Engine) -> None:
    assert [(one.id, one.its) for one in list_organisations(engine)] == [
        (FIRST_ORGANISATION, OrganisationProfile(UNNAMED))
    ]


def test_one_is_opened_described_and_found_by_its_name(engine: Engine) -> None:
    made = create_organisation(engine, TOWN, author="essai", now=NOW)
    assert (made.its.name, made.its.siret) == ("Ville de Maubeuge", "21590392300013")
    assert (
        load_organisation(engine, made.id)
        == made
        == find_organisation(engine, " ville de MAUBEUGE")
        == find_organisation(engine, str(made.id))
    )
    with pytest.raises(AccountRefused, match="existe déjà"):
        create_organisation(engine, OrganisationProfile("VILLE DE MAUBEUGE"), author="essai", now=NOW)
    describe_organisation(engine, made.id, OrganisationProfile("Maubeuge"), author="essai", now=NOW)
    assert load_organisation(engine, made.id).its == OrganisationProfile("Maubeuge")
    for unknown in (
        lambda: find_organisation(engine, "Ailleurs"),
        lambda: load_organisation(engine, OrganisationId(9)),
    ):
        with pytest.raises(AccountRefused, match="organisation list"):
            unknown()
    lines = [(line.action, line.organisation) for line in audit.read_whole_journal(engine)]
    assert lines == [("décrit une organisation", "Maubeuge"), ("ouvre une organisation", "Maubeuge")]


def test_members_have_a_role_in_each_and_an_administrator_is_always_left(engine: Engine) -> None:
    add_account(engine, "Léa", GOOD, Role.ADMINISTRATOR, FIRST_ORGANISATION, author="essai", now=NOW)
    town = create_organisation(engine, TOWN, author="Léa", now=NOW).id
    add_member(engine, town, "léa", Role.READER, author="Léa", now=NOW)
    (lea,) = accounts(engine)
    assert [(one.organisation, one.role) for one in lea.memberships] == [
        (UNNAMED, Role.ADMINISTRATOR),
        ("Ville de Maubeuge", Role.READER),
    ]
    assert lea.installation
    with pytest.raises(AccountRefused, match="pas membre"):
        remove_member(engine, OrganisationId(9), "Léa", author="Léa", now=NOW)
    remove_member(engine, town, "Léa", author="Léa", now=NOW)
    with pytest.raises(AccountRefused, match="seul à administrer"):
        remove_member(engine, FIRST_ORGANISATION, "Léa", author="Léa", now=NOW)
    add_member(engine, town, "Léa", Role.ADMINISTRATOR, author="Léa", now=NOW)
    remove_member(engine, FIRST_ORGANISATION, "Léa", author="Léa", now=NOW)
    (lea,) = accounts(engine)
    assert [one.owner for one in lea.memberships] == [town]
    with pytest.raises(AccountRefused, match="pas membre"):
        remove_member(engine, FIRST_ORGANISATION, "Léa", author="Léa", now=NOW)


def test_the_organisation_answers_for_its_data_else_the_installation(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = create_organisation(engine, TOWN, author="essai", now=NOW).id
    assert controller_of(engine, town) == Controller("La maire", "1 place Verte", "dpo@ville.example")
    with pytest.raises(SettingsError):
        controller_of(engine, FIRST_ORGANISATION)
    monkeypatch.setenv(CONTROLLER_NAME_VARIABLE, "Le pays")
    monkeypatch.setenv(CONTROLLER_ADDRESS_VARIABLE, "2 rue Verte")
    monkeypatch.setenv(CONTROLLER_CONTACT_VARIABLE, "dpo@pays.example")
    assert controller_of(engine, FIRST_ORGANISATION).name == "Le pays"
    assert controller_of(engine, town).name == "La maire"


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
        (png() + bytes(LARGEST_LOGO), "200 ko"),
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
