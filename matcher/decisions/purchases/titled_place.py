"""Place that the titles of a sheet name, « Programme d’achats 2027 de Saint-Amand-les-Eaux », for its lines that say none. Pure."""

from collections.abc import Iterable
from pathlib import PurePath

from matcher.domain.lot import Lot, RawPlace
from matcher.domain.need import BuyerDefaults
from matcher.domain.place import Place, PlaceOrigin
from matcher.reading.place.places import read_places


def sheet_defaults(siret: str, place: str, titles: Iterable[str], file_name: str) -> BuyerDefaults:
    """Return the defaults of the buyer of a sheet: the place that was told, else the one that its titles or the name of its file name."""
    if place:
        return BuyerDefaults(siret, place)
    return BuyerDefaults(siret, titled_place((*titles, PurePath(file_name).stem)), PlaceOrigin.TITRE)


def titled_place(titles: Iterable[str]) -> str:
    """Return the place that titles name, as one types it; empty where they name none, or several, or leave a doubt."""
    read = [read_places(Lot(title.replace("_", " "))) for title in titles]
    named = {place.key: place for where in read if not where.doubts for place in where.places}
    return _typed(*named.values()) if len(named) == 1 else ""


def _typed(its: Place) -> str:
    """Its name, or its code where others have that name."""
    by_name = read_places(Lot("", lieux=(RawPlace(its.name),))).places
    return its.name if [place.key for place in by_name] == [its.key] else its.key
