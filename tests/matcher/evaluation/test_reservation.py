"""The figures of the opinion: what is counted where, and that a draw is the same each time."""

import json
from datetime import date
from pathlib import Path

import pytest

from matcher.decisions.assumptions import DEFAULT
from matcher.evaluation.reservation import (
    OUT_OF_REACH,
    PER_FAMILY,
    candidates_by_fit,
    named_shares,
    opinions,
    out_of_reach,
    verdict_counts,
    verdict_shares,
    without_winner,
)
from matcher.evaluation.suites import LotToRank
from matcher.ranking.lay_out import build_shelf
from tests.factories import ask, declares, siret, supplier

TODAY = date(2026, 11, 25)
GREEN = declares("espaces-verts.creation-entretien")


def asked(winner: str, *people: object) -> LotToRank:
    return LotToRank(ask("Entretien des espaces verts", list(people), lieu="Maubeuge"), frozenset({winner}), winner)  # type: ignore[arg-type]


def people(count: int, **fields: object) -> list[object]:
    return [
        supplier(f"Structure {n}", id=f"siret:{siret(n)}", siret=siret(n), **fields)  # type: ignore[arg-type]
        for n in range(count)
    ]


def test_the_winner_is_looked_for_where_the_opinion_counts() -> None:
    sure, unknown = people(6, activities=GREEN), people(2)
    told = opinions([asked(siret(3), *sure), asked(siret(1), *unknown), asked(siret(9), *unknown)], DEFAULT)
    found = verdict_counts(told)
    assert found["lots"] == 3
    assert (found["gagnant crédible"], found["gagnant à appeler"]) == (1, 1)


def test_reserving_is_told_of_three_confirmed_and_three_are_named() -> None:
    sure = opinions([asked(siret(3), *people(6, activities=GREEN))], DEFAULT)
    few = opinions([asked(siret(0), *people(1, activities=GREEN))], DEFAULT)
    assert named_shares([*sure, *few]) == {"réserver sans trois confirmées": 0, "trois nommées": 0.5}


def test_what_candidates_are_supposed_to_do_is_set_against_their_wins() -> None:
    told = opinions([asked(siret(3), *people(6, activities=GREEN))], DEFAULT)
    rows = candidates_by_fit(told)
    assert rows["crédibles"]["candidats"] == 6
    assert rows["crédibles"]["gagnants"] == 1
    assert rows["crédibles"]["chance mesurée"] == pytest.approx(rows["crédibles"]["chance supposée"])


def test_verdicts_are_shares_that_add_up() -> None:
    told = opinions([asked(siret(3), *people(6, activities=GREEN)), asked(siret(0), *people(1))], DEFAULT)
    shares = verdict_shares(told)
    assert sum(share for name, share in shares.items() if not name.startswith("dont")) == pytest.approx(1)


def test_contracts_out_of_reach_are_drawn_with_a_seed_and_without_their_order(tmp_path: Path) -> None:
    contracts = [
        {"id": f"m{n}", "objet": f"Contrat {n}", "codeCPV": f"{prefixes[0]:0<8}", "lieuExecution": {"code": "59"}}
        for n, prefixes in enumerate(OUT_OF_REACH.values())
        for n in range(n * 20, n * 20 + 9)
    ]
    shelf = build_shelf([supplier()])
    drawn = []
    for order in (contracts, contracts[::-1]):
        path = tmp_path / "decp.json"
        path.write_text(json.dumps({"marches": order}), encoding="utf-8")
        families = out_of_reach(path, shelf, TODAY)
        assert {len(its) for its in families.values()} == {PER_FAMILY}
        drawn.append([one.reading.lot.lot_id for its in families.values() for one in its])
    assert drawn[0] == drawn[1]


def test_the_real_awards_meet_the_goals(shared: Path, real_catalogue: str) -> None:
    """No more than 5 % of what inclusive suppliers won is told « personne », nor of what they could not do is to be reserved."""
    from matcher.catalogue.store.shelf_cache import load_shelf
    from matcher.db import open_database
    from matcher.decisions.opinion.compute import OpinionVerdict
    from matcher.evaluation.suites import ask_all, read_suite

    engine = open_database(real_catalogue)
    shelf = load_shelf(engine)
    engine.dispose()
    won = verdict_shares(
        opinions(ask_all(read_suite(shared / "eval/ranking_dev.jsonl", ("gold_sirets",)), shelf, TODAY), DEFAULT)
    )
    drawn = out_of_reach(shared / "data/sources/decp_2018_2020.json", shelf, TODAY)
    others = verdict_shares(without_winner([one for its in drawn.values() for one in its], DEFAULT))
    assert sum(map(len, drawn.values())) == 60
    assert won[OpinionVerdict.NOBODY] <= 0.05
    assert others[OpinionVerdict.RESERVE] + others[OpinionVerdict.SMALLER] <= 0.05
