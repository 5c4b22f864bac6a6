from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Claim, Item, RefusedRow, Remark, Source, SourceError
from matcher.catalogue.identity.merge import GONE
from matcher.catalogue.intake.attempt import IntakeRefused
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.plan import RecordOutcome
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.store.contacts import load_contacts
from matcher.catalogue.store.read import (
    catalogue_version,
    find_supplier,
    last_imports,
    load_supplier,
    load_suppliers,
    stats,
)
from matcher.cleaning.limits import LIMITS
from matcher.cleaning.siret import SIRET_ROUNDED
from matcher.cleaning.web import EMAIL_UNREADABLE
from matcher.db import open_database
from matcher.domain.kinds import SupplierKind as K
from matcher.domain.supplier import Evidence, Origin
from tests.engines import ENGINES, dump, own_catalogue
from tests.factories import Take, importer, lookups, raw, siret, taking

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
TRUST = ("essai", "autre")


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Take:
    return taking(engine, tmp_path, NOW, TRUST)


def counts(report: ImportReport) -> dict[str, int]:
    full = report.as_dict()
    names = ("read", "created", "updated", "unchanged", "merged", "review", "refused")
    assert full["read"] == sum(full[name] for name in names[1:])
    return {name: full[name] for name in names if full[name]}


def test_records_become_suppliers(take: Take, engine: Engine) -> None:
    report = take(
        raw("1", siret=siret(1), phone="0327000000", website="exemple.fr", claims=(Claim("libre", "Espaces verts"),)),
        raw("2", "Nord Espaces", siret=siret(2), kind="EA", post_code="62000", city="Arras", as_of="2025-01-02"),
        Remark(1, "Colonne « Fax » inconnue, non reprise."),
        RefusedRow(9, "ligne vide"),
    )
    assert counts(report) == {"read": 3, "created": 2, "refused": 1}
    assert report.as_dict()["reasons"] == [{"reason": "ligne vide", "count": 1, "lines": [9]}]
    assert report.as_dict()["remarks"] == [{"line": 1, "message": "Colonne « Fax » inconnue, non reprise."}]
    first, second = load_suppliers(engine)
    assert (first.id, first.kinds, first.siren) == (f"siret:{siret(1)}", (K.ESAT,), siret(1)[:9])
    assert first.activities[0].evidence is Evidence.DECLARED
    assert first.website == "http://exemple.fr"
    assert (second.sites[0].insee, second.sites[0].approximate, second.updated) == ("62041", True, date(2025, 1, 2))
    assert second.origins == (Origin("essai", "2", date(2025, 1, 2)),)
    assert [contact.type for contact in load_contacts(engine, first.id)] == ["phone", "website"]
    assert catalogue_version(engine) == report.version == 1


def test_what_is_loaded_is_what_was_merged(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1), finess="590000011", workers="12", labels="RSEi", area="Nord", x="3.97", y="50.28"))
    supplier = load_supplier(engine, f"siret:{siret(1)}")
    assert supplier is not None
    assert supplier.provenance is not None
    assert supplier.provenance["workers"] == Origin("essai", "1", None)
    assert (supplier.finess, supplier.workers, supplier.labels) == (("590000011",), 12, ("RSEi",))
    assert supplier.area_codes == ("dep:59",)
    assert supplier.sites[0].approximate is False
    for key in (siret(1), f"{siret(1)[:9]} {siret(1)[9:]}", f"siret:{siret(1)}", "590000011"):
        assert find_supplier(engine, key) == supplier
    assert find_supplier(engine, siret(2)) is None
    assert load_supplier(engine, "siret:inconnu") is None


def test_the_same_file_again_changes_nothing(take: Take, engine: Engine) -> None:
    items = [raw("1", siret=siret(1)), raw("2", siret=siret(1), kind="EA"), raw("3", finess="590000011")]
    take(*items)
    before = dump(engine)
    assert counts(take(*items)) == {"read": 3, "unchanged": 3}
    assert dump(engine) == before


