"""Kinds of inclusive suppliers (ESAT, EA, EI…) and their legal families, by which a lot may be reserved (articles L2113-12 to L2113-15)."""

from enum import StrEnum


class Family(StrEnum):
    """Family of suppliers, which decides the reserved contracts open to them."""

    SIAE = "SIAE"
    STPA = "STPA"
    SEP = "SEP"
    ESS = "ESS"
    NONE = "aucune"


class SupplierKind(StrEnum):
    """Kind of inclusive supplier, by French acronym. A supplier may have several; an ESAT, an EA or a GEIQ is not a SIAE."""

    EI = "EI"
    ACI = "ACI"
    AI = "AI"
    ETTI = "ETTI"
    EITI = "EITI"
    EA = "EA"
    EATT = "EATT"
    ESAT = "ESAT"
    GEIQ = "GEIQ"
    SEP = "SEP"
    TIH = "TIH"
    ESS = "ESS"

    @property
    def label(self) -> str:
        """Full French name, for pages and exports."""
        return _LABELS[self]

    @property
    def family(self) -> Family:
        """Legal family, which decides the articles that can reserve a lot to this kind."""
        return _FAMILIES.get(self, Family.NONE)


_LABELS = {
    SupplierKind.EI: "Entreprise d’insertion", SupplierKind.ACI: "Atelier et chantier d’insertion",
    SupplierKind.AI: "Association intermédiaire", SupplierKind.ETTI: "Entreprise de travail temporaire d’insertion",
    SupplierKind.EITI: "Entreprise d’insertion par le travail indépendant", SupplierKind.EA: "Entreprise adaptée",
    SupplierKind.EATT: "Entreprise adaptée de travail temporaire",
    SupplierKind.ESAT: "Établissement et service d’accompagnement par le travail",
    SupplierKind.GEIQ: "Groupement d’employeurs pour l’insertion et la qualification",
    SupplierKind.SEP: "Service de l’emploi pénitentiaire", SupplierKind.TIH: "Travailleur indépendant handicapé",
    SupplierKind.ESS: "Autre organisation de l’économie sociale et solidaire",
}  # fmt: skip

_FAMILIES = {
    **dict.fromkeys(
        (SupplierKind.EI, SupplierKind.ACI, SupplierKind.AI, SupplierKind.ETTI, SupplierKind.EITI), Family.SIAE
    ),
    **dict.fromkeys((SupplierKind.EA, SupplierKind.EATT, SupplierKind.ESAT), Family.STPA),
    SupplierKind.SEP: Family.SEP,
    SupplierKind.ESS: Family.ESS,
}
