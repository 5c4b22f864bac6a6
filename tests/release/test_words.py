"""Plain words: a name is the noun of what it holds, and a docstring begins with what code returns, reads or writes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

# Pronouns and participles, which are of every type: « found » was a list, a dict, a place and a year.
VAGUE = frozenset({"its", "one", "found", "told", "said", "who", "asked", "kept", "held", "given", "those"})
# Columns and fields of files that exist: their names stay.
OF_THE_CONTRACT = frozenset({"asked", "said", "who"})
# What is left, mostly fields of records; it only goes down.
MOST_VAGUE = 80
QUESTIONS = re.compile(r"(What|Who|How|Whether|Why|Where)\b")
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


def test_names_hold_what_they_say() -> None:
    names = vague_names()
    assert len(names) <= MOST_VAGUE, "\n".join(names)


def test_no_docstring_begins_with_a_question() -> None:
    assert questioning_docstrings() == []


def test_a_vague_name_is_seen_wherever_it_is_bound() -> None:
    code = "def f(told, *, b):\n    for one, x in b:\n        found = [kept for kept in x]\n    return found\nclass A:\n    asked: int\n    its: int\n"
    assert [name for name, _ in _bound(ast.parse(code), in_class=False)] == ["told", "one", "found", "its"]
