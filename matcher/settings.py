"""What the person who runs Entremise can set."""

import os
from pathlib import Path

import platformdirs

DATABASE_VARIABLE = "ENTREMISE_DATABASE_URL"
CACHE_VARIABLE = "ENTREMISE_CACHE"
_SERVICE_VARIABLE = "ENTREMISE_URL_"
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


def cache_folder() -> Path:
    """Return where downloads are kept: ENTREMISE_CACHE, else the user's own cache folder. It may not exist yet."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_cache_path("entremise", appauthor=False)


def service_url(key: str) -> str | None:
    """Return the address that stands in for a service's own (a mirror, a test server), None where none is set.

    It is ENTREMISE_URL_ and the service's key in capitals, such as ENTREMISE_URL_DATA_GOUV.
    """
    return os.environ.get(_SERVICE_VARIABLE + key.upper().replace("-", "_")) or None
