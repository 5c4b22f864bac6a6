"""Finds the supplier named on the command line, by SIRET, id, FINESS number, short id or name; where it is not certain, lists the nearest ones."""

from sqlalchemy import Engine

from matcher.catalogue.store.named_supplier import NamedSupplier, is_number, short_id, suppliers_of_name
from matcher.catalogue.store.read import stats
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.catalogue.store.why_missing import why_missing
from matcher.cli.frame.options import RequestRefused, empty_catalogue
from matcher.domain.french import count, enumeration, number

# Metavariable of the argument in help pages.
SUPPLIER = "SIRET|ID|NOM"
_MOST = 8


def supplier_named(engine: Engine, text: str) -> str:
    """Return the id of the supplier that a text names. Raises RequestRefused where none or several match, with a list of these or of the nearest."""
    named = suppliers_of_name(engine, text)
    if len(named) == 1:
        return named[0].id
    if named:
        more = f", et {number(len(named) - _MOST)} de plus" if len(named) > _MOST else ""
        raise RequestRefused(
            f"« {text} » peut être {count(len(named), 'structure')} : {_names_with_ids(named[:_MOST])}{more}. Redites laquelle par ce qui est devant son nom."
        )
    if not stats(engine)["suppliers"]:
        raise empty_catalogue(engine.url)
    if is_number(text):
        raise RequestRefused(why_missing(engine, text))
    alike = _near(engine, text)
    others = f" Noms proches : {_names_with_ids(alike)}." if alike else ""
    raise RequestRefused(
        f"Aucune structure du catalogue ne s’appelle « {text} ».{others} Un SIRET a quatorze chiffres ; un identifiant commence par « siret: » ou « finess: »."
    )


def _near(engine: Engine, text: str) -> list[NamedSupplier]:
    # Imported here because it loads the reader of trades, which a known name does not need.
    from matcher.catalogue.store.search import search

    shelf = load_shelf(engine)
    cards = [shelf.suppliers[row] for row in search(engine, shelf, text).page(1, 4)]
    return [NamedSupplier(card.id, card.name, card.city) for card in cards]


def _names_with_ids(named: list[NamedSupplier]) -> str:
    cities = [(supplier, supplier.city or "commune non connue") for supplier in named]
    return enumeration([f"{short_id(supplier.id)} « {supplier.name} » ({city})" for supplier, city in cities])
