"""Notices and awards of public contracts, one file a source: what each publishes, in its own words."""

from importers.notices import boamp, decp, eforms, page
from importers.notices.importer import NoticeImporter

_IMPORTERS = (eforms.IMPORTER, boamp.IMPORTER, decp.IMPORTER, page.IMPORTER)
NOTICES: dict[str, NoticeImporter] = {importer.key: importer for importer in _IMPORTERS}
