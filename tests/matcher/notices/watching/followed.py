"""Suppliers of green spaces at Maubeuge, lots that suit them, and the watches over these, made by hand."""

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine

from importers.importer import Claim, Source
from importers.notices.importer import NoticeItem
from matcher.catalogue.intake.intake import run_import
from matcher.notices.intake import take_notice_files
from matcher.notices.watching.watches import Pace, Watch, open_watch
from matcher.ownership import FIRST_ORGANISATION
from tests.factories import importer as directory
from tests.factories import raw, siret
from tests.matcher.notices.written import importer

TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)
ADDRESS = "https://entremise.example"


def gardeners(engine: Engine, count: int = 1) -> None:
    """A catalogue of so many suppliers."""
    records = [
        raw(
            str(number),
            f"Jardin {number}",
            siret=siret(number),
            claims=(Claim("libre", "Entretien des espaces verts"),),
        )
        for number in range(1, count + 1)
    ]
    run_import(engine, directory(records), [Source(Path(__file__))], now=NOW.replace(tzinfo=None))


def take(engine: Engine, *items: NoticeItem) -> None:
    """Take notices in."""
    take_notice_files(engine, importer(*items), [Path(__file__)], now=NOW.replace(tzinfo=None))


def follow(engine: Engine, number: int, **more: object) -> tuple[Watch, str]:
    """The watch given to a supplier, and the secret of its link."""
    given: dict[str, object] = {
        "address": f"contact@jardin-{number}.example",
        "pace": Pace.DAILY,
        "author": "Léa",
        "now": NOW,
    }
    return open_watch(
        engine,
        FIRST_ORGANISATION,
        f"Jardin {number}",
        supplier_id=f"siret:{siret(number)}",
        **(given | more),  # type: ignore[arg-type]
    )
