"""The Python door: what the documents show runs, answers keep to their shapes, refusals are one. Each method beside its command: tests/test_doors.py."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

import matcher
from matcher import OpenCatalogue, QuestionRefused, open_catalogue
from matcher.api import NameFields
from matcher.db import open_database
from matcher.decisions.purchases.reconciliation_document import RecognisedNameShape
from matcher.need.json_shapes import AnswerShape, SortedReadingShape, WhyNotShape
from matcher.web import create_app
from tests.conftest import ROOT
from tests.matcher.cli.conftest import Run, run, sample  # noqa: F401 - the fixtures that call the command line

GUIDE, NOTEBOOK = ROOT / "docs/python.md", ROOT / "docs/python-notebook.ipynb"
NEED = "Entretien des espaces verts"
LOT: dict[str, Any] = {"lieu": ["Maubeuge", "Lille"], "montant": 120000, "duree": 24}
HEAVY = {"numpy", "scipy", "sqlalchemy", "sklearn", "flask", "rich", "lxml", "matcher.api"}
# One question to an open catalogue.
Ask = Callable[[OpenCatalogue], object]


@pytest.fixture
def catalogue(sample: Path) -> Iterator[OpenCatalogue]:  # noqa: F811
    """The sample, opened by its address."""
    with open_catalogue(f"sqlite:///{sample.as_posix()}") as opened:
        yield opened


@pytest.fixture
def machine(sample: Path) -> Iterator[FlaskClient]:  # noqa: F811
    """A program that asks the HTTP API of the sample, on its own computer."""
    engine = open_database(f"sqlite:///{sample.as_posix()}")
    yield create_app(engine).test_client()
    engine.dispose()


def written() -> list[list[str]]:
    """The code that each document shows, in order."""
    guide = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return [guide, ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]]


@pytest.mark.parametrize("cells", written(), ids=[GUIDE.name, NOTEBOOK.name])
@pytest.mark.usefixtures("sample")
def test_the_cells_of_the_documents_run_one_after_the_other(
    cells: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, object] = {}
    for cell in cells:
        exec(compile(cell, "cell", "exec"), names)  # noqa: S102 - a cell of a document of this repository
    assert "structures connues pour ce métier" in capsys.readouterr().out


def test_an_answer_has_the_keys_and_types_that_it_promises(catalogue: OpenCatalogue) -> None:
    ranked = catalogue.rank(NEED, **LOT)
    msgspec.convert(ranked, AnswerShape)
    msgspec.convert(catalogue.read(NEED, **LOT), SortedReadingShape)
    msgspec.convert(catalogue.explain(ranked["matches"][0]["id"], NEED, levier="13"), WhyNotShape)
    msgspec.convert(catalogue.reconcile([ranked["matches"][0]["name"]]), list[RecognisedNameShape])


def test_names_are_who_the_command_and_the_http_api_say(
    run: Run,  # noqa: F811
    catalogue: OpenCatalogue,
    machine: FlaskClient,
    tmp_path: Path,
) -> None:
    best = catalogue.rank(NEED, **LOT)["matches"][0]
    sheet = tmp_path / "noms.csv"
    sheet.write_text(f"Fournisseur;Ville\n{best['name']};{best['city']}\nGarage Martin;Lille\n", encoding="utf-8")
    told = [{key: line[key] for key in line if key != "ligne"} for line in run("rapprocher", sheet, "--format", "jsonl").lines()]  # fmt: skip
    names: list[NameFields] = [
        {"name": best["name"], "city": best["city"] or ""},
        {"name": "Garage Martin", "city": "Lille"},
    ]
    found = catalogue.reconcile(names)
    assert found == told
    items = machine.post("/api/v1/names", json={"names": names}).json["items"]
    assert [one["certainty"] for one in items] == [one["certitude"] for one in found]
    assert found[0]["siret"] == best["siret"]
    assert catalogue.reconcile("Garage Martin")[0]["certitude"] == "inconnu"


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda its: its.rank(NEED, montant="environ"), "montant : Le montant doit être un nombre"),
        (lambda its: its.rank(), "Décrivez le besoin"),
        (lambda its: its.rank(NEED, top=0), "1 ou plus"),
        (lambda its: its.explain("123", NEED, lieu="Lille"), "n’est pas dans le catalogue"),
        (lambda its: its.advise("zzz qqq"), "Quel métier, et dans quelle commune ?"),
        (lambda its: its.advise(NEED, lieu="Lille", etp=-1), "doit être un nombre positif"),
        (lambda its: its.reconcile([{"nom": "ESAT"}]), "Nom 1 : « nom » n’est pas connu. Écrivez « name », « number »"),
        (lambda its: its.reconcile(["ESAT", {"name": "EA", "post_code": 59600}]), "Nom 2, « post_code » : un texte"),
        (lambda _: open_catalogue("nulle-part"), "« nulle-part »"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_french(catalogue: OpenCatalogue, ask: Ask, says: str) -> None:
    with pytest.raises(QuestionRefused, match=re.escape(says)):
        ask(catalogue)


def test_an_empty_catalogue_says_what_to_import(tmp_path: Path) -> None:
    with (
        open_catalogue(f"sqlite:///{tmp_path.as_posix()}/vide.sqlite") as empty,
        pytest.raises(QuestionRefused, match="Le catalogue est vide"),
    ):
        empty.rank(NEED)


def test_a_field_that_no_lot_has_is_an_error_of_the_script(catalogue: OpenCatalogue) -> None:
    with pytest.raises(TypeError, match="'lieux'"):
        catalogue.rank(NEED, lieux="Lille")


def test_the_package_promises_three_names_and_loads_nothing_heavy() -> None:
    assert sorted(matcher.__all__) == ["OpenCatalogue", "QuestionRefused", "open_catalogue"]
    asked = f"import sys, matcher; print(*sorted({HEAVY!r} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout == "\n"
    with pytest.raises(AttributeError, match="nothing"):
        matcher.nothing  # noqa: B018 - the name is what is asked
