"""Locates shipped files (data, templates) in a wheel, an editable install or a checkout; and rewrites command names in texts as this process was called."""

import re
import shutil
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
# A command quoted in a text (« entremise match … »), neither a path nor the French noun (« par l’entremise de »).
_QUOTED = re.compile(r"(?<![\w’'./\\-])entremise(?= (?:--)?(?!d(?:e|u|es)\b)[a-z])")


def shipped_path(name: str) -> Path:
    """Return the path of a shipped file or folder, such as `data/reference/communes.csv` or `templates/base.html`. Raises FileNotFoundError where the
    installation lacks it."""
    for root in (_HERE, _HERE.parent):  # data/ and templates/ are inside matcher in a wheel, beside it in a checkout
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(f"Fichier livré introuvable : « {name} ». L’installation d’Entremise est incomplète.")


def as_called(text: str) -> str:
    """Return a text with quoted commands as this process was called (« .venv/bin/entremise match »), if `entremise` is not on the PATH."""
    called = sys.argv[0]
    if Path(called).stem != "entremise" or shutil.which("entremise"):
        return text
    return _QUOTED.sub(lambda _: f'"{called}"' if " " in called else called, text)