def test_a_dry_run_reports_the_same_and_writes_nothing(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1)))
    before = dump(engine)
    items = [raw("1", "Autre nom", siret=siret(1)), raw("2", siret=siret(2)), raw("3", "", siret="", post_code="")]
    dry = take(*items, dry_run=True).as_dict()
    assert dump(engine) == before
    assert last_imports(engine)["essai"].counts["created"] == 1
    real = take(*items).as_dict()
    assert dry["run"] is None
    assert real["run"] > 1  # 2, or more on PostgreSQL, whose sequence keeps the number of a dry run
    assert dry | {"dry_run": False, "run": real["run"]} == real
    assert (real["created"], real["updated"], real["refused"]) == (1, 1, 1)


def test_a_changed_record_is_updated(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1)), raw("2", siret=siret(2)))
    assert counts(take(raw("1", "Nouveau nom", siret=siret(1)))) == {"read": 1, "updated": 1}
    assert [supplier.name for supplier in load_suppliers(engine)] == ["Nouveau nom", "Les Ateliers du Marais"]
    assert catalogue_version(engine) == 2


def test_another_source_joins_the_supplier_and_fills_it(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1)))
    report = take(raw("A", "ESAT du Marais", source="autre", siret=siret(1), kind="EA", workers="40"), key="autre")
    assert counts(report) == {"read": 1, "merged": 1}
    (supplier,) = load_suppliers(engine)
    assert (supplier.name, supplier.kinds, supplier.workers) == ("Les Ateliers du Marais", (K.EA, K.ESAT), 40)
    assert [origin.source for origin in supplier.origins] == ["autre", "essai"]


def test_a_siret_that_changes_moves_the_record(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1)), raw("2", siret=siret(1), kind="EA"))
    assert counts(take(raw("2", siret=siret(2), kind="EA"))) == {"read": 1, "updated": 1}
    assert [(supplier.siret, supplier.kinds) for supplier in load_suppliers(engine)] == [
        (siret(1), (K.ESAT,)),
        (siret(2), (K.EA,)),
    ]


def test_a_finess_supplier_joins_its_siret_when_a_record_ties_them(take: Take, engine: Engine) -> None:
    take(raw("1", finess="590000011"))
    assert load_suppliers(engine)[0].id == "finess:590000011"
    report = take(raw("A", source="autre", siret=siret(1), finess="590000011"), key="autre")
    assert counts(report) == {"read": 1, "merged": 1}
    (supplier,) = load_suppliers(engine)
    assert supplier.id == f"siret:{siret(1)}"
    assert len(supplier.origins) == 2


@pytest.mark.parametrize("name", ENGINES)
def test_the_order_of_imports_does_not_matter(name: str, tmp_path: Path) -> None:
    files = {
        "essai": [raw("1", finess="590000011"), raw("2", siret=siret(2)), raw("3", "Sans numéro")],
        "autre": [
            raw("1", "Marais", source="autre", siret=siret(1), finess="590000011", kind="EA"),
            raw("2", source="autre", siret=siret(2), city="Arras", post_code="62000"),
        ],
        "tiers": [raw("1", "Tiers", source="tiers", siret=siret(1), city="Amiens", post_code="80000", workers="9")],
    }
    path = tmp_path / "f.csv"
    path.write_text("fictif", encoding="utf-8")
    catalogues = set()
    for rank, order in enumerate(permutations(files)):
        (tmp_path / str(rank)).mkdir()
        with own_catalogue(name, tmp_path / str(rank)) as url:
            engine = open_database(url)
            for key in order:
                run_import(engine, importer(files[key], key), [Source(path)], now=NOW, lookups=lookups(), trust=TRUST)
            catalogues.add(repr(dump(engine)))
            engine.dispose()
    assert len(catalogues) == 1


def test_a_complete_file_marks_what_it_no_longer_lists(take: Take, engine: Engine) -> None:
    first, second = raw("1", siret=siret(1), as_of="2025-01-01"), raw("2", siret=siret(2), as_of="2025-01-01")
    take(first, second, complete=True)
    assert counts(take(first)) == {"read": 1, "unchanged": 1}
    assert load_suppliers(engine)[1].updated == date(2025, 1, 1)
    report = take(first, complete=True)
    assert (counts(report), report.gone) == ({"read": 1, "unchanged": 1}, 1)
    gone = load_suppliers(engine)[1]
    assert (gone.updated, gone.flags) == (None, (GONE,))
    assert stats(engine)["by_source"] == {"essai": 1}
    assert counts(take(first, second, complete=True)) == {"read": 2, "updated": 1, "unchanged": 1}
    assert load_suppliers(engine)[1].flags == ()


