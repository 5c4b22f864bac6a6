"""Answers given by telephone, taken into the catalogue as the word of the structure, by who may correct it."""

from datetime import datetime

from sqlalchemy import Engine

from matcher.catalogue.identity.trust import STRUCTURE
from matcher.catalogue.intake.lookups import Lookups
from matcher.catalogue.steward.corrections import state
from matcher.db import writing
from matcher.dossiers.asking.answering import WHO
from matcher.dossiers.calling import offered
from matcher.dossiers.entry_changes import TakeAnswers
from matcher.dossiers.store import DOSSIERS
from matcher.journal.change import ChangeRefused
from matcher.ownership import OrganisationId


def take_in(
    engine: Engine,
    owner: OrganisationId,
    number: int,
    lot: int,
    supplier_id: str,
    *,
    who: str,
    now: datetime,
    lookups: Lookups | None = None,
) -> None:
    """Give the catalogue what a supplier of a dossier's lot answered, once however many take it in.

    Raises ChangeRefused where nothing of it waits, or the dossier takes no change; CorrectionRefused. Nothing was then written.
    """
    with writing(engine) as connection:
        dossier = DOSSIERS.read(connection, owner, number)
        held = dossier.lot(lot)
        entry = held.entries[held.place_of(supplier_id)]
        said = offered(entry).said()
        if entry.call is None or not said:
            raise ChangeRefused(f"Rien de ce que {entry.match.name} a répondu n’attend : c’est déjà au catalogue.")
        motive = f"au téléphone, dossier {dossier.number}, notée par {entry.call.who}, acceptée par {who}"
        state(connection, supplier_id, said, who=WHO, motive=motive, now=now, source=STRUCTURE, lookups=lookups)
        DOSSIERS.change(connection, owner, number, lambda _: [TakeAnswers(lot, supplier_id)], who=who, now=now)
