"""What a pair is worth: in ]0, 1] where it is proposed, the same in any order, both sides counted, with its reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matcher.club.meeting_day.meeting_day import Participant, ParticipantRole
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.planner.plan import greedy
from matcher.club.results.report import report_day
from matcher.club.timetable.affinity import (
    Affinities,
    affinities,
    claims,
    described_supplier,
    keep_best,
    needs_sought,
    present_shelf,
    relative_ranks,
)
from matcher.club.timetable.reasons_to_meet import on_supplier
from matcher.club.timetable.setting import Setting
from matcher.domain.french import NO_BREAK
from matcher.domain.supplier import RefusedActivity, Supplier
from matcher.ranking.lay_out import build_shelf
from tests.factories import declares, supplier
from tests.matcher.club.day import BUYERS, DAY, SUPPLIERS, full

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
        ("Espaces verts, nettoyage de locaux", ["espaces-verts.creation-entretien", "proprete.locaux"]),
        ("Menuiserie ; espaces verts", ["batiment.menuiserie", "espaces-verts.creation-entretien"]),
        ("Archivage", ["administratif.archivage"]),
        ("Bonne humeur", []),
        ("", []),
    ],
)
def test_the_short_words_of_a_registration_are_read_as_those_of_a_need(activity: str, codes: list[str]) -> None:
    assert [one.code for one in described_supplier(replace(SUPPLIERS[0], activity=activity)).activities] == codes


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
    assert needs_sought(BUYERS[2]) == BUYERS[2].needs  # it asks for staff already
    assert found.match(0, 3).name == "Intérim Essai"
    unsaid = replace(builder, needs=(replace(builder.needs[0], hours=None),))
    assert needs_sought(unsaid) == unsaid.needs  # no hours are written: nobody asks for staff


def test_whoever_is_there_is_in_reach_of_all_and_distance_only_orders() -> None:
    far = replace(SUPPLIERS[0], key=9, place="Marseille")
    shelf, rows = present_shelf((far, SUPPLIERS[0]), {})
    near, here = (
        affinities(BUYERS[:1], (far, SUPPLIERS[0]), shelf, rows, DAY, in_reach=far_too) for far_too in (False, True)
    )
    assert 0 < here.worth[0, 0] < here.worth[0, 1]
    assert [found.needs[0].credible.tolist() for found in (near, here)] == [[False, True], [True, True]]


def test_two_seats_of_one_supplier_are_worth_the_same() -> None:
    """Nothing is known of their workers: what a signal tells of nobody has one value a supplier, not one a seat."""
    first = replace(SUPPLIERS[0], siret="00010103000013", same_as=0)
    found = counted(BUYERS, (first, replace(first, key=8), SUPPLIERS[1]))
    assert found.rows.tolist() in ([0, 0, 1], [1, 1, 0])
    assert found.worth[0, 0] == found.worth[0, 1] > 0


def test_a_meeting_that_the_supplier_did_not_come_for_only_fills_time() -> None:
    both = (SUPPLIERS[0], replace(SUPPLIERS[1], place="Maubeuge"))
    assert counted(BUYERS[:1], both).spare.tolist() == [[False, True]]
    unread = replace(BUYERS[0], needs=(ParticipantNeed("xyzzy", "Maubeuge"),))
    assert not counted((unread,), both).spare.any()  # nobody knows what it asks


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
    read = described_supplier(SUPPLIERS[0])
    assert [str(kind) for kind in read.kinds] == ["ESAT"]
    assert [activity.code for activity in read.activities] == ["espaces-verts.creation-entretien"]
    assert read.sites[0].city == "Maubeuge"
    assert described_supplier(replace(SUPPLIERS[0], place="nulle part", activity="")).sites == ()


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
    places = relative_ranks(scores)
    assert ((places > 0) == (scores > 0)).all()
    for own, place in zip(scores, places, strict=True):
        assert place.max() == (1.0 if own.any() else 0.0)
        assert all((a < b) == (x < y) for a, x in zip(own, place, strict=True) for b, y in zip(own, place, strict=True))


@given(SCORES, st.integers(1, 4))
def test_pruning_keeps_the_best_of_everyone(worth: np.ndarray, kept: int) -> None:
    left = keep_best(worth, dense=0, each=kept)
    assert ((left == worth) | (left == 0)).all()
    assert (left.max(axis=0) == worth.max(axis=0)).all()
    assert (left.max(axis=1) == worth.max(axis=1)).all()
    assert np.array_equal(keep_best(worth), worth)


TRADES = (
    *("Blanchisserie", "Espaces verts", "Traiteur", "Nettoyage de locaux", "Peinture", "Menuiserie", "Archivage"),
    *("Conditionnement", "Couture", "Imprimerie", "Maraîchage", "Déménagement"),
)
PRESENT_TOWNS = ("Maubeuge", "Lille", "Arras", "Denain", "Douai", "Valenciennes", "Lens", "Cambrai")
LINEN = replace(SUPPLIERS[2], name="Atelier Modèle", supplier_id="siret:1", place="")
KNOWN = {"siret:1": supplier("Atelier Modèle", "ESAT", id="siret:1")}


def day_of_strangers(seed: int) -> tuple[tuple[Participant, ...], dict[str, Supplier]]:
    """A made-up Club: each says one trade in its spreadsheet, and the catalogue, which has all the suppliers, knows no trade of theirs."""
    draw = Random(seed)  # noqa: S311
    buyers = tuple(
        Participant(
            key,
            ParticipantRole.BUYER,
            f"Commune fictive {key}",
            needs=(ParticipantNeed(draw.choice(TRADES), draw.choice(PRESENT_TOWNS)),),
        )
        for key in range(1, 21)
    )
    suppliers = tuple(
        Participant(
            key,
            ParticipantRole.SUPPLIER,
            f"Structure inventée {key}",
            supplier_id=f"siret:{key}",
            activity=draw.choice(TRADES),
            place=draw.choice(PRESENT_TOWNS),
        )
        for key in range(21, 81)
    )
    return (*buyers, *suppliers), {
        one.supplier_id: supplier(one.name, "ESAT", None, id=one.supplier_id) for one in suppliers
    }


def laid(participants: Sequence[Participant], known: Mapping[str, Supplier]) -> Setting:
    event = full(participants)
    shelf, rows = present_shelf(event.list_seats(suppliers=True), known)
    return Setting(
        event, affinities(event.list_seats(suppliers=False), event.list_seats(suppliers=True), shelf, rows, DAY)
    )


def answered(participants: Sequence[Participant], setting: Setting) -> int:
    """How many meetings of the greedy timetable are of a supplier that wrote the trade that the buyer wrote."""
    written = {one.key: one.activity or one.needs[0].text for one in participants}
    buyers, suppliers = setting.affinities.buyers, setting.affinities.suppliers
    meetings = greedy(setting.problem).meetings
    same = [written[buyers[one.buyer].key] == written[suppliers[one.supplier].key] for one in meetings]
    return sum(same)


def test_written_trades_answer_written_needs_though_the_catalogue_knows_the_suppliers() -> None:
    participants, known = day_of_strangers(7)
    silent = tuple(replace(one, activity="") for one in participants)
    without = answered(participants, laid(silent, known))
    merged = answered(participants, laid(participants, known))
    alone = answered(participants, laid(participants, {}))
    assert merged >= 3 * without
    assert merged >= 0.9 * alone


def test_what_the_catalogue_knows_and_what_a_registration_says_add_up() -> None:
    held = replace(KNOWN["siret:1"], activities=declares("restauration.traiteur"), description="Repas de fête")
    shelf, _ = present_shelf([LINEN], {"siret:1": held})
    assert {"restauration.traiteur", "linge.blanchisserie"} <= {clue.code for clue in shelf.suppliers[0].clues}


def test_two_registrations_of_one_supplier_add_up() -> None:
    other = replace(LINEN, key=8, activity="Traiteur")
    shelf, rows = present_shelf([LINEN, other], KNOWN)
    assert rows == (0, 0)
    assert {"restauration.traiteur", "linge.blanchisserie"} <= {clue.code for clue in shelf.suppliers[0].clues}


def test_what_the_team_refuses_of_a_supplier_is_not_taken_from_its_registration() -> None:
    held = replace(KNOWN["siret:1"], refused_activities=(RefusedActivity("linge.blanchisserie", "fermée", None),))
    shelf, _ = present_shelf([LINEN], {"siret:1": held})
    assert "linge.blanchisserie" not in {clue.code for clue in shelf.suppliers[0].clues}


def test_the_sheet_says_the_trade_that_a_registration_says() -> None:
    shelf, _ = present_shelf([LINEN], KNOWN)
    assert on_supplier(shelf.suppliers[0], LINEN)[1].replace(NO_BREAK, " ").startswith("déclare : Blanchisserie")
    unread = replace(LINEN, activity="Bonne humeur")
    shelf, _ = present_shelf([unread], KNOWN)
    assert on_supplier(shelf.suppliers[0], unread)[1].replace(NO_BREAK, " ") == "dit faire : Bonne humeur"


def test_the_report_counts_who_says_the_trade() -> None:
    participants = (replace(BUYERS[1], key=1), replace(LINEN, key=2))
    lacks = {
        lack.trade: lack.doing for lack in report_day(laid(participants, KNOWN), build_shelf(KNOWN.values())).lacks
    }
    assert lacks["Blanchisserie"] == 1


def test_a_meeting_that_nobody_came_for_only_fills_a_slot() -> None:
    gardens = replace(BUYERS[0], key=1, needs=(ParticipantNeed("Entretien des espaces verts", "Maubeuge"),))
    far, near = replace(SUPPLIERS[0], key=2, place="Lille"), replace(LINEN, key=3, place="Maubeuge")
    held = {"siret:1": replace(KNOWN["siret:1"], activities=declares("espaces-verts.creation-entretien"))}
    counted = laid((gardens, far, near), held).affinities
    came, did_not = counted.worth[0]
    assert came > 5 * did_not > 0


def test_who_does_the_trade_and_came_from_far_is_worth_meeting() -> None:
    gardens = replace(BUYERS[0], key=1, needs=(ParticipantNeed("Entretien des espaces verts", "Lille"),))
    counted = laid((gardens, replace(SUPPLIERS[0], key=2, place="Nice")), {}).affinities
    assert counted.worth[0, 0] > 0


def test_workers_and_area_that_a_registration_says_win_over_the_catalogue() -> None:
    held = replace(KNOWN["siret:1"], workers=3.0, area="Somme", area_codes=("dep:80",))
    told = replace(LINEN, workers=42.0, area="Nord, Pas-de-Calais")
    shelf, _ = present_shelf([told], {"siret:1": held})
    assert (shelf.suppliers[0].workers, shelf.suppliers[0].area_codes) == (42.0, ("dep:59", "dep:62"))
    kind, _, workers = (fact.replace(NO_BREAK, " ") for fact in on_supplier(shelf.suppliers[0], told))
    assert ("intervient : Nord, Pas-de-Calais" in kind, workers) == (True, "effectif : 42")
    shelf, _ = present_shelf([LINEN], {"siret:1": held})
    assert (shelf.suppliers[0].workers, shelf.suppliers[0].area_codes) == (3.0, ("dep:80",))


def test_one_word_of_an_activity_claims_one_trade() -> None:
    codes = [code for code, _ in claims("Déménagement social, débarras")]
    assert codes == ["transports.demenagement", "dechets.encombrants"]
    assert [code for code, _ in claims("VRD petite maçonnerie")] == ["batiment.vrd", "batiment.gros-oeuvre"]
