"""Importers of procurement notices and awards, one module for each source (eForms, BOAMP, DECP, plain text), into raw NoticeRecords."""

from importers.notices import boamp, decp, eforms, page
from importers.notices.importer import NoticeImporter

_IMPORTERS = (eforms.IMPORTER, boamp.IMPORTER, decp.IMPORTER, page.IMPORTER)
NOTICES: dict[str, NoticeImporter] = {importer.key: importer for importer in _IMPORTERS}
