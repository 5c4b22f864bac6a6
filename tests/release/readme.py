"""What `make commands` writes beside docs/commands.md: the list that both README show, as their command prints it on the sample, and
docs/glossary.md, of `data/reference/glossaire.csv`."""

import re
import shlex
import tempfile
from datetime import date
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner

from matcher.cleaning.words import fold
from matcher.cli.app import cli
from matcher.cli.frame import outlet
from matcher.clock import on_day
from matcher.reference.glossary import glossary
from tests.conftest import ROOT

PAGES = (ROOT / "README.md", ROOT / "README.en.md")
SHOWN = re.compile(r"(?s)(?<=```text\n\$ \.venv/bin/entremise )(.*?)\n(.*?)(?=```\n)")
DAY, COLUMNS = date(2026, 12, 1), 100
GLOSSARY = ROOT / "docs" / "glossary.md"
GLOSSARY_HEAD = """# Les mots d’Entremise

Les mots du métier d’abord, tels que les pages et les commandes les emploient ; puis le nom que certains ont dans le code. Écrit par `make commands`, d’après
`data/reference/glossaire.csv`.

## Dans le métier
| mot | ce que c’est |
|---|---|
{words}

## Dans le code
Le code est en anglais ; ces noms sont ceux de classes, de champs ou de tables.

| dans le métier | dans le code |
|---|---|
{names}
"""


def page(path: Path, folder: Path) -> str:
    """Return a page with its list as it should be; `folder` is an empty one, for the catalogue of the sample."""
    written = path.read_text(encoding="utf-8")
    command, _ = SHOWN.findall(written)[0]
    database = ["--db", f"sqlite:///{(folder / 'exemple.sqlite').as_posix()}"]
    with on_day(DAY), patch.object(outlet, "PIPED_WIDTH", COLUMNS):
        CliRunner().invoke(cli, ["demo", "--no-serve", *database], catch_exceptions=False)
        answer = CliRunner(env={"COLUMNS": str(COLUMNS)}).invoke(cli, [*shlex.split(command), *database]).stdout
    lines = "\n".join(line.rstrip() for line in answer.rstrip().splitlines())
    return SHOWN.sub(lambda match: f"{match[1]}\n{lines}\n", written)


def glossary_page() -> str:
    """Return the page of the glossary: every word with its meaning, then those that have a name in the code."""
    terms = sorted(glossary().values(), key=lambda term: fold(term.word))
    names = [(term.word, ", ".join(f"`{name}`" for name in term.code.split(", "))) for term in terms if term.code]
    return GLOSSARY_HEAD.format(
        words="\n".join(f"| {term.word} | {term.meaning} |" for term in terms),
        names="\n".join(f"| {word} | {name} |" for word, name in names),
    )


def main() -> None:
    """Write the glossary and the list of each page."""
    GLOSSARY.write_text(glossary_page(), encoding="utf-8")
    for path in PAGES:
        with tempfile.TemporaryDirectory() as folder:
            path.write_text(page(path, Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