def test_a_complete_file_that_is_too_short_is_refused(take: Take, engine: Engine) -> None:
    with pytest.raises(IntakeRefused, match="il en faut au moins 3"):
        take(raw("1", siret=siret(1)), at_least=3, complete=True)
    assert load_suppliers(engine) == []
    assert last_imports(engine) == {}
    take(*(raw(str(rank), siret=siret(rank)) for rank in range(1, 6)), complete=True)
    before = dump(engine)
    with pytest.raises(IntakeRefused, match="la dernière liste complète en comptait 5"):
        take(raw("1", "Autre nom", siret=siret(1)), raw("2", siret=siret(2)), complete=True)
    assert dump(engine) == before


def test_a_repeated_reference_is_refused_with_its_reason(take: Take) -> None:
    report = take(raw("1", siret=siret(1)), raw("1", siret=siret(1), line=4), raw("1", "Autre", siret=siret(1), line=5))
    assert counts(report) == {"read": 3, "created": 1, "refused": 2}
    assert [reason["lines"] for reason in report.as_dict()["reasons"]] == [[4], [5]]


def test_lines_name_their_file_where_several_are_imported(engine: Engine, tmp_path: Path) -> None:
    def read(source: Source) -> Iterator[Item]:
        yield Remark(1, "Colonne inconnue.")
        yield RefusedRow(2, "ligne vide")
        yield raw(source.path.stem, siret="4.1E+13", line=3)

    sources = [Source(tmp_path / name) for name in ("nord.csv", "sud.csv")]
    for source in sources:
        source.path.write_text("fictif", encoding="utf-8")
    several = replace(importer([]), read=read)
    report = run_import(engine, several, sources, now=NOW, lookups=lookups(), trust=TRUST).as_dict()
    assert report["reasons"] == [{"reason": "ligne vide", "count": 2, "lines": ["nord.csv:2", "sud.csv:2"]}]
    assert report["flags"] == [{"flag": SIRET_ROUNDED, "count": 2, "lines": ["nord.csv:3", "sud.csv:3"]}]
    assert [remark["line"] for remark in report["remarks"]] == ["nord.csv:1", "sud.csv:1"]


def test_a_nul_in_a_cell_is_a_blank_on_every_database(take: Take, engine: Engine) -> None:
    fields = dict.fromkeys(
        (
            "brand",
            "naf",
            "address",
            "city",
            "phone",
            "email",
            "website",
            "description",
            "workers",
            "area",
            "labels",
        ),
        "a\x00b",
    )
    take(raw("1\x002", "Les\x00Ateliers", claims=(Claim("libre", "Espaces\x00verts"),), **fields))
    (supplier,) = load_suppliers(engine)
    assert (supplier.name, supplier.origins[0].ref) == ("Les Ateliers", "1 2")
    assert supplier.activities[0].wording == "Espaces verts"


def test_flags_are_counted_with_their_lines(take: Take) -> None:
    report = take(raw("1", siret="4.1E+13", line=7), raw("2", siret="4.1E+13", line=8))
    assert report.as_dict()["flags"] == [{"flag": SIRET_ROUNDED, "count": 2, "lines": [7, 8]}]


def test_an_address_that_no_message_can_be_sent_to_is_refused_with_its_line(take: Take, engine: Engine) -> None:
    report = take(raw("1", email="accueil..esat@a.example", line=7), raw("2", email="accueil@a.example", line=8))
    assert report.as_dict()["flags"] == [{"flag": EMAIL_UNREADABLE, "count": 1, "lines": [7]}]


def test_what_is_beyond_its_limit_is_cut_and_said_in_the_report(take: Take, engine: Engine) -> None:
    most = LIMITS["sources"].most
    one = [raw(str(rank), siret=siret(1), line=rank) for rank in range(most + 20)]
    report = take(*one, raw("long", "N" * 3_000_000, siret=siret(2), line=7))
    assert report.as_dict()["flags"] == [
        {"flag": LIMITS["sources"].flag, "count": 1, "lines": [f"siret:{siret(1)}"]},
        {"flag": LIMITS["name"].flag, "count": 1, "lines": [7]},
    ]
    crowded, long = load_suppliers(engine)
    assert (len(crowded.origins), crowded.flags) == (most, (LIMITS["sources"].flag,))
    assert (len(long.name), long.flags) == (LIMITS["name"].most, (LIMITS["name"].flag,))


