"""Lines of a sheet: what they write of their supplier, who it is, the answers that the sheet gives back; names grouped as they are written, weighed, settled in turn."""

import pytest

from matcher.catalogue.identity.recogniser import Certainty, Recogniser, WrittenSupplier
from matcher.cleaning.siret import SIRET_ROUNDED
from matcher.decisions.purchases.line import written_of
from matcher.decisions.purchases.reconciliation import (
    NameState,
    amounts_by_state,
    list_names,
    next_to_settle,
    read_sheet_answers,
    recognise_entries,
    reconciliation_headline,
    unusable_numbers,
)
from matcher.decisions.purchases.sheet import PurchaseSheetLine, UnderstoodCell, UnderstoodColumn
from matcher.decisions.purchases.spending import Tax
from matcher.domain.kinds import SupplierKind
from tests.matcher.catalogue.identity.test_recogniser import DUNES, KNOWN, ORNE, TWINS


def line(*, total: bool = False, **fields: str) -> PurchaseSheetLine:
    written = {
        name.replace("_", " "): UnderstoodCell(text, UnderstoodColumn(name), name.title())
        for name, text in fields.items()
        if text
    }
    return PurchaseSheetLine("", 7, tuple(fields.values()), written, total)


def test_the_town_of_the_supplier_comes_before_that_of_the_purchase() -> None:
    both = line(fournisseur="X", lieu="Lille", code_postal="59000", commune_fournisseur="Lens")
    assert written_of(both) == WrittenSupplier("X", city="Lens")
    assert written_of(line(fournisseur="X", lieu="Lille")) == WrittenSupplier("X", city="Lille")
    assert written_of(line(fournisseur="X", type="Entreprise adaptée")).kinds == (SupplierKind.EA,)


def test_every_line_is_there_in_its_order_and_a_total_is_nobody() -> None:
    lines = [
        line(fournisseur="ORNE SERVICES", lieu="Lens"),
        line(fournisseur="LE RELAIS DES DUNES"),
        line(total=True, fournisseur="Total"),
    ]
    found = recognise_entries(lines, KNOWN)
    assert [one.entry for one in found] == lines
    assert [one.recognition.certainty for one in found] == list(Certainty)
    assert reconciliation_headline(found) == "1 ligne reconnue, 1 à confirmer, 0 sans fournisseur du catalogue."


def test_a_number_that_cannot_be_used_is_said_with_its_line() -> None:
    lines = [
        *(
            line(fournisseur="A", siret=text)
            for text in ("123 456 789 00012", "7,88E+13", ORNE.siret, ORNE.siret[:9], "")
        ),
        line(total=True, siret="53300"),
    ]
    assert list(unusable_numbers(recognise_entries(lines, KNOWN))) == [
        "ligne 7, « 123 456 789 00012 » (SIRET invalide (clé))",
        f"ligne 7, « 7,88E+13 » ({SIRET_ROUNDED})",
    ]


@pytest.mark.parametrize(
    ("said", "siret"), [(TWINS[1].siret, TWINS[1].siret), (TWINS[0].id, TWINS[0].siret), ("Aucun", "")]
)
def test_an_answer_is_replayed_on_the_next_sheet(said: str, siret: str) -> None:
    answers, faults = read_sheet_answers([line(fournisseur="Relais des Dunes", lieu="LENS", reponse=said)], KNOWN)
    assert faults == ()
    again = Recogniser([*TWINS, ORNE, DUNES], answers)
    (found,) = recognise_entries([line(fournisseur="RELAIS DES DUNES", lieu="Lens cedex")], again)
    assert (found.recognition.sure.siret if found.recognition.sure else "") == siret
    assert found.recognition.certainty is not Certainty.TO_CONFIRM


def test_an_answer_that_cannot_be_used_is_said_with_its_line_and_column() -> None:
    lines = [
        line(fournisseur="A", reponse="55208131766522"),
        line(fournisseur="B", reponse=ORNE.siret),
        line(fournisseur="b", reponse="aucun"),
        line(fournisseur="C"),
        line(reponse="aucun"),
    ]
    answers, faults = read_sheet_answers(lines, KNOWN)
    assert answers == {WrittenSupplier("B").key: ORNE.id}
    assert "Ligne 7, colonne « Reponse » : « 55208131766522 » n’est pas au catalogue" in faults[0]
    assert "répond autrement" in faults[1]
    assert len(faults) == 2


LINES = recognise_entries(
    [
        line(fournisseur="ORNE SERVICES", lieu="Lens", montant="100"),
        line(fournisseur="LE RELAIS DES DUNES", montant="1 000"),
        line(fournisseur="Le relais des dunes", montant="250,50"),
        line(fournisseur="LE RELAIS DES DUNES", montant="selon devis"),
        line(fournisseur="DIVERS ET VARIES", montant="40"),
        line(fournisseur="", montant="3"),
        line(total=True, fournisseur="Total", montant="1 393,50"),
    ],
    KNOWN,
)


def test_the_lines_of_one_name_are_one_and_what_is_not_known_is_not_zero() -> None:
    names = list_names(LINES, KNOWN)
    assert [(its.rank, its.lines, its.state) for its in names] == [
        (1, 1, NameState.SURE),
        (2, 3, NameState.TO_SETTLE),
        (3, 1, NameState.UNKNOWN),
        (4, 1, NameState.UNKNOWN),
    ]
    assert (names[1].amounts, names[1].unknown) == ({Tax.UNSAID: 1250.5}, 1)
    assert names[3].written.key == ""
    assert amounts_by_state(names)[NameState.TO_SETTLE][Tax.UNSAID] == 1250.5
    (without,) = list_names(recognise_entries([line(fournisseur="ORNE SERVICES")], KNOWN), KNOWN)
    assert (without.amounts, without.unknown) == ({}, 1)


def test_an_answer_is_seen_at_once_and_taken_back() -> None:
    key = WrittenSupplier("LE RELAIS DES DUNES").key
    chosen = list_names(LINES, KNOWN.with_settled({key: DUNES.id}))[1]
    assert (chosen.state, chosen.recognition.sure) == (NameState.SETTLED, DUNES)
    nobody = list_names(LINES, KNOWN.with_settled({key: ""}))
    assert (nobody[1].state, nobody[1].recognition.sure) == (NameState.SETTLED, None)
    assert amounts_by_state(nobody)[NameState.UNKNOWN][Tax.UNSAID] == 1293.5, "nobody of the catalogue"
    assert list_names(LINES, KNOWN)[1].state is NameState.TO_SETTLE


def test_the_next_is_after_then_round_the_sheet() -> None:
    names = list_names(LINES, KNOWN)
    assert [next_to_settle(names, after) for after in (0, 1, 2, 4)] == [2, 2, 2, 2]
    assert next_to_settle(list_names(LINES, KNOWN.with_settled({names[1].written.key: ""}))) == 0
