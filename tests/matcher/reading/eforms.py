"""French display of an eForms notice, from its XML: the numbers and the labels that the official display uses.

Layout: `view-templates/16.efx` to `19.efx` of the eForms SDK; labels: `translations/*_fr.xml` (© European Union, CC BY 4.0). Only the parts
that say something of a lot are laid out, and what stands around them on every page.
"""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "efac": "http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1",
}
UNITS = {"MONTH": "Mois", "YEAR": "Années", "DAY": "Jours", "WEEK": "Semaines"}
RESERVED = {
    "none": "La participation n’est pas réservée.",
    "res-ws": "La participation est réservée à des ateliers protégés et à des opérateurs économiques dont l’objet principal est l’intégration "
    "sociale et professionnelle de personnes handicapées ou défavorisées.",
    "res-pub-ser": "La participation est réservée à des organisations qui poursuivent une mission de service public et respectent d’autres "
    "conditions pertinentes énoncées dans la législation.",
}
YES_NO = {"yes": "Oui", "no": "Non", "not-known": "Pas encore connu"}
NATURES = {"services": "Services", "supplies": "Fournitures", "works": "Marché de travaux"}


def displayed(path: Path) -> str:
    """Return the page of a notice, as it is copied from a browser."""
    root = etree.parse(path).getroot()
    return "\n".join(_page(root))


def _page(root: etree._Element) -> Iterator[str]:
    yield "1. Acheteur"
    yield "1.1. Acheteur"
    company = root.find(".//efac:Company", NAMESPACES)
    assert company is not None
    yield f"Nom officiel: {_text(company, 'cac:PartyName/cbc:Name')}"
    yield "Forme juridique de l’acheteur: Organisme de droit public"
    yield "Activité du pouvoir adjudicateur: Services d’administration générale"
    yield "2. Procédure"
    yield "2.1. Procédure"
    project = root.find("cac:ProcurementProject", NAMESPACES)
    assert project is not None
    yield from _project(project, "2.1")
    yield "2.1.6. Motifs d’exclusion"
    yield "Sources des motifs d’exclusion: Documents de marché"
    yield "5. Lots"
    for lot in root.findall("cac:ProcurementProjectLot", NAMESPACES):
        yield from _lot(lot)
    yield "8. Organisations"
    for rank, company in enumerate(root.findall(".//efac:Company", NAMESPACES), start=1):
        yield f"8.1. ORG-{rank:04}"
        yield f"Nom officiel: {_text(company, 'cac:PartyName/cbc:Name')}"
        yield f"Numéro d’enregistrement: {_text(company, 'cac:PartyLegalEntity/cbc:CompanyID')}"
        address = company.find("cac:PostalAddress", NAMESPACES)
        if address is not None:
            yield f"Adresse postale: {_text(address, 'cbc:StreetName')}"
            yield f"Ville: {_text(address, 'cbc:CityName')}"
            yield f"Code postal: {_text(address, 'cbc:PostalZone')}"
            yield f"Subdivision pays (NUTS): {_text(address, 'cbc:CountrySubentityCode')}"
        yield f"Adresse électronique: {_text(company, 'cac:Contact/cbc:ElectronicMail')}"
        yield f"Téléphone: {_text(company, 'cac:Contact/cbc:Telephone')}"
    yield "Informations relatives à l’avis"
    yield "Identifiant/version de l’avis: 4039abd1-af19-42cf-bce0-7c55806601e8 - 01"