def test_an_error_in_the_middle_of_the_file_leaves_the_catalogue_as_it_was(engine: Engine, tmp_path: Path) -> None:
    def read(source: Source) -> Iterator[Item]:
        yield raw("1", siret=siret(1))
        raise SourceError(source.path, "le fichier est coupé", line=2)

    broken = importer([])
    with pytest.raises(SourceError, match="coupé"):
        run_import(
            engine, replace(broken, read=read), [Source(tmp_path / "f.csv")], now=NOW, lookups=lookups(), trust=TRUST
        )
    assert load_suppliers(engine) == []


def test_stats_and_history(take: Take, engine: Engine) -> None:
    take(
        raw("1", siret=siret(1), x="3.97", y="50.28"), raw("2", "Sans numéro", kind="EI"), raw("3", finess="590000011")
    )
    found = stats(engine)
    assert found == found | {
        "suppliers": 3,
        "organisations": 1,
        "by_kind": {"EI": 1, "ESAT": 2},
        "by_source": {"essai": 3},
        "with_siret": 1,
        "with_finess": 1,
        "with_activity": 0,
        "with_coordinates": 3,
        "with_exact_coordinates": 1,
        "version": 1,
    }
    last = last_imports(engine)["essai"]
    assert (last.file_name, last.complete, last.counts["created"], last.catalogue_version) == (
        "annuaire.csv",
        False,
        3,
        1,
    )
    assert last.finished >= NOW.replace(tzinfo=None)


def test_real_directories(shared: Path, engine: Engine) -> None:
    folder = shared / "data" / "sources"
    files = {"emplois": "les_emplois_marche.json", "finess": "finess_esat_ea_2021.csv"}
    for key, name in files.items():
        report = run_import(engine, REGISTRY[key], [Source(folder / name)], now=NOW, complete=True)
        assert report.refused == 0
    assert stats(engine)["suppliers"] == 5820
    before = dump(engine)
    for key, name in files.items():
        report = run_import(engine, REGISTRY[key], [Source(folder / name)], now=NOW, complete=True)
        assert set(report.outcomes) == {RecordOutcome.UNCHANGED}
    assert dump(engine) == before
    report = run_import(engine, REGISTRY["asp"], [Source(folder / "2019_07_liste_siae.csv")], now=NOW)
    # Six SIRETs are new; two of them are those of suppliers that Les emplois lists under a SIRET that fails its check.
    assert report.outcomes[RecordOutcome.CREATED] == 4
    assert report.outcomes[RecordOutcome.REVIEW] == 0
    assert len(load_suppliers(engine)) == 5824


def test_the_day_given_is_that_of_the_rows_without_their_own(engine: Engine, tmp_path: Path) -> None:
    rows = (
        raw("1", siret=siret(1), workers="12", claims=(Claim("libre", "Espaces verts"),)),
        raw("2", "Nord Espaces", siret=siret(2), as_of="2019-05-04"),
    )

    def dates(day: date | None, source: str = "essai", **options: bool) -> list[date | None]:
        (tmp_path / "f").touch()
        run_import(
            engine,
            importer(rows, source),
            [Source(tmp_path / "f")],
            now=NOW,
            data_date=day,
            lookups=lookups(),
            **options,
        )  # type: ignore[arg-type]
        return [supplier.updated for supplier in load_suppliers(engine)]

    assert dates(None) == [None, date(2019, 5, 4)], "nobody said the day of the first"
    assert dates(date(2024, 6, 30)) == [date(2024, 6, 30), date(2019, 5, 4)]
    assert load_suppliers(engine)[0].origins == (Origin("essai", "1", date(2024, 6, 30)),)
    with pytest.raises(IntakeRefused, match="30 juin 2024"):
        dates(date(2021, 1, 1))
    assert dates(date(2021, 1, 1), older=True) == [date(2021, 1, 1), date(2019, 5, 4)]
