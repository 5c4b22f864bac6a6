"""Corrections of suppliers: written, withdrawn and listed by the team (« catalogue correct », « catalogue add »), or made of a value suggested from
the supplier's website that a person confirms.

A correction is stored twice: a row of CORRECTIONS (author, motive) and a record of the source « equipe », which outranks all directories.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, insert, select, update

from matcher.catalogue.identity.merge import StoredRecord, by_trust, merge
from matcher.catalogue.identity.records import CleanRecord, from_payload, payload_hash, to_payload
from matcher.catalogue.identity.trust import STATED, TEAM, TRUST
from matcher.catalogue.intake.intake import regroup
from matcher.catalogue.intake.lookups import Lookups, shipped_lookups
from matcher.catalogue.steward.stated_record import CorrectionRefused, Said, stated_record
from matcher.catalogue.store.followed import follow_ids
from matcher.catalogue.store.opt_outs import OPTED_OUT, read_guard
from matcher.catalogue.store.read import find_id, load_these, read_version
from matcher.catalogue.store.sample import SAMPLE_CLOSED, notice_of
from matcher.catalogue.store.tables import CORRECTIONS, IMPORT_RUNS, RECORDS
from matcher.catalogue.store.websites import (
    SiteSuggestion,
    SuggestionState,
    count_suggestions,
    settle_suggestion,
    suggestions_of,
)
from matcher.db import reading, writing
from matcher.domain.french import day

_NO_ANCHOR_RECORD = ("", "")
_NEEDED_TO_ADD = ("nom", "type", "commune")


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction by the team, or an answer of the establishment. `said`: values written, by champ (name of a field, as typed); `given` and
    `withdrawn`: when, UTC without zone."""

    id: int
    said: Mapping[str, Sequence[str]]
    who: str
    motive: str
    given: datetime
    withdrawn: datetime | None


@dataclass(frozen=True, slots=True)
class WrittenCorrection:
    """A correction just written or withdrawn: its number, and the supplier's id after it (None: the supplier no longer exists)."""

    id: int
    supplier_id: str | None


def correct_supplier(
    engine: Engine,
    key: str,
    statement: Said,
    *,
    author: str,
    motive: str,
    now: datetime,
    lookups: Lookups | None = None,
    trust: Sequence[str] = TRUST,
) -> WrittenCorrection:
    """Write the team's correction of the supplier `key` (id, SIRET or FINESS number); its values replace those of every source.

    `now` (UTC) dates it. Raises CorrectionRefused or DatabaseError; nothing was then written.
    """
    with writing(engine) as connection:
        return write_statement(
            connection, key, statement, author=author, motive=motive, now=now, lookups=lookups, trust=trust
        )


def write_statement(
    connection: Connection,
    key: str,
    statement: Said,
    *,
    author: str,
    motive: str,
    now: datetime,
    on: date | None = None,
    source: str = TEAM,
    lookups: Lookups | None = None,
    trust: Sequence[str] = TRUST,
) -> WrittenCorrection:
    """Do as `correct_supplier` inside the caller's transaction, for any source that is a person (team or establishment); `on` is the record's date,
    today if None. Raises CorrectionRefused."""
    supplier_id = find_id(connection, key)
    if supplier_id is None:
        raise CorrectionRefused(f"« {key} » n’est pas dans le catalogue. Pour l’y mettre : entremise catalogue add.")
    stored = by_trust(supplier_id, stored_records(connection, supplier_id), trust)
    supplier = merge(supplier_id, stored, trust).supplier
    if not statement:
        raise CorrectionRefused("Dites ce qui est corrigé : --champ nom=…, ou --ne-fait-pas ACTIVITÉ.")
    for champ, known in (("siret", supplier.siret), ("finess", ", ".join(supplier.finess))):
        if statement.get(champ) and known:
            raise CorrectionRefused(
                f"Ce fournisseur est connu par son numéro {champ.upper()} {known}, qui ne se corrige pas : "
                "ajoutez l’autre établissement avec « entremise catalogue add »."
            )
    directories = [item.record for item in stored if item.record.source not in STATED]
    anchor = [*directories, stored[-1].record][0].key
    number = _write_correction(connection, source, statement, author, motive, now, anchor)
    site = next(iter(supplier.sites), None)
    record = stated_record(
        number, statement, on=on or now.date(), lookups=lookups or shipped_lookups(), main_site=site, source=source
    )
    siret = supplier.siret
    finess = next((each.finess for each in directories if each.finess and not siret), "")
    keys = {"siret": record.siret or siret, "finess": record.finess or finess}
    return _store_record(connection, record, keys, supplier_id, now, trust)


