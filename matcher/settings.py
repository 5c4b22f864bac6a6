"""What the person who runs Entremise can set."""

import os
from pathlib import Path

import platformdirs

DATABASE_VARIABLE = "ENTREMISE_DATABASE_URL"
RETENTION_VARIABLE = "ENTREMISE_RETENTION_MONTHS"
# Three years after the last contact: what the CNIL recommends for the data of prospects.
RETENTION_MONTHS = 36
LONGEST_RETENTION = 1200


class SettingsError(Exception):
    """A setting that cannot be used. The message is French, names the variable and says what to write."""


def cpv_file() -> Path:
    """Return where the user may put the full official CPV (columns CODE and FR, a comma between): `cpv.csv` of the data folder."""
    return data_folder() / "cpv.csv"


def data_folder() -> Path:
    """Return the user's own data folder for Entremise. It may not exist yet."""
    return platformdirs.user_data_path("entremise", appauthor=False)


def database_url() -> str:
    """Return the SQLAlchemy URL of the catalogue: ENTREMISE_DATABASE_URL, else an SQLite file in the user's data folder."""
    return os.environ.get(DATABASE_VARIABLE) or f"sqlite:///{(data_folder() / 'catalogue.sqlite').as_posix()}"


def retention_months() -> int:
    """Return how many months a contact is kept after its source last gave it. Raises SettingsError."""
    written = os.environ.get(RETENTION_VARIABLE, "").strip()
    if not written:
        return RETENTION_MONTHS
    if not (written.isascii() and written.isdigit() and 0 < int(written) <= LONGEST_RETENTION):
        raise SettingsError(
            f"{RETENTION_VARIABLE}={written} : écrivez un nombre de mois entre 1 et {LONGEST_RETENTION}, par exemple {RETENTION_MONTHS}."
        )
    return int(written)
