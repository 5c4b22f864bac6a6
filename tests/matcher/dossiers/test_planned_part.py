"""The part that a kept plan gives to a contract, who is declared for it, and to whom a dossier that keeps one speaks."""

from dataclasses import replace
from datetime import date

import pytest
from msgspec import structs

from matcher.decisions.clause.followup import HoursPromise, InsertionHours
from matcher.domain.kinds import SupplierKind
from matcher.domain.persona import Persona
from matcher.dossiers.dossier import WHOLE, Dossier, Status
from matcher.dossiers.planned_part import PlannedPart, declared_table, part_facts, persona_of, planned_part
from matcher.journal.change import append
from matcher.reference.clauses import modalities
from matcher.render.document import (
    CellMark,
    ColumnKind,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentTable,
    MarkedText,
)
from tests.matcher.dossiers.kept import AT, WHO, with_list
from tests.matcher.dossiers.report.year import kept

NUMBER = ColumnKind.NUMBER
CONTRACTS = DocumentTable(
    "Les contrats",
    (
        DocumentColumn("Contrat"),
        DocumentColumn("Heures", NUMBER),
        DocumentColumn("Début"),
        DocumentColumn("Mois", NUMBER),
    ),
    (
        DocumentRow(("1. Voirie", 1_607, "mars 2027", 12)),
        DocumentRow(("2. Berges", 3_214, "août 2027", 24)),
        DocumentRow(("Total", 4_821, "", "")),
    ),
    total=True,
)
ETTI, ACI = "Intérim d’insertion (ETTI, EATT)", "Sous-traitance ou cotraitance avec un ACI"
WAYS = DocumentTable(
    "Qui fait les heures, et comment",
    (
        DocumentColumn("Modalité"),
        DocumentColumn("1. Voirie", NUMBER),
        DocumentColumn("2. Berges", NUMBER),
        DocumentColumn("Heures", NUMBER),
    ),
    (
        DocumentRow((ETTI, 1_607, 803.5, 2_410.5)),
        DocumentRow((ACI, 0, 2_410.5, 2_410.5)),
        DocumentRow(("Placées : le compte est bon", 1_607, 3_214, 4_821)),
    ),
    total=True,
)


def planned(*kinds: SupplierKind, status: Status = Status.INTERESTED, siret: str | None = None) -> Dossier:
    """A dossier of « Berges » that keeps the plan, its first structure of these kinds."""
    keep = kept(DocumentKind.PLAN, "Voirie et berges", tables=(CONTRACTS, WAYS))
    dossier = append(with_list(), keep, at=AT, author=WHO)
    first, *others = dossier.lot(1).entries
    match = structs.replace(first.match, kinds=kinds, siret=first.match.siret if siret is None else siret)
    return dossier.with_lot(replace(dossier.lot(1), entries=(replace(first, match=match, status=status), *others)))


def test_a_part_is_that_of_its_contract_and_its_size_that_of_a_way() -> None:
    dossier = planned(SupplierKind.ETTI)
    part = planned_part(dossier, dossier.lot(1))
    assert part is not None
    assert (part.hours, part.start, part.months) == (3_214, "août 2027", 24)
    assert [(way.code, hours) for way, hours in part.ways] == [("etti", 803.5), ("soustraitance-aci", 2_410.5)]
    assert part.etp(803.5) == pytest.approx(0.25)
    assert part.size((SupplierKind.ESAT,)) == ""
    told = dict(part_facts(part, dossier.lot(1).entries[:1]))
    assert told["Dates"] == "dès août 2027, pendant 24\u00a0mois"
    assert [label for label in told if label.startswith("Heures")] == ["Heures, intérim d’insertion (ETTI, EATT)"]


def test_a_promise_says_the_hours_and_the_dates_before_a_plan_does() -> None:
    dossier = planned(SupplierKind.ETTI)
    lot = dossier.lot(1)
    dated = HoursPromise(3_214, date(2027, 9, 1), date(2028, 8, 31))
    same = planned_part(replace(dossier, followed={1: InsertionHours(dated)}), lot)
    assert same is not None
    told = dict(part_facts(same, lot.entries[:1]))
    assert told["Dates"] == "dès le 1ᵉʳ septembre 2027, jusqu’au 31 août 2028"
    assert "Heures, intérim d’insertion (ETTI, EATT)" in told
    other = planned_part(replace(dossier, followed={WHOLE: InsertionHours(replace(dated, hours=5_000))}), lot)
    assert other is not None
    assert other.size((SupplierKind.ESAT,)) == "5\u202f000\u00a0heures en tout, ≈ 3,1\u00a0ETP", (
        "no way is known to be closed"
    )
    told = dict(part_facts(other, lot.entries[:1]))
    assert told["Heures, tout le contrat"] == "5\u202f000\u00a0heures, ≈ 3,1\u00a0ETP"
    assert [label for label in told if label.startswith("Heures")] == ["Heures, tout le contrat"]


def test_hours_that_a_winner_hires_itself_are_offered_to_nobody() -> None:
    hired = next(way for way in modalities() if not way.kinds)
    part = PlannedPart(1_000, ((hired, 1_000),))
    assert [label for label, _ in part_facts(part, ())] == ["Public"]


def test_few_hours_are_never_no_people() -> None:
    assert PlannedPart().etp_words(76) == "moins de 0,1\u00a0ETP"
    assert PlannedPart().etp_words(161) == "≈ 0,1\u00a0ETP"


def test_a_lot_that_no_plan_has_is_no_part() -> None:
    dossier = with_list()
    assert planned_part(dossier, dossier.lot(1)) is None
    other = planned(SupplierKind.ETTI)
    assert planned_part(other, replace(other.lot(1), title="Peinture")) is None


def test_who_is_declared_was_chosen_does_a_part_itself_and_has_a_number_that_holds() -> None:
    assert declared_table(planned(SupplierKind.ACI)).rows == ()
    assert declared_table(planned(SupplierKind.ETTI, status=Status.CHOSEN)).rows == ()
    (row,) = declared_table(planned(SupplierKind.ACI, status=Status.CHOSEN)).rows
    assert row.cells[1] == "Atelier A"
    assert "2\u202f410" in str(row.cells[4])
    assert row.cells[5] == MarkedText("à compléter", CellMark.UNKNOWN)
    (wrong,) = declared_table(planned(SupplierKind.ACI, status=Status.CHOSEN, siret="12345678900000")).rows
    assert isinstance(wrong.cells[2], MarkedText)
    (absent,) = declared_table(planned(SupplierKind.ACI, status=Status.CHOSEN, siret="")).rows
    assert absent.cells[2] == MarkedText("à compléter", CellMark.UNKNOWN)


@pytest.mark.parametrize(
    ("stated", "of_a_list", "of_a_plan"),
    [("", Persona.BUYER, Persona.WINNER), *((its.value, its, its) for its in Persona)],
)
def test_a_dossier_speaks_to_who_its_organisation_said_it_is_else_a_kept_plan_to_a_winner(
    stated: str, of_a_list: Persona, of_a_plan: Persona
) -> None:
    assert persona_of(with_list(), stated) is of_a_list
    assert persona_of(planned(), stated) is of_a_plan
