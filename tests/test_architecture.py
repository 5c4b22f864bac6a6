"""The rules that keep the house: floors, sizes, names, docstrings, what may be imported where."""

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest
from importlinter import cli as import_linter
from radon.complexity import cc_visit
from radon.visitors import Function

from tests.conftest import ROOT

CODE = ("matcher", "importers")
EVERYTHING = (*CODE, "data", "tests")
LONGEST_MODULE = 400
FULLEST_FOLDER = 21
# One file a change of the tables, in order: it only grows, and is read from its end.
HISTORY = "matcher/migrations/versions"
# Decisions of a function by radon's count: unlike ruff's (mccabe, 10 at most, see pyproject.toml) it counts each « and », each
# comprehension and each choice inside an expression too.
MOST_DECISIONS, MOST_TANGLED = 15, 15
TANGLED = (
    ("matcher/accounts/organisations.py:check_profile", "one fault a field of a form"),
    ("matcher/catalogue/identity/merge.py:merge", "one rule a field, all in sight"),
    ("matcher/catalogue/intake/clean_record.py:_clean", "one cleaner a field, all in sight"),
    ("matcher/catalogue/steward/document.py:fiche_object", "one key of JSON a field: null where nothing is known"),
    ("matcher/club/planner/plan.py:_still_possible", "the rules of a meeting, each once; proven as it stands"),
    ("matcher/decisions/allotment/document.py:allotments_document", "the tables of one document"),
    ("matcher/dossiers/todo.py:_todo", "what is to be done next, the most urgent first"),
    ("matcher/web/club/place.py:_parse_wanted", "one fault a field of a form"),
)
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "lib", "tools"}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PYPROJECT["tool"]["setuptools"]
ALEMBIC = {"upgrade", "downgrade"}  # every migration has these two, and its module says what they do
NEVER_IMPORTED = {"pickle"}
# Imported inside the functions that learn or group, so that no command starts slower. Who may import Flask is a contract of import-linter.
LEARNS = "sklearn"
LEARNING = {"matcher/reading/trade/training.py", "matcher/decisions/purchases/families/likeness.py"}
# Readings of the date or the time of the computer, and the modules that make them, each for its reason.
CLOCKS = {
    *("datetime.date.today", "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow"),
    *("time.ctime", "time.gmtime", "time.localtime", "time.strftime", "time.time", "time.time_ns"),
}
READ_THE_CLOCK = {
    "matcher/clock.py": "the clock of the product",
    "matcher/web/frame/serve.py": "waitress dates the last activity of a connection by time.time",
}
# What an extra brings, and the modules that import it, where it is asked for: of Parquet, what is given and what is made.
OPTIONAL = {
    "distributed": ("cluster", {"matcher/batch/cluster.py"}),
    "duckdb": ("parquet", {"importers/formats/parquet.py", "matcher/batch/parquet.py"}),
}
# The test files that bear the name of no file of the code, since what they test is of several.
CROSSING = (
    ("matcher/accounts/test_identities.py", "an identity that a provider proves, from its account to its session"),
    ("browser", "the pages of a room, met together in a real browser"),
    ("data_build", "the builders of data/reference, one contract for all"),
    ("importers/test_contract.py", "one contract for every directory"),
    ("importers/test_cost.py", "twice the file is twice the work, whatever the format"),
    ("importers/test_mutations.py", "thousands of spoiled files of every form, for every reader"),
    ("importers/test_persons.py", "no person enters, whatever the directory"),
    ("importers/test_real_files.py", "the real directories, where they are at hand"),
    ("matcher/catalogue/test_mutations.py", "spoiled files of every directory, through the whole intake"),
    ("matcher/catalogue/test_survival.py", "an import and a restore, killed at any moment"),
    ("matcher/cleaning/test_contract.py", "one contract for every cleaner of a field"),
    ("matcher/cli/test_acceptance.py", "the cases of the domain, from the real directories to the list"),
    ("matcher/cli/test_references.py", "past contracts, from the file through every command that shows them"),
    ("matcher/cli/test_succession.py", "a move, through every command that a steward uses"),
    ("matcher/notices/test_real_notices.py", "nine real notices, from their file to their lots"),
    ("matcher/decisions/opinion/test_law_table.py", "the law as a jurist reads it, whichever module says it"),
    ("matcher/domain/test_types.py", "one contract for every type of the domain"),
    ("matcher/ranking/test_declared.py", "a declared trade, from the file of a directory to its rank"),
    ("matcher/reading/test_forms.py", "a notice on a form, from its page to each of its lots"),
    ("matcher/reading/test_needs.py", "a need for every activity of the taxonomy, and the cases of the domain"),
    ("matcher/reading/test_needs_tried.py", "the needs that readers of the program typed, each by its meaning"),
    ("matcher/reading/test_sizes_maximum.py", "the maximum of a contract, from its words to the reading"),
    ("release/test_words.py", "the words of the whole tree"),
    ("matcher/web/api/test_conformity.py", "every door of the API against its description"),
    ("matcher/web/test_foreign_bytes.py", "every file that somebody gives, on every page that takes one"),
    ("matcher/web/test_nasty.py", "every string that breaks programs, on the pages"),
    ("matcher/web/test_personas.py", "every page, message and paper read as each of the four personas"),
    ("matcher/web/test_queries.py", "every page asks the database little"),
    ("matcher/web/test_routes.py", "every address that the pages answer, reviewed"),
    ("test_acceptance.py", "the cases of the panorama, from the real files to the decision"),
    ("test_architecture.py", "the rules of the whole house"),
    ("test_deployment.py", "the image, the machines, the workflows and the hooks against the code"),
    ("test_docs.py", "the documents against the code"),
    ("test_doors.py", "one need, typed at every door"),
    ("test_packaging.py", "the wheel, installed elsewhere"),
    ("test_reference_data.py", "the tables of data/reference against each other"),
    ("test_samples.py", "the shipped sample, through the whole road"),
    ("release/test_examples.py", "the scripts of `examples/`, which are no module"),
    ("chaos/test_strikes.py", "what writes, killed inside the write lock, on each database"),
    ("release/test_audit.py", "the audit of what a server installs, which is run before a release"),
    ("release/test_clock_readers.py", "the plugin that lists the tests to run on a later day"),
    ("release/test_containers.py", "what the services of compose.yaml are given, against the code and the documents"),
    ("release/test_locks.py", "what make, the image and a server install, against the locks"),
    ("test_upgrade.py", "a catalogue of an earlier version, through all that is kept in it"),
)
TOO_WIDE = {"Exception", "BaseException"}
# A docstring that begins so is a riddle: « What takes a while to work out and is the same until… » was a cache.
RIDDLE = re.compile(r"(What|Who|Whom|Whose|How|Whether|Where|When|Why)\b")

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def parsed(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for path in modules(*folders):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def public(tree: ast.Module) -> Iterator[tuple[str, Documented]]:
    """The module itself, its public functions and classes, and their public methods, but for those that may override a base's."""
    yield "", tree
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node
            for inner in node.body if isinstance(node, ast.ClassDef) and not node.bases else ():
                if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                    yield f"{node.name}.{inner.name}", inner


def full_folders() -> dict[str, int]:
    """The folders of code, tests and templates with more files than a glance holds, and how many."""
    templates = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    counts = Counter(path.parent.relative_to(ROOT).as_posix() for path in [*modules(*EVERYTHING), *templates])
    return {folder: count for folder, count in counts.items() if count > FULLEST_FOLDER and folder != HISTORY}


def doubled_classes() -> dict[str, list[str]]:
    """The names that two public classes bear, and where."""
    homes: dict[str, list[str]] = {}
    for module, tree in parsed(*CODE):
        for name, node in public(tree):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(name, []).append(module)
    return {name: where for name, where in homes.items() if len(where) > 1}


def tangled() -> set[str]:
    """The functions of more decisions than can be followed at once."""
    return {
        f"{path.relative_to(ROOT).as_posix()}:{one.fullname}"
        for path in modules(*CODE)
        for one in cc_visit(path.read_text(encoding="utf-8"))
        if isinstance(one, Function) and one.complexity > MOST_DECISIONS
    }


def riddles() -> list[str]:
    """The modules and classes whose first sentence does not say what they are."""
    return [
        f"{module}:{name}"
        for module, tree in parsed(*CODE)
        for name, node in public(tree)
        if isinstance(node, ast.Module | ast.ClassDef) and RIDDLE.match(ast.get_docstring(node) or "")
    ]


def imports_in_order() -> None:
    """Raise CycleError, which names the files of the circle, where files import one another."""
    graph = grimp.build_graph(*CODE, cache_dir=None)
    TopologicalSorter({module: graph.find_modules_directly_imported_by(module) for module in graph.modules}).prepare()


def test_imports_go_down_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    # It configures logging for a process of its own, which would silence ours for the tests that follow.
    monkeypatch.setattr("logging.config.dictConfig", lambda _: None)
    assert import_linter.lint_imports(cache_dir=str(tmp_path)) == import_linter.EXIT_STATUS_SUCCESS


def test_no_file_imports_another_in_a_circle() -> None:
    imports_in_order()


def test_no_module_is_too_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*EVERYTHING)}
    assert {path.as_posix(): length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_function_is_tangled_but_for_a_reason() -> None:
    assert tangled() == {where for where, _ in TANGLED}
    assert len(TANGLED) <= MOST_TANGLED


def test_no_folder_of_code_is_too_full() -> None:
    assert full_folders() == {}


def test_the_packages_of_pyproject_are_those_of_the_tree() -> None:
    mapped = SETUPTOOLS["package-dir"]
    found = {path.parent.relative_to(ROOT).as_posix().replace("/", ".") for path in modules(*CODE)}
    assert set(SETUPTOOLS["packages"]) - mapped.keys() == found
    assert SETUPTOOLS["packages"] == sorted(SETUPTOOLS["packages"])
    assert all((ROOT / folder).is_dir() for folder in mapped.values())
    assert all((path.parent / "__init__.py").is_file() for path in modules(*EVERYTHING))


def test_two_import_roots_and_no_vague_room() -> None:
    assert {name.split(".")[0] for name in SETUPTOOLS["packages"]} == set(CODE)
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == {*CODE, "tests"}
    rooms = {part.removesuffix(".py") for path in modules(*EVERYTHING) for part in path.relative_to(ROOT).parts}
    assert rooms & VAGUE == set()


def test_what_is_public_says_what_it_promises() -> None:
    silent = [
        f"{module}:{name}"
        for module, tree in parsed(*CODE)
        for name, node in public(tree)
        if not (name in ALEMBIC and "/versions/" in module) and not (ast.get_docstring(node) or "").strip()
    ]
    assert silent == []


def test_what_is_public_says_first_what_it_is() -> None:
    assert riddles() == []


def test_a_class_name_has_one_meaning() -> None:
    assert doubled_classes() == {}


def test_nothing_catches_everything() -> None:
    wide = [
        f"{module}:{node.lineno}"
        for module, tree in parsed(*EVERYTHING)
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} & TOO_WIDE)
    ]
    assert wide == []


