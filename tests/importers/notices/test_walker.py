"""Reading by paths: whatever the tree, nothing crashes, and each name is either read or told."""

from hypothesis import given, settings
from hypothesis import strategies as st

from importers.notices.importer import NoticeRecord
from importers.notices.national_forms import national_form
from importers.notices.tree import json_tree
from importers.notices.walker import Walker
from tests.importers.notices.trees import known_trees, leaves


def test_paths_open_lists_and_take_the_first_that_tells_something() -> None:
    walker = Walker(json_tree({"a": [{"b": "1"}, {"b": ["2", "1"]}], "c": {"@d": "EUR", "#text": "5"}, "e": ""}))
    assert walker.texts("x/y", "a/b") == ("1", "2")
    assert (walker.first("c"), walker.first("c/@d"), walker.first("e", "a/b")) == ("5", "EUR", "1")
    assert [inside.first("b") for inside in walker.all("a")] == ["1", "2"]
    assert walker.unread() == ()


def test_what_is_not_asked_is_named_once() -> None:
    walker = Walker(
        json_tree({"a": [{"b": "1", "c": "2"}, {"c": "3"}], "flag": "", "person": {"name": "x", "mail": "y"}})
    )
    walker.first("a/b")
    walker.ignore("person")
    assert walker.unread() == ("a/c", "flag")


def test_a_name_that_says_all_is_read_by_being_looked_for() -> None:
    walker = Walker(json_tree({"reserved": {"NON": ""}}))
    assert walker.has("reserved/NON")
    assert not walker.has("reserved/OUI")
    assert walker.unread() == ()


def test_what_is_held_however_deep_is_found_in_order() -> None:
    walker = Walker(json_tree({"a": {"x": "1", "b": [{"x": "2"}, {"c": {"x": "3"}}]}}))
    assert [each.first("x") for each in walker.holding("x")] == ["1", "2", "3"]
    assert walker.unread() == ()


@given(tree=known_trees(), asked=st.lists(st.sampled_from(["natureMarche", "lots/lot/description", "a/b", "."])))
@settings(deadline=None)
def test_each_name_is_read_or_told(tree: object, asked: list[str]) -> None:
    walker = Walker(json_tree(tree))
    for path in asked:
        walker.texts(path)
    assert set(walker.unread()) == leaves(tree) - set(asked)


@given(tree=known_trees())
@settings(deadline=None)
def test_no_form_makes_the_walker_crash(tree: object) -> None:
    told = national_form(json_tree(tree), "MAPA", "boamp", 1, "26-1")
    assert isinstance(told, NoticeRecord)
    assert len({lot.number for lot in told.lots} - {""}) <= len(told.lots)
