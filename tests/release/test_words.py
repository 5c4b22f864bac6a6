"""Plain words: a name is the noun of what it holds, and a docstring begins with what code returns, reads or writes."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

# Pronouns and participles, which are of every type: « found » was a list, a dict, a place and a year.
VAGUE = frozenset({"its", "one", "found", "told", "said", "who", "asked", "kept", "held", "given", "those"})
# Columns and fields of files that exist: their names stay.
OF_THE_CONTRACT = frozenset({"asked", "said", "who"})
# What is left, mostly fields of records; it only goes down.
MOST_VAGUE = 60
# What is left of the other rules, by the goals they were given; small helpers only go down.
MOST_TELLING, MOST_PARTICIPLES, MOST_DOUBLED, MOST_SMALL = 150, 30, 40, 196
QUESTIONS = re.compile(r"(What|Who|How|Whether|Why|Where)\b")
# What only a person or a source does.
TELLING = re.compile(r"\b(tells?|told|says?|said|knows?|hears?|heard)\b", re.IGNORECASE)
# Participles that do not end as most do.
IRREGULAR = frozenset(
    [
        "begun",
        "borne",
        "bought",
        "bound",
        "bred",
        "brought",
        "built",
        "chosen",
        "done",
        "drawn",
        "fed",
        "felt",
        "found",
        "given",
        "gone",
        "grown",
        "heard",
        "held",
        "hidden",
        "kept",
        "known",
        "laid",
        "led",
        "left",
        "lent",
        "lost",
        "made",
        "met",
        "paid",
        "said",
        "seen",
        "sent",
        "shown",
        "sold",
        "sought",
        "spent",
        "spoken",
        "taken",
        "thrown",
        "told",
        "understood",
        "withdrawn",
        "won",
        "worn",
        "written",
    ]
)
# Verbs and nouns that end as participles do.
NO_PARTICIPLE = frozenset({"embed", "feed", "need", "proceed", "seed", "speed", "unread"})
# A private function that is called once earns its name by more statements than these.
SHORT_BODY = 3
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_INNER = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for package in ("matcher", "importers"):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def vague_names() -> list[str]:
    """Return the places where a vague name is bound, or taken as a parameter, outside comprehensions and lambdas."""
    return [f"{path}:{line} {name}" for path, tree in modules() for name, line in _bound(tree, in_class=False)]


def _bound(node: ast.AST, *, in_class: bool) -> Iterator[tuple[str, int]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _INNER):
            continue
        is_name = isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store)
        name = child.id if is_name else child.arg if isinstance(child, ast.arg) else ""  # type: ignore[attr-defined]
        if name in VAGUE and not (in_class and name in OF_THE_CONTRACT):
            yield name, child.lineno  # type: ignore[attr-defined]
        yield from _bound(
            child, in_class=isinstance(child, ast.ClassDef) or (in_class and isinstance(node, ast.ClassDef))
        )


def questioning_docstrings() -> list[str]:
    """Return the docstrings that begin with a question word."""
    return [
        f"{path}: {text.splitlines()[0]}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and (text := ast.get_docstring(node))
        and QUESTIONS.match(text)
    ]


def telling_docstrings() -> list[str]:
    """Return the docstrings that make code tell, say, know or hear, where a person or a source may too."""
    return [
        f"{path}:{getattr(node, 'lineno', 1)} {getattr(node, 'name', 'module')}: {', '.join(TELLING.findall(text))}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and (text := ast.get_docstring(node))
        and TELLING.search(text)
    ]


def participle_functions() -> list[str]:
    """Return the public functions and methods named by a participle alone."""
    return [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, _FUNCTIONS) and _is_participle(node.name)
    ]


def _is_participle(name: str) -> bool:
    regular = name.endswith("ed") and name not in NO_PARTICIPLE
    return not name.startswith("_") and "_" not in name and (regular or name in IRREGULAR)


def doubled_functions() -> dict[str, list[str]]:
    """Return the public functions of modules whose name is in more than one module, and those modules."""
    places: dict[str, list[str]] = {}
    for path, tree in modules():
        for name in {node.name for node in tree.body if isinstance(node, _FUNCTIONS)}:
            if not name.startswith("_"):
                places.setdefault(name, []).append(str(path))
    return {name: paths for name, paths in sorted(places.items()) if len(paths) > 1}


def small_helpers() -> list[str]:
    """Return the private functions, without a decorator, that their module names once and that hold at most `SHORT_BODY` statements."""
    found = []
    for path, tree in modules():
        uses = Counter(
            node.id if isinstance(node, ast.Name) else node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Name | ast.Attribute)
        )
        for node in ast.walk(tree):
            if not isinstance(node, _FUNCTIONS) or not re.match(r"_[^_]", node.name) or node.decorator_list:
                continue
            size = len(node.body) - (ast.get_docstring(node) is not None)
            if uses[node.name] == 1 and size <= SHORT_BODY:
                found.append(f"{path}:{node.lineno} {node.name}")
    return found


def test_names_hold_what_they_say() -> None:
    names = vague_names()
    assert len(names) <= MOST_VAGUE, "\n".join(names)


def test_no_docstring_begins_with_a_question() -> None:
    assert questioning_docstrings() == []


def test_a_vague_name_is_seen_wherever_it_is_bound() -> None:
    code = "def f(told, *, b):\n    for one, x in b:\n        found = [kept for kept in x]\n    return found\nclass A:\n    asked: int\n    its: int\n"
    assert [name for name, _ in _bound(ast.parse(code), in_class=False)] == ["told", "one", "found", "its"]


def test_code_returns_and_computes_where_people_say_and_know() -> None:
    texts = telling_docstrings()
    assert len(texts) <= MOST_TELLING, "\n".join(texts)


def test_functions_are_named_by_verbs_or_by_what_they_return() -> None:
    names = participle_functions()
    assert len(names) <= MOST_PARTICIPLES, "\n".join(names)


def test_a_function_has_its_name_for_itself() -> None:
    names = doubled_functions()
    assert len(names) <= MOST_DOUBLED, "\n".join(names)


def test_a_helper_earns_its_name() -> None:
    helpers = small_helpers()
    assert len(helpers) <= MOST_SMALL, "\n".join(helpers)