def test_nothing_learns_inside_the_product() -> None:
    assert [f"{module} imports {name}" for module, name in imported() if name in NEVER_IMPORTED] == []
    assert {(module, name) for module, name in imported() if name == LEARNS} == {
        (module, LEARNS) for module in LEARNING
    }


def test_no_command_loads_what_only_learns() -> None:
    code = f"import sys, matcher.cli.app; import matcher.decisions.purchases.families.document; sys.exit({LEARNS!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def clock_readings(path: Path) -> set[str]:
    """Return the names in a module that are a reading of the computer's clock, whatever they are imported as."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    dotted = (ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute))
    written = (name.partition(".") for name in dotted)
    return {f"{names.get(first, first)}{dot}{rest}" for first, dot, rest in written} & CLOCKS


def test_one_clock_is_read(tmp_path: Path) -> None:
    paths = [path for root in CODE for path in (ROOT / root).rglob("*.py")]
    assert {path.relative_to(ROOT).as_posix() for path in paths if clock_readings(path)} == READ_THE_CLOCK.keys()
    (tmp_path / "a.py").write_text("import datetime as d\nfrom time import time as t\nd.datetime.now(d.UTC), t\n")
    assert clock_readings(tmp_path / "a.py") == {"datetime.datetime.now", "time.time"}


def test_libraries_imported_are_those_declared() -> None:
    """A library that another one happens to bring must be named: it may leave with it."""
    declared = {_distribution(line) for line in PYPROJECT["project"]["dependencies"]}
    names = {
        "argon2": "argon2-cffi",
        "bs4": "beautifulsoup4",
        "phonenumbers": "phonenumberslite",
        "Stemmer": "pystemmer",
        "stdnum": "python-stdnum",
        "python_calamine": "python-calamine",
        "sklearn": "scikit-learn",
    }
    outside = {name for _, name in imported()} - set(CODE) - sys.stdlib_module_names - OPTIONAL.keys()
    used = {names.get(name, name.replace("_", "-")) for name in outside}
    assert used <= declared
    assert declared - used <= {"lxml"}  # the parser that beautifulsoup4 is asked for, by name


def test_what_an_extra_brings_is_imported_by_few_modules_and_declared() -> None:
    for name, (extra, modules) in OPTIONAL.items():
        assert {module for module, imports in imported() if imports == name} == modules
        assert name in map(_distribution, PYPROJECT["project"]["optional-dependencies"][extra])


def test_a_test_file_bears_the_name_of_the_file_it_tests_or_says_why_not() -> None:
    tests = ROOT / "tests"
    found = [path.relative_to(tests) for path in sorted(tests.rglob("test_*.py"))]
    strays = [test for test in found if not any((ROOT / source).is_file() for source in _sources(test))]
    assert [stray for stray in strays if not any(stray.is_relative_to(name) for name, _ in CROSSING)] == []
    assert [name for name, _ in CROSSING if not any(stray.is_relative_to(name) for stray in strays)] == []


@cache
def imported() -> tuple[tuple[str, str], ...]:
    """Each module of the code, with the root of each thing that it imports."""
    found: list[tuple[str, str]] = []
    for module, tree in parsed(*CODE):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found.extend((module, alias.name.split(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.append((module, node.module.split(".")[0]))
    return tuple(found)


def _sources(test: Path) -> tuple[Path, Path]:
    """The file that a test file is named after, `__init__.py` told as `test_init.py`."""
    name = test.stem.removeprefix("test_")
    return test.with_name(f"{name}.py"), test.with_name(f"__{name}__.py")


def _distribution(requirement: str) -> str:
    return requirement.split(">")[0].split("<")[0].split("=")[0].strip()
