"""What the person who runs Entremise can set."""

import os
from pathlib import Path

import platformdirs

DATABASE_VARIABLE = "ENTREMISE_DATABASE_URL"
CACHE_VARIABLE = "ENTREMISE_CACHE"
_SERVICE_VARIABLE = "ENTREMISE_URL_"


def data_folder() -> Path:
    """Return the user's own data folder for Entremise. It may not exist yet."""
    return platformdirs.user_data_path("entremise", appauthor=False)


def database_url() -> str:
    """Return the SQLAlchemy URL of the catalogue: ENTREMISE_DATABASE_URL, else an SQLite file in the user's data folder."""
    return os.environ.get(DATABASE_VARIABLE) or f"sqlite:///{(data_folder() / 'catalogue.sqlite').as_posix()}"


def cache_folder() -> Path:
    """Return where downloads are kept: ENTREMISE_CACHE, else the user's own cache folder. It may not exist yet."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_cache_path("entremise", appauthor=False)


def service_url(key: str) -> str | None:
    """Return the address that stands in for a service's own (a mirror, a test server), None where none is set.

    It is ENTREMISE_URL_ and the service's key in capitals, such as ENTREMISE_URL_DATA_GOUV.
    """
    return os.environ.get(_SERVICE_VARIABLE + key.upper().replace("-", "_")) or None