def add_supplier(
    engine: Engine,
    statement: Said,
    *,
    author: str,
    motive: str,
    now: datetime,
    lookups: Lookups | None = None,
    trust: Sequence[str] = TRUST,
) -> WrittenCorrection:
    """Add a supplier that no directory lists; nom, type and commune are needed. Raises CorrectionRefused or DatabaseError."""
    if missing := [champ for champ in _NEEDED_TO_ADD if not any(map(str.strip, statement.get(champ, ())))]:
        raise CorrectionRefused(f"Pour ajouter un fournisseur il faut aussi : {', '.join(missing)}.")
    if notice_of(engine):
        raise CorrectionRefused(SAMPLE_CLOSED)
    with writing(engine) as connection:
        number = _write_correction(connection, TEAM, statement, author, motive, now, _NO_ANCHOR_RECORD)
        record = stated_record(number, statement, on=now.date(), lookups=lookups or shipped_lookups())
        for known in (record.siret, record.finess):
            if known and find_id(connection, known):
                raise CorrectionRefused(
                    f"« {known} » est déjà dans le catalogue. Pour le corriger : entremise catalogue correct {known}."
                )
        keys = {"siret": record.siret, "finess": record.finess}
        return _store_record(connection, record, keys, None, now, trust)


def withdraw_correction(
    engine: Engine, number: int, *, now: datetime, trust: Sequence[str] = TRUST
) -> WrittenCorrection:
    """Withdraw a correction: the sources' values come back. Raises CorrectionRefused or DatabaseError."""
    with writing(engine) as connection:
        return withdraw_statement(connection, number, now=now, trust=trust)


def withdraw_statement(
    connection: Connection, number: int, *, now: datetime, trust: Sequence[str] = TRUST
) -> WrittenCorrection:
    """Do as `withdraw_correction` inside a transaction. Raises CorrectionRefused."""
    row = connection.execute(select(CORRECTIONS).where(CORRECTIONS.c.id == number)).one_or_none()
    if row is None:
        raise CorrectionRefused(
            f"Aucune correction ne porte le numéro {number}. « entremise catalogue show » les liste."
        )
    if row.withdrawn is not None:
        raise CorrectionRefused(f"La correction {number} est déjà retirée.")
    own = (row.source, str(number))
    mine = (RECORDS.c.source == row.source) & (RECORDS.c.ref == str(number))
    supplier_id = connection.execute(select(RECORDS.c.supplier_id).where(mine)).scalar()
    others = []
    if supplier_id:
        query = select(RECORDS.c.source, RECORDS.c.ref).where(RECORDS.c.supplier_id == supplier_id)
        others = sorted(key for row in connection.execute(query) if (key := (row[0], row[1])) != own)
    if supplier_id and others and all(source in STATED for source, _ in others) and row.anchor_source == "":
        raise CorrectionRefused(
            f"La correction {number} a ajouté ce fournisseur ; retirez d’abord celles qui la suivent : "
            f"{', '.join(ref for _, ref in others)}."
        )
    connection.execute(delete(RECORDS).where(mine))
    connection.execute(update(CORRECTIONS).where(CORRECTIONS.c.id == number).values(withdrawn=now.replace(tzinfo=None)))
    regroup(connection, {supplier_id} if supplier_id else (), trust)
    return WrittenCorrection(number, _supplier_of(connection, *others[0]) if others else None)


def corrections_of(engine: Engine, supplier_id: str) -> tuple[Correction, ...]:
    """Return the corrections in force for a supplier, the latest first."""
    refs = select(RECORDS.c.ref).where(RECORDS.c.supplier_id == supplier_id, RECORDS.c.source.in_(STATED))
    with reading(engine) as connection:
        numbers = [int(ref) for ref in connection.execute(refs).scalars()]
        if not numbers:
            return ()
        query = select(CORRECTIONS).where(CORRECTIONS.c.id.in_(numbers)).order_by(CORRECTIONS.c.id.desc())
        rows = connection.execute(query).all()
    return tuple(Correction(row.id, row.said, row.who, row.motive, row.given, row.withdrawn) for row in rows)


def stored_records(connection: Connection, supplier_id: str) -> list[StoredRecord]:
    """Return the records of a supplier, inside the caller's transaction."""
    query = select(RECORDS.c.payload, RECORDS.c.gone).where(RECORDS.c.supplier_id == supplier_id)
    return [StoredRecord(from_payload(payload), gone) for payload, gone in connection.execute(query)]


def _write_correction(
    connection: Connection,
    source: str,
    statement: Said,
    author: str,
    motive: str,
    now: datetime,
    anchor: tuple[str, str],
) -> int:
    if not author.strip():
        raise CorrectionRefused("Dites qui corrige : --par NOM.")
    values: dict[str, Any] = {
        "source": source,
        "said": {champ: list(written) for champ, written in statement.items()},
        "who": author.strip(),
        "motive": motive.strip(),
        "given": now.replace(tzinfo=None),
        "anchor_source": anchor[0],
        "anchor_ref": anchor[1],
    }
    return int(connection.execute(insert(CORRECTIONS).returning(CORRECTIONS.c.id), values).scalar_one())


