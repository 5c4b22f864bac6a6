"""Each signal: values in [0, 1], unknown where one side is missing, and a sentence with the two values compared."""

from dataclasses import replace
from datetime import date
from types import ModuleType

import numpy as np
import pytest

from matcher.cleaning.siret import SIRET_BAD_KEY
from matcher.domain.supplier import RefusedActivity, Site, Supplier
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.ranking.signal import Signal
from matcher.ranking.signals import SIGNALS, activity, capacity, freshness, kind, proximity, references, wording
from tests.factories import DENAIN, LILLE, MARSEILLE, MAUBEUGE, ask, declares, supplier

GREEN = "espaces-verts.creation-entretien"


def value(signal: Signal, objet: str, one: Supplier, **lot: object) -> float | None:
    asked = ask(objet, [one], **lot)
    found = float(signal.values(asked)[0])
    return None if np.isnan(found) else found


def says(signal: Signal, objet: str, one: Supplier, **lot: object) -> str:
    asked = ask(objet, [one], **lot)
    found = float(signal.values(asked)[0])
    return signal.say(asked, 0, None if np.isnan(found) else found).short


def test_keys_and_labels_are_unique_and_documented() -> None:
    assert len({signal.key for signal in SIGNALS}) == len({signal.label for signal in SIGNALS}) == len(SIGNALS)
    for module in (activity, proximity, kind, references, capacity, wording, freshness):
        assert module.__doc__
        assert 0 <= module.SIGNAL.prior <= 1


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

    def test_a_sister_trade_is_above_an_unknown_even_by_name_and_never_credible_without_a_call(self) -> None:
        green_by_name = supplier("Jardins et élagage du Val", "ACI")
        assert (value(activity.SIGNAL, "Déneigement des voies", green_by_name) or 0) > activity.PRIOR
        assert activity.ESTABLISHED > activity.SISTERS

    def test_trades_that_only_share_a_group_of_the_marche_are_strangers(self) -> None:
        joiner = supplier("Menuiserie des Prés", "EA")
        assert says(activity.SIGNAL, "Confection de sacs en tissu", joiner).startswith("autre activité")
        sector = supplier(activities=declares("ameublement.vetements-travail"))
        assert (value(activity.SIGNAL, "Confection de sacs en tissu", sector) or 0) > activity.SISTERS, "one sector"

    def test_a_guess_far_below_the_first_answers_nothing(self) -> None:
        asked = ask(self.OBJET, [supplier("Lavage", "EI", naf="9601A")])
        asked_for = asked.reading.activities[0]

        def beside(share: float) -> float:
            guess = replace(asked_for, code="linge.blanchisserie", confidence=share * asked_for.confidence)
            reading = replace(asked.reading, activities=(asked_for, guess))
            return float(activity.SIGNAL.values(LotOnShelf(reading, asked.shelf, asked.on))[0])

        assert (
            beside(0.9 * activity.LEAST_SHARE)
            < 0.2
            < beside(activity.LEAST_SHARE + 0.01)
            == pytest.approx(activity.PRIOR)
        )

    def test_it_says_how_the_activity_is_known(self) -> None:
        assert says(activity.SIGNAL, self.OBJET, supplier(activities=declares(GREEN))) == f"déclare « dit {GREEN} »"
        assert says(activity.SIGNAL, self.OBJET, supplier(naf="8130Z")).startswith(
            "son code NAF dit « Services d'aménagement paysager"
        )
        assert says(activity.SIGNAL, self.OBJET, supplier(naf="9601A")).startswith("autre activité : son code NAF dit")
        gardens = supplier(naf="0113Z")
        assert value(activity.SIGNAL, self.OBJET, gardens) == pytest.approx(activity.PRIOR)
        assert says(activity.SIGNAL, self.OBJET, gardens).startswith("indice faible, à confirmer : son code NAF dit")
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


