"""Training sentences from an organisation's corrections: needs as typed, in its dossiers and programmes, with the trades that a person chose for them."""

from sqlalchemy import Engine

from matcher.clock import today
from matcher.decisions.purchases.batch import Studies
from matcher.decisions.purchases.study import StudyKind
from matcher.dossiers.changes import AddLot
from matcher.dossiers.store import having
from matcher.jobs.works import WorkStore
from matcher.need.title import object_of
from matcher.ownership import OrganisationId
from matcher.reading.trade.corpus import CorpusSentence, corrected_sentence
from matcher.reference.trades.taxonomy import taxonomy


def corrected_needs(engine: Engine, owner: OrganisationId) -> tuple[CorpusSentence, ...]:
    """Return the needs of an organisation's dossiers and purchasing programmes whose trade a person chose; the last choice for the same words.
    Raises DatabaseError."""
    readings = (lot.frozen.reading for dossier in having(engine, owner, (AddLot.action,)) for lot in dossier.lots)
    sentences = [
        corrected_sentence(object_of(reading.lot.objet), [guess.code for guess in reading.activities])
        for reading in readings
        if reading.told
    ]
    studies = Studies(WorkStore(engine), owner, today)
    for study in reversed(studies.all(StudyKind.PROGRAMME)):
        sentences += [corrected_sentence(objet, [activity]) for objet, activity in studies.trades_told(study)]
    chosen = {sentence.objet.casefold(): sentence for sentence in sentences}
    known = taxonomy().index
    return tuple(
        sentence
        for sentence in chosen.values()
        if sentence.objet and all(code in known for code in sentence.activities)
    )
