"""The plain baseline: the nearest first, then the usual kind and the NAF code, and nothing else."""

from datetime import date

from matcher.domain.reading import Lot, RawPlace
from matcher.evaluation.plain import plain_ranks
from matcher.evaluation.suites import LotToRank
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.lay_out import build_shelf
from matcher.reading.reader import read
from tests.factories import LILLE, MAUBEUGE, declares, supplier


def test_distance_kind_and_naf_code_alone_order_the_list() -> None:
    shelf = build_shelf(
        [
            supplier("Par le NAF", "EI", MAUBEUGE, id="essai:naf", naf="8121Z"),
            supplier("Sur place", "EI", MAUBEUGE, id="essai:near"),
            supplier("Déclaré, au loin", "EI", LILLE, id="essai:far", activities=declares("proprete.locaux")),
        ]
    )
    reading = read(Lot("Nettoyage de locaux", lieux=(RawPlace("Maubeuge"),)))
    asked = LotOnShelf(reading, shelf, date(2026, 1, 1))
    suite = [LotToRank(asked, frozenset({f"essai:{name}"}), name) for name in ("naf", "near", "far")]
    assert plain_ranks(suite) == [1, 2, 3]
