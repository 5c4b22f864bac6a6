"""`python -m tests.matcher.notebook`: run the cells of docs/python-notebook.ipynb on the sample and write their outputs in it, without Jupyter."""

import ast
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.store.sample import mark_sample
from matcher.cli.admin.demo import SAMPLES
from matcher.clock import on_day
from matcher.db import open_database, writing
from matcher.paths import shipped_path
from matcher.settings import DATABASE_VARIABLE
from tests.conftest import ROOT

NOTEBOOK = ROOT / "docs/python-notebook.ipynb"
# The day that its outputs are of: they are the same on any other.
DAY = date(2026, 12, 1)


def codes(notebook: dict[str, Any]) -> list[str]:
    """Return the cells of code of a notebook, in order."""
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def outputs(cells: Iterable[str]) -> Iterator[list[dict[str, Any]]]:
    """Run cells one after the other; yield the outputs of each as nbformat 4 has them: what it prints, then the value of its last line."""
    names: dict[str, object] = {}
    for number, cell in enumerate(cells, 1):
        tree, value, printed = ast.parse(cell), None, io.StringIO()
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        with redirect_stdout(printed):
            exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - a cell of a document of this repository
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
        told = printed.getvalue()
        stream = [{"name": "stdout", "output_type": "stream", "text": told.splitlines(keepends=True)}] if told else []
        yield stream if value is None else [*stream, _result(value, number)]


def _result(value: Any, number: int) -> dict[str, Any]:
    data = {"text/plain": repr(value).splitlines(keepends=True)}
    if hasattr(value, "_repr_html_"):
        data["text/html"] = value._repr_html_().splitlines(keepends=True)
    return {"data": data, "execution_count": number, "metadata": {}, "output_type": "execute_result"}


def ran() -> dict[str, Any]:
    """Return the notebook with the outputs of its cells on a sample made for them."""
    notebook: dict[str, Any] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder, on_day(DAY):
        url = f"sqlite:///{(Path(folder) / 'exemple.sqlite').as_posix()}"
        engine = open_database(url)
        with writing(engine) as connection:
            mark_sample(connection)
        for key, name in SAMPLES:
            source = Source(shipped_path(f"data/samples/{name}"))
            run_import(engine, REGISTRY[key], [source], now=datetime.combine(DAY, datetime.min.time()), invented=True)
        engine.dispose()
        with mock.patch.dict("os.environ", {DATABASE_VARIABLE: url}):
            found = list(outputs(codes(notebook)))
    cells = (cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    for number, (cell, made) in enumerate(zip(cells, found, strict=True), 1):
        cell |= {"execution_count": number, "outputs": made}
    return notebook


def main() -> None:
    """Write the notebook anew."""
    NOTEBOOK.write_text(json.dumps(ran(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