class TestProximity:
    def test_it_halves_with_distance_and_goods_travel_farther(self) -> None:
        near = value(proximity.SIGNAL, "Espaces verts", supplier(at=MAUBEUGE), lieu="Maubeuge")
        far = value(proximity.SIGNAL, "Espaces verts", supplier(at=LILLE), lieu="Maubeuge")
        goods = value(proximity.SIGNAL, "Fourniture de papier et d’enveloppes", supplier(at=LILLE), lieu="Maubeuge")
        assert near == pytest.approx(1, abs=0.1)
        assert 0 < (far or 0) < 0.2 < (goods or 0) < (near or 0)

    def test_an_ai_is_local(self) -> None:
        ai = value(proximity.SIGNAL, "Espaces verts", supplier(kind="AI", at=DENAIN), lieu="Maubeuge")
        aci = value(proximity.SIGNAL, "Espaces verts", supplier(kind="ACI", at=DENAIN), lieu="Maubeuge")
        assert (ai or 0) < (aci or 0)

    def test_a_declared_area_counts_as_near_and_is_named(self) -> None:
        far = supplier(at=MARSEILLE, area_codes=("dep:59", "dep:62"), area="Nord et Pas-de-Calais")
        assert value(proximity.SIGNAL, "Espaces verts", far, lieu="Maubeuge") == pytest.approx(proximity.DECLARED)
        assert says(proximity.SIGNAL, "Espaces verts", far, lieu="Maubeuge").endswith(
            "déclare intervenir : Nord, Pas-de-Calais"
        )

    def test_in_the_town_itself_the_distance_is_to_its_middle(self) -> None:
        edge = Site(city="Maubeuge", insee="59392", lat=MAUBEUGE[0] + 0.018, lon=MAUBEUGE[1])
        told = says(proximity.SIGNAL, "Espaces verts", supplier(sites=(edge,)), lieu="Maubeuge")
        assert told == "sur place (Maubeuge), à 2\u00a0km du centre"
        outside = replace(edge, insee="59291")
        assert "du lieu d’exécution" in says(
            proximity.SIGNAL, "Espaces verts", supplier(sites=(outside,)), lieu="Maubeuge"
        )

    def test_how_many_people_of_its_own_city_are_near_is_not_said(self) -> None:
        inside = supplier(sites=(Site(city="Marseille", insee="13201", lat=MARSEILLE[0], lon=MARSEILLE[1]),))
        assert "habitants" not in says(proximity.SIGNAL, "Espaces verts", inside, lieu="Marseille")
        assert "habitants" in says(proximity.SIGNAL, "Espaces verts", inside, lieu="Bouches-du-Rhône")

    def test_it_names_the_place_and_says_which_side_is_unknown(self) -> None:
        assert (
            says(proximity.SIGNAL, "Espaces verts", supplier(at=DENAIN), lieu="Maubeuge")
            == "à 41\u00a0km du lieu d’exécution (Maubeuge), rayon usuel supposé : 50\u00a0km"
        )
        assert (
            says(proximity.SIGNAL, "Espaces verts", supplier(at=None), lieu="Maubeuge")
            == "adresse du fournisseur non située"
        )
        assert says(proximity.SIGNAL, "Espaces verts", supplier()) == "lieu du lot non connu"


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


class TestCapacity:
    def test_it_sets_the_yearly_need_against_the_workforce(self) -> None:
        big, small = supplier(workers=100.0), supplier(workers=2.0)
        assert value(capacity.SIGNAL, "x", big, montant=400_000.0, duree=12.0) == pytest.approx(0.9)
        assert value(capacity.SIGNAL, "x", big, montant=400_000.0, duree=48.0) == pytest.approx(0.975)
        assert value(capacity.SIGNAL, "x", small, montant=400_000.0) == 0

    def test_unknown_is_neither_zero_nor_enough(self) -> None:
        assert value(capacity.SIGNAL, "x", supplier(), montant=400_000.0) is None
        assert value(capacity.SIGNAL, "x", supplier(workers=10.0)) is None
        assert says(capacity.SIGNAL, "x", supplier(), montant=1.0) == "effectif non connu : à demander"
        assert "montant lu dans le texte" in says(capacity.SIGNAL, "budget de 40 000 € par an", supplier(workers=11.5))
        assert value(capacity.SIGNAL, "budget de 40 000 € par an", supplier(workers=10.0)) == pytest.approx(0.9)
        assert "montant du lot non donné" in says(capacity.SIGNAL, "x", supplier(workers=11.5))
        assert "11,5 travailleurs" in says(capacity.SIGNAL, "x", supplier(workers=11.5))


class TestWording:
    def test_rare_shared_words_count_and_are_quoted(self) -> None:
        others = [supplier(f"Atelier numéro {i}") for i in range(30)]
        asked = ask("Entretien des berges de la Sambre", [supplier("Les Rives de Sambre"), *others], lieu="Denain")
        found = wording.SIGNAL.values(asked)
        row = asked.shelf.find("essai:Les Rives de Sambre")
        assert row is not None
        assert found[row] > 0
        assert wording.SIGNAL.say(asked, row, float(found[row])).short == "mots communs avec la fiche : Sambre"
        assert np.isnan(np.delete(found, row)).all()

    def test_what_every_such_supplier_is_called_echoes_nothing_unless_it_presents_itself_so(self) -> None:
        others = [supplier(f"Numéro {i}") for i in range(30)]
        objet = "Légumes prêts à l’emploi"
        bare = ask(objet, [supplier("Passerelle pour l’emploi"), *others])
        assert np.isnan(wording.SIGNAL.values(bare)).all()
        presented = ask(objet, [supplier("Passerelle", description="Plats prêts à l’emploi."), *others])
        row = presented.shelf.find("essai:Passerelle")
        assert row is not None
        assert wording.SIGNAL.say(presented, row, 1.0).short == "mots communs avec la fiche : prêts, emploi"

    def test_the_name_of_the_place_is_left_to_proximity(self) -> None:
        others = [supplier(f"Atelier numéro {i}") for i in range(30)]
        asked = ask("Nettoyage à Maubeuge", [supplier("Régie de Maubeuge"), *others], lieu="Maubeuge")
        assert np.isnan(wording.SIGNAL.values(asked)).all()


