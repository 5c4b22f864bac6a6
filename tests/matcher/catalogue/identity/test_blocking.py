import pytest

from matcher.catalogue.identity import blocking
from matcher.catalogue.identity.blocking import Index, Nodes
from matcher.catalogue.identity.compare import Side, Traits
from tests.factories import siret

POST_CODES, TOWNS = 20, 10


class CountedNodes(Nodes):
    """Nodes that count how many times one of them was read."""

    read = 0

    def side(self, node: int) -> Side:
        self.read += 1
        return super().side(node)


def test_neighbours_of_one_postal_code_are_read_once_whatever_the_order_of_their_towns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocking, "_CACHED_NODES", 3 * TOWNS)
    records = {}
    for rank in range(POST_CODES * TOWNS):  # the towns of one postal code are far from each other by their own codes
        insee, post_code = f"59{rank:03d}", f"59{rank % POST_CODES:03d}"
        for listing, number in ("A", siret(rank + 1)), ("B", ""):
            its = Traits(listing, str(rank), number, names=("Les Ateliers du Val",), post_code=post_code, insee=insee)
            records[its.key] = its
    nodes = CountedNodes(
        records, {key: f"siret:{its.siret}" if its.siret else f"{key}" for key, its in records.items()}
    )
    index = Index(nodes)
    before = nodes.read
    assert all(index.likely().values())
    assert nodes.read - before == len(nodes)
