"""The JSON of suppliers in the lists of the API: identifying fields always, then the chosen ones (first site's position, activities with their source)."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

from matcher.catalogue.steward.export import PRESUMED_BY
from matcher.catalogue.store.field_sources import FieldSource, latest_sources
from matcher.catalogue.store.read import first_sites
from matcher.catalogue.store.search import ListedSupplierShape
from matcher.domain.supplier import Evidence, Site
from matcher.ranking.shelf.activity_clues import Clue
from matcher.ranking.shelf.card import Card
from matcher.reference.source_rules import Use, allows_use
from matcher.reference.trades.activities import taxonomy
from matcher.render.shaped import shaped
from matcher.web.frame.app_state import desk
from matcher.web.frame.problem import ProblemDetails

# Catalogue fields from which an activity is deduced, by evidence; other activities have the source of their wording.
_DEDUCED_FROM = {
    Evidence.KIND: ("kinds",),
    Evidence.NAF: ("naf",),
    Evidence.DESCRIPTION: ("description",),
    Evidence.BRAND: ("brand", "name"),
    Evidence.NAME: ("name", "brand"),
}
_NO_SITE = Site()
_PLACE, _ACTIVITIES, KM = ("post_code", "lat", "lon", "approximate"), "activities", "km"


class ListedActivityShape(TypedDict):
    """Une activité d’un fournisseur : son code et son nom, ce qui la fait connaître, par les codes de l’export (« naf », « rome »…), dans quels mots, par quelle source, de quand ;
    sans mots, source ni date où la source ne laisse pas les remettre à d’autres."""

    code: str
    label: str
    evidence: str
    wording: str | None
    source: str | None
    date: str | None


class SupplierLineShape(ListedSupplierShape):
    """Un fournisseur dans une liste ; `post_code`, `lat` et `lon` sont de son premier site (`approximate` : le point est le centre de sa commune), `km` du plus proche de `near`."""

    post_code: NotRequired[str | None]
    lat: NotRequired[float | None]
    lon: NotRequired[float | None]
    approximate: NotRequired[bool | None]
    activities: NotRequired[list[ListedActivityShape]]
    km: NotRequired[float]


ALWAYS = tuple(name for name in SupplierLineShape.__annotations__ if name in SupplierLineShape.__required_keys__)
FIELDS = (*_PLACE, _ACTIVITIES, KM)


def chosen_fields(written: Sequence[str]) -> frozenset[str]:
    """Return the optional fields named in `fields` parameters, all of them where none is named. Raises ProblemDetails for an unknown name."""
    names = [name.strip() for part in written for name in part.split(",")]
    for name in names:
        if name not in FIELDS and name not in ALWAYS:
            says = f"« {name} » n’est pas un champ de cette liste : {', '.join(FIELDS)} ; {', '.join(ALWAYS)} y sont toujours."
            raise ProblemDetails("filtre-refuse", says, errors=[{"field": "fields", "says": says}])
    return frozenset(names or FIELDS)


def supplier_lines(cards: Sequence[Card], fields: frozenset[str]) -> list[dict[str, Any]]:
    """Return the JSON object of each supplier, with these optional fields."""
    engine, ids = desk().engine, [card.id for card in cards]
    sites = first_sites(engine, ids) if fields & {*_PLACE} else {}
    sources = latest_sources(engine, ids, desk().sources()) if _ACTIVITIES in fields else {}
    return [_line(card, sites.get(card.id, _NO_SITE), sources, fields) for card in cards]


def _line(
    card: Card, site: Site, sources: Mapping[tuple[str, str], FieldSource], fields: frozenset[str]
) -> dict[str, Any]:
    line = shaped("id siret? name kinds city?", card)
    approximate = None if site.lat is None else site.approximate
    position = {"post_code": site.post_code or None, "lat": site.lat, "lon": site.lon, "approximate": approximate}
    line |= {name: value for name, value in position.items() if name in fields}
    if _ACTIVITIES in fields:
        line[_ACTIVITIES] = [_activity(clue, sources, card.id) for clue in card.clues]
    return line


def _activity(clue: Clue, sources: Mapping[tuple[str, str], FieldSource], supplier_id: str) -> dict[str, Any]:
    fields = _DEDUCED_FROM.get(clue.evidence, (clue.wording,))
    source = next((field_source for name in fields if (field_source := sources.get((supplier_id, name)))), None)
    exportable = source is None or allows_use(source.source, Use.EXPORT)
    return shaped(
        ListedActivityShape,
        clue,
        label=taxonomy().label(clue.code),
        evidence=PRESUMED_BY.get(clue.evidence, clue.evidence),
        wording=(clue.wording or None) if exportable else None,
        source=source.source if source and exportable else None,
        date=source.day if source and exportable else None,
    )
