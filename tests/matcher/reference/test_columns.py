"""Columns as buyers call them: one field each, counted as its header says."""

import pytest

from matcher.reference.columns import fields_of


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
    ((told, (at, how)),) = fields_of([column]).items()
    assert (told, at, how.times, how.with_tax) == (field, 0, times, False)


def test_of_two_columns_the_surest_is_taken() -> None:
    found = fields_of(["Description", "Objet", "Total TTC", "Montant TTC"])
    assert found["objet"][0] == 1
    assert found["montant"][0] == 3
    assert found["montant"][1].with_tax


def test_a_column_of_another_kind_is_in_no_field() -> None:
    assert fields_of(["Couleur", "", "2027"]) == {}


def test_of_two_amounts_the_one_without_tax_is_read() -> None:
    at, how = fields_of(["Montant TTC", "Total HT"])["montant"]
    assert (at, how.with_tax) == (1, False)
