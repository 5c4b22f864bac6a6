"""The maximum that a text states: read beside the estimate, of the field, of the lots together, or of the sentences."""

import pytest

from matcher.reading.notice import Notice, NoticeLot, split_notice
from matcher.reading.sizes import read_sizes
from tests.matcher.reading.test_sizes import sizes


@pytest.mark.parametrize(
    ("text", "amount", "maximum"),
    [
        ("montant estimé 400 000 € HT, montant maximum 600 000 € HT", 400_000, (600_000, False)),
        ("Montant estimé 400 000 € HT Montant maximum 600 000 € HT", 400_000, (600_000, False)),
        ("estimation annuelle 100 000 € HT, montant maximum de 600 000 € HT sur la durée totale", 100_000, (600_000, False)),
        ("Nettoyage 100 000 € HT par an, montant maximum de 150 000 € HT par an", 100_000, (150_000, True)),
        ("50 000 € HT minimum et 150 000 € HT maximum par an", 150_000, (150_000, True)),
        ("Estimé entre 300 000 et 400 000 € HT, maximum 600 000 € HT", 350_000, (600_000, False)),
        ("maximum de la première période : 150 000 € HT. Montant maximum total : 600 000 € HT", None, (600_000, False)),
        ("maximum du lot 1 : 150 000 € HT. Maximum du lot 2 : 90 000 € HT", None, None),
        ("estimé à 180 000 € HT, procédure adaptée de moins de 221 000 € HT", 180_000, None),
        ("entre 40 000 et 90 000 € HT", 65_000, None),
        ("montant maximum des pénalités : 10 000 € HT. Montant estimé : 200 000 € HT", 200_000, None),
    ],
)  # fmt: skip
def test_a_maximum_stands_beside_the_estimate(
    text: str, amount: float | None, maximum: tuple[float, bool] | None
) -> None:
    found = sizes(text)
    assert (found.amount and found.amount.euros) == amount
    assert (found.maximum and (found.maximum.euros, found.maximum.yearly)) == maximum


def test_the_maximum_of_a_notice_is_that_of_its_field_else_the_sum_of_its_lots() -> None:
    lots = [
        NoticeLot(str(euros), "", "", split_notice(f"Montant maximum {euros} € HT")) for euros in (100_000, 200_000)
    ]
    summed = read_sizes(Notice("", "", (), (), lots=tuple(lots))).maximum
    assert (summed and summed.euros) == 300_000
    of_field = read_sizes(
        Notice("", "", (), (), lots=tuple(lots), form=True, figures=("Valeur maximale : 900 000,00 EUR",))
    ).maximum
    assert (of_field and of_field.euros) == 900_000
