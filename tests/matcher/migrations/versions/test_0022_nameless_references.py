"""A catalogue whose references told names, upgraded, against one that the same acts made today: they are the same in every table."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from msgspec import structs
from sqlalchemy import Engine, insert

from importers import REGISTRY
from importers.importer import Item, Source, SupplierRecord
from matcher import db
from matcher.accounts.tables import AuditRow
from matcher.catalogue.identity.compare import PairVerdict
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.steward.corrections import correct_supplier
from matcher.catalogue.steward.privacy import opt_out
from matcher.catalogue.steward.review import decide
from matcher.catalogue.store.read import load_suppliers
from matcher.catalogue.store.recognition import settle_names
from matcher.catalogue.store.websites import SuggestionRow
from matcher.db import open_database, writing
from matcher.dossiers.asking.tables import AskedRow, CampaignRow
from matcher.dossiers.changes import AddLot
from matcher.dossiers.entry_changes import NoteEntry
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import change_dossier, create_dossier, load_dossier
from matcher.ownership import FIRST_ORGANISATION
from tests.engines import digest, dump, own_catalogue
from tests.importers.reading import FIXTURES
from tests.matcher.dossiers.kept import AT, CANDIDATES, HEADER, SHORTLIST, WHO

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
BEFORE = "0021"
FILES = (
    ("hosmoz", "hosmoz_simple.csv"),
    ("hosmoz", "hosmoz_gesat.csv"),
    ("hosmoz", "hosmoz_metier.html"),
    ("marche", "marche_export.csv"),
    ("marche", "marche_api.json"),
    ("marche", "marche_recherche.html"),
    ("tableur", "tableur.csv"),
    ("tableur", "tableur_contenu.csv"),
)
SHEET = (
    "Réf;Nom;Type;Code postal;Commune\n;Les Jardins de la Jonquille;ACI;1000;Bourg-en-Bresse\n"
    "P 02;Les Ateliers du Moulin;ESAT;59600;Maubeuge\nref_12;Le Relais;EI;62000;Arras\n"
)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "adhérents.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


@pytest.fixture
def todays(new_url: str, tmp_path: Path) -> Iterator[Engine]:
    """A second catalogue on the same database, empty."""
    (tmp_path / "autre").mkdir()
    with own_catalogue("sqlite" if new_url.startswith("sqlite") else "postgresql", tmp_path / "autre") as url:
        engine = open_database(url)
        yield engine
        engine.dispose()


def take(engine: Engine, key: str, path: Path, *, former: bool, now: datetime = NOW) -> dict[str, int]:
    """Import a file, its references as they are or as they were: the source's words."""

    def as_it_was(item: Item) -> Item:
        return replace(item, ref_words="") if isinstance(item, SupplierRecord) else item

    own = REGISTRY[key]
    read = replace(own, read=lambda source: map(as_it_was, own.read(source))) if former else own
    report = run_import(engine, read, [Source(path)], now=now)
    return {name: count for name, count in report.as_dict().items() if isinstance(count, int)}


def lived_in(engine: Engine, sheet: Path, *, former: bool) -> None:
    """All that a team may write on suppliers that have no number."""
    for key, name in FILES:
        take(engine, key, FIXTURES / name, former=former)
    take(engine, "tableur", sheet, former=former)
    ids = {supplier.name: supplier.id for supplier in load_suppliers(engine)}
    boat, mill = ids["A TOUT BOIS"], ids["Les Ateliers du Moulin"]
    correct_supplier(engine, boat, {"presentation": ["Bateaux de bois"]}, author="Léa", motive="vu", now=NOW)
    settle_names(engine, {"A TOUT BOIS": boat}, author="Léa", now=NOW)
    frozen = tuple(structs.replace(match, id=its) for match, its in zip(CANDIDATES, (boat, mill), strict=False))
    dossier = create_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=AT)
    lot = AddLot("Berges", freeze(replace(SHORTLIST, matches=frozen)), (boat,), date(2026, 11, 10))
    change_dossier(
        engine,
        FIRST_ORGANISATION,
        dossier.id,
        [lot, NoteEntry(1, boat, "À rappeler")],
        version=dossier.version,
        author=WHO,
        now=AT,
    )
    decide(engine, [f"{boat}={mill}"], PairVerdict.DIFFERENT, "Léa", NOW)
    naive = NOW.replace(tzinfo=None)
    campaign = {
        "organisation_id": FIRST_ORGANISATION,
        "id": 1,
        "title": "",
        "trades": [],
        "subject": "",
        "text": "",
        "who": "Léa",
        "created": naive,
    }
    asked = {"campaign_id": 1, "supplier_id": boat, "left_out": "", "source": "marche"}
    seen = {"champ": "activite", "value": "", "sentence": "", "url": "", "found": naive.date(), "shared": False}
    audit = {"at": naive, "who": "Léa", "action": "x", "target": f"/fournisseurs/{boat}/corrections", "detail": ""}
    with writing(engine) as connection:
        connection.execute(insert(CampaignRow), campaign)
        connection.execute(insert(AskedRow), asked)
        connection.execute(insert(SuggestionRow), seen | {"supplier_id": boat, "state": "", "who": ""})
        connection.execute(insert(AuditRow), audit)
    for name in ("Les Jardins de la Jonquille", "ESAT du Test"):
        opt_out(engine, ids[name], author="Léa", motive="courriel", now=NOW)


def upgraded(engine: Engine) -> Engine:
    """The catalogue taken for one of the version before, opened again."""
    url = engine.url.render_as_string(hide_password=False)
    config = Config()
    config.set_main_option("script_location", str(Path(db.__file__).parent / "migrations"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
    engine.dispose()
    return open_database(url)


def test_the_upgraded_catalogue_is_the_one_of_today_and_imports_change_nothing_in_it(
    engine: Engine, todays: Engine, sheet: Path
) -> None:
    lived_in(engine, sheet, former=True)
    lived_in(todays, sheet, former=False)
    told = str(dump(engine, numbers=True))
    assert "aci_a-tout-bois_13006" in told
    again = upgraded(engine)
    assert digest(again) == digest(todays)
    kept = str(dump(again, numbers=True))
    for words in ("a-tout-bois", "jardins-de-la-jonquille", "esat-du-test", "esat-des-remparts", "sans-adresse"):
        assert words in told
        assert words not in kept
    assert "hosmoz:e7001" in kept
    assert "tableur:adherents:ref_12" in kept, "a sheet's own references stay"
    once_more = upgraded(again)
    assert digest(once_more) == digest(todays), "what was done is not done twice"
    for key, name in FILES:
        said = take(once_more, key, FIXTURES / name, former=False)
        assert said["unchanged"] + said["refused"] == said["read"], name
    said = take(once_more, "tableur", sheet, former=False)
    assert (said["unchanged"], said["refused"]) == (2, 1), "who left stays away"
    ids = {supplier.id for supplier in load_suppliers(once_more)}
    assert {entry.match.id for entry in load_dossier(once_more, FIRST_ORGANISATION, 1).lot(1).entries} <= ids, (
        "the frozen list finds its suppliers"
    )
    once_more.dispose()
