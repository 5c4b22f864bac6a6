"""The kinds that a text or an article names, and what each usually answers."""

import pytest

from matcher.cleaning.siret import SIRET_BAD_KEY
from matcher.ranking.signals import kind
from tests.factories import supplier
from tests.matcher.ranking.signals.asked import says, value


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
        assert value(kind.SIGNAL, objet, supplier(kind="ACI")) == unreserved
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

    def test_a_public_body_seldom_bids_for_others(self) -> None:
        objet = "Entretien des espaces verts"
        town = supplier("Commune de Ville", "ACI", siren="215900012")
        assert (value(kind.SIGNAL, objet, town) or 0) < (value(kind.SIGNAL, objet, supplier(kind="ACI")) or 0)
        assert says(kind.SIGNAL, objet, town).endswith("(hypothèse), mais lui moins (porté par une collectivité)")

    @pytest.mark.parametrize(
        "name", ["LES RESTAURANTS DU COEUR", "ASSOC RESTAURANTS ET RELAIS DU COEUR", "Banque alimentaire"]
    )
    def test_a_charity_that_feeds_people_runs_its_chantier_for_itself(self, name: str) -> None:
        objet = "Travaux de peinture"
        usual = value(kind.SIGNAL, objet, supplier(kind="ACI")) or 0
        assert value(kind.SIGNAL, objet, supplier(name, "ACI")) == pytest.approx(kind.OWN_NEEDS * usual)
        assert "une œuvre d’aide alimentaire" in says(kind.SIGNAL, objet, supplier(name, "ACI"))
        assert value(kind.SIGNAL, objet, supplier(name, "EA")) == value(kind.SIGNAL, objet, supplier(kind="EA"))
        for other in ("LES ATELIERS DU COEUR", "VET COEUR", "COM COM COEUR D OSTREVENT"):
            assert "œuvre" not in says(kind.SIGNAL, objet, supplier(other, "ACI"))

    def test_what_a_kind_usually_answers_says_little_of_one_known_for_another_trade(self) -> None:
        objet = "Travaux de peinture"
        usual = value(kind.SIGNAL, objet, supplier(kind="EI")) or 0
        hair = supplier("Aux ciseaux", "EI", naf="9602A")
        assert value(kind.SIGNAL, objet, hair) == pytest.approx(kind.OTHER_TRADE * usual)
        assert says(kind.SIGNAL, objet, hair).endswith("mais lui moins (connu pour un autre métier)")
        for one in (
            supplier("Peinture", "EI", naf="4334Z"),
            supplier("Carrelage", "EI", naf="4333Z"),
            supplier("Rien", "EI"),
        ):
            assert value(kind.SIGNAL, objet, one) == usual
        assert value(kind.SIGNAL, "Xyzzy", hair) == value(kind.SIGNAL, "Xyzzy", supplier(kind="EI")), "nothing is asked"

    def test_the_esat_of_a_public_establishment_works_for_customers_as_any_other(self) -> None:
        objet = "Entretien des espaces verts"
        wrong = supplier("Vertigo", "ACI", siren="123456789", flags=(SIRET_BAD_KEY,))
        assert "collectivité" not in says(kind.SIGNAL, objet, wrong)
        hospital = supplier("ESAT du centre hospitalier", "ESAT", siren="265900012")
        assert value(kind.SIGNAL, objet, hospital) == value(kind.SIGNAL, objet, supplier(kind="ESAT"))
        assert "collectivité" not in says(kind.SIGNAL, objet, hospital)

    def test_an_association_of_another_purpose_comes_after_one_whose_purpose_it_is(self) -> None:
        objet = "Entretien des espaces verts"
        charity = supplier("Les Amis du Fort", "ACI", naf="9499Z")
        assert 0 < (value(kind.SIGNAL, objet, charity) or 0) < (value(kind.SIGNAL, objet, supplier(kind="ACI")) or 0)
        assert "mais lui moins (porté par une association à l’objet plus large" in says(kind.SIGNAL, objet, charity)

    def test_for_staff_an_ai_comes_before_an_etti_before_an_aci(self) -> None:
        objet = "Mise à disposition de personnel pour l’entretien"
        ai, etti, aci = (value(kind.SIGNAL, objet, supplier(kind=k)) or 0 for k in ("AI", "ETTI", "ACI"))
        assert ai > etti > aci
