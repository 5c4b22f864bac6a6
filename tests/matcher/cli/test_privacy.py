"""`forget`, `opt-out` and `purge` over the whole register: a canary planted in every place, in a dozen spellings, is found nowhere after."""

import io
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Table, insert

from importers import REGISTRY
from importers.importer import Claim, Item, Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.steward.corrections import correct_supplier
from matcher.catalogue.store.read import load_suppliers
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import reading, sqlite_file, writing
from matcher.dossiers.changes import AddLot, NoteDossier
from matcher.dossiers.dossier import Dossier
from matcher.dossiers.entry_changes import NoteEntry
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import change_dossier, create_dossier, load_dossier
from matcher.erasure import FOLDERS, Way, holding_of, walked_columns
from matcher.jobs.files import FileGone
from matcher.jobs.works import DroppedFile, WorkStore
from matcher.ownership import FIRST_ORGANISATION
from matcher.rows import named_tables, pages
from matcher.settings import CACHE_VARIABLE, DATABASE_VARIABLE
from tests.engines import dump
from tests.factories import importer, lookups, raw, siret
from tests.matcher.cli.conftest import Run
from tests.matcher.dossiers.kept import AT, HEADER, IDS, SHORTLIST, WHO
from tests.personal_values import CUT, EMAIL, NAME, PHONE, PLANTED, SPELLED, SPELLINGS

NOW = datetime(2026, 11, 20, 9)  # noqa: DTZ001  # UTC without zone, as the tables have it
ROW = 900
LINES = ({"nom": "Martin-Lefèvre", "prenom": "Jeanne"}, {"a": PHONE}, {"b": [EMAIL.upper()]})

