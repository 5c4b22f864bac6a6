"""Names of a sheet: grouped as they are written, weighed, settled, taken up in turn."""

from matcher.catalogue.identity.recogniser import WrittenSupplier
from matcher.decisions.purchases.reconciliation import reconciled
from matcher.decisions.purchases.settling import NameState, amounts_by_state, names_in, next_to_settle
from matcher.decisions.purchases.spending import Tax
from tests.matcher.catalogue.identity.test_recogniser import DUNES, KNOWN
from tests.matcher.decisions.purchases.test_reconciliation import line

LINES = reconciled(
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
    names = names_in(LINES, KNOWN)
    assert [(its.rank, its.lines, its.state) for its in names] == [
        (1, 1, NameState.SURE),
        (2, 3, NameState.TO_SETTLE),
        (3, 1, NameState.UNKNOWN),
        (4, 1, NameState.UNKNOWN),
    ]
    assert (names[1].amounts, names[1].unknown) == ({Tax.UNSAID: 1250.5}, 1)
    assert names[3].written.key == ""
    assert amounts_by_state(names)[NameState.TO_SETTLE][Tax.UNSAID] == 1250.5
    (without,) = names_in(reconciled([line(fournisseur="ORNE SERVICES")], KNOWN), KNOWN)
    assert (without.amounts, without.unknown) == ({}, 1)


def test_an_answer_is_seen_at_once_and_taken_back() -> None:
    key = WrittenSupplier("LE RELAIS DES DUNES").key
    chosen = names_in(LINES, KNOWN.with_settled({key: DUNES.id}))[1]
    assert (chosen.state, chosen.recognition.sure) == (NameState.SETTLED, DUNES)
    nobody = names_in(LINES, KNOWN.with_settled({key: ""}))
    assert (nobody[1].state, nobody[1].recognition.sure) == (NameState.SETTLED, None)
    assert amounts_by_state(nobody)[NameState.UNKNOWN][Tax.UNSAID] == 1293.5, "nobody of the catalogue"
    assert names_in(LINES, KNOWN)[1].state is NameState.TO_SETTLE


def test_the_next_is_after_then_round_the_sheet() -> None:
    names = names_in(LINES, KNOWN)
    assert [next_to_settle(names, after) for after in (0, 1, 2, 4)] == [2, 2, 2, 2]
    assert next_to_settle(names_in(LINES, KNOWN.with_settled({names[1].written.key: ""}))) == 0
