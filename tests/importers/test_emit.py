import pytest

from importers.emit import NO_NAME, Row, emit, is_box, natural_reference
from importers.importer import Claim, RefusedRow, Remark, SupplierRecord


def _made(row: Row) -> SupplierRecord:
    claims = tuple(Claim("libre", text) for text in row.take("activités").split("|") if text)
    return SupplierRecord("essai", row.take("réf"), row.line, row.take("nom"), claims=claims)


def _row(line: int, **cells: str) -> Row:
    return Row(cells, line)


def test_an_unknown_column_is_said_once() -> None:
    rows = [_row(2, réf="a", nom="A", neuf="1"), _row(3, réf="b", nom="B", neuf="2", autre="")]
    said = [item for item in emit(rows, _made) if isinstance(item, Remark)]
    assert said == [
        Remark(2, "Colonne « neuf » inconnue, non reprise."),
        Remark(3, "Colonne « autre » inconnue, non reprise."),
    ]


def test_a_repeated_row_is_refused_whatever_the_order_of_its_claims() -> None:
    rows = [_row(2, réf="a", nom="A", activités="x|y"), _row(3, réf="a", nom="A", activités="y|x")]
    assert list(emit(rows, _made))[1] == RefusedRow(3, "répète une autre ligne du fichier, sans rien de nouveau")


def test_two_rows_of_one_reference_are_told_apart_even_from_a_reference_that_looks_so() -> None:
    rows = [_row(n, réf=ref, nom=str(n)) for n, ref in enumerate(["a", "a~2", "a", "a", "a~2"], 2)]
    references = [item.source_ref for item in emit(rows, _made) if isinstance(item, SupplierRecord)]
    assert references == ["a", "a~2", "a~3", "a~4", "a~2~2"]


def test_a_row_without_name_nor_number_is_refused_and_other_items_pass() -> None:
    passing = RefusedRow(2, "déjà refusée")
    assert list(emit([passing, _row(3, réf="a", nom=" ")], _made)) == [passing, RefusedRow(3, NO_NAME)]


@pytest.mark.parametrize(
    ("kind", "name", "place", "reference"),
    [
        ("Atelier chantier d'insertion (ACI)", "L’Été & Cie", "62 000", "aci_l-ete-cie_62000"),
        ("ACI", "L'ETE & CIE", "62000", "aci_l-ete-cie_62000"),
        ("", "Main verte", "Saint-Omer", "main-verte_saint-omer"),
    ],
)
def test_natural_reference(kind: str, name: str, place: str, reference: str) -> None:
    assert natural_reference(kind, name, place) == reference


@pytest.mark.parametrize("email", ["contact@a.example", "accueil.arras@a.example", "ESAT-Lille@a.example"])
def test_the_box_of_a_place_is_told(email: str) -> None:
    assert is_box(email)


@pytest.mark.parametrize("email", ["lea.exemple@a.example", "lea@a.example", "l.contact@a.example"])
def test_a_box_that_may_be_a_persons_is_not(email: str) -> None:
    assert not is_box(email)
