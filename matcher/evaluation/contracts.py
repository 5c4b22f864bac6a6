"""Past contracts of a DECP file (open data of French public contracts) read as lots, for the suites that have no hand-made labels."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from stdnum.fr import siren

from matcher.evaluation.suites import LotToRank
from matcher.need.fields import LotsError, need_from
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.reader import read

Contract = Mapping[str, Any]


def marches(path: Path) -> list[Contract]:
    """Return the contracts of a DECP 2019 file (JSON, « marches ») in its order. Raises LotsError where the file is not one."""
    try:
        return list(json.loads(path.read_text(encoding="utf-8"))["marches"])
    except (ValueError, KeyError, TypeError) as error:
        raise LotsError(f"« {path.name} » n’est pas un fichier DECP au format 2019 (clé « marches »).") from error


def contracts(path: Path) -> list[Contract]:
    """Return the contracts of a DECP file sorted by id, so that a seeded draw does not depend on the file's order."""
    return sorted(marches(path), key=lambda its: str(its.get("id")))


def cpv(contract: Contract) -> str:
    """Return the CPV of a contract as it is written, empty where it has none."""
    return str(contract.get("codeCPV") or "")


def holders(contract: Contract) -> frozenset[str]:
    """Return the SIRET of a contract's winners, as they are written."""
    return frozenset(str(its.get("id") or "") for its in contract.get("titulaires") or () if isinstance(its, Mapping))


def read_contract(contract: Contract, shelf: Shelf, today: date) -> LotOnShelf:
    """Read a contract as a lot and set it against a shelf, on its own date, or on `today` where it has none."""
    place = contract.get("lieuExecution") or {}
    lot = need_from(
        {
            "lot_id": contract.get("id"),
            "objet": contract.get("objet"),
            "cpv": cpv(contract),
            "lieu": {"code": place.get("code"), "type": place.get("typeCode"), "nom": place.get("nom")},
            "acheteur_siret": (contract.get("acheteur") or {}).get("id"),
            "montant": contract.get("montant"),
            "duree": contract.get("dureeMois"),
            "date": contract.get("dateNotification"),
        }
    ).lot
    return LotOnShelf(read(lot), shelf, lot.date or today)


# National bodies, by SIREN, whose inclusive branches are a small part: nothing shows which of their contracts these branches won.
NATIONAL: Mapping[str, str] = {
    "662043116": "Office national des forêts",
    "775672272": "Croix-Rouge française",
    "775685621": "UFCV",
}
_PREFIX = "siret:"


def won_by_another_branch(path: Path, shelf: Shelf, today: date) -> list[LotToRank]:
    """Return the contracts of a DECP file won by an organisation (SIREN) that has branches on the shelf, each object and winner once;
    `winners` are these branches (SIRET), whichever of them won."""
    branches: dict[str, set[str]] = {}
    for key in shelf.ids:
        if key.startswith(_PREFIX):
            number = key.removeprefix(_PREFIX)
            branches.setdefault(number[:9], set()).add(number)
    lots: dict[tuple[str, frozenset[str]], LotToRank] = {}
    for contract in contracts(path):
        won = {number[:9] for number in holders(contract)}
        other_branches = sorted(number for number in won & branches.keys() - NATIONAL.keys() if siren.is_valid(number))
        objet = str(contract.get("objet") or "")
        if other_branches and objet and (objet, holders(contract)) not in lots:
            winners = frozenset[str]().union(*(branches[number] for number in other_branches))
            lots[objet, holders(contract)] = LotToRank(
                read_contract(contract, shelf, today), winners, other_branches[0]
            )
    return list(lots.values())
