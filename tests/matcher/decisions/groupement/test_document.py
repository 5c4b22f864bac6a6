"""Groupements as a document: establishments by their own names, and the likeliest is never left for the reader to find below."""

from dataclasses import replace

from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.groupement.compute import Groupements, LotPart, find_groupements
from matcher.decisions.groupement.document import groupement_answer, groupement_tables
from tests.matcher.decisions.people import candidate, to_call


def test_each_establishment_has_its_own_name_and_is_of_one_member() -> None:
    sites = {site: candidate(f"ESAT {site}", organisation="1", distance_km=1.0) for site in ("Le Coteau", "Montbrison")}
    beside = candidate("Autre", organisation="2", distance_km=1.0)
    parts = [*(LotPart(site, (one,)) for site, one in sites.items()), LotPart("Roanne", (beside,))]
    found = find_groupements(parts, DEFAULT)
    (table,) = groupement_tables(found)
    assert {row.cells[0] for row in table.rows} == {"ESAT Le Coteau", "ESAT Montbrison", "Autre"}
    assert "ESAT Le Coteau et ESAT Montbrison sont des établissements d’une même organisation" in table.says[0]
    assert "ESAT Le Coteau (et 1 autre établissement)" in groupement_answer(found)


def test_the_headline_names_the_surest_and_the_likeliest() -> None:
    known, likelier = candidate("Connue", distance_km=60.0), to_call("Proche", distance_km=0.0, fit=0.9)
    alone = find_groupements([LotPart("A", (known, likelier))], DEFAULT)
    says = groupement_answer(alone)
    assert says.index("Connue pourrait tout porter seule") < says.index("Proche aussi (")
    assert "métier à confirmer d’abord" in says
    surest = replace(alone, alone=alone.alone[:1])
    assert isinstance(surest, Groupements)
    assert "aussi" not in groupement_answer(surest)


def test_nobody_is_announced_with_less_than_one_chance_in_a_hundred() -> None:
    far, near = (
        candidate("Lointaine", organisation="1", distance_km=700.0),
        candidate("Proche", organisation="2", distance_km=1.0),
    )
    for parts in ([LotPart("A", (far,)), LotPart("B", (near,))], [LotPart("A", (far,))]):
        said = groupement_answer(find_groupements(parts, DEFAULT))
        assert said.startswith(
            "Personne, seul ou ensemble, n’atteint 1\u00a0% de chances de tout porter. La part la plus difficile : « A »"
        )
        assert "pourrait tout porter" not in said


def test_the_first_groupement_stands_open_over_the_others() -> None:
    several = tuple(candidate(name, organisation=name, distance_km=1.0) for name in ("un", "deux", "trois", "quatre"))
    tables = groupement_tables(find_groupements([LotPart("A", several[:2]), LotPart("B", several[2:])], DEFAULT))
    assert [table.folded for table in tables] == [False, *[True] * (len(tables) - 1)]
    assert len(tables) > 1
