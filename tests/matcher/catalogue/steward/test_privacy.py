"""Suppliers that leave, persons that are forgotten, old contacts: gone now, and gone after every later import."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from importers.importer import Claim, Item, Source
from matcher.accounts import audit
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.steward.corrections import add_supplier, correct_supplier
from matcher.catalogue.steward.privacy import PrivacyRefused, cancel_opt_out, forget_value, kept_since, opt_out, purge
from matcher.catalogue.steward.readings import read_conflicts, read_fiche, read_quality
from matcher.catalogue.steward.shareable import shareable
from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.catalogue.store.contacts import load_contacts
from matcher.catalogue.store.forgotten import FORGOTTEN, Forgotten, hash_of, normal_value, scrub
from matcher.catalogue.store.opt_outs import OPTED_OUT
from matcher.catalogue.store.read import catalogue_version, find_supplier, load_suppliers, stats
from matcher.db import open_database
from matcher.reference.source_rules import Use
from tests.factories import clean, importer, lookups, raw, siret

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
Take = Callable[..., ImportReport]
SALT = "ab" * 32


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    yield engine
    engine.dispose()


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Take:
    path = tmp_path / "annuaire.csv"
    path.write_text("fictif", encoding="utf-8")

    def run(*items: Item, key: str = "essai") -> ImportReport:
        return run_import(engine, importer(items, key), [Source(path)], now=NOW, lookups=lookups())

    return run


def ids(engine: Engine) -> list[str]:
    return [supplier.id for supplier in load_suppliers(engine)]


def everything(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(path.glob("catalogue.sqlite*")))


def knowing(*values: str) -> Forgotten:
    normal = [found for value in values if (found := normal_value(value))]
    assert len(normal) == len(values)
    return Forgotten(SALT, {hash_of(form, SALT): words for form, words in normal})


def test_a_supplier_that_leaves_stays_out_of_every_import_by_every_key(take: Take, engine: Engine) -> None:
    items = [raw("1", siret=siret(1), phone="0320000000"), raw("2", siret=siret(2)), raw("3", finess="590000011")]
    take(*items)
    take(raw("A", source="autre", siret=siret(1), finess="590000029"), key="autre")
    done = opt_out(engine, siret(1), author="Léa", motive="courrier", now=NOW)
    assert (done.name, done.records) == ("Les Ateliers du Marais", 2)
    assert ids(engine) == ["finess:590000011", f"siret:{siret(2)}"]
    assert (stats(engine)["with_contact"], stats(engine)["by_source"]) == (0, {"essai": 2})
    again = take(*items)
    assert (again.refused, again.refusals) == (1, {OPTED_OUT: [1]})
    assert take(raw("1", siret=siret(9))).refused == 1, "the same reference under another SIRET"
    assert take(raw("Z", source="tiers", finess="590000029"), key="tiers").refused == 1, "its FINESS number alone"
    assert take(raw("Y", source="tiers", siret=siret(8), finess="590000029"), key="tiers").refused == 0
    with pytest.raises(PrivacyRefused, match="déjà retiré"):
        opt_out(engine, siret(1), author="Léa", motive="", now=NOW)
    said = {"nom": ["X"], "type": ["EA"], "commune": ["Lille"], "siret": [siret(1)]}
    with pytest.raises(CorrectionRefused, match="retiré du catalogue"):
        add_supplier(engine, said, author="Léa", motive="", now=NOW)


def test_an_opt_out_is_cancelled_by_any_of_its_keys(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1), finess="590000011"))
    opt_out(engine, siret(1), author="Léa", motive="", now=NOW)
    cancel_opt_out(engine, "590000011")
    assert ids(engine) == []
    assert take(raw("1", siret=siret(1), finess="590000011")).refused == 0
    assert ids(engine) == [f"siret:{siret(1)}"]
    with pytest.raises(PrivacyRefused, match="n’a pas été retiré"):
        cancel_opt_out(engine, siret(1))
    with pytest.raises(PrivacyRefused, match="n’est pas dans le catalogue"):
        opt_out(engine, siret(2), author="Léa", motive="", now=NOW)
    with pytest.raises(PrivacyRefused, match="--par"):
        opt_out(engine, siret(1), author=" ", motive="", now=NOW)


def test_what_leaves_is_not_left_in_the_file(take: Take, engine: Engine, tmp_path: Path) -> None:
    take(raw("1", siret=siret(1), email="camille.exemple@ateliers.example", phone="0320112233"))
    correct_supplier(engine, siret(1), {"effectif": ["3"]}, author="Léa", motive="dit par Camille Exemple", now=NOW)
    assert b"camille.exemple@" in everything(tmp_path)
    opt_out(engine, siret(1), author="Léa", motive="", now=NOW)
    engine.dispose()
    assert b"camille.exemple@" not in everything(tmp_path)
    assert b"Camille Exemple" not in everything(tmp_path)
    assert b"+33320112233" not in everything(tmp_path)


def test_a_forgotten_person_is_nowhere_and_never_comes_back(take: Take, engine: Engine, tmp_path: Path) -> None:
    item = raw(
        "1",
        siret=siret(1),
        email="camille.exemple@ateliers.example",
        phone="03 20 11 22 33",
        description="Contact : EXEMPLE Camille, camille.exemple@ateliers.example ou +33 3 20 11 22 33.\nNous cousons.",
        claims=(Claim("libre", "Couture (Camille Exemple)"),),
    )
    take(item, raw("2", siret=siret(2)))
    correct_supplier(
        engine, siret(2), {"presentation": ["Voir Camille Exemple"]}, author="Léa", motive="Camille Exemple", now=NOW
    )
    version = catalogue_version(engine)
    dry = forget_value(engine, "Camille Exemple", now=NOW, dry_run=True)
    assert (dry.records, dry.suppliers, catalogue_version(engine)) == (2, 2, version)
    for value in ("Camille.Exemple@ateliers.example", "0320112233", "Camille Exemple"):
        assert forget_value(engine, value, now=NOW).records > 0
    for _ in range(2):
        supplier = find_supplier(engine, siret(1))
        assert supplier is not None
        assert load_contacts(engine, supplier.id) == ()
        assert supplier.description == "Contact : , ou .\nNous cousons."
        assert FORGOTTEN in supplier.flags
        assert take(item).as_dict()["unchanged"] == 1
    engine.dispose()
    held = everything(tmp_path).lower()
    for left in (b"camille.exemple", b"camille exemple", b"exemple camille", b"+33320112233", b"20 11 22 33"):
        assert left not in held
    with pytest.raises(CorrectionRefused, match="oubliée"):
        correct_supplier(engine, siret(2), {"telephone": ["03 20 11 22 33"]}, author="Léa", motive="", now=NOW)


@pytest.mark.parametrize("value", ["", "Exemple", "12", "a@b", "camille chez@ateliers"])
def test_what_is_no_personal_value_is_refused(value: str, engine: Engine) -> None:
    with pytest.raises(PrivacyRefused, match="ni un courriel"):
        forget_value(engine, value, now=NOW)


def test_a_name_is_known_in_any_order_case_and_accent() -> None:
    forgotten = knowing("Jean-Élie d’Exemple")
    assert forgotten.cut("M. D'EXEMPLE JEAN ELIE, directeur") == "M. , directeur"
    assert forgotten.cut("Jean d’Exemple") == "Jean d’Exemple"
    assert scrub(clean("1"), Forgotten()) == clean("1")
    record = clean("1", email="elie.jean.d-exemple@ateliers.example", website="http://jean-elie-d-exemple.fr")
    assert (scrub(record, forgotten).email, scrub(record, forgotten).website) == ("", "")
    assert forgotten.cut("Écrire à elie.jean.d-exemple@ateliers.example ou passer") == "Écrire à ou passer"


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_hides_a_forgotten_value_nor_loses_another_word(before: str, after: str) -> None:
    forgotten = knowing("lea@exemple.example", "Léa Exemple")
    text = f"{before} \x00 Léa Exemple \x00 {after}"
    assert "Léa Exemple" not in forgotten.cut(text) or "Léa Exemple" in before + after
    assert knowing("Zoé Inconnue").cut(before) == before


def test_lines_of_the_journal_go_after_a_year(engine: Engine) -> None:
    for days in (364, 366):
        audit.commit_audit_line(engine, at=NOW - timedelta(days=days), author="Léa", action=f"{days} jours")
    since = kept_since(NOW.date(), 36)
    assert purge(engine, before=since, now=NOW, dry_run=True).lines == 1
    assert purge(engine, before=since, now=NOW).lines == 1
    assert [line.action for line in audit.read_whole_journal(engine)] == ["364 jours"]


def test_old_contacts_are_hidden_then_purged(take: Take, engine: Engine) -> None:
    old = raw("1", siret=siret(1), phone="0320000000", website="exemple.fr", as_of="2019-07-01")
    undated = raw("2", siret=siret(2), phone="0320000001")
    take(old, undated)
    since = kept_since(date(2026, 3, 1), 36)
    first, second = (f"siret:{siret(n)}" for n in (1, 2))
    assert [len(load_contacts(engine, key)) for key in (first, second)] == [2, 1]
    assert [len(load_contacts(engine, key, since)) for key in (first, second)] == [0, 1]
    assert [s.website for s in load_suppliers(engine, since)] == ["", ""]
    assert [s.website for s in shareable(engine, Use.EXPORT, contacts_since=since).suppliers] == ["", ""]
    assert (stats(engine)["with_contact"], stats(engine, since)["with_contact"]) == (2, 1)
    assert read_quality(engine, stale_before=since, contacts_since=since).without_contact == 1
    assert purge(engine, before=since, now=NOW, dry_run=True).records == 1
    assert len(load_contacts(engine, first)) == 2
    assert purge(engine, before=since, now=NOW).suppliers == 1
    assert load_contacts(engine, first) == ()
    assert purge(engine, before=since, now=NOW).records == 0
    assert load_contacts(engine, second, date(2026, 3, 2)) == (), "undated: the day of its last import"


def test_an_old_contact_is_in_no_disagreement(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1), phone="0320000000", as_of="2019-07-01"))
    take(raw("2", source="finess", siret=siret(1), phone="0320000001", as_of="2026-01-01"), key="finess")
    since = kept_since(date(2026, 3, 1), 36)
    sheets = [read_fiche(engine, siret(1), contacts_since=limit) for limit in (None, since)]
    assert [[c.field for c in sheet.conflicts] for sheet in sheets if sheet] == [["téléphone"], []]
    assert [len(read_conflicts(engine, contacts_since=limit)) for limit in (None, since)] == [1, 0]


def test_the_second_telephone_goes_where_the_first_goes(take: Take, engine: Engine) -> None:
    mixed = "a@exemple.fr / 03 20 00 00 00 / 06 12 34 56 78"
    take(raw("1", siret=siret(1), contact=mixed, as_of="2019-07-01"), raw("2", siret=siret(2), contact=mixed))
    first, second = (f"siret:{siret(n)}" for n in (1, 2))
    assert [contact.value for contact in load_contacts(engine, first)] == [
        "+33320000000",
        "+33612345678",
        "a@exemple.fr",
    ]
    assert purge(engine, before=kept_since(date(2026, 3, 1), 36), now=NOW).suppliers == 1
    assert load_contacts(engine, first) == ()
    forget_value(engine, "06 12 34 56 78", now=NOW)
    assert [contact.value for contact in load_contacts(engine, second)] == ["+33320000000", "a@exemple.fr"]


def test_months_are_counted_back_to_a_day_that_exists() -> None:
    assert kept_since(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert kept_since(date(2026, 3, 1), 36) == date(2023, 3, 1)
    assert kept_since(date(2026, 1, 15), 1) == date(2025, 12, 15)
    assert kept_since(date(50, 1, 1), 1200) == date.min


def test_a_number_that_the_team_said_wrong_is_forgotten_too(take: Take, engine: Engine, tmp_path: Path) -> None:
    take(raw("1", siret=siret(1), phone="0320000001"))
    correct_supplier(engine, siret(1), {"faux-numero": ["0320000001"]}, author="Léa", motive="", now=NOW)
    assert b"320000001" in everything(tmp_path)
    forget_value(engine, "03 20 00 00 01", now=NOW)
    assert b"320000001" not in everything(tmp_path)
