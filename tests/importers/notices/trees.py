"""Random notices as JSON, some with the names of the national forms, and the names that one holds."""

from itertools import chain
from typing import Any

from hypothesis import strategies as st

from importers.notices import boamp_paths as at

_TABLES = (at.NOTICE, at.EVERY_LOT, at.ONLY_LOT, at.LOT, at.PLACE, at.DECISION, at.WINNER, at.WHOLE_DURATIONS)
_PATHS = chain(*(paths for table in _TABLES for paths in table.values()), at.LOTS, at.WINNERS, at.ASIDE, at.RESERVED)
KNOWN = sorted({name for path in _PATHS for name in path.split("/")} - {"."} | {*at.BODIES, *at.DECISIONS, "a", "b"})


def known_trees() -> st.SearchStrategy[dict[str, Any]]:
    scalars = st.one_of(st.none(), st.booleans(), st.text("ab1", max_size=3))
    names = st.sampled_from([name for name in KNOWN if not name.startswith("@")])
    attributes = st.sampled_from(["#text", "@a", "@devise"])

    def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        objects = st.tuples(
            st.dictionaries(names, inner, max_size=4),
            st.dictionaries(attributes, st.text("ab1", max_size=3), max_size=2),
        )
        return st.one_of(st.lists(inner, max_size=3), objects.map(lambda pair: pair[0] | pair[1]))

    return st.dictionaries(names, st.recursive(scalars, deeper, max_leaves=12), max_size=5)


def leaves(value: object, at: tuple[str, ...] = ()) -> set[str]:
    """The path of each text, attribute and empty element."""
    if isinstance(value, list):
        return set().union(*(leaves(each, at) for each in value))
    if not isinstance(value, dict):
        return {"/".join(at)}
    found = {"/".join((*at, key)) for key in value if key.startswith("@")}
    inside = [leaves(held, (*at, key)) for key, held in value.items() if key[0] not in "#@"]
    found = found.union(*inside)
    return found | ({"/".join(at)} if at and (value.get("#text") or not found) else set())