def _lot(lot: etree._Element) -> Iterator[str]:
    yield f"5.1. Lot: {_text(lot, 'cbc:ID')}"
    project = lot.find("cac:ProcurementProject", NAMESPACES)
    assert project is not None
    yield from _project(project, "5.1")
    period = project.find("cac:PlannedPeriod", NAMESPACES)
    if period is not None:
        yield "5.1.3. Durée estimée"
        for label, tag in (("Date de début", "StartDate"), ("Date de fin", "EndDate")):
            if told := _text(period, f"cbc:{tag}"):
                year, month, day = told[:10].split("-")
                yield f"{label}: {day}/{month}/{year}"
        measure = period.find("cbc:DurationMeasure", NAMESPACES)
        if measure is not None:
            yield f"Durée: {measure.text} {UNITS[measure.get('unitCode', '')]}"
    extension = project.find("cac:ContractExtension", NAMESPACES)
    if extension is not None:
        yield "5.1.4. Renouvellement"
        yield f"Nombre maximal de renouvellements: {_text(extension, 'cbc:MaximumNumberNumeric')}"
        if told := _text(extension, "cac:Renewal/cac:Period/cbc:Description"):
            yield f"Description: {told}"
    yield from _value(project, "5.1.5")
    yield "5.1.6. Informations générales"
    yield f"Participation réservée: {RESERVED[_code(lot, 'TendererRequirementTypeCode', 'reserved-procurement') or 'none']}"
    yield "Projet de passation de marché non financé par des fonds de l’UE"
    yield "Le marché relève de l’accord sur les marchés publics (AMP): non"
    if told := _text(project, "cbc:Note"):
        yield f"Informations complémentaires: {told}"
    yield "5.1.10. Critères d’attribution"
    yield "Critère:"
    yield "Type: Prix"
    yield "Description: Montant de l’offre, sur 36 mois"
    yield "5.1.12. Conditions du marché public"
    yield "Conditions de présentation:"
    yield "Présentation par voie électronique: Requise"
    if told := _text(lot, "cac:TenderingTerms/cac:TenderValidityPeriod/cbc:DurationMeasure"):
        yield f"Date limite de validité de l’offre: {told} Mois"
    yield "Conditions du contrat:"
    execution = YES_NO[_code(lot, "ExecutionRequirementCode", "reserved-execution") or "no"]
    yield f"Le marché doit être exécuté dans le cadre de programmes d’emplois protégés: {execution}"
    yield "5.1.15. Techniques"
    yield "Accord-cadre: Pas d’accord-cadre"


def _project(project: etree._Element, number: str) -> Iterator[str]:
    yield f"Titre: {_text(project, 'cbc:Name')}"
    yield f"Description: {_text(project, 'cbc:Description')}"
    yield f"Identifiant interne: {_text(project, 'cbc:ID')}"
    yield f"{number}.1. Objet"
    yield f"Nature du marché: {NATURES[_text(project, 'cbc:ProcurementTypeCode')]}"
    yield f"Nomenclature principale (cpv): {_text(project, 'cac:MainCommodityClassification/cbc:ItemClassificationCode')}"
    for code in project.findall("cac:AdditionalCommodityClassification/cbc:ItemClassificationCode", NAMESPACES):
        yield f"Nomenclature supplémentaire (cpv): {code.text}"
    if told := _text(project, "cac:ContractExtension/cbc:OptionsDescription"):
        yield "Les options:"
        yield f"Description des options: {told}"
    yield f"{number}.2. Lieu d’exécution"
    place = "cac:RealizedLocation/cac:Address"
    if nuts := _text(project, f"{place}/cbc:CountrySubentityCode"):
        yield f"Subdivision pays (NUTS): {nuts} ({nuts})"
    yield f"Pays: {_text(project, f'{place}/cac:Country/cbc:IdentificationCode')}"
    if told := _text(project, "cac:RealizedLocation/cbc:Description"):
        yield f"Informations complémentaires: {told}"
    if number == "2.1":
        yield from _value(project, "2.1.3")


def _value(project: etree._Element, number: str) -> Iterator[str]:
    told = _text(project, "cac:RequestedTenderTotal/cbc:EstimatedOverallContractAmount")
    if told:
        yield f"{number}. Valeur"
        yield f"Valeur estimée hors TVA: {float(told):,.2f} EUR".replace(",", " ").replace(".", ",")


def _text(element: etree._Element, path: str) -> str:
    """The text at a path, in French where it is told in several languages."""
    found = element.findall(path, NAMESPACES)
    chosen = next((one for one in found if one.get("languageID") in (None, "FRA")), None)
    return " ".join((chosen.text or "").split()) if chosen is not None else ""


def _code(lot: etree._Element, tag: str, listed: str) -> str:
    return next(
        (one.text or "" for one in lot.iterfind(f".//cbc:{tag}", NAMESPACES) if one.get("listName") == listed), ""
    )