# Rows that no number names: a sheet, a directory that joins words, one that has its own.
NUMBERLESS = {
    "tableur": f"Nom;Type;Code postal\n{NAME};ESAT;59600\n",
    "hosmoz": f"Raison Sociale;Type de structure;Ville\n{NAME};ESAT;Maubeuge\n",
    "marche": f"Raison sociale;Type de structure;Slug\n{NAME};ESAT;jeanne-martin-lefevre-59\n",
}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def own_engine(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An empty catalogue on each database, which the commands are told of."""
    monkeypatch.setenv(DATABASE_VARIABLE, engine.url.render_as_string(hide_password=False))
    return engine


def take(engine: Engine, folder: Path, *items: Item, key: str = "essai", now: datetime = NOW) -> None:
    path = folder / "annuaire.csv"
    path.write_text("fictif", encoding="utf-8")
    run_import(engine, importer(items, key), [Source(path)], now=now, lookups=lookups())


def take_numberless(engine: Engine, folder: Path) -> None:
    for key, content in NUMBERLESS.items():
        path = folder / "annuaire.csv"
        path.write_text(content, encoding="utf-8")
        run_import(engine, REGISTRY[key], [Source(path)], now=NOW, lookups=lookups())


def row_of(table: Table) -> dict[str, Any]:
    """A row with the canary in every column that is walked, and what the others need."""
    # SQLAlchemy says of JSON that it is any object.
    other = {
        bool: True,
        int: ROW,
        date: NOW.date(),
        datetime: NOW,
        str: "x",
        object: {},
        float: 1.0,
        bytes: PLANTED.encode(),
    }
    planted = {str: PLANTED, object: {"texte": PLANTED, "liste": [PLANTED], PLANTED: 1}}
    names = walked_columns(table)
    return {one.name: (planted if one.name in names else other)[one.type.python_type] for one in table.columns}


def plant(engine: Engine, folder: Path, cache: Path) -> set[str]:
    """Put the canary everywhere, and return the tables that a row was written into."""
    record = raw(
        "1",
        f"Atelier de {NAME}",
        siret=siret(1),
        phone="+33 (0)3 20 99 88 77",
        email=EMAIL,
        website=f"http://{EMAIL.partition('@')[2]}/jeanne-martin-lefevre",
        brand=PLANTED,
        address=PLANTED,
        description=PLANTED,
        workers=f"12, dit {NAME}",
        claims=(Claim("libre", PLANTED),),
    )
    take(engine, folder, record, raw("2", siret=siret(2)))
    # A second import keeps the former values, to be undone.
    take(engine, folder, raw("1", "Atelier", siret=siret(1), description=PLANTED))
    take_numberless(engine, folder)
    correct_supplier(engine, siret(2), {"presentation": [PLANTED]}, author=NAME, motive=PLANTED, now=NOW)
    load_shelf(engine)  # before the lines of calibration, which it reads, hold what is none
    planted = set()
    with writing(engine) as connection:
        for table in named_tables(connection):
            if holding_of(table).way in (Way.CUT, Way.COPIES):
                connection.execute(insert(table), row_of(table))
                planted.add(table.name)
    for name in (name for name, folder in FOLDERS.items() if not folder.own):
        for place, content in (
            (f"{name}/a/b/fichier/liste.csv", PLANTED.encode()),
            (f"{name}/a/b/fichier/ancien.csv", f"nom;{NAME}".encode("latin-1")),
            (f"{name}/a/b/fichier/classeur.xlsx", b"PK\x03\x04\0" + PLANTED.encode()),
            (f"{name}/a/b/page.html", f"<p>{PLANTED}</p>".encode()),
            (f"{name}/a/b/etat.json", json.dumps({"a": NAME}).encode()),
            (f"{name}/a/b/reponses.jsonl", b"\n".join(json.dumps(one).encode() for one in LINES)),
        ):
            path = cache / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return planted


def held(engine: Engine, cache: Path) -> bytes:
    """Every byte of the catalogue and of the data folder."""
    file = sqlite_file(engine.url)
    rows = "\n".join(map(str, dump(engine, numbers=True))).encode()
    engine.dispose()
    paths = sorted(file.parent.glob(f"{file.name}*")) if file else []
    return rows + b"".join(path.read_bytes() for path in (*paths, *cache.rglob("*")) if path.is_file())


def found(bytes_: bytes) -> list[str]:
    return [one for one in (*SPELLINGS, *CUT) if one.encode() in bytes_ or ascii(one)[1:-1].encode() in bytes_]


def test_what_a_person_asks_to_forget_is_found_nowhere(
    own_engine: Engine, tmp_path: Path, cache: Path, run: Run
) -> None:
    planted = plant(own_engine, tmp_path, cache)
    assert {"dossier_event", "meeting_event_line", "meeting_event_request", "facilitator", "audit"} <= planted
    assert found(held(own_engine, cache)) == [*SPELLINGS, *CUT]
    for value in (PHONE, EMAIL, NAME):
        assert "rien n’est écrit" in run("privacy", "forget", value, "--dry-run").said
    assert found(held(own_engine, cache)) == [*SPELLINGS, *CUT]
    for value in (PHONE, EMAIL, NAME):
        done = run("privacy", "forget", value)
        assert done.code == 0, done.err
        assert "Les sauvegardes ne sont pas touchées" in done.said
    left = held(own_engine, cache)
    assert found(left) == []
    for word in ("valbrune", "lefèvre", "lefevre", "998877", "99 88 77"):
        assert word not in left.decode(errors="replace").lower(), word
    take(own_engine, tmp_path, raw("1", "Atelier", siret=siret(1), phone=PHONE, description=SPELLED), key="autre")
    assert found(held(own_engine, cache)) == [], "nor does an import bring it back"


def test_no_id_tells_a_name_nor_any_address_made_of_it(own_engine: Engine, tmp_path: Path) -> None:
    take_numberless(own_engine, tmp_path)
    correct_supplier(
        own_engine, load_suppliers(own_engine)[0].id, {"presentation": ["x"]}, author="Léa", motive="", now=NOW
    )
    assert [supplier.name for supplier in load_suppliers(own_engine)] == [NAME] * len(NUMBERLESS)
    with reading(own_engine) as connection:
        keys = [
            str(row[column.name]).lower()
            for table in named_tables(connection)
            for page in pages(connection, table)
            for row in page
            for column in table.columns
            if column.name not in walked_columns(table) or column.name in ("ref", "supplier_id")
        ]
    assert len(keys) > 100
    assert [key for key in keys if "lefevre" in key or "martin" in key] == []


def test_a_list_named_after_a_person_keeps_its_lines_and_not_the_name(
    own_engine: Engine, tmp_path: Path, cache: Path, run: Run
) -> None:
    path = tmp_path / f"Liste de {NAME}.csv"
    path.write_text(
        "Nom;Type;Code postal;SIRET\nAtelier du Val;ESAT;59600;\nAtelier;ESAT;59600;" + siret(1), encoding="utf-8"
    )

    def again() -> None:
        run_import(own_engine, REGISTRY["tableur"], [Source(path)], now=NOW, lookups=lookups())

    again()
    before = {one.name: one.id for one in load_suppliers(own_engine)}
    assert before["Atelier du Val"].startswith("tableur:liste-de-jeanne-martin-lefevre:")
    correct_supplier(
        own_engine, before["Atelier du Val"], {"presentation": ["Du bois"]}, author="Léa", motive="", now=NOW
    )
    dossier = filled(own_engine, f"voir {before['Atelier du Val']} demain")
    assert run("privacy", "forget", NAME).code == 0
    after = {one.name: one.id for one in load_suppliers(own_engine)}
    assert after.keys() == before.keys()
    assert after["Atelier"] == before["Atelier"], "a number names it"
    note = load_dossier(own_engine, FIRST_ORGANISATION, dossier.id).lot(1).entries[1].note
    assert note == f"voir {after['Atelier du Val']} demain", "what named it by its id still does"
    assert [one.description for one in load_suppliers(own_engine) if one.name == "Atelier du Val"] == ["Du bois"]
    assert "lefevre" not in held(own_engine, cache).decode(errors="replace").lower()
    again()
    assert {one.name: one.id for one in load_suppliers(own_engine)} == after, "the same list comes back to its lines"
    assert "lefevre" not in held(own_engine, cache).decode(errors="replace").lower()


def test_backups_are_said_apart(own: Path, cache: Path, run: Run) -> None:
    copy = own.with_name(f"{own.name}.sauvegarde-0001")
    copy.write_bytes(b"PK")
    said = run("privacy", "forget", NAME).said
    assert f"Les sauvegardes ne sont pas touchées (« {copy} »)" in said
    assert copy.read_bytes() == b"PK"


def filled(engine: Engine, *notes: str) -> Dossier:
    dossier = create_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=AT)
    lot = AddLot("Berges", freeze(SHORTLIST), IDS[:3], date(2026, 11, 10))
    changes = [lot, *(NoteEntry(1, IDS[1], note) for note in notes[:1]), *map(NoteDossier, notes[1:])]
    return change_dossier(engine, FIRST_ORGANISATION, dossier.id, changes, version=dossier.version, author=WHO, now=AT)


def test_a_supplier_that_leaves_takes_its_name_and_contacts_out_of_notes_and_messages(
    own_engine: Engine, tmp_path: Path, cache: Path, run: Run
) -> None:
    brand = {"brand": "Valbrune", "phone": PHONE, "email": EMAIL}
    take(own_engine, tmp_path, raw("1", "Les Ateliers de Valbrune", siret=siret(1), **brand), raw("2", siret=siret(2)))
    note = f"LES ATELIERS DE VALBRUNE au 0033 3 20 99 88 77, {EMAIL.upper()}, chez Valbrune ; l’atelier des ateliers du val"
    dossier = filled(own_engine, note, "Les ateliers de Valbrune rappellent")
    works = WorkStore(own_engine)
    deposit, study = (
        works.put(
            None if kind == "import" else FIRST_ORGANISATION,
            kind,
            {"liste": name},
            files={"fichier": DroppedFile("liste.csv", io.BytesIO(b"Les Ateliers de Valbrune"))},
            of_suppliers=kind == "import",
        )
        for kind, name in (("import", "Valbrune"), ("historique", "mes achats"))
    )
    done = run("privacy", "opt-out", siret(1), "--par", "Léa")
    assert done.code == 0, done.err
    after = load_dossier(own_engine, FIRST_ORGANISATION, dossier.id)
    assert after.lot(1).entries[1].note == "au , , chez ; l’atelier des ateliers du val"
    assert after.note == "rappellent"
    with pytest.raises(FileGone), works.file(deposit, "fichier"):
        pass
    with works.file(study, "fichier") as path:
        assert path.read_bytes() == b"Les Ateliers de Valbrune", "a buyer's own accounts are the buyer's"
    works.forget(None if study.kind == "import" else FIRST_ORGANISATION, study.key)
    left = held(own_engine, tmp_path / "aucun").decode(errors="replace").lower()
    assert [word for word in ("valbrune", "99 88 77", "998877") if word in left] == []


def test_a_purge_under_a_wrong_clock_erases_nothing(
    own_engine: Engine, tmp_path: Path, cache: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(own_engine, tmp_path, raw("1", siret=siret(1), phone=PHONE, as_of="2025-05-01"))
    for day, allowed in (
        ("2040-01-01", False),
        ("1970-01-02", False),
        ("2027-11-01", True),
        ("2026-11-19T12:00", True),
    ):
        monkeypatch.setattr("matcher.cli.privacy.now", lambda day=day: datetime.fromisoformat(day))
        done = run("privacy", "purge", "--dry-run")
        assert (done.code == 0) == allowed, done.said
        assert allowed or ("L’horloge de cet ordinateur dit le" in done.said and "20 novembre 2026" in done.said)
    monkeypatch.setattr("matcher.cli.privacy.now", lambda: datetime(2040, 1, 1))  # noqa: DTZ001
    assert run("privacy", "purge").code == 1
    assert "+33320998877" in str(dump(own_engine))
    assert "1 fiche vidée" in run("privacy", "purge", "--date", "2040-01-01").said
    assert "+33320998877" not in str(dump(own_engine))
