"""The invented sample catalogue (« entremise demo »): its mark, its notice, and which catalogue opens by default (the user's, else the sample)."""

import os
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, delete, insert, inspect, literal, select, table
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from matcher.catalogue.store.tables import META
from matcher.db import reading, sqlite_file
from matcher.settings import DATABASE_VARIABLE, database_url, sample_url

SAMPLE_NOTICE = "Exemple inventé : ce catalogue de démonstration n’est pas réel."
# Refusal of an import or addition that would mix real suppliers with invented ones.
SAMPLE_CLOSED = (
    "L’exemple inventé ne reçoit rien d’autre : vos annuaires vont dans votre catalogue, à part. « entremise import FICHIER » ou "
    "« entremise fetch finess », sans --db ni ENTREMISE_DATABASE_URL ; en pages, « entremise serve --mon-catalogue »."
)
# Command that opens the user's own catalogue in the pages, even empty.
OPEN_OWN = "entremise serve --mon-catalogue"
# Shown where a place is outside the sample's only region.
SAMPLE_AREA = (
    "L’exemple inventé ne couvre que les Hauts-de-France. Les vrais annuaires de toute la France se prennent dans votre catalogue, à part : "
    "« entremise fetch finess », puis « entremise sources » pour les autres."
)
OWN_BEGINS = "Votre catalogue commence ici ; l’exemple inventé reste à part."
# Added to the names of its sources, whose files only look like real ones.
INVENTED = "exemple fictif"
_SAMPLE = "sample"
# Query of the row that marks a catalogue as the sample.
SAMPLE_MARK = select(META.c.value).where(META.c.key == _SAMPLE)
# Prefixes of unattributed numbers, used only by the sample: see data/samples/README.md.
_INVENTED_PREFIXES = ("siret:0001", "siren:0001", "finess:99")
# Tables of a new catalogue that are not empty: its format, its version, its one organisation.
_TABLES_OF_NEW = {"alembic_version", "meta", "organisation"}


def is_sample(connection: Connection) -> bool:
    """Return whether the catalogue is the sample, inside a transaction."""
    return connection.execute(SAMPLE_MARK).first() is not None


def mark_sample(connection: Connection) -> None:
    """Mark a catalogue as the sample, inside a transaction."""
    connection.execute(delete(META).where(META.c.key == _SAMPLE))
    connection.execute(insert(META), {"key": _SAMPLE, "value": "1"})


def is_invented(supplier_id: str) -> bool:
    """Return whether a supplier's number is one of the sample's."""
    return supplier_id.startswith(_INVENTED_PREFIXES)


def chosen_url(url: str | None = None) -> str:
    """Return the database URL to open: `url`, else the settings', else the sample's if it exists and the user's own file is absent or empty."""
    if url or os.environ.get(DATABASE_VARIABLE):
        return url or database_url()
    sample, own = (sqlite_file(make_url(address)) for address in (sample_url(), database_url()))
    if not (sample and sample.is_file() and own):
        return database_url()
    if not own.is_file() or not own.stat().st_size:
        return sample_url()
    engine = create_engine(f"sqlite:///file:{quote(own.as_posix())}?mode=ro&uri=true", poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return database_url() if holds_anything(connection) else sample_url()
    except DBAPIError:  # an unreadable file is the user's: it fails when it is opened
        return database_url()


def notice_of(engine: Engine) -> str:
    """Return the sample's notice, empty for another catalogue."""
    with reading(engine) as connection:
        return SAMPLE_NOTICE if is_sample(connection) else ""


def holds_anything(connection: Connection) -> bool:
    """Return whether a catalogue has a row beyond those of a new one, inside a transaction."""
    names = set(inspect(connection).get_table_names()) - _TABLES_OF_NEW
    return any(
        connection.execute(select(literal(1)).select_from(table(name)).limit(1)).first() for name in sorted(names)
    )
