"""Importers: one module for each directory of suppliers, which reads its published files into raw records. Imports nothing of matcher."""

from importers import (
    asp,
    data_inclusion,
    decp,
    ess,
    finess,
    hosmoz,
    les_emplois,
    marche_inclusion,
    recherche_entreprises,
    sirene,
    tableur,
)
from importers.importer import Importer

# In order of trust: where two directories disagree on a field, the first of them wins.
_IMPORTERS = (
    *(les_emplois.IMPORTER, finess.IMPORTER, marche_inclusion.IMPORTER, hosmoz.IMPORTER, data_inclusion.IMPORTER),
    *(tableur.IMPORTER, asp.IMPORTER, asp.SUPPLEMENT, ess.IMPORTER, decp.IMPORTER, sirene.IMPORTER),
    recherche_entreprises.IMPORTER,
)
REGISTRY: dict[str, Importer] = {importer.key: importer for importer in _IMPORTERS}
