"""A contract of a clause plan: its hours are what is asked, so that who seconds staff may carry them."""

from datetime import date

import pytest

from matcher.decisions.asked import DecisionRefused
from matcher.decisions.clause.plan_answer import ToldContract, answer_plan, contract_of, list_hosts
from matcher.need.sourced import not_asked
from matcher.ranking.lay_out import build_shelf
from tests.factories import supplier

PEOPLE = [supplier("Chantier", kind="ACI"), supplier("GEIQ du Nord", kind="GEIQ"), supplier("Intérim", kind="ETTI")]


def test_who_seconds_staff_carries_hours_and_stands_in_the_list_of_whom_to_call() -> None:
    told = ToldContract(objet="Travaux de voirie et réseaux divers", places=("Maubeuge",), hours=4_000, months=12)
    contract = contract_of(told, build_shelf(PEOPLE), date(2026, 11, 24))
    its = answer_plan([contract], not_asked)
    carried = {way.modality.code: [host.candidate.name for host in way.hosts] for way in its.plan.splits[0].ways}
    assert (carried["geiq"], carried["etti"]) == (["GEIQ du Nord"], ["Intérim"])
    called = {match.name: match.place for match in list_hosts(its, 0, not_asked).matches}
    assert called["GEIQ du Nord"]
    assert called["Intérim"]


def test_a_split_by_a_way_that_is_none_is_refused() -> None:
    told = ToldContract(objet="Travaux de voirie", places=("Maubeuge",), hours=400, split={"lune": 400})
    with pytest.raises(DecisionRefused, match="« lune » n’est pas une voie"):
        contract_of(told, build_shelf(PEOPLE), date(2026, 11, 24))
