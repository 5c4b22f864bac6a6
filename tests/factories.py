"""Fictional suppliers and sources for the tests: invented names, real communes, SIRETs that pass the check."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from stdnum import luhn

from importers.importer import Importer, Item, Scope, Source, SupplierRecord
from matcher.catalogue.identity.records import CleanRecord
from matcher.catalogue.identity.trust import TRUST
from matcher.catalogue.intake.intake import ImportReport, run_import
from matcher.catalogue.intake.lookups import Located, Lookups
from matcher.cleaning.coordinates import Point
from matcher.domain.kinds import SupplierKind
from matcher.domain.reading import Lot, RawPlace
from matcher.domain.supplier import Activity, Evidence, Site, Supplier
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.lay_out import build_shelf
from matcher.reading.reader import read

COMMUNES = {
    "59392": Located("59392", Point(50.2781, 3.9727)),
    "62041": Located("62041", Point(50.2910, 2.7772)),
    "80021": Located("80021", Point(49.8987, 2.2847)),
}
POST_CODES = {"59600": "59392", "62000": "62041", "80000": "80021"}
ACTIVITIES = {"Espaces verts": "espaces-verts.entretien", "Nettoyage": "nettoyage", "A1203": "espaces-verts.entretien"}


def siret(number: int, first: str = "9") -> str:
    """Return a fictional SIRET that passes both checks, the same for the same number and first digit."""
    siren = f"{first}{number:07d}"
    siren += luhn.calc_check_digit(siren)
    establishment = siren + "0001"
    return establishment + luhn.calc_check_digit(establishment)


def vat(siren: str) -> str:
    """Return the VAT number of a SIREN, with its key."""
    return f"FR{(12 + 3 * int(siren)) % 97:02d}{siren}"


def raw(ref: str, name: str = "Les Ateliers du Marais", **fields: object) -> SupplierRecord:
    """Return a raw record of the source « essai », or of `source`."""
    given = {"source": "essai", "line": 1, "kind": "ESAT", "post_code": "59600", "city": "Maubeuge"} | fields
    return SupplierRecord(source_ref=ref, name=name, **given)  # type: ignore[arg-type]


def clean(ref: str, **fields: object) -> CleanRecord:
    """Return a cleaned record of the source « essai », or of `source`."""
    return CleanRecord(**({"source": "essai", "ref": ref, "name": "Les Ateliers du Marais"} | fields))  # type: ignore[arg-type]


def lookups() -> Lookups:
    """Return lookups over three communes and three activities, so that no reference table is needed."""

    def locate(insee: str, post_code: str, city: str, departement: str) -> Located | None:
        return COMMUNES.get(insee) or COMMUNES.get(POST_CODES.get(post_code, ""))

    def claim_targets(vocabulary: str, text: str) -> tuple[tuple[str, str], ...]:
        return ((ACTIVITIES[text], text),) if text in ACTIVITIES else ()

    return Lookups(locate, claim_targets, {"nord": ("dep:59",), "hauts de france": ("reg:32",)})


def importer(items: Sequence[Item], key: str = "essai", at_least: int = 1) -> Importer:
    """Return an importer that reads `items` whatever the file."""

    def read(source: Source) -> Iterator[Item]:
        yield from items

    return Importer(
        key=key,
        title=f"Annuaire {key}",
        publisher="",
        url="",
        licence="",
        obtain="",
        holds="",
        at_least=at_least,
        read=read,
    )


Take = Callable[..., ImportReport]


def taking(
    engine: Engine, folder: Path, now: datetime, trust: Sequence[str] = TRUST, scopes: Mapping[str, Scope] | None = None
) -> Take:
    """Return what imports the items that it is given, of the source `key`, with the options of `run_import`; `scopes` says of which
    sources the items are no suppliers."""
    path = folder / "annuaire.csv"
    path.write_text("fictif", encoding="utf-8")

    def run(*items: Item, key: str = "essai", at_least: int = 1, **options: bool) -> ImportReport:
        source = replace(importer(items, key, at_least), scope=(scopes or {}).get(key, Scope.SUPPLIER))
        return run_import(engine, source, [Source(path)], now=now, lookups=lookups(), trust=trust, **options)  # type: ignore[arg-type]

    return run


MAUBEUGE, DENAIN, LILLE, MARSEILLE = (50.2781, 3.9727), (50.3259, 3.3876), (50.6311, 3.0468), (43.2999, 5.3826)


def supplier(
    name: str = "Les Ateliers du Marais", kind: str = "ESAT", at: tuple[float, float] | None = MAUBEUGE, **fields: Any
) -> Supplier:
    """Return a supplier with one site at `at` (none where None). Its id is made of its name, unless given."""
    sites = (Site(city="Ville", lat=at[0], lon=at[1]),) if at else ()
    kinds = tuple(SupplierKind(code) for code in kind.split())
    given: dict[str, Any] = {"id": f"essai:{name}", "name": name, "kinds": kinds, "sites": sites}
    return Supplier(**(given | fields))


def declares(*codes: str) -> tuple[Activity, ...]:
    """Return activities that a directory declares, worded by their codes."""
    return tuple(Activity(code, f"dit {code}", Evidence.DECLARED, "hosmoz") for code in codes)


def ask(objet: str, suppliers: Sequence[Supplier], on: date = date(2026, 11, 24), **lot: Any) -> LotOnShelf:
    """Lay a lot on a shelf of suppliers; `lieu` is a place or several, as a person writes them."""
    lieux = lot.pop("lieu", ())
    places = tuple(RawPlace(code=lieu) for lieu in ((lieux,) if isinstance(lieux, str) else lieux))
    return LotOnShelf(read(Lot(objet, lieux=places, **lot)), build_shelf(suppliers), on)
