"""The plan of a clause: its hours add up, nobody carries more than it has room for, side needs are ranked."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.clause.compute import ClauseActivity, mix, plan
from matcher.domain.kinds import SupplierKind
from matcher.ranking.ask import LotOnShelf
from matcher.reference.clauses import HIRING, modalities, side_needs
from matcher.reference.trades.activities import taxonomy
from tests.factories import LILLE, ask, declares, supplier

PEOPLE = [
    supplier("Chantier vert", kind="ACI", activities=declares("espaces-verts.creation-entretien")),
    supplier("Entreprise verte", kind="EI", activities=declares("espaces-verts.creation-entretien"), workers=40.0),
    supplier("Intérim du Nord", kind="ETTI"),
    supplier("GEIQ du Nord", kind="GEIQ"),
    supplier("Atelier de linge", kind="ESAT", activities=declares("linge.blanchisserie")),
    supplier("Ailleurs", kind="ACI", at=LILLE),
]
CODES = [one.code for one in modalities()]


def works(*objets: str) -> list[LotOnShelf]:
    return [ask(objet, PEOPLE, lieu="Maubeuge") for objet in objets]


def test_hours_become_people_and_add_up() -> None:
    its = plan([ClauseActivity("vert", works("Entretien des espaces verts")[0], 16_070.0)], 24, DEFAULT)
    assert its.etp == pytest.approx(5.0)
    assert sum(one.hours for one in its.carried) == its.hours == 16_070
    assert sum(one.etp for one in its.carried) == pytest.approx(its.etp)


def test_the_trade_decides_who_carries() -> None:
    green, roads = works("Entretien des espaces verts", "Travaux de voirie et réseaux divers")
    by_green = {
        one.modality.code: one.hours for one in plan([ClauseActivity("vert", green, 4_000.0)], 12, DEFAULT).carried
    }
    by_roads = {
        one.modality.code: one.hours for one in plan([ClauseActivity("voirie", roads, 4_000.0)], 12, DEFAULT).carried
    }
    assert by_green["soustraitance-aci"] > by_green["etti"]
    assert by_roads["etti"] > by_roads["soustraitance-aci"]


def test_what_nobody_has_room_for_is_hired() -> None:
    its = plan([ClauseActivity("vert", works("Entretien des espaces verts")[0], 2_000_000.0)], 12, DEFAULT)
    hired = next(one for one in its.carried if one.modality.code == HIRING)
    assert hired.hours > 0.8 * its.hours
    assert hired.room is None
    for one in its.carried:
        assert one.room is None or one.hours <= one.room + 1


def test_without_anyone_all_is_hired() -> None:
    alone = ask("Entretien des espaces verts", [supplier("Loin", at=LILLE)], lieu="Maubeuge")
    its = plan([ClauseActivity("vert", alone, 100.0)], 12, DEFAULT)
    assert [(one.modality.code, one.hours) for one in its.carried if one.hours] == [(HIRING, 100)]


def test_side_needs_are_ranked_around_the_works() -> None:
    its = plan([ClauseActivity("vert", works("Entretien des espaces verts")[0], 100.0)], 12, DEFAULT)
    linen = next(one for one in its.side if one.need.activity == "linge.blanchisserie")
    assert (linen.credible, linen.first[0].name) == (1, "Atelier de linge")


def test_the_order_of_the_works_does_not_matter() -> None:
    green, roads = works("Entretien des espaces verts", "Travaux de voirie")
    one, other = ClauseActivity("vert", green, 1_000.0), ClauseActivity("voirie", roads, 777.0)
    assert plan([one, other], 12, DEFAULT) == plan([other, one], 12, DEFAULT)


@pytest.mark.parametrize(("hours", "months"), [(0, 12), (-5, 12), (100, 0)])
def test_hours_and_months_are_positive(hours: float, months: float) -> None:
    with pytest.raises(ValueError, match="positives"):
        plan([ClauseActivity("vert", works("Entretien des espaces verts")[0], hours)], months, DEFAULT)


def test_the_tables_name_what_exists() -> None:
    assert HIRING in CODES
    assert sum(one.share for one in modalities()) <= 1
    assert all(one.source for one in modalities())
    assert len(side_needs("batiment.vrd")) > len(side_needs("batiment.peinture")) >= 4
    for activity in ("batiment.vrd", "espaces-verts.elagage", "proprete.locaux"):
        assert {need.activity for need in side_needs(activity)} <= set(taxonomy().codes)
    assert side_needs("conseil.juridique") == ()


@given(
    st.floats(1, 1e7),
    st.fixed_dictionaries({kind: st.floats(0, 1) for kind in SupplierKind}),
    st.fixed_dictionaries({code: st.floats(0, 1e6) for code in CODES if code != HIRING}),
)
def test_hours_shared_add_up_and_keep_to_the_room(
    hours: float, relevance: Mapping[SupplierKind, float], room: Mapping[str, float]
) -> None:
    given_hours = mix(hours, relevance, room)
    assert sum(given_hours.values()) == pytest.approx(hours)
    assert all(value >= 0 for value in given_hours.values())
    assert all(given_hours[code] <= most * (1 + 1e-9) + 1e-6 for code, most in room.items())
