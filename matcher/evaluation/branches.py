"""Ranking suite on contracts won by another branch of an organisation of the catalogue; no weight was chosen on it.

The open half names the winner’s SIRET; these name one that the catalogue lacks, of a SIREN that it has. Any branch of the organisation is
taken as right, which is rougher: few, and some were won for another of its trades.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from stdnum.fr import siren

from matcher.evaluation.contracts import ask, contracts, holders
from matcher.evaluation.suites import LabelledLot
from matcher.ranking.shelf.shelf import Shelf

# Bodies whose chantiers are a small part: which of their contracts were for these, nothing tells.
NATIONAL: Mapping[str, str] = {
    "662043116": "Office national des forêts",
    "775672272": "Croix-Rouge française",
    "775685621": "UFCV",
}
_PREFIX = "siret:"


def won_by_another_branch(path: Path, shelf: Shelf, today: date) -> list[LabelledLot]:
    """Return these contracts of a DECP file, each object and winner once, `winners` being the branches that the shelf has."""
    branches: dict[str, set[str]] = {}
    for key in shelf.ids:
        if key.startswith(_PREFIX):
            number = key.removeprefix(_PREFIX)
            branches.setdefault(number[:9], set()).add(number)
    found: dict[tuple[str, frozenset[str]], LabelledLot] = {}
    for contract in contracts(path):
        won = {number[:9] for number in holders(contract)}
        its = sorted(number for number in won & branches.keys() - NATIONAL.keys() if siren.is_valid(number))
        objet = str(contract.get("objet") or "")
        if its and objet and (objet, holders(contract)) not in found:
            winners = frozenset[str]().union(*(branches[number] for number in its))
            found[objet, holders(contract)] = LabelledLot(ask(contract, shelf, today), winners, its[0])
    return list(found.values())
