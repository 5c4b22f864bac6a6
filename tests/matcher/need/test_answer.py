"""A need read and ranked: what a person chooses stands in place of what was read; the headline counts the bands."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from matcher.domain.kinds import SupplierKind
from matcher.domain.need import BuyerDefaults, Need, NeedChoices, NeedFault
from matcher.domain.place import PlaceOrigin
from matcher.domain.reading import SUPPOSED, ActivityGuess, DoubtKind, Lot, RawPlace, ReadingDoubt
from matcher.domain.supplier import Site, Supplier
from matcher.dossiers.frozen_list import freeze, thaw
from matcher.need.answer import Answer, answer_from, as_of, lay_on_shelf, understand
from matcher.need.listing import RADII, Narrowing, listing
from matcher.need.sentences import counts_said, lacks_sentence, share_in_short, share_said
from matcher.ranking.bands import lay_out_bands
from matcher.ranking.engine import rank
from matcher.ranking.lay_out import build_shelf
from matcher.reading.reader import read
from matcher.reference.trades.activities import taxonomy
from tests.factories import MARSEILLE, MAUBEUGE, ask, declares, supplier
from tests.matcher.render.answers import KNOWN, READING

CATERING = Lot("Prestations de traiteur", lieux=(RawPlace("Lille"),))
RESERVED = Lot("Lot réservé aux EA et ESAT : entretien des espaces verts à Maubeuge")
GREEN = "espaces-verts.creation-entretien"
# A stranger on the spot, of the usual kind; and a gardener further away, of a kind that seldom answers.
NEAR = supplier("L’Atelier d’à côté", "ACI", at=MAUBEUGE)
FAR = supplier(
    "Les Jardiniers",
    "EI",
    sites=(Site(city="Aulnoye-Aymeries", insee="59033", lat=50.2010, lon=3.8380),),
    activities=declares(GREEN),
)


AWAY = replace(FAR, id="siret:59033", name="Les Jardiniers du Sud", sites=supplier(at=MARSEILLE).sites)
NAMED = supplier("Les Espaces Verts du Nord", at=MAUBEUGE)
NOBODY = "Personne n’est connu à portée pour ce métier."


def answered(
    *some: Supplier, objet: str = "Entretien des espaces verts", lieu: str = "Maubeuge", **lot: object
) -> Answer:
    found = lay_out_bands(rank(ask(objet, some, lieu=lieu, **lot)))
    return answer_from(found, found.screen_matches(10))


def test_those_known_beyond_reach_are_named_where_nobody_within_it_is() -> None:
    told = answered(NEAR, AWAY)
    assert told.headline[0] == NOBODY
    assert "1 connue plus loin" in told.text
    assert re.search(r"Plus loin : Les Jardiniers du Sud \([\w ]+, à \d+\skm\)\.$", told.text)
    assert answered(NEAR, FAR, AWAY).further == ()
    assert answered(NEAR).further == ()
    assert thaw(freeze(told)) == told


def test_a_trade_too_unlikely_to_be_shown_is_not_the_headline() -> None:
    told = answered(NEAR, FAR)
    weak = replace(told.reading.activities[0], confidence=SUPPOSED / 2, named=False)
    doubtful = replace(told, reading=replace(told.reading, activities=(weak,)), understood=False)
    assert doubtful.headline[0] == "Le besoin n’est pas assez compris pour dire qui fait ce métier."


def test_what_filters_leave_out_is_not_said_to_be_nowhere() -> None:
    ranking = rank(ask("Entretien des espaces verts", [NEAR, FAR], lieu="Maubeuge"))
    found = listing(ranking, Narrowing(km=RADII[0], kinds=frozenset({SupplierKind.ACI}))).found
    told = answer_from(found, ())
    assert told.headline[0] == "Personne n’est connu avec vos filtres pour ce métier."
    assert told.text.endswith("Sans vos filtres : 1 connue et 1 à appeler.")
    assert told.text.index("Sur dix comme celles-ci") < told.text.index("Sans vos filtres"), "said of the list as it is"
    assert "à portée" not in told.text
    assert thaw(freeze(told)) == told
    assert answer_from(listing(ranking, Narrowing(km=RADII[-1])).found, ()).whole is None, "it leaves nobody out"


def test_beyond_reach_the_nearest_are_named_and_none_from_over_the_sea() -> None:
    farther = replace(AWAY, id="siret:59034", name="Les Jardiniers de Mende", sites=(Site(lat=44.52, lon=3.5),))
    nowhere = replace(AWAY, id="siret:59035", name="Les Jardiniers sans adresse", sites=(Site(city="Ailleurs"),))
    told = answered(NEAR, AWAY, farther, nowhere)
    assert [named.split(" (")[0] for named in told.further] == ["Les Jardiniers de Mende", "Les Jardiniers du Sud"]
    assert answered(AWAY, lieu="Saint-Denis (974)").further == ()


@pytest.mark.parametrize(
    ("some", "few"),
    [
        ((NEAR, FAR), "1 structure connue pour ce métier, à portée."),
        ((NEAR, FAR, NAMED), "1 structure connue pour ce métier, à portée."),
        ((NEAR, NAMED), "1 indice à confirmer pour ce métier, à portée."),
        ((NEAR,), NOBODY),
    ],
)
def test_the_headline_is_the_surest_band_that_holds_anyone(some: tuple[Supplier, ...], few: str) -> None:
    assert answered(*some).headline[0] == few


@given(st.lists(st.sampled_from([NEAR, FAR, AWAY, NAMED]), unique_by=lambda one: one.id))
def test_nobody_is_said_to_be_known_only_where_nobody_is(some: list[Supplier]) -> None:
    told = answered(*some)
    assert told.counts is not None
    if told.counts.connu or told.counts.indice:
        assert "Personne n’est connu" not in told.text
        assert str(told.counts.connu or told.counts.indice) in told.headline[0]


def test_where_nobody_is_known_those_to_call_first_are_named_with_how_many_should_do_it() -> None:
    near = [
        supplier(f"Atelier {letter}", "ACI", at=(MAUBEUGE[0] + step / 20, MAUBEUGE[1]))
        for step, letter in enumerate("ABCD")
    ]
    told = answered(*reversed(near))
    why = told.headline[1]
    assert why.startswith("Il y a 4 à appeler (métier non connu)")
    assert "Sur dix comme celles-ci, quatre ou cinq devraient le faire" in why
    assert why.endswith("À appeler d’abord : Atelier A, Atelier B et Atelier C.")
    assert told.beside_bands == "", "the band of those to call says all of it, and names them"
    assert thaw(freeze(told)) == told
    assert answered(near[0]).headline[1].endswith("À appeler d’abord : Atelier A.")
    for known in (FAR, NAMED):
        assert "À appeler d’abord" not in answered(*near, known).text
        assert "Sur dix" not in answered(*near, known).text
    assert answered(FAR).share_to_call is None, "nobody is to be called"


def test_asbestos_proposes_no_immersion() -> None:
    near = [supplier(f"Atelier {letter}", "ACI") for letter in "ABCD"]
    told = answered(*near, objet="Désamiantage d’une école").text
    assert "Il y a 4 à appeler (métier non connu). Sur dix comme celles-ci, moins d’une devrait le faire" in told
    assert "PMSMP" not in told


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "moins d’une devrait"),
        (0.049, "moins d’une devrait"),
        (0.05, "une au plus devrait"),
        (0.1, "une ou deux devraient"),
        (0.89, "huit ou neuf devraient"),
        (0.9, "presque toutes devraient"),
        (1.0, "presque toutes devraient"),
    ],
)
def test_the_share_of_those_to_call_is_said_of_ten(share: float, said: str) -> None:
    assert share_said(share).startswith(f"Sur dix comme celles-ci, {said} le faire, d’après leur type")
    assert share_in_short(share) == f"Sur dix, {said} le faire."


def test_the_other_bands_are_counted_after_it() -> None:
    assert answered(NEAR, FAR).headline[1] == (
        "Une source le dit ; reste à le confirmer, et à demander si elle est libre. Aussi : 1 à appeler (métier non connu)."
    )


@pytest.mark.parametrize(
    ("objet", "lieu", "levier", "few"),
    [
        ("Entretien des espaces verts", "Maubeuge", "15", "Personne."),
        ("zzz", "Maubeuge", "", "Le besoin n’est pas assez compris pour dire qui fait ce métier."),
        ("Divers", "Maubeuge", "", "Le besoin n’est pas assez compris pour dire qui fait ce métier."),
        ("Entretien des espaces verts", "", "", "Lieu à préciser : où le lot s’exécute-t-il ?"),
        ("Prestations de traiteur", "Maubeuge", "", NOBODY),
    ],
)
def test_the_text_of_a_file_is_the_headline_of_the_page_in_one(objet: str, lieu: str, levier: str, few: str) -> None:
    told = answered(NEAR, FAR, objet=objet, lieu=lieu, levier=levier)
    said, why = told.headline
    assert said == few
    assert told.text == f"{said} {why}"


def test_of_a_trade_that_is_only_likely_the_list_is_told_as_it_is() -> None:
    told = answered(NEAR, FAR, objet="menag buro")
    assert not told.understood
    assert told.headline[0] == "Métier à confirmer."
    assert told.headline[1].startswith(
        "Si c’est « Nettoyage de locaux », le plus vraisemblable : personne n’est connu à portée"
    )


def test_a_list_that_filters_have_emptied_is_not_said_to_be_of_nobody() -> None:
    found = lay_out_bands(rank(ask("Entretien des espaces verts", [NEAR, FAR], lieu="Maubeuge")))
    assert answer_from(found, ()).headline[0] == "1 structure connue pour ce métier, à portée."


def test_an_empty_catalogue_says_so() -> None:
    assert answered().headline[0] == "Le catalogue est vide."


def test_a_need_is_asked_on_its_day_or_today_and_never_later() -> None:
    shelf, today = build_shelf([FAR], 1), date(2026, 3, 4)
    for typed, lot_day, on in (
        (None, None, today),
        (date(2025, 1, 1), date(2025, 1, 1), date(2025, 1, 1)),
        (date(2027, 1, 1), date(2027, 1, 1), today),
    ):
        ask_on = lay_on_shelf(understand(Need(Lot("Tonte", date=typed))), shelf, today)
        assert (ask_on.reading.lot.date, ask_on.on) == (lot_day, on)
        assert as_of(ask_on.reading, today).lot.date == (typed or today)


def test_nothing_chosen_reads_as_ever() -> None:
    assert understand(Need(CATERING)) == read(CATERING)


def test_a_chosen_activity_is_certain_and_its_doubts_are_settled() -> None:
    vague = Lot("Prestations à définir", lieux=(RawPlace("Lille"),))
    assert any("métier" in doubt.says for doubt in read(vague).doubts)
    reading = understand(Need(vague, chosen=NeedChoices(activities=("restauration.traiteur",))))
    assert [guess.code for guess in reading.activities] == ["restauration.traiteur"]
    assert reading.told
    assert reading.doubts == ()
    assert reading.places == read(vague).places


def test_activities_kept_keep_their_shares_and_those_added_count_as_the_likeliest() -> None:
    lot = Lot("Fauche, débroussaillage et entretien des berges de la Sambre")
    before = read(lot).activities
    assert len(before) >= 2
    kept = understand(Need(lot, chosen=NeedChoices(activities=tuple(guess.code for guess in before[:2])))).activities
    assert [guess.code for guess in kept] == [guess.code for guess in before[:2]]
    assert kept[0].confidence / kept[1].confidence == pytest.approx(before[0].confidence / before[1].confidence)
    added = understand(Need(lot, chosen=NeedChoices(activities=(before[0].code, "proprete.locaux")))).activities
    assert added[0].confidence == added[1].confidence
    assert sum(guess.confidence for guess in added) == pytest.approx(1)


def test_many_chosen_activities_are_still_certain() -> None:
    codes = taxonomy().codes[:6]
    reading = understand(Need(Lot("zzz"), chosen=NeedChoices(activities=codes)))
    assert {guess.code for guess in reading.activities} == set(codes)
    assert reading.told


def test_no_activity_at_all_may_be_chosen() -> None:
    reading = understand(Need(CATERING, chosen=NeedChoices(activities=())))
    assert reading.activities == ()
    assert not reading.told


def test_chosen_places_replace_those_of_the_text_and_the_field() -> None:
    lot = Lot("Nettoyage à Lille", lieux=(RawPlace("Lille"),), acheteur_siret="21590350100017")
    reading = understand(Need(lot, chosen=NeedChoices(places=("insee:59392", "dep:02"))))
    assert {place.code for place in reading.places} == {"59392", "02"}
    assert understand(Need(lot, chosen=NeedChoices(places=()))).places == ()


def test_a_place_that_nobody_knows_is_a_doubt_and_not_an_error() -> None:
    reading = understand(Need(CATERING, chosen=NeedChoices(places=("Zzyzx-les-Bains",))))
    assert reading.places == ()
    assert any("Zzyzx" in doubt.says for doubt in reading.doubts)


def test_kinds_and_lever_that_the_text_names_can_be_set_aside() -> None:
    read_so = read(RESERVED)
    assert read_so.kinds_asked
    assert read_so.levier_hint
    assert read_so.reserved_by
    reading = understand(Need(RESERVED, chosen=NeedChoices(kinds=(SupplierKind.EI,), unreserved=True)))
    assert reading.kinds_asked == (SupplierKind.EI,)
    assert (reading.levier_hint, reading.reserved_by) == ("", "")


def test_what_was_read_of_the_size_can_be_set_aside() -> None:
    lot = Lot("Nettoyage des locaux à Lille, budget 120 000 €, durée de 24 mois reconductible")
    read_so = read(lot)
    assert read_so.amount
    assert read_so.duration
    reading = understand(Need(lot, chosen=NeedChoices(without_amount=True, without_duration=True)))
    assert (reading.amount, reading.duration, reading.euros, reading.months) == (None, None, None, None)
    assert len(read_so.doubts) == 2
    assert reading.doubts == ()


def test_a_lot_reserved_among_others_is_settled_by_an_answer() -> None:
    lot = Lot("Lot 1 : nettoyage. Lot 2 : espaces verts à Lille. Le lot 2 est réservé aux EA.")
    assert any("parmi d’autres" in doubt.says for doubt in read(lot).doubts)
    assert not any(
        "parmi d’autres" in doubt.says for doubt in understand(Need(lot, chosen=NeedChoices(unreserved=True))).doubts
    )
    assert not any("parmi d’autres" in doubt.says for doubt in read(Lot(lot.objet, levier="12")).doubts)


def test_faults_are_the_first_doubts() -> None:
    assert understand(Need(CATERING, (NeedFault("montant", "Montant illisible."),))).doubts[0] == ReadingDoubt(
        DoubtKind.FAULT, "Montant illisible."
    )


def test_an_activity_that_does_not_exist_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        understand(Need(CATERING, chosen=NeedChoices(activities=("zzz",))))


AT_HOME = BuyerDefaults(siret="21590392300013", place="Maubeuge")
NO_PLACE = Lot("Entretien des espaces verts")


def test_a_need_without_a_place_supposes_the_buyer_s_and_says_so() -> None:
    reading = understand(Need(NO_PLACE, defaults=AT_HOME))
    assert [(place.name, place.origin) for place in reading.places] == [("Maubeuge", PlaceOrigin.DEFAUT)]
    assert reading.buyer == AT_HOME.siret
    said = [str(doubt) for doubt in reading.doubts]
    assert "Lieu supposé : Maubeuge, votre lieu par défaut ; le besoin n’en dit pas." in said
    assert not any(doubt.kind is DoubtKind.PLACE_UNKNOWN for doubt in reading.doubts)


@pytest.mark.parametrize(
    "need",
    [
        Need(replace(NO_PLACE, lieux=(RawPlace("Lille"),))),
        Need(Lot("Entretien des espaces verts à Lille")),
        Need(NO_PLACE, chosen=NeedChoices(places=("Lille",))),
        Need(NO_PLACE, chosen=NeedChoices(places=())),
        Need(replace(NO_PLACE, acheteur_siret="21590350000013")),
    ],
)
def test_what_the_need_says_or_a_person_chose_stands_before_the_defaults(need: Need) -> None:
    places = understand(need).places
    assert understand(replace(need, defaults=BuyerDefaults(place="Maubeuge"))).places == places


GREEN_CODE, BANKS = "espaces-verts.creation-entretien", "espaces-verts.cours-eau"
BOTH = replace(
    READING, activities=(ActivityGuess(GREEN_CODE, "", 0.9, named=True), ActivityGuess(BANKS, "", 0.06, named=True))
)
OF_GREEN, OF_BANKS = "« Création et entretien des espaces verts »", "« Entretien des berges et des cours d’eau »"


@pytest.mark.parametrize(
    ("known_for", "said"),
    [
        ((BANKS,), f"{OF_GREEN} : non connu, à demander"),
        ((GREEN_CODE, BANKS), ""),
        ((), ""),
    ],
)
def test_a_candidate_is_told_what_it_lacks(known_for: tuple[str, ...], said: str) -> None:
    assert lacks_sentence(structs.replace(KNOWN, known_for=known_for), BOTH) == said


def test_of_one_activity_nothing_is_said() -> None:
    one = replace(READING, activities=(ActivityGuess(GREEN_CODE, "", 0.9, named=True),))
    assert lacks_sentence(structs.replace(KNOWN, known_for=(GREEN_CODE,)), one) == ""
    assert counts_said({GREEN_CODE: 3}) == ""


def test_the_known_are_counted_by_activity() -> None:
    assert counts_said({GREEN_CODE: 4, BANKS: 2}) == f"Lu aussi : 2 connues pour {OF_BANKS}."
    three = {GREEN_CODE: 4, "proprete.locaux": 0, BANKS: 1, "proprete.vitrerie": 0}
    assert counts_said(three) == (
        f"Lu aussi : 1 connue pour {OF_BANKS} ; aucune connue pour « Nettoyage de locaux » et « Lavage de vitres »."
    )
    assert counts_said({GREEN_CODE: 4, BANKS: 0}) == f"Lu aussi : aucune connue pour {OF_BANKS}."


def test_within_reach_but_far_is_said_with_the_distance_of_the_nearest() -> None:
    """A binder is within reach at 193 km: « à portée » alone would be taken for near."""
    registers = "reliure des registres d’état civil"
    binder = supplier("Reliure du Nord", "EI", at=(MAUBEUGE[0] - 0.9, MAUBEUGE[1]), naf="18.14Z")
    other = replace(binder, id="siret:2", name="Reliure de l’Oise", siren="", siret="")
    (alone,), (both,) = (
        re.findall(r"à portée, à (\d+\skm.*)\.$", answered(*some, objet=registers).headline[0])
        for some in ([binder], [binder, other])
    )
    assert alone == "101\xa0km"
    assert both == "101\xa0km au plus près"


def test_the_headline_says_who_is_a_little_beyond_its_usual_reach() -> None:
    told = answered(FAR)
    assert told.beyond_usual == 0
    assert "à portée" in told.headline[0]
    assert replace(told, beyond_usual=1).headline[0] == "1 structure connue pour ce métier, un peu loin."
    counts = replace(told.counts, connu=2) if told.counts else None
    some = replace(told, counts=counts, beyond_usual=1)
    assert some.headline[0] == "2 structures connues pour ce métier, à portée, dont 1 un peu loin."
