"""Logo of an organisation: a PNG or a JPEG, known by its bytes, kept in the database behind the wall. What can hold a script is refused."""

import struct
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import imagesize
from sqlalchemy import Engine, delete, exists, insert, select

from matcher.accounts.audit import note_act
from matcher.accounts.tables import LOGOS
from matcher.db import reading, writing
from matcher.domain.french import number
from matcher.ownership import OrganisationId

LARGEST = 200_000
# Sides in pixels: smaller prints as a stain, larger is a photograph.
SIDES = range(16, 4001)
_BEGINNINGS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


class LogoRefused(Exception):
    """A file that is no logo; the message, in French, gives the reason and what to give instead."""


@dataclass(frozen=True, slots=True)
class Logo:
    """An image as it was given; `media` is its type, by its bytes."""

    media: str
    content: bytes


def read_logo(content: bytes) -> Logo:
    """Return the logo that a file is, by its bytes alone. Raises LogoRefused."""
    if not content:
        raise LogoRefused("Choisissez un fichier qui n’est pas vide.")
    if len(content) > LARGEST:
        raise LogoRefused(f"Le logo dépasse {number(LARGEST // 1000)} ko : enregistrez-le plus petit.")
    media = next((media for media, begins in _BEGINNINGS.items() if content.startswith(begins)), None)
    if media is None:
        raise LogoRefused("Le fichier n’est ni un PNG ni un JPEG : enregistrez votre logo dans l’un des deux.")
    try:
        width, height = imagesize.get(BytesIO(content))
    except (ValueError, struct.error):
        width = height = -1
    if width <= 0 or height <= 0:
        raise LogoRefused("L’image est abîmée : sa taille ne se lit pas. Enregistrez-la de nouveau.")
    if width not in SIDES or height not in SIDES:
        raise LogoRefused(
            f"L’image fait {number(width)} × {number(height)} pixels : chaque côté doit en compter de {SIDES[0]} à {number(SIDES[-1])}."
        )
    return Logo(media, content)


def keep_logo(engine: Engine, owner: OrganisationId, logo: Logo, *, author: str, now: datetime) -> None:
    """Have this be the logo of an organisation, in the place of the former one."""
    with writing(engine) as connection:
        connection.execute(delete(LOGOS).where(LOGOS.c.organisation_id == owner))
        row = {"organisation_id": owner, "media": logo.media, "content": logo.content}
        connection.execute(insert(LOGOS), row)
        note_act(connection, at=now, who=author, action="donne un logo", owner=owner)


def remove_logo(engine: Engine, owner: OrganisationId, *, author: str, now: datetime) -> None:
    """Have an organisation be without a logo; where it has none, nothing changes."""
    with writing(engine) as connection:
        if connection.execute(delete(LOGOS).where(LOGOS.c.organisation_id == owner)).rowcount:
            note_act(connection, at=now, who=author, action="retire un logo", owner=owner)


def has_logo(engine: Engine, owner: OrganisationId) -> bool:
    """Return whether an organisation has a logo, without reading it."""
    with reading(engine) as connection:
        return bool(connection.execute(select(exists().where(LOGOS.c.organisation_id == owner))).scalar())


def load_logo(engine: Engine, owner: OrganisationId) -> Logo | None:
    """Return the logo of an organisation, None where it has none."""
    with reading(engine) as connection:
        row = connection.execute(select(LOGOS).where(LOGOS.c.organisation_id == owner)).one_or_none()
    return Logo(row.media, row.content) if row else None
