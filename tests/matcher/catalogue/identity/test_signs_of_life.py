"""The last sign of life is the newest dated word on the supplier itself."""

from dataclasses import replace
from datetime import date

from matcher.catalogue.identity.signs_of_life import last_sign
from matcher.domain.supplier import Origin, Reference

LISTED = (
    Origin("finess", "1", date(2021, 1, 8)),
    Origin("emplois", "2", None),
    Origin("recherche-entreprises", "3", date(2026, 11, 1)),
    Origin("equipe", "4", date(2026, 11, 2)),
)
WON = Reference("decp", "r", True, "Nettoyage", "", notified=date(2025, 3, 4), buyer_name="Ville d’Essai")


def test_a_register_and_the_team_are_no_sign_of_the_supplier() -> None:
    assert last_sign((), LISTED) == (date(2021, 1, 8), "fiche mise à jour, FINESS", "finess")
    assert last_sign((), ()) is None


def test_a_contract_is_a_sign_of_the_establishment_that_won_it() -> None:
    assert last_sign((WON,), LISTED) == (date(2025, 3, 4), "marché de Ville d’Essai", "decp")
    sister = replace(WON, own=False)
    assert last_sign((sister, replace(WON, notified=None)), LISTED) == last_sign((), LISTED)
