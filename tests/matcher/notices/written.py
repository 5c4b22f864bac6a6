"""Notices made by hand, as a source would write them: fictional buyers, real communes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from importers.notices.importer import LotWritten, NoticeImporter, NoticeItem, NoticeRecord, PlaceWritten, WinnerWritten
from tests.factories import siret

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC).replace(tzinfo=None)
BUYER = siret(7, "2")
FOLDER = "0f6f5a1e-2c47-4c0e-9d52-6b1f6f3c9a10"
PLACE = PlaceWritten(nuts="FRE11", post_code="59600", city="Maubeuge", country="FRA")


def lot(number: str = "1", title: str = "Entretien des espaces verts", **fields: object) -> LotWritten:
    """A lot of green spaces at Maubeuge, open until December."""
    given = {"places": (PLACE,), "cpv": ("77310000-6",), "deadline": "2026-12-15T12:00:00+01:00"} | fields
    return LotWritten(number, title, **given)  # type: ignore[arg-type]


def notice(ref: str = "26-1", *lots: LotWritten, nature: str = "APPEL_OFFRE", **fields: object) -> NoticeRecord:
    """A call for one lot, or for these."""
    given: dict[str, object] = {
        "source": "boamp",
        "line": 1,
        "published": "2026-11-20",
        "title": "Entretien des espaces verts",
        "buyer": BUYER,
        "buyer_name": "Ville imaginaire",
        "url": f"https://exemple.invalid/{ref}",
        "lots": lots or (lot(),),
    }
    return NoticeRecord(source_ref=ref, nature=nature, **(given | fields))  # type: ignore[arg-type]


def won(*numbers: str) -> tuple[WinnerWritten, ...]:
    """Winners of these SIRETs."""
    return tuple(map(WinnerWritten, numbers))


def importer(*items: NoticeItem, key: str = "boamp") -> NoticeImporter:
    """An importer that reads these notices in any file."""

    def read(_path: Path) -> Iterator[NoticeItem]:
        return iter(items)

    return NoticeImporter(key, "Avis d’essai", "Personne", "https://exemple.invalid", "aucune", "", "", read)
