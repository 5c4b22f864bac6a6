"""Columns as buyers call them: one field each, counted as its header says."""

import pytest

from importers.formats.columns import UNTOLD
from matcher.decisions.purchases.columns import PROGRAMME, counted, purchase_columns


@pytest.mark.parametrize(
    ("column", "field", "times"),
    [
        ("Objet du marché", "objet", 1),
        ("INTITULÉ", "objet", 1),
        ("Libellé de l’achat", "objet", 1),
        ("Code CPV", "cpv", 1),
        ("Lieu d'exécution", "lieu", 1),
        ("Montant HT", "montant", 1),
        ("Montant estimé (€ HT)", "montant", 1),
        ("Budget prévisionnel en K€", "montant", 1e3),
        ("Enveloppe (M€)", "montant", 1e6),
        ("Durée (mois)", "duree", 1),
        ("Durée en années", "duree", 12),
        ("Service", "acheteur", 1),
        ("Date de lancement", "date", 1),
        ("Levier envisagé", "levier", 1),
        ("N° SIRET", "siret", 1),
        ("Dépenses 2025", "montant", 1),
        ("Raison sociale", "fournisseur", 1),
        ("Code NAF", "naf", 1),
    ],
)
def test_a_column_is_known_by_its_name(column: str, field: str, times: float) -> None:
    assert purchase_columns(PROGRAMME, [column], UNTOLD).of == {field: (column,)}
    how = counted(field, column)
    assert (how.times, how.with_tax) == (times, False)


def test_of_two_columns_the_surest_is_taken_first() -> None:
    found = purchase_columns(PROGRAMME, ["Description", "Objet", "Total TTC", "Montant TTC"], UNTOLD).of
    assert found == {"objet": ("Objet", "Description"), "montant": ("Montant TTC", "Total TTC")}
    assert counted("montant", "Montant TTC").with_tax


def test_a_column_of_another_kind_is_in_no_field() -> None:
    found = purchase_columns(PROGRAMME, ["Couleur", "", "2027"], UNTOLD)
    assert (found.of, found.unread) == ({}, ("Couleur", "2027"))


def test_of_two_amounts_the_one_without_tax_is_read_first() -> None:
    assert purchase_columns(PROGRAMME, ["Montant TTC", "Total HT"], UNTOLD).of["montant"] == ("Total HT", "Montant TTC")


def test_a_column_of_another_money_is_no_amount_and_says_why() -> None:
    columns = purchase_columns(PROGRAMME, ("Objet", "Montant (USD)", "Montant HT"), UNTOLD)
    assert columns.of["montant"] == ("Montant HT",)
    assert columns.why["Montant (USD)"] == "elle n’est pas en euros"
    assert "montant" not in purchase_columns(PROGRAMME, ("Objet", "Montant (CHF)"), UNTOLD).of