class TestFreshness:
    def test_it_fades_from_one_to_five_years(self) -> None:
        def fresh(day: date) -> float | None:
            return value(freshness.SIGNAL, "x", supplier(updated=day))

        assert fresh(date(2026, 6, 1)) == 1
        assert fresh(date(2020, 1, 1)) == 0
        assert fresh(date(2023, 11, 24)) == pytest.approx(0.5, abs=0.01)
        assert value(freshness.SIGNAL, "x", supplier()) is None
        assert says(freshness.SIGNAL, "x", supplier(updated=date(2020, 1, 2))) == "dernière source : 02/01/2020"


def test_a_poor_record_neither_shines_nor_sinks() -> None:
    """Same place and kind: who declares the trade comes first, who says nothing next, who declares another one last."""
    does, bare, other = (
        supplier("Fait", activities=declares(GREEN)),
        supplier("Nu"),
        supplier("Autre", activities=declares("linge.blanchisserie")),
    )
    ranked = rank(ask("Entretien des espaces verts", [bare, other, does], lieu="Maubeuge")).top(3)
    assert [match.name for match in ranked] == ["Fait", "Nu", "Autre"]


def test_capacity_takes_the_band_of_the_register_by_its_lower_bound_where_nothing_better_is_known() -> None:
    suppliers = [
        supplier("a tranche", headcount="12"),
        supplier("b mieux", headcount="12", workers=80.0),
        supplier("c zéro", headcount="00"),
        supplier("d sans salarié", headcount="NN"),
    ]
    question = ask("Nettoyage", suppliers, lieu="Maubeuge", montant=400_000.0, duree=12.0)
    values = capacity.values(question)
    assert values[:2] == pytest.approx([0.5, 1 - 10 / 80])
    assert np.isnan(values[2:]).all()
    assert capacity.say(question, 0, 0.5).short.startswith("tranche 20 à 49 salariés, pour un besoin d’environ 10 ETP")
    assert capacity.say(question, 1, 0.9).short.startswith("80 travailleurs")
    assert capacity.say(question, 2, None).short == "effectif non connu : à demander"


@pytest.mark.parametrize(
    ("signal", "objet", "one", "lot", "spoken", "question"),
    [
        (activity, "Tonte", supplier(activities=declares(GREEN)), {}, "il déclare « dit espaces-verts", ""),
        (activity, "Tonte", supplier("Blanchisserie du Nord"), {}, "son nom évoque « Blanchisserie » (autre activité)", "fait-il aussi ce métier"),
        (activity, "Tonte", supplier(), {}, "activité non connue", "fait-il bien ce métier"),
        (activity, "zzz", supplier(), {}, "activité du lot non comprise", ""),
        (proximity, "Tonte", supplier(at=MARSEILLE), {"lieu": "Denain"}, "il est à ", "vient-il jusqu’au lieu du lot"),
        (proximity, "Tonte", supplier(at=DENAIN), {"lieu": "Denain"}, "il est sur place (Denain)", ""),
        (proximity, "Tonte", supplier(at=DENAIN), {}, "lieu du lot non connu", ""),
        (proximity, "Tonte", supplier(at=None), {"lieu": "Denain"}, "adresse du fournisseur non située", "vient-il jusqu’au lieu du lot"),
        (kind, "Tonte par une EA", supplier(kind="EA"), {}, "son type (EA) est demandé dans le texte", ""),
        (kind, "Tonte par une EA", supplier(kind="ACI"), {}, "il est ACI alors que le texte demande plutôt EA", ""),
        (kind, "Tonte", supplier(kind="ESAT"), {}, "les ESAT répondent souvent à ce type de besoin (hypothèse)", ""),
        (kind, "Tonte", supplier(kind=""), {}, "type de structure non connu", "de quel type est-il (EI, ACI, EA, ESAT…)"),
        (capacity, "Tonte", supplier(), {}, "effectif non connu", "combien de personnes peut-il y mettre"),
        (capacity, "Tonte", supplier(workers=3.0), {}, "effectif : 3 travailleurs, montant du lot non donné", ""),
    ],
)  # fmt: skip
def test_how_it_is_said_aloud_and_what_is_asked(
    signal: ModuleType, objet: str, one: Supplier, lot: dict[str, object], spoken: str, question: str
) -> None:
    asked = ask(objet, [one], **lot)
    found = float(signal.values(asked)[0])
    said = signal.say(asked, 0, None if np.isnan(found) else round(found, 4))
    assert said.spoken.startswith(spoken)
    assert said.question == question


def test_to_second_staff_is_said_once() -> None:
    asked = ask("Mise à disposition de personnel", [supplier(kind="AI")], lieu="Maubeuge")
    (found,) = rank(asked).top(1)
    spoken = {part.signal: part.spoken for part in found.contributions}
    assert "mettre du personnel à disposition est son objet même" in spoken["activity"]
    assert spoken["kind"] == ""
