"""The Python door: what the documents show runs, answers keep to their shapes, refusals are one. Each method beside its command: tests/test_doors.py."""

import datetime
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_overloads, get_type_hints

import msgspec
import pytest
from flask.testing import FlaskClient

import matcher
from matcher import OpenCatalogue, QuestionRefused, open_catalogue
from matcher.api import NameFields
from matcher.db import open_database
from matcher.decisions.purchases.reconciliation_document import RecognisedNameShape
from matcher.need.json_shapes import AnswerShape, SortedReadingShape, WhyNotShape
from matcher.need.ranked_answer import RankedAnswer
from matcher.settings import DATABASE_VARIABLE
from matcher.web import create_app
from tests.conftest import ROOT
from tests.matcher.cli.conftest import Run, run, sample  # noqa: F401 - the fixtures that call the command line
from tests.matcher.notebook import NOTEBOOK, codes, ran

GUIDE = ROOT / "docs/python.md"
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


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of somebody who has just done `entremise demo`, and nothing else."""
    folder = tmp_path_factory.mktemp("lecteur")
    bare = {key: value for key, value in os.environ.items() if not key.startswith(("ENTREMISE_", "XDG_"))}
    homes = {name: str(folder / name) for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    python_path = os.pathsep.join(filter(None, (str(ROOT), bare.get("PYTHONPATH"))))
    environment = {**bare, **homes, "PYTHONPATH": python_path, "PYTHONUTF8": "1"}
    demo = "from matcher.cli.app import main; main(['demo', '--no-serve'])"
    subprocess.run([sys.executable, "-c", demo], env=environment, cwd=folder, capture_output=True, check=True)
    return environment


def written() -> list[str]:
    """The code that each document shows."""
    guide = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return ["\n".join(guide), "\n".join(codes(json.loads(NOTEBOOK.read_text(encoding="utf-8"))))]


@pytest.mark.slow(reason="makes the sample as `entremise demo` does, its event planned")
@pytest.mark.parametrize("lines", written(), ids=[GUIDE.name, NOTEBOOK.name])
def test_the_documents_run_as_written_after_the_demo(lines: str, reader: Mapping[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", lines], env=reader, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert done.stderr == ""
    assert "structures connues pour ce métier" in done.stdout
    assert "LES ATELIERS DES BORDS DE SAMBRE" in done.stdout


def test_the_notebook_carries_the_outputs_of_today() -> None:
    assert json.loads(NOTEBOOK.read_text(encoding="utf-8")) == ran(), "python -m tests.matcher.notebook"


def test_an_answer_has_the_keys_and_types_that_it_promises(catalogue: OpenCatalogue) -> None:
    ranked = catalogue.rank(NEED, **LOT)
    msgspec.convert(ranked, AnswerShape)
    msgspec.convert(catalogue.read(NEED, **LOT), SortedReadingShape)
    msgspec.convert(catalogue.explain(ranked["matches"][0]["id"], NEED, levier="13"), WhyNotShape)
    msgspec.convert(catalogue.reconcile([ranked["matches"][0]["name"]]), list[RecognisedNameShape])


def test_an_answer_is_typed_key_by_key() -> None:
    told = [get_type_hints(overload) for overload in get_overloads(RankedAnswer.__getitem__)[:-1]]
    typed = {key: hints["return"] for hints in told for key in get_args(hints["key"])}
    assert typed == get_type_hints(AnswerShape)


def test_a_list_prints_its_doubts_then_its_places(catalogue: OpenCatalogue) -> None:
    answer = catalogue.rank("Espaces verts <b>", lieu="Trifouilly", top=3, date=datetime.date(2026, 12, 1))
    assert answer["date"] == "2026-12-01"
    assert answer.doubts == ["Lieu inconnu : « Trifouilly »."]
    lot, doubt, headline, *places, left_out = repr(answer).splitlines()
    assert lot == "Espaces verts · Création et entretien des espaces verts"
    assert left_out.startswith("Non montrés : ")
    assert (doubt, headline) == ("Doute : Lieu inconnu : « Trifouilly ».", answer["answer"])
    rows = answer.rows()
    assert [row["id"] for row in rows] == answer["screen"]
    assert all(row["name"] in place for row, place in zip(rows, places, strict=True))
    assert len(places) == 3
    assert not any(isinstance(cell, list | dict) for row in rows for cell in row.values())
    answer["matches"][0]["name"] = answer["matches"][1]["name"] = answer["matches"][2]["name"] = "<script>"
    shown = answer._repr_html_()
    assert "<script>" not in shown
    assert shown.index("Trifouilly") < shown.index("&lt;script&gt;")
    assert shown.count("<tr>") == 1 + len(places)


def test_many_lots_are_answered_in_their_order_and_a_wrong_value_is_a_doubt_of_its_own(
    catalogue: OpenCatalogue,
) -> None:
    wrong = {"objet": NEED, "lieu": "Lille", "montant": "environ", "duree": float("nan")}
    first, second = catalogue.rank_lots([{"objet": NEED, **LOT}, wrong], top=5)
    assert first["matches"] == [{**match, "lot_id": "1"} for match in catalogue.rank(NEED, top=5, **LOT)["matches"]]
    assert [second["lot"]["lot_id"], *second.doubts] == ["2", *second["lot"]["doubts"]]
    assert second.doubts[0].startswith("Le montant doit être un nombre")
    assert len(second.doubts) == 1


def test_suppliers_are_found_by_name_and_one_after_the_other(
    catalogue: OpenCatalogue,
    machine: FlaskClient,
    sample: Path,  # noqa: F811
) -> None:
    found = catalogue.search("jardins de la solre", most=3)
    lines = machine.get("/api/v1/suppliers?text=jardins de la solre&limit=3").json["items"]
    assert found == [{name: line[name] for name in found[0]} for line in lines]
    assert found[0]["name"] == "LES JARDINS DE LA SOLRE"
    every = list(catalogue)
    assert found[0] in every
    assert [supplier["id"] for supplier in every] == sorted({supplier["id"] for supplier in every})
    assert repr(catalogue) == (
        f"<OpenCatalogue '{sample.as_posix()}' : {len(every)} fournisseurs, dernier import le 1ᵉʳ novembre 2026>"
    )


@pytest.mark.parametrize("named", [str, Path, lambda path: f"sqlite:///{path}"])
def test_a_catalogue_is_opened_by_its_file_or_its_address(
    built: Path, named: Callable[[Path], str | Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    with open_catalogue(named(built)) as opened:
        assert opened.search("solre")


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
        (lambda its: its.rank(NEED, top="3"), "« top » est un nombre entier, 1 ou plus. Vous avez écrit « 3 »"),
        (lambda its: its.explain(None, NEED), "« supplier » : un texte est attendu"),
        (lambda its: its.explain(123, NEED, lieu="Lille"), "« 123 » n’est pas dans le catalogue"),
        (lambda its: its.search(None), "« text » : un texte est attendu"),
        (lambda its: its.reconcile(123), "« names » : une liste est attendue"),
        (lambda its: its.reconcile([123]), "Nom 1 : un texte est attendu, ou un dictionnaire"),
        (lambda its: its.rank_lots([NEED, {"lieux": "Lille"}]), "Lot 2 : « lieux » n’est pas connu. Écrivez « objet »"),
        (lambda _: open_catalogue("nulle-part"), "« nulle-part » n’est pas un catalogue"),
        (lambda _: open_catalogue("nulle://part"), "« nulle » n’est pas installé"),
        (lambda _: open_catalogue(3), "« 3 » n’est pas un catalogue"),
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
