"""What the person who runs Entremise can set."""

import os
from pathlib import Path

import platformdirs

DATABASE_VARIABLE = "ENTREMISE_DATABASE_URL"


def cpv_file() -> Path:
    """Return where the user may put the full official CPV (columns CODE and FR, a comma between): `cpv.csv` of the data folder."""
    return data_folder() / "cpv.csv"


def data_folder() -> Path:
    """Return the user's own data folder for Entremise. It may not exist yet."""
    return platformdirs.user_data_path("entremise", appauthor=False)


def database_url() -> str:
    """Return the SQLAlchemy URL of the catalogue: ENTREMISE_DATABASE_URL, else an SQLite file in the user's data folder."""
    return os.environ.get(DATABASE_VARIABLE) or f"sqlite:///{(data_folder() / 'catalogue.sqlite').as_posix()}"
