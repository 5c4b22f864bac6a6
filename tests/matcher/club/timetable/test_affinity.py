"""What a pair is worth: in ]0, 1] where it is proposed, the same in any order, both sides counted, with its reasons."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matcher.club.meeting_day.meeting_day import Participant, ParticipantRole
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.timetable.affinity import Affinities, affinities, asked, pruned, standing
from matcher.club.timetable.participants_shelf import present_shelf, said
from matcher.domain.supplier import Supplier
from tests.factories import declares, supplier
from tests.matcher.club.day import BUYERS, DAY, SUPPLIERS

TEXTS = ("Entretien des espaces verts", "Traiteur", "Nettoyage de locaux", "Peinture intérieure", "xyzzy", "")
TOWNS = ("Maubeuge", "Lille", "Arras", "nulle part", "")
NEEDS = st.builds(ParticipantNeed, st.sampled_from(TEXTS), st.sampled_from(TOWNS), st.none() | st.floats(1, 1e7))


def counted(
    buyers: Sequence[Participant], suppliers: Sequence[Participant], known: dict[str, Supplier] | None = None
) -> Affinities:
    shelf, rows = present_shelf(suppliers, known or {})
    return affinities(buyers, suppliers, shelf, rows, DAY)


def test_each_need_finds_who_does_it_there() -> None:
    found = counted(BUYERS, SUPPLIERS)
    assert [SUPPLIERS[best].name for best in found.worth.argmax(axis=1)] == [
        "ESAT du Marais",
        "Table Modèle",
        "Intérim Essai",
    ]
    assert found.levels[0, 0] == 3
    assert found.worth[0, 1] == 0  # a caterer is known for another trade
    assert found.need[1].tolist()[1:3] == [0, 1]  # the linen answers the second need


@pytest.mark.parametrize(
    ("activity", "codes"),
    [
        ("Espaces verts, nettoyage", ["espaces-verts.creation-entretien", "proprete.locaux"]),
        ("Menuiserie ; espaces verts", ["batiment.menuiserie", "espaces-verts.creation-entretien"]),
        ("Archivage, tri, divers", ["administratif.archivage"]),
        ("Bonne humeur", []),
        ("", []),
    ],
)
def test_the_short_words_of_a_registration_are_read_as_those_of_a_need(activity: str, codes: list[str]) -> None:
    assert [one.code for one in said(replace(SUPPLIERS[0], activity=activity)).activities] == codes


def test_the_reasons_are_those_of_the_engine() -> None:
    match = counted(BUYERS, SUPPLIERS).match(0, 0)
    assert match.name == "ESAT du Marais"
    assert [c.says for c in match.contributions][:2] == [
        "déclare « Entretien des espaces verts »",
        "sur place (Maubeuge)",
    ]


def test_a_supplier_of_the_catalogue_is_ranked_as_it_knows_it() -> None:
    held = supplier("Atelier Connu", "EA", id="siret:1", activities=declares("espaces-verts.creation-entretien"))
    one = replace(SUPPLIERS[0], supplier_id="siret:1", activity="Traiteur")
    found = counted(BUYERS, (one,), {"siret:1": held})
    assert found.match(0, 0).kinds == held.kinds
    assert found.worth[0, 0] > 0


def test_an_attributaire_also_asks_for_staff_seconded() -> None:
    builder = replace(BUYERS[2], needs=(ParticipantNeed("Gros œuvre d’un collège", "Denain", hours=5200.0),))
    found = counted((builder,), SUPPLIERS)
    assert found.worth[0, 3] > 0
    assert found.need_of(0, 3) == replace(
        builder.needs[0], text="Mise à disposition de personnel : Gros œuvre d’un collège"
    )
    assert asked(BUYERS[2]) == BUYERS[2].needs  # it asks for staff already
    assert found.match(0, 3).name == "Intérim Essai"


def test_who_is_far_and_of_whom_nothing_tells_the_trade_is_not_proposed() -> None:
    silent = replace(SUPPLIERS[0], name="Les Silencieux", activity="")
    assert counted(BUYERS, (silent,)).worth[0, 0] > 0
    assert counted(BUYERS, (replace(silent, place="Lille"),)).worth[0, 0] == 0


def test_two_separate_participants_of_one_supplier_share_its_row() -> None:
    held = supplier("Atelier Connu", "EA", id="siret:1", activities=declares("espaces-verts.creation-entretien"))
    both = tuple(replace(one, supplier_id="siret:1", same_as=0, activity="") for one in SUPPLIERS[:2])
    worth = counted(BUYERS, both, {"siret:1": held}).worth
    assert (worth[:, 0] == worth[:, 1]).all()


def test_a_registration_is_read_as_a_record_is() -> None:
    read = said(SUPPLIERS[0])
    assert [str(kind) for kind in read.kinds] == ["ESAT"]
    assert [activity.code for activity in read.activities] == ["espaces-verts.creation-entretien"]
    assert read.sites[0].city == "Maubeuge"
    assert said(replace(SUPPLIERS[0], place="nulle part", activity="")).sites == ()


@pytest.mark.parametrize("buyers", [(), BUYERS, (replace(BUYERS[0], needs=()),)])
@pytest.mark.parametrize("suppliers", [(), SUPPLIERS])
def test_an_empty_side_proposes_nobody(buyers: Sequence[Participant], suppliers: Sequence[Participant]) -> None:
    found = counted(buyers, suppliers)
    assert found.worth.shape == (len(buyers), len(suppliers))
    assert found.worth.any() == bool(suppliers and buyers and buyers[0].needs)


@given(
    st.lists(st.lists(NEEDS, max_size=2).map(tuple), max_size=4),
    st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from(TOWNS)), max_size=5),
    st.randoms(use_true_random=False),
)
def test_worth_is_in_its_range_and_no_order_changes_it(
    needs: list[tuple[ParticipantNeed, ...]], offers: list[tuple[str, str]], random: object
) -> None:
    buyers = [
        Participant(key, ParticipantRole.BUYER, f"Acheteur {key}", needs=own) for key, own in enumerate(needs, start=1)
    ]
    suppliers = [
        Participant(key, ParticipantRole.SUPPLIER, f"Fournisseur {key}", activity=does, place=town)
        for key, (does, town) in enumerate(offers, start=100)
    ]
    found = counted(buyers, suppliers)
    assert ((found.worth >= 0) & (found.worth <= 1)).all()
    assert ((found.levels > 0) == (found.worth > 0)).all()
    assert found.levels.max(initial=0) <= 3
    lines, columns = list(range(len(buyers))), list(range(len(suppliers)))
    random.shuffle(lines), random.shuffle(columns)  # type: ignore[attr-defined]
    again = counted([buyers[line] for line in lines], [suppliers[column] for column in columns])
    assert np.array_equal(again.worth, found.worth[np.ix_(lines, columns)])
    assert np.array_equal(again.levels, found.levels[np.ix_(lines, columns)])


SCORES = arrays(
    np.float64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.sampled_from([0.0, 10.0, 55.5, 80.0])
)


@given(SCORES)
def test_standing_is_one_for_the_first_and_equal_for_equals(scores: np.ndarray) -> None:
    places = standing(scores)
    assert ((places > 0) == (scores > 0)).all()
    for own, place in zip(scores, places, strict=True):
        assert place.max() == (1.0 if own.any() else 0.0)
        assert all((a < b) == (x < y) for a, x in zip(own, place, strict=True) for b, y in zip(own, place, strict=True))


@given(SCORES, st.integers(1, 4))
def test_pruning_keeps_the_best_of_everyone(worth: np.ndarray, kept: int) -> None:
    left = pruned(worth, dense=0, kept=kept)
    assert ((left == worth) | (left == 0)).all()
    assert (left.max(axis=0) == worth.max(axis=0)).all()
    assert (left.max(axis=1) == worth.max(axis=1)).all()
    assert np.array_equal(pruned(worth), worth)
