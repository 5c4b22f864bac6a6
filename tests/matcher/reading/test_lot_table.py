"""A table of lots is read row by row, from a document, a PDF or a paste; a number of lots is read where it is announced alone."""

import pytest

from matcher.domain.reading import DoubtKind, Lot
from matcher.reading.lot_table import announced_lots, table_lots
from matcher.reading.reader import lots_of_notice, read

ROWS = (("Lot", "Désignation", "Montant"), ("1", "Tonte", "10 000"), ("2", "Lavage de vitres", "5 000 €"))


@pytest.mark.parametrize("separator", ["\t", " | ", "|"])
def test_a_pasted_table_lists_lots(separator: str) -> None:
    table = "\n".join(separator.join(row) for row in ROWS)
    text = f"Marché réparti en deux lots.\n{table}\nLe lot 2 est réservé aux ESAT (L. 2113-12)."
    lots = lots_of_notice(Lot(text))
    assert [(lot.number, lot.title, lot.reading.euros) for lot in lots] == [
        ("1", "Tonte", 10_000.0),
        ("2", "Lavage de vitres", 5_000.0),
    ]
    assert [bool(lot.reading.reserved_by) for lot in lots] == [False, True]
    assert read(Lot(text)).reserved_by == ""


def test_a_row_cut_by_the_margin_of_a_pdf_is_whole_and_what_follows_the_last_is_not_its() -> None:
    lines = ["Lot Désignation Montant annuel HT", "1 Nettoyage des", "bureaux 9 000 €", "2 Tonte 7 000 €", "Article 3"]
    _, rows = table_lots("\n".join(lines))
    assert [(row.title, row.others) for row in rows] == [
        ("Nettoyage des bureaux", ("Montant estimé : 9 000 € HT par an",)),
        ("Tonte", ("Montant estimé : 7 000 € HT par an",)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Lot : Désignation\n1 : Tonte",
        "Lot : Désignation\n2 : Tonte\n3 : Vitres",
        "Lot : Montant (€)\n1 : 90 000\n2 : 40 000",
        "Tonte : 12 ; passages\n1 : Tonte\n2 : Vitres",
    ],
)
def test_what_is_no_list_of_lots_gives_none(text: str) -> None:
    assert table_lots(text)[1] == ()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Les prestations sont réparties en 4 lots", 4),
        ("La consultation comporte quatre (4) lots.", 4),
        ("Nombre de lots : 12", 12),
        ("Un candidat peut répondre à 2 lots", None),
        ("allotie en 3 lots puis en 4 lots", None),
        ("en plusieurs lots", None),
    ],
)
def test_a_number_of_lots_is_read_where_it_is_announced(text: str, number: int | None) -> None:
    assert announced_lots(text) == number


def test_lots_announced_and_not_listed_are_a_doubt_unless_the_text_is_one_of_them() -> None:
    def doubts(text: str) -> list[str]:
        return [doubt.says for doubt in read(Lot(text)).doubts if doubt.kind is DoubtKind.LOTS]

    assert doubts("Entretien des espaces verts à Denain, réparti en 4 lots.") == [
        "Le texte annonce 4 lots, et aucun n’y est délimité."
    ]
    assert doubts("Marché réparti en 4 lots. Lot 3 : biscuits (réservé ESAT)") == []
