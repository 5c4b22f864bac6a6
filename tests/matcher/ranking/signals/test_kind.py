"""The kinds that a text or an article names, and what each usually answers."""

from dataclasses import replace

import pytest

from matcher.cleaning.siret import SIRET_BAD_KEY
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Reference, Supplier
from matcher.ranking.signals import kind
from tests.factories import declares, supplier
from tests.matcher.ranking.signals.asked import says, value

OWN = [
    supplier("COM D ABBEVILLE", "ACI", siren="218000012"),
    supplier("CCAS de Ville", "ACI"),
    supplier("Centre communal d’action sociale", "ACI"),
    supplier("ASSOC RESTAURANTS ET RELAIS DU COEUR", "ACI"),
    supplier("Banque alimentaire", "ACI"),
]


class TestKind:
    def test_a_kind_named_in_the_text_counts_in_full(self) -> None:
        objet = "Nettoyage de locaux confié à une entreprise d’insertion"
        assert value(kind.SIGNAL, objet, supplier(kind="EI")) == 1
        assert (value(kind.SIGNAL, objet, supplier(kind="ESAT")) or 0) < 0.3
        assert says(kind.SIGNAL, objet, supplier(kind="EI")) == "EI : demandé dans le texte"

    def test_kinds_named_exclude_nobody_of_a_family_that_the_article_admits(self) -> None:
        objet = "Lot réservé aux SIAE et aux entreprises adaptées (L2113-14). Entretien des espaces verts"
        unreserved = value(kind.SIGNAL, "Entretien des espaces verts", supplier(kind="ACI"))
        assert value(kind.SIGNAL, objet, supplier(kind="EA")) == 1
        assert value(kind.SIGNAL, objet, supplier(kind="ACI")) == pytest.approx(unreserved, abs=0.01)
        assert says(kind.SIGNAL, objet, supplier(kind="ACI")) == "ACI : de la famille SIAE, que le texte admet aussi"
        assert "plutôt" not in says(kind.SIGNAL, objet, supplier(kind="ESAT"))
        assert says(kind.SIGNAL, objet, supplier(kind="GEIQ")).startswith("GEIQ : le texte demande plutôt")
        esat = "Nettoyage de bureaux, marché L2113-12 confié à un ESAT"
        assert says(kind.SIGNAL, esat, supplier(kind="EA")) == "EA : le texte demande plutôt ESAT"

    def test_usual_kinds_are_said_as_a_hypothesis(self) -> None:
        objet = "Entretien des espaces verts"
        assert (value(kind.SIGNAL, objet, supplier(kind="ESAT")) or 0) > (
            value(kind.SIGNAL, objet, supplier(kind="ETTI")) or 0
        )
        assert says(kind.SIGNAL, objet, supplier(kind="ESAT")).endswith("(hypothèse)")
        assert value(kind.SIGNAL, objet, supplier(kind="")) is None

    @pytest.mark.parametrize("one", OWN, ids=lambda one: one.name)
    def test_who_runs_a_chantier_for_its_own_needs_answers_less_until_it_says_what_it_sells(
        self, one: Supplier
    ) -> None:
        objet = "Travaux de peinture"
        usual = value(kind.SIGNAL, objet, supplier(kind="ACI")) or 0
        assert value(kind.SIGNAL, objet, one) == pytest.approx(kind.OWN_NEEDS * usual)
        assert "qui le porte" in says(kind.SIGNAL, objet, one)
        award = Reference("decp", "1", True, "Peinture", "batiment.peinture")
        for sells in ({"activities": declares("batiment.peinture")}, {"references": (award,)}):
            assert value(kind.SIGNAL, objet, replace(one, **sells)) == usual  # type: ignore[arg-type]
        esat = replace(one, kinds=(SupplierKind.ESAT,))
        assert value(kind.SIGNAL, objet, esat) == value(kind.SIGNAL, objet, supplier(kind="ESAT"))

    def test_whose_name_only_looks_like_theirs_answers_as_any_other(self) -> None:
        wrong = supplier("Vertigo", "ACI", siren="223456789", flags=(SIRET_BAD_KEY,))
        names = ("LES ATELIERS DU COEUR", "VET COEUR", "ASSOC COM COM COEUR D OSTREVENT")
        for one in (wrong, *(supplier(name, "ACI") for name in names)):
            assert "qui le porte" not in says(kind.SIGNAL, "Travaux de peinture", one)

    def test_another_trade_is_told_by_the_activity_alone(self) -> None:
        hair = supplier("Aux ciseaux", "EI", naf="9602A")
        for objet in ("Travaux de peinture", "Xyzzy"):
            assert value(kind.SIGNAL, objet, hair) == value(kind.SIGNAL, objet, supplier(kind="EI"))

    def test_for_staff_an_ai_comes_before_an_etti_before_an_aci(self) -> None:
        objet = "Mise à disposition de personnel pour l’entretien"
        ai, etti, aci = (value(kind.SIGNAL, objet, supplier(kind=k)) or 0 for k in ("AI", "ETTI", "ACI"))
        assert ai > etti > aci
