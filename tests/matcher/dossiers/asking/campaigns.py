"""Invented suppliers of Maubeuge and a campaign that asks them, for the tests."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from importers.importer import Item
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import writing
from matcher.dossiers.asking.campaign import about_trades
from matcher.dossiers.asking.sending import merge_file
from matcher.dossiers.asking.store import CampaignState, create_campaign
from matcher.dossiers.asking.subject import ids_to_ask, territory_reading
from matcher.mail.tables import MESSAGES
from matcher.ownership import FIRST_ORGANISATION
from matcher.render.described_file import DescribedFile
from matcher.settings import Controller
from tests.factories import raw, siret, taking

NOW = datetime(2026, 11, 27, 9, 12, tzinfo=UTC)
BY = Controller("Ville de Valbrune", "1 place de la Mairie, 59000 Valbrune", "dpo@valbrune.example")
ADDRESS = "https://entremise.example"
# The same as settings, and what tests of commands need.
CONTROLLER = {
    "ENTREMISE_CONTROLLER_NAME": BY.name,
    "ENTREMISE_CONTROLLER_ADDRESS": BY.address,
    "ENTREMISE_CONTROLLER_CONTACT": BY.contact,
    "ENTREMISE_ADDRESS": ADDRESS,
    "ENTREMISE_RETENTION_MONTHS": "1200",  # commands go by this computer's day: addresses of today are to be written to in ten years
}
# Those without which nothing leaves.
NEEDED = tuple(name for name in CONTROLLER if "RETENTION" not in name)
GREEN, WASH = "espaces-verts.creation-entretien", "linge.blanchisserie"
MONTHS = 36


def say_controller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the settings say who answers for the data, and where the pages are."""
    for name, value in CONTROLLER.items():
        monkeypatch.setenv(name, value)


def supplier(number: int, **fields: object) -> Item:
    """Return a supplier with an address, of which nothing tells the trade."""
    given = {"siret": siret(number), "email": f"contact@atelier-{number}.example", "as_of": "2026-09-01"} | fields
    return raw(str(number), f"Atelier {number}", **given)


def filled(engine: Engine, folder: Path, count: int = 3) -> None:
    """Import `count` suppliers, and one without an address."""
    items = [supplier(number) for number in range(1, count + 1)]
    taking(engine, folder, NOW)(*items, supplier(900, email=""))


def asked(engine: Engine, **said: int) -> CampaignState:
    """Return a campaign of the Nord for green spaces, made today."""
    reading = territory_reading([GREEN], "59")
    ids = ids_to_ask(reading, load_shelf(engine), NOW.date())
    draft = about_trades("espaces verts, Nord", [GREEN], BY)
    return create_campaign(engine, FIRST_ORGANISATION, draft, ids, BY, author="Léa", now=NOW, months=MONTHS, **said)


def secrets(engine: Engine, campaign: int, column: str = "SIRET") -> dict[str, str]:
    """Return a secret of each structure that is asked, by its SIRET or another column, as a mail merge hands it."""
    file = merge_file(engine, FIRST_ORGANISATION, campaign, ADDRESS, now=NOW, workbook=False)
    assert isinstance(file, DescribedFile)
    rows = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline=""), delimiter=";")
    return {row[column]: row["Lien"].rpartition("/")[2] for row in rows}


def aged(engine: Engine) -> None:
    """Have every message of the outbox be eight days older: the week left to answer is over."""
    with writing(engine) as connection:
        for row in connection.execute(select(MESSAGES.c.id, MESSAGES.c.changed)).all():
            older = MESSAGES.update().where(MESSAGES.c.id == row.id).values(changed=row.changed - timedelta(days=8))
            connection.execute(older)
