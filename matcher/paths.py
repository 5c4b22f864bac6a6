"""Location of shipped files, the same in a wheel, an editable install and a bare checkout."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def shipped_path(name: str) -> Path:
    """Return the path of a shipped file or folder, such as `data/reference/communes.csv` or `templates/base.html`.

    Raises FileNotFoundError where the installation lacks it.
    """
    for root in (_HERE, _HERE.parent):  # in a wheel data/ and templates/ lie inside matcher, in a checkout beside it
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(f"Fichier livré introuvable : « {name} ». L’installation d’Entremise est incomplète.")
