"""What a reference is unique in: lists of the user's own, and a directory that changed its numbering."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Source, SupplierRecord
from matcher.catalogue.identity.conflicts import source_conflicts
from matcher.catalogue.identity.merge import GONE, StoredRecord, merge
from matcher.catalogue.identity.references import (
    Directory,
    directory_of,
    join_reference,
    opaque,
    reference_key,
    split_reference,
)
from matcher.catalogue.intake.attempt import IntakeRefused
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.intake.undo import undo_import
from matcher.catalogue.steward.privacy import opt_out
from matcher.catalogue.store.read import find_supplier, load_suppliers
from matcher.domain.kinds import SupplierKind as K
from tests.engines import digest
from tests.factories import clean, importer, lookups, raw, siret

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
UUID = "0f6c{:04d}-1111-4222-8333-444444444444"

Take = Callable[..., ImportReport]


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Take:
    path = tmp_path / "fichier"
    path.write_text("fictif", encoding="utf-8")

    def run(key: str, *items: SupplierRecord, complete: bool = True) -> ImportReport:
        own = importer([replace(item, source=key) for item in items], key)
        known = REGISTRY[key]
        read = replace(own, many_lists=known.many_lists, numbering=known.numbering)
        return run_import(engine, read, [Source(path)], now=NOW, complete=complete, lookups=lookups())

    return run


def named(ref: str, listing: str = "", **fields: object) -> SupplierRecord:
    return raw(ref, **{"listing": listing, "name": f"Les Ateliers {ref}", **fields})  # type: ignore[arg-type]


def test_a_reference_is_told_with_its_list_where_its_source_has_many() -> None:
    assert join_reference("federation-ea", "P01") == "federation-ea:P01"
    assert join_reference("", "P01") == "P01"
    assert split_reference("tableur", "federation-ea:P:01") == ("federation-ea", "P:01")
    assert split_reference("emplois", "federation-ea:P01") == ("", "federation-ea:P01")
    assert split_reference("essai", "1") == ("", "1")
    assert directory_of("tableur", "federation-ea:P01") == Directory("tableur", "federation-ea", "")
    numberings = [
        directory_of("emplois", ref).numbering
        for ref in ("4021", UUID.format(1), f"{UUID.format(1)}~2", f"{siret(1)}-EI")
    ]
    assert numberings == ["nombre", "uuid", "uuid", "siret"]


def test_words_of_a_reference_are_told_by_a_digest_and_their_numbering_stays() -> None:
    joined, slug = "ei_saveurs-d-ici_59100", "saveurs-d-ici-59"
    assert opaque(joined) == opaque(joined) != opaque("ei_saveurs-d-ici_59101")
    for source, words, form in (
        ("marche", joined, "{}"),
        ("marche", slug, "{}@bois~2"),
        ("hosmoz", joined, "page:{}@bois"),
    ):
        kept = form.format(opaque(words))
        assert "saveurs" not in kept
        assert directory_of(source, kept) == directory_of(source, form.format(words))
        assert reference_key(source, kept) == f"{source}:{form.format(opaque(words)).partition('@')[0]}"


# Lists of the user's own


def test_one_reference_in_two_lists_is_two_records(take: Take, engine: Engine) -> None:
    take("tableur", named("P01", "nord", siret=siret(1)), named("P02", "nord"))
    report = take("tableur", named("P01", "sud", siret=siret(2)))
    assert (report.as_dict()["created"], report.gone) == (1, 0), "another list says nothing of this one"
    assert [supplier.id for supplier in load_suppliers(engine)] == [
        f"siret:{siret(1)}",
        f"siret:{siret(2)}",
        "tableur:nord:P02",
    ]
    before = digest(engine)
    again = take("tableur", named("P01", "sud", siret=siret(2)))
    assert again.as_dict()["unchanged"] == again.read == 1
    assert digest(engine) == before


def test_a_complete_list_says_what_is_gone_of_itself_alone(take: Take, engine: Engine) -> None:
    take("tableur", *(named(f"P{n}", "nord", siret=siret(n)) for n in range(1, 11)))
    take("tableur", named("P1", "sud", siret=siret(11)))
    with pytest.raises(IntakeRefused, match="en comptait 10"):
        take("tableur", named("P1", "nord", siret=siret(1)))
    assert take("tableur", *(named(f"P{n}", "nord", siret=siret(n)) for n in range(1, 10))).gone == 1
    assert [s.siret for s in load_suppliers(engine) if GONE in s.flags] == [siret(10)]


def test_two_lists_are_two_witnesses(take: Take, engine: Engine) -> None:
    """Of one supplier without SIRET, two lists are compared as two directories are; one list speaks of two suppliers."""
    jonquille = {"name": "Les Jardins de la Jonquille", "kind": "ACI"}
    take("tableur", named("1", "nord", **jonquille), named("2", "nord", **jonquille))
    assert len(load_suppliers(engine)) == 2
    undo_import(engine, 1, now=NOW)
    take("tableur", named("1", "nord", **jonquille))
    report = take("tableur", named("1", "sud", **jonquille, phone="0327000000"))
    assert report.as_dict()["merged"] == 1
    (supplier,) = load_suppliers(engine)
    assert [split_reference(origin.source, origin.ref)[0] for origin in supplier.origins] == ["nord", "sud"]


def test_two_lists_may_disagree() -> None:
    one = clean("nord:1", source="tableur", phone="+33327000000")
    other = clean("sud:1", source="tableur", phone="+33328000000")
    found = source_conflicts("siret:1", [StoredRecord(one), StoredRecord(other)], ("tableur",))
    assert [conflict.field for conflict in found] == ["téléphone"]
    beside = replace(other, ref="nord:2")
    assert source_conflicts("siret:1", [StoredRecord(one), StoredRecord(beside)], ("tableur",)) == ()


def test_a_record_is_found_by_its_reference_where_one_list_has_it(take: Take, engine: Engine) -> None:
    take("tableur", named("P01", "nord"), named("P02", "nord"), named("xP02", "nord"))
    take("tableur", named("P01", "sud", city="Arras", post_code="62000"))
    for key in ("tableur:P02", "tableur:nord:P02"):
        found = find_supplier(engine, key)
        assert found is not None
        assert found.id == "tableur:nord:P02"
    assert find_supplier(engine, "tableur:P01") is None, "two lists have one"
    assert find_supplier(engine, "tableur:%") is None


# A directory that changed its numbering


def test_a_directory_that_changed_its_numbering_takes_nobody_s_freshness(take: Take, engine: Engine) -> None:
    take(
        "emplois",
        named("4021", siret=siret(1), kind="ACI", naf="81.30Z"),
        named("4022", siret=siret(2), kind="EI"),
        named("4023", siret=siret(3), kind="EI"),
        named("4024", siret=siret(3), kind="ACI"),
        named("4025", name="Intérim de la Jonquille", siret="12345678999901", kind="ETTI"),
    )
    report = take(
        "emplois",
        named(UUID.format(1), siret=siret(1), kind="ACI", as_of="2026-11-01"),
        named(UUID.format(3), siret=siret(3), kind="EI", as_of="2026-11-01"),
        named(UUID.format(5), name="Intérim de la Jonquille", siren="123456789", kind="ETTI", as_of="2026-11-01"),
    )
    suppliers = {supplier.id: supplier for supplier in load_suppliers(engine)}
    assert report.gone == 2, "the structure that is listed no more, and the kind that another lost"
    assert [key for key, supplier in suppliers.items() if GONE in supplier.flags] == [f"siret:{siret(2)}"]
    assert suppliers[f"siret:{siret(1)}"].naf == "8130Z", "what the former file alone said is kept"
    assert suppliers[f"siret:{siret(1)}"].updated is not None
    assert suppliers[f"siret:{siret(3)}"].kinds == (K.EI,)
    assert len(suppliers) == 4, "an antenna under a fictitious SIRET is recognised by its name, town and kind"
    # The next file of the new numbering: who left it is gone under both.
    last = take(
        "emplois",
        named(UUID.format(3), siret=siret(3), kind="EI", as_of="2026-12-01"),
        named(UUID.format(5), name="Intérim de la Jonquille", siren="123456789", kind="ETTI", as_of="2026-12-01"),
    )
    assert last.gone == 2
    left = {supplier.id for supplier in load_suppliers(engine) if GONE in supplier.flags}
    assert left == {f"siret:{siret(1)}", f"siret:{siret(2)}"}


def test_the_newer_numbering_speaks_alone_of_the_kind_and_of_the_place() -> None:
    old = clean("4021", source="emplois", kinds=(K.EI,), insee="62041", lat=50.2, lon=2.7)
    new = clean(UUID.format(1), source="emplois", kinds=(K.ACI,), insee="59392")
    dated = replace(new, as_of=datetime(2026, 11, 1, tzinfo=UTC).date())
    found = merge("siret:1", [StoredRecord(old), StoredRecord(dated)], ("emplois",)).supplier
    assert (found.kinds, [site.insee for site in found.sites]) == ((K.ACI,), ["59392"])


def saved_page(folder: Path, title: str, names: list[str], name: str) -> Source:
    """A page of Hosmoz as a browser saves it: a card a supplier, each with the address of its sheet."""
    cards = "".join(
        f'<li><a href="https://www.hosmoz.fr/Annuaire/Nord-59/Maubeuge-1/esat-e{7000 + number}"><h3>{name}</h3></a>'
        "<p>Maubeuge (59)<b>40 travailleurs</b></p></li>"
        for number, name in enumerate(names)
    )
    page = folder / name
    page.write_text(f"<html><head><title>{title}</title></head><body>{cards}</body></html>", encoding="utf-8")
    return Source(page)


def test_the_pages_of_hosmoz_join_its_table_and_no_page_takes_the_trade_of_another_away(
    engine: Engine, tmp_path: Path
) -> None:
    names = [
        f"ESAT {name}"
        for name in ("QUANTA", "ALIZE", "JONQUILLE", "MICOCOULE", "RAMONEUR", "ZEPHYR", "NOISETIER", "BRUYERE")
    ]
    finess = [
        raw(f"59000000{at}", source="finess", name=name, kind="ESAT", siret=siret(900 + at), finess=f"59000000{at}")
        for at, name in enumerate(names)
    ]
    rows = "".join(f"{at},{name},{siret(900 + at)},59600,MAUBEUGE,Artisanat\n" for at, name in enumerate(names))
    table = tmp_path / "hosmoz.csv"
    table.write_text(f"Id,Raison Sociale,Siret,Code Postal,Ville,Pôles de compétences\n{rows}", encoding="utf-8")
    cases = [
        saved_page(tmp_path, "ESAT &amp; entreprises adaptées de la ville de Maubeuge (59600)", names, "ville.html"),
        saved_page(tmp_path, "ESAT et entreprises adaptées en Secrétariat, travaux administratifs", names, "a.html"),
        saved_page(tmp_path, "ESAT et entreprises adaptées en Mise sous pli, mailing, routage", names[:4], "b.html"),
    ]
    (tmp_path / "finess").touch()
    run_import(engine, importer(finess, "finess"), [Source(tmp_path / "finess")], now=NOW)
    for source in (Source(table), *cases):
        done = run_import(engine, REGISTRY["hosmoz"], [source], now=NOW)
        assert (done.outcomes["created"], done.outcomes["review"], done.pairs) == (0, 0, 0), source.path.name
    suppliers = load_suppliers(engine)
    assert len(suppliers) == 8
    said = [{activity.wording for activity in supplier.activities} for supplier in suppliers]
    assert all({"Artisanat", "Secrétariat, travaux administratifs"} <= words for words in said)
    assert sum("Mise sous pli, mailing, routage" in words for words in said) == 4


def test_a_supplier_known_by_its_pages_alone_is_one_and_stays_away_when_it_left(engine: Engine, tmp_path: Path) -> None:
    for title, name in (("Couture", "a.html"), ("Mise sous pli, mailing, routage", "b.html")):
        page = saved_page(tmp_path, f"ESAT et entreprises adaptées en {title}", ["ESAT", "ESAT QUANTA"], name)
        run_import(engine, REGISTRY["hosmoz"], [page], now=NOW)
    assert [supplier.id for supplier in load_suppliers(engine)] == ["hosmoz:e7000", "hosmoz:e7001"]
    opt_out(engine, "hosmoz:e7001", author="Léa", motive="", now=NOW)
    page = saved_page(tmp_path, "ESAT et entreprises adaptées en Blanchisserie", ["ESAT", "ESAT QUANTA"], "c.html")
    assert run_import(engine, REGISTRY["hosmoz"], [page], now=NOW).refused == 1
