"""An invented year in a copy of the sample: dossiers at several stages, a plan, an exception, the public data of the buyer."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Source
from matcher.accounts.organisations import OrganisationProfile, describe_organisation
from matcher.catalogue.intake.intake import run_import
from matcher.decisions.clause.followup import HoursPromise, MonthHours
from matcher.dossiers.changes import KeepDecision, SetCourse
from matcher.dossiers.contract_changes import RecordContract
from matcher.dossiers.dossier import WHOLE, AwardedContract, Course, DossierChange, DossierHeader, Stage
from matcher.dossiers.insertion_changes import PromiseHours, RecordHours
from matcher.dossiers.store import change_dossier, create_dossier
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from matcher.render.document import ColumnKind, Document, DocumentColumn, DocumentKind, DocumentRow, DocumentTable
from tests.factories import siret

AT = datetime(2026, 11, 20, 9)  # noqa: DTZ001
WHO = "Léa"
BUYER = siret(900, "2")
PROFILE = OrganisationProfile("CA de Valbrune", siret=BUYER)
# A structure of the sample, an EA; and nobody.
KNOWN, OTHER = "00010101400017", "55208131766522"
MOTIVE = "un stock livrable le jour même"

# Hours of two years, some of them not said.
HOURS = RecordHours(
    (
        MonthHours(date(2024, 12, 1), "etti", planned=500, done=500),
        MonthHours(date(2025, 1, 1), "etti", planned=100, done=80),
        MonthHours(date(2025, 2, 1), "etti", planned=100),
        MonthHours(date(2025, 2, 1), "soustraitance-aci", done=20.5),
    )
)


def kept(
    kind: DocumentKind,
    title: str,
    *remarks: str,
    hours: float | None = None,
    tables: tuple[DocumentTable, ...] = (),
) -> KeepDecision:
    """A decision as it is kept, with its tables: that of a plan alone where `hours` are given."""
    if hours is not None:
        columns = (DocumentColumn("Modalité"), DocumentColumn("Heures", ColumnKind.NUMBER))
        rows = (DocumentRow(("Embauche directe", 100)), DocumentRow(("Total : le compte est bon", hours)))
        tables = (DocumentTable("Qui fait les heures, et comment", columns, rows, total=True),)
    return KeepDecision(
        Document(
            kind=kind,
            title=title,
            asked=(),
            answer="Une réponse.",
            remarks=remarks,
            tables=tables,
            catalogue_version=1,
            catalogue_suppliers=5,
            on=date(2026, 11, 20),
        )
    )


def exempted(motive: str) -> str:
    """The sentence of an opinion where the exception of the first case was chosen."""
    why = f"Motif : {motive}" if motive else "Le motif reste à écrire, et à garder avec les pièces du marché"
    case = "le besoin est satisfait par une solution immédiatement disponible"
    return f"Dispense de condition sociale retenue (L2112-2-1, II, 1°) : {case}. {why}."


def dossier(engine: Engine, title: str, *changes: DossierChange, owner: OrganisationId = FIRST_ORGANISATION) -> int:
    """A dossier of these changes; its number."""
    number = create_dossier(engine, owner, DossierHeader(title, "CA de Valbrune"), author=WHO, now=AT).id
    change_dossier(engine, owner, number, changes, version=None, author=WHO, now=AT)
    return number


def contract(on: str, euros: float | None, levers: tuple[str, ...] | None, winner: str = "") -> RecordContract:
    """A contract of a whole dossier."""
    return RecordContract(AwardedContract(WHOLE, date.fromisoformat(on), euros, "Titulaire", winner, levers))


def dossiers(engine: Engine) -> None:
    """Three contracts of 2026, one of 2025, one purchase awarded whose contract nobody noted, one still open."""
    plan = kept(DocumentKind.PLAN, "Gros œuvre", hours=4_000)
    reserved = (
        kept(DocumentKind.PLAN, "Gros œuvre", hours=1_500),
        plan,
        contract("2026-03-01", 100_000, ("13", "clause"), KNOWN),
    )
    dossier(engine, "Espaces verts", *reserved)
    dossier(
        engine,
        "Mobilier",
        kept(DocumentKind.OPINION, "Mobilier", exempted(MOTIVE)),
        contract("2026-06-01", 300_000, ()),
    )
    dossier(engine, "Voirie", contract("2026-09-01", None, None))
    dossier(engine, "Nettoyage", contract("2025-02-01", 50_000, ("12",)))
    dossier(engine, "Travaux, heures suivies", PromiseHours(HoursPromise(900, date(2024, 11, 1))), HOURS)
    dossier(engine, "Attribué ailleurs", SetCourse(Course(stage=Stage.AWARDED)))
    dossier(engine, "En cours", kept(DocumentKind.PLAN, "Un plan sans marché", hours=9_000))


def award(
    number: str, on: str, amount: Any, *winners: str, social: str = "Pas de considération sociale", buyer: str = BUYER
) -> dict[str, Any]:
    """A contract of the DECP."""
    return {
        "id": number,
        "acheteur": {"id": buyer},
        "objet": f"Marché {number}",
        "codeCPV": "77310000",
        "dateNotification": on,
        "montant": amount,
        "titulaires": [{"titulaire": {"typeIdentifiant": "SIRET", "id": winner}} for winner in winners],
        "considerationsSociales": {"considerationSociale": [social]},
    }  # fmt: skip


def public_data(engine: Engine, folder: Path) -> None:
    """Four contracts of the buyer in 2026, one that two won; one of 2025, one without a day, one of another buyer."""
    awards = [
        award("1", "2026-01-10", 60_000, KNOWN, social="Marché réservé"),
        award("2", "2026-02-10", 200_000, OTHER, KNOWN, social="Clause sociale"),
        award("3", "2026-03-10", 140_000, OTHER),
        award("4", "2026-04-10", "", OTHER),
        award("5", "2025-04-10", 90_000, OTHER, social="Critère social"),
        award("6", "", 90_000, OTHER),
        award("7", "2026-04-10", 1_000_000, OTHER, social="Clause sociale", buyer=siret(901, "2")),
    ]
    path = folder / "decp.json"
    path.write_text(json.dumps({"marches": {"marche": awards}}), encoding="utf-8")
    run_import(engine, REGISTRY["decp"], [Source(path)], now=AT)


def whole(engine: Engine, folder: Path) -> None:
    """All of it, and the number of the organisation."""
    describe_organisation(engine, FIRST_ORGANISATION, PROFILE, author=WHO, now=AT)
    dossiers(engine)
    public_data(engine, folder)


LEDGER = (
    "SIRET;Montant;Libellé;Date;Service\n"
    f"{KNOWN};1 000;Tonte;15/03/2026;Voirie\n"
    f"{KNOWN};1 000;Tonte;15/03/2026;Voirie\n"
    f"{OTHER};3 000;Papier;16/03/2026;Écoles\n"
    f"{OTHER};800 USD;Logiciel;17/03/2026;Écoles\n"
    f"{OTHER};500;Papier;16/03/2025;Écoles\n"
    f"{OTHER};70;Papier;;Écoles\n"
)
