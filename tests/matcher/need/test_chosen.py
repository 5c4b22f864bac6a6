"""What a person chooses stands in place of what was read, and settles its doubts; the rest is read as ever."""

import pytest

from matcher.domain.kinds import SupplierKind
from matcher.domain.lot import Lot, RawPlace
from matcher.need.chosen import Chosen, read_chosen
from matcher.reading.reader import read
from matcher.reference.trades.activities import taxonomy

CATERING = Lot("Prestations de traiteur", lieux=(RawPlace("Lille"),))
RESERVED = Lot("Lot réservé aux EA et ESAT : entretien des espaces verts à Maubeuge")


def test_nothing_chosen_reads_as_ever() -> None:
    assert read_chosen(CATERING, Chosen()) == read(CATERING)


def test_a_chosen_activity_is_certain_and_its_doubts_are_settled() -> None:
    vague = Lot("Prestations diverses", lieux=(RawPlace("Lille"),))
    assert any("métier" in doubt for doubt in read(vague).doubts)
    reading = read_chosen(vague, Chosen(activities=("restauration.traiteur",)))
    assert [guess.code for guess in reading.activities] == ["restauration.traiteur"]
    assert reading.told
    assert reading.doubts == ()
    assert reading.places == read(vague).places


def test_activities_kept_keep_their_shares_and_those_added_count_as_the_likeliest() -> None:
    lot = Lot("Fauche, débroussaillage et entretien des berges de la Sambre")
    before = read(lot).activities
    assert len(before) >= 2
    kept = read_chosen(lot, Chosen(activities=tuple(guess.code for guess in before[:2]))).activities
    assert [guess.code for guess in kept] == [guess.code for guess in before[:2]]
    assert kept[0].confidence / kept[1].confidence == pytest.approx(before[0].confidence / before[1].confidence)
    added = read_chosen(lot, Chosen(activities=(before[0].code, "proprete.locaux"))).activities
    assert added[0].confidence == added[1].confidence
    assert sum(guess.confidence for guess in added) == pytest.approx(1)


def test_many_chosen_activities_are_still_certain() -> None:
    codes = taxonomy().codes[:6]
    reading = read_chosen(Lot("zzz"), Chosen(activities=codes))
    assert {guess.code for guess in reading.activities} == set(codes)
    assert reading.told


def test_no_activity_at_all_may_be_chosen() -> None:
    reading = read_chosen(CATERING, Chosen(activities=()))
    assert reading.activities == ()
    assert not reading.told


def test_chosen_places_replace_those_of_the_text_and_the_field() -> None:
    lot = Lot("Nettoyage à Lille", lieux=(RawPlace("Lille"),), acheteur_siret="21590350100017")
    reading = read_chosen(lot, Chosen(places=("insee:59392", "dep:02")))
    assert {place.code for place in reading.places} == {"59392", "02"}
    assert read_chosen(lot, Chosen(places=())).places == ()


def test_a_place_that_nobody_knows_is_a_doubt_and_not_an_error() -> None:
    reading = read_chosen(CATERING, Chosen(places=("Zzyzx-les-Bains",)))
    assert reading.places == ()
    assert any("Zzyzx" in doubt for doubt in reading.doubts)


def test_kinds_and_lever_that_the_text_names_can_be_set_aside() -> None:
    read_so = read(RESERVED)
    assert read_so.kinds_asked
    assert read_so.levier_hint
    assert read_so.reserved_by
    reading = read_chosen(RESERVED, Chosen(kinds=(SupplierKind.EI,), unreserved=True))
    assert reading.kinds_asked == (SupplierKind.EI,)
    assert (reading.levier_hint, reading.reserved_by) == ("", "")


def test_what_was_read_of_the_size_can_be_set_aside() -> None:
    lot = Lot("Nettoyage à Lille, budget 120 000 €, durée de 24 mois reconductible")
    read_so = read(lot)
    assert read_so.amount
    assert read_so.duration
    reading = read_chosen(lot, Chosen(without_amount=True, without_duration=True))
    assert (reading.amount, reading.duration, reading.euros, reading.months) == (None, None, None, None)
    assert len(read_so.doubts) == 2
    assert reading.doubts == ()


def test_a_lot_reserved_among_others_is_settled_by_an_answer() -> None:
    lot = Lot("Lot 1 : nettoyage. Lot 2 : espaces verts à Lille. Le lot 2 est réservé aux EA.")
    assert any("parmi d’autres" in doubt for doubt in read(lot).doubts)
    assert not any("parmi d’autres" in doubt for doubt in read_chosen(lot, Chosen(unreserved=True)).doubts)
    assert not any("parmi d’autres" in doubt for doubt in read(Lot(lot.objet, levier="12")).doubts)


def test_given_doubts_stay_first() -> None:
    assert read_chosen(CATERING, Chosen(kinds=()), ("Montant illisible.",)).doubts[0] == "Montant illisible."


def test_an_activity_that_does_not_exist_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        read_chosen(CATERING, Chosen(activities=("zzz",)))