def _store_record(
    connection: Connection,
    record: CleanRecord,
    keys: Mapping[str, str],
    supplier_id: str | None,
    now: datetime,
    trust: Sequence[str],
) -> WrittenCorrection:
    """Store a correction's record as an import of one row, and compute its supplier again. Raises CorrectionRefused."""
    guard = read_guard(connection)
    if guard.refuses(replace(record, siret=keys["siret"], finess=keys["finess"])):
        raise CorrectionRefused(
            f"Impossible : {OPTED_OUT}. Il ne peut y revenir que par « entremise privacy opt-out --annuler »."
        )
    if guard.clear(record) != record:
        raise CorrectionRefused("Une personne a demandé que cette donnée soit oubliée : elle ne peut pas être écrite.")
    payload = to_payload(record)
    written_at = now.replace(tzinfo=None)
    run = {
        "source": record.source,
        "file_name": f"correction {record.ref}",
        "sha256": "",
        "started": written_at,
        "finished": written_at,
        "counts": {
            "read": 1,
            "created": int(supplier_id is None),
            "updated": int(supplier_id is not None),
            "refused": 0,
        },
        "complete": False,
        "catalogue_version": read_version(connection) + 1,
    }
    run_id = connection.execute(insert(IMPORT_RUNS).returning(IMPORT_RUNS.c.id), run).scalar_one()
    row = {
        "source": record.source,
        "ref": record.ref,
        "supplier_id": supplier_id or f"{record.source}:{record.ref}",
        **keys,
        "payload": payload,
        "hash": payload_hash(payload),
        "flags": list(record.flags),
        "as_of": record.as_of,
        "first_seen_run": run_id,
        "last_seen_run": run_id,
        "gone": False,
    }
    connection.execute(insert(RECORDS), row)
    regroup(connection, {row["supplier_id"]}, trust)
    return WrittenCorrection(int(record.ref), _supplier_of(connection, *record.key))


def _supplier_of(connection: Connection, source: str, ref: str) -> str | None:
    query = select(RECORDS.c.supplier_id).where(RECORDS.c.source == source, RECORDS.c.ref == ref)
    return connection.execute(query).scalar()


class SuggestedSupplier(NamedTuple):
    """A supplier with suggestions (values read on its website) that wait for a person, and their count."""

    supplier_id: str
    name: str
    suggestions: int


def waiting_suggestions(engine: Engine, supplier_id: str) -> tuple[SiteSuggestion, ...]:
    """Return the suggestions for a supplier that wait for a person."""
    with reading(engine) as connection:
        return suggestions_of(connection, supplier_id)


def suggested_suppliers(engine: Engine) -> list[SuggestedSupplier]:
    """Return the suppliers with suggestions that wait, those with most first."""
    with reading(engine) as connection:
        counts = count_suggestions(connection)
    now: dict[str, int] = {}
    for key, supplier_id in follow_ids(engine, counts).items():
        now[supplier_id] = now.get(supplier_id, 0) + counts[key]
    suppliers = [SuggestedSupplier(each.id, each.name, now[each.id]) for each in load_these(engine, now)]
    return sorted(suppliers, key=lambda each: (-each.suggestions, each.name))


def confirm_suggestion(engine: Engine, key: str, number: int, *, author: str, now: datetime) -> None:
    """Write a suggestion as a correction by the team whose motive cites the web page. `now` is UTC.

    Raises CorrectionRefused or DatabaseError; nothing was then written.
    """
    with writing(engine) as connection:
        site_suggestion = _waiting_suggestion(connection, key, number)
        motive = f"lu le {day(site_suggestion.found)} sur {site_suggestion.url}"
        write_statement(
            connection, key, {site_suggestion.champ: [site_suggestion.value]}, author=author, motive=motive, now=now
        )
        settle_suggestion(connection, number, SuggestionState.CONFIRMED, author)


def refuse_suggestion(engine: Engine, key: str, number: int, *, author: str) -> None:
    """Mark a suggestion as wrong, so that it is not made again. Raises CorrectionRefused or DatabaseError."""
    with writing(engine) as connection:
        _waiting_suggestion(connection, key, number)
        settle_suggestion(connection, number, SuggestionState.REFUSED, author)


def _waiting_suggestion(connection: Connection, key: str, number: int) -> SiteSuggestion:
    site_suggestions = [
        each for each in suggestions_of(connection, find_id(connection, key) or "") if each.id == number
    ]
    if not site_suggestions:
        raise CorrectionRefused("Cette proposition n’attend plus : quelqu’un y a répondu.")
    return site_suggestions[0]
