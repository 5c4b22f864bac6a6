"""Notices and awards of public contracts, one file a source: what each publishes, in its own words."""

from importers.notices import decp, eforms
from importers.notices.importer import NoticeImporter

NOTICES: dict[str, NoticeImporter] = {importer.key: importer for importer in (eforms.IMPORTER, decp.IMPORTER)}
