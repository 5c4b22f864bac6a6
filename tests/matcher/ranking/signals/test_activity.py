"""Declared beats inferred beats unknown beats another trade, and the sentence says how the activity is known."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.domain.supplier import RefusedActivity
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.signals import activity
from matcher.reference.trades.links import OFTEN
from tests.factories import ask, declares, supplier
from tests.matcher.ranking.signals.asked import says, value

GREEN = "espaces-verts.creation-entretien"


class TestActivity:
    OBJET = "Entretien des espaces verts"

    def test_declared_beats_inferred_beats_unknown_beats_another_trade(self) -> None:
        declared = value(activity.SIGNAL, self.OBJET, supplier(activities=declares(GREEN)))
        inferred = value(activity.SIGNAL, self.OBJET, supplier(naf="8130Z"))
        sister = value(activity.SIGNAL, self.OBJET, supplier(activities=declares("espaces-verts.elagage")))
        other = value(activity.SIGNAL, self.OBJET, supplier(activities=declares("linge.blanchisserie")))
        assert value(activity.SIGNAL, self.OBJET, supplier()) is None
        assert declared == 1
        assert declared > (inferred or 0) > activity.PRIOR > (other or 0) == 0
        assert declared > (sister or 0) > activity.PRIOR

    def test_a_neighbouring_trade_is_above_an_unknown_even_by_name_and_never_credible_without_a_call(self) -> None:
        green_by_name = supplier("Élagage du Val", "ACI")
        assert (value(activity.SIGNAL, "Débroussaillage des talus", green_by_name) or 0) > activity.PRIOR
        assert activity.ESTABLISHED > OFTEN

    def test_a_trade_without_neighbours_is_hardly_told_by_its_group(self) -> None:
        objet = "Fourniture de vaisselle et d’ustensiles de cuisine"
        kitchen = supplier("Fromagerie du Val", "ESAT")
        assert ask(objet, [kitchen]).asked_codes == ("restauration.materiels",)
        assert says(activity.SIGNAL, objet, kitchen).startswith("autre activité")
        by_group = value(activity.SIGNAL, objet, supplier("ESAT Restauration", "ESAT"))
        assert by_group == pytest.approx(activity.PRIOR), "a clue too weak to point to it"

    def test_trades_that_only_share_a_group_of_the_marche_are_strangers(self) -> None:
        joiner = supplier("Menuiserie des Prés", "EA")
        assert says(activity.SIGNAL, "Confection de sacs en tissu", joiner).startswith("autre activité")
        sector = supplier(activities=declares("ameublement.vetements-travail"))
        assert value(activity.SIGNAL, "Rideaux en tissu", sector) == pytest.approx(OFTEN), "one sector"

    def test_a_guess_far_below_the_first_answers_nothing(self) -> None:
        asked = ask(self.OBJET, [supplier("Lavage", "EI", naf="9601A")])
        asked_for = asked.reading.activities[0]

        def beside(share: float) -> float:
            guess = replace(asked_for, code="linge.blanchisserie", named=False, confidence=share * asked_for.confidence)
            reading = replace(asked.reading, activities=(asked_for, guess))
            return float(activity.SIGNAL.values(LotOnShelf(reading, asked.shelf, asked.on))[0])

        assert beside(0.9 * activity.LEAST_SHARE) < activity.PRIOR == pytest.approx(beside(activity.LEAST_SHARE + 0.01))

    def test_a_trade_asked_beside_the_first_is_no_sister_trade(self) -> None:
        objet = "Dératisation et désinsectisation ; nettoyage des locaux"
        asked = ask(objet, [supplier(naf="8121Z")])
        first, other = asked.reading.activities[:2]
        reading = replace(
            asked.reading, activities=(first, replace(other, named=False, confidence=first.confidence / 2))
        )
        weaker = LotOnShelf(reading, asked.shelf, asked.on)
        assert "proprete.locaux" in weaker.asked_codes
        assert activity.say(weaker, 0, 0.4).short.startswith("NAF 81.21Z, ")

    def test_it_says_how_the_activity_is_known(self) -> None:
        assert says(activity.SIGNAL, self.OBJET, supplier(activities=declares(GREEN))) == f"déclare « dit {GREEN} »"
        assert says(activity.SIGNAL, self.OBJET, supplier(naf="8130Z")).startswith(
            "NAF 81.30Z, services d’aménagement paysager"
        )
        spoken = activity.say(ask(self.OBJET, [supplier(naf="8130Z")]), 0, 0.7).spoken
        assert spoken.startswith("il a le code NAF 81.30Z, "), "a sentence"
        assert says(activity.SIGNAL, self.OBJET, supplier(naf="9601A")).startswith("autre activité : NAF 96.01A, ")
        gardens = supplier(naf="8121Z")
        assert value(activity.SIGNAL, self.OBJET, gardens) == pytest.approx(activity.PRIOR)
        assert says(activity.SIGNAL, self.OBJET, gardens).startswith("indice faible, à confirmer : NAF 81.21Z, ")
        assert says(activity.SIGNAL, self.OBJET, supplier()) == "activité non connue : à demander"
        assert says(activity.SIGNAL, "zzz qqq", supplier(naf="8130Z")) == "activité du lot non comprise"

    def test_what_the_team_says_it_does_not_do_is_zero_whatever_else_lets_guess(self) -> None:
        for code in (GREEN, "espaces-verts"):
            refused = (RefusedActivity(code, "Espaces verts", date(2026, 3, 1)),)
            one = supplier(
                "Jardins", naf="8130Z", activities=declares("espaces-verts.elagage"), refused_activities=refused
            )
            assert value(activity.SIGNAL, self.OBJET, one) == 0
            assert says(activity.SIGNAL, self.OBJET, one) == "l’équipe note qu’il ne le fait pas (1ᵉʳ mars 2026)"
        other = supplier(activities=declares("linge.blanchisserie"), refused_activities=refused)
        assert value(activity.SIGNAL, "Blanchisserie du linge", other) == 1

    def test_a_lot_for_staff_is_answered_by_kinds_that_second_it(self) -> None:
        objet = "Remplacement d’agents de restauration collective"
        assert (value(activity.SIGNAL, objet, supplier(kind="AI")) or 0) > 0.8
        assert "mettre du personnel à disposition" in says(activity.SIGNAL, objet, supplier(kind="ETTI"))
