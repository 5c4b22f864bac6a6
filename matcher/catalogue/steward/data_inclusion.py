"""The catalogue in the structure schema of data·inclusion (v1): its fields, and who cannot be told in it."""

from matcher.catalogue.identity.merge import is_over
from matcher.catalogue.steward.export_schema import ExportedField
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Site, Supplier

_SHORTEST_NAME, _LONGEST_NAME = 3, 150
_SHORTEST_TEXT, _LONGEST_TEXT = 5, 10_000
_FIRST_YEAR = 2000
# The kinds that the schema has among its networks, under their acronym.
_NETWORKS = frozenset(SupplierKind) - {SupplierKind.SEP, SupplierKind.TIH, SupplierKind.ESS}
_NOWHERE = Site()


def untold(supplier: Supplier) -> str:
    """Return in French what keeps a supplier out of the schema, empty where nothing does."""
    if is_over(supplier):
        return "dont un registre ou une source dit la fin"
    if len(_name(supplier)) < _SHORTEST_NAME:
        return f"dont le nom a moins de {_SHORTEST_NAME} lettres"
    if supplier.updated is None or supplier.updated.year < _FIRST_YEAR:
        return "sans date de mise à jour connue, que ce schéma exige"
    return ""


def _name(supplier: Supplier) -> str:
    """The name as the schema wants it: no longer than it allows, without the full stop that it refuses."""
    return supplier.name[:_LONGEST_NAME].rstrip(" .")


def _site(supplier: Supplier) -> Site:
    return supplier.sites[0] if supplier.sites else _NOWHERE


def _exact(supplier: Supplier) -> Site:
    """The first site where its own coordinates are known: the centre of a commune is none."""
    return _NOWHERE if _site(supplier).approximate else _site(supplier)


_Text, _Degrees = str | None, float | None
DATA_INCLUSION: tuple[ExportedField, ...] = (
    ExportedField("source", "Producteur de la fiche : elle réunit ce que disent plusieurs sources.", str, lambda _: "entremise"),
    ExportedField("id", "Identifiant de la structure chez ce producteur.", str, lambda s: f"entremise--{s.id}"),
    ExportedField("nom", "Nom de la structure.", str, _name),
    ExportedField("date_maj", "Date de la plus récente de ses sources.", str, lambda s: s.updated.isoformat() if s.updated else None),
    ExportedField("description", "Présentation de la structure.", _Text,
                  lambda s: s.description[:_LONGEST_TEXT] if len(s.description) >= _SHORTEST_TEXT else None),
    ExportedField("siret", "SIRET de l’établissement.", _Text, lambda s: s.siret or None),
    ExportedField("commune", "Commune du premier site.", _Text, lambda s: _site(s).city or None),
    ExportedField("code_postal", "Code postal du premier site.", _Text, lambda s: _site(s).post_code or None),
    ExportedField("code_insee", "Code INSEE de la commune.", _Text, lambda s: _site(s).insee or None),
    ExportedField("adresse", "Adresse du premier site.", _Text, lambda s: _site(s).address or None),
    ExportedField("longitude", "Longitude du premier site (WGS84) ; nulle où seule la commune est connue.", _Degrees, lambda s: _exact(s).lon),
    ExportedField("latitude", "Latitude du premier site (WGS84) ; nulle où seule la commune est connue.", _Degrees, lambda s: _exact(s).lat),
    ExportedField("site_web", "Site web de la structure.", _Text, lambda s: s.website or None),
    ExportedField("reseaux_porteurs", "Types de la structure, parmi les réseaux du schéma.", list[str],
                  lambda s: [kind.lower() for kind in s.kinds if kind in _NETWORKS]),
)  # fmt: skip
