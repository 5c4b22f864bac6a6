"""Import of public contracts won (awards): stored under the winner's SIRET or SIREN, even without a supplier in the catalogue, and attached as
references to the suppliers of that SIREN, now or when one appears; their undoing and erasure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, select, update

from importers.importer import AwardRecord
from matcher.catalogue.identity.records import payload_hash
from matcher.catalogue.identity.same_contract import same_contracts
from matcher.catalogue.intake.clean_record import cut_to_limits
from matcher.catalogue.intake.organisations import suppliers_by_siren
from matcher.catalogue.intake.plan import RecordOutcome
from matcher.catalogue.intake.report import ImportReport, Where
from matcher.catalogue.store.awarded import published_contract
from matcher.catalogue.store.forgotten import Forgotten
from matcher.catalogue.store.opt_outs import OPTED_OUT, Guard
from matcher.catalogue.store.tables import AWARDS, IMPORT_RUNS, REFERENCES, SUPPLIERS
from matcher.cleaning.amounts import clean_amount
from matcher.cleaning.dates import clean_date
from matcher.cleaning.markup import plain_text
from matcher.cleaning.names import tidy
from matcher.cleaning.numbers import clean_number
from matcher.cleaning.siret import clean_siren, clean_siret
from matcher.domain.grouping import group_pairs
from matcher.domain.supplier import Supplier
from matcher.reference.trades.cpv import normalise_cpv
from matcher.rows import chunks, insert_rows

ABSENT = "attributaire absent du catalogue : gardé, il sera rattaché si un annuaire le fait connaître"
NO_NUMBER = "attributaire sans SIRET ni SIREN français lisible"
SAME_AWARD = "marché déjà lu dans ces fichiers"
DATE_DOUBTFUL = "date de notification absente ou illisible : le marché n’est comparé à aucun lot"

# Types of identifier that contain a SIREN; a French VAT number is FR, a key of two digits, the SIREN.
_SIRET, _VAT = frozenset({"", "SIRET", "SIREN"}), frozenset({"TVA", "UE"})
_VAT_LENGTH, _SIREN_LENGTH = 13, 9
# An earlier year is a typing error (« 0018-06-01 »): DECP begin in 2017, a few publishers earlier.
_FIRST_YEAR = 1990
_NO_SOCIAL_AIM = ("Pas de considération sociale", "Sans objet")

_HASHED = ("siret", "siren", "number", "buyer", "buyer_name", "objet", "cpv", "notified", "amount", "months", "social")
# Columns of free text, from which forgotten values are erased.
_WORDS = ("objet", "buyer_name", "social")
_STANDING = AWARDS.c.superseded_by.is_(None)


class _Award(NamedTuple):
    """A cleaned award: its row, its position in the file, its flags."""

    row: dict[str, Any]
    where: Where
    flags: tuple[str, ...]


def take_awards(
    connection: Connection,
    read: Iterable[tuple[AwardRecord, Where]],
    run_id: int,
    report: ImportReport,
    guard: Guard,
    today: date,
    *,
    keep: bool = True,
) -> set[str]:
    """Write the awards that are new or changed, in batches, and return the ids of the suppliers of their SIRENs.

    `keep` False writes none. The report counts an award as merged (new), updated or unchanged where the catalogue has a supplier of the winner's
    SIREN, else as refused, although it is stored for a later supplier.
    """
    sirens = suppliers_by_siren(connection)
    changed: set[str] = set()
    for part in chunks(_clean_awards(read, report, guard)):
        known = _write_changed(connection, [award.row for award in part], run_id, keep=keep)
        for award in part:
            notified, before = award.row["notified"], known.get(award.row["ref"])
            report.take_date(notified if notified and notified <= today else None)
            _count(report, award, award.row["siren"] in sirens, before)
            if before != award.row["hash"]:
                changed.add(award.row["siren"])
    return {supplier_id for siren in changed for supplier_id in sirens.get(siren, ())}


def references_of(connection: Connection, suppliers: Iterable[Supplier]) -> Iterator[dict[str, Any]]:
    """Yield the rows of the suppliers' references: current awards of their SIREN, once each although several sources publish it, and the activity
    read in it."""
    for part in chunks(suppliers):
        query = select(AWARDS).where(AWARDS.c.siren.in_({each.siren for each in part if each.siren}), _STANDING)
        won = group_pairs((row["siren"], row) for row in connection.execute(query.order_by(AWARDS.c.id)).mappings())
        for supplier in part:
            awards = won.get(supplier.siren, [])
            for group in same_contracts([published_contract([award]) for award in awards]).groups:
                row = awards[group[0]]
                yield {
                    "supplier_id": supplier.id,
                    "award_id": row["id"],
                    "own": bool(supplier.siret) and supplier.siret == row["siret"],
                    "activity": activity_of_award(row["objet"], row["cpv"]),
                }


def forget_awards_of(connection: Connection, sirets: Collection[str]) -> None:
    """Delete the awards won under these SIRETs, with their former values."""
    for part in chunks(sorted(sirets)):
        connection.execute(delete(AWARDS).where(AWARDS.c.siret.in_(part)))


def scrub_awards(connection: Connection, forgotten: Forgotten) -> tuple[int, set[str]]:
    """Erase forgotten values from the texts of all awards, former values included; return how many awards changed, and the suppliers' ids."""
    changed: list[tuple[int, dict[str, Any]]] = []
    query = select(AWARDS).order_by(AWARDS.c.id)
    for row in connection.execute(query, execution_options={"yield_per": 1000}).mappings():
        cleared = _scrub_row(dict(row), forgotten)
        if cleared != row:
            changed.append((row["id"], {name: cleared[name] for name in (*_WORDS, "hash")}))
    for award_id, values in changed:
        connection.execute(update(AWARDS).where(AWARDS.c.id == award_id).values(values))
    touched: set[str] = set()
    for ids in chunks(award_id for award_id, _ in changed):
        query_of = select(REFERENCES.c.supplier_id).where(REFERENCES.c.award_id.in_(ids))
        touched.update(connection.execute(query_of).scalars())
    return len(changed), touched


def holds_awards(connection: Connection, source: str) -> bool:
    """Return whether a source has awards in the catalogue, rather than records."""
    return connection.execute(select(AWARDS.c.id).where(AWARDS.c.source == source).limit(1)).scalar() is not None


def later_runs(connection: Connection, source: str, run_id: int) -> list[int]:
    """Return the later imports of awards of this source, not undone, the last first; imports of notices that changed nothing are left out."""
    query = select(IMPORT_RUNS.c.id, IMPORT_RUNS.c.counts).where(
        IMPORT_RUNS.c.source == source, IMPORT_RUNS.c.id > run_id, IMPORT_RUNS.c.undone.is_(None)
    )
    runs = connection.execute(query.order_by(IMPORT_RUNS.c.id.desc())).all()
    later = []
    for run in runs:
        if "notices" in run.counts and not run.counts.get("new") and not run.counts.get("changed"):
            wrote = (AWARDS.c.run_id == run.id) | (AWARDS.c.superseded_by == run.id)
            if connection.execute(select(AWARDS.c.id).where(wrote).limit(1)).first() is None:
                continue
        later.append(run.id)
    return later


class UndoneAwards(NamedTuple):
    """Result of undoing an import of awards. `removed`: awards that it had added, now gone; `restored`: awards that it had changed, back to their former values;
    `touched`: ids of the suppliers to compute again."""

    removed: int
    restored: int
    touched: set[str]


def undo_awards(connection: Connection, run_id: int) -> UndoneAwards:
    """Delete the awards of an import and restore those it superseded. The caller then writes the suppliers' references."""
    query = select(SUPPLIERS.c.id).join(AWARDS, AWARDS.c.siren == SUPPLIERS.c.siren)
    touched = set(connection.execute(query.where(AWARDS.c.run_id == run_id, SUPPLIERS.c.siren != "")).scalars())
    former = AWARDS.c.superseded_by == run_id
    restored = int(connection.execute(select(func.count()).where(former)).scalar_one())
    removed = int(connection.execute(select(func.count()).where(AWARDS.c.run_id == run_id)).scalar_one())
    connection.execute(delete(AWARDS).where(AWARDS.c.run_id == run_id))
    connection.execute(update(AWARDS).where(former).values(superseded_by=None))
    return UndoneAwards(removed - restored, restored, touched)


def _clean_awards(read: Iterable[tuple[AwardRecord, Where]], report: ImportReport, guard: Guard) -> Iterator[_Award]:
    """Yield the cleaned awards, each reference once; the others are refused in the report."""
    seen: set[str] = set()
    for award_record, where in read:
        record, flags = cut_to_limits(award_record)
        siret, siren = _winner(record)
        notified, amount = clean_date(record.notified).value, clean_amount(record.amount).value or None
        row: dict[str, Any] = {
            "source": record.source,
            "ref": tidy(record.source_ref),
            "superseded_by": None,
            "siret": siret,
            "siren": siren,
            "number": tidy(record.number),
            "buyer": clean_siret(record.buyer).value or "",
            "buyer_name": tidy(record.buyer_name),
            "objet": tidy(record.objet),
            "cpv": normalise_cpv(record.cpv)[0] or "",
            "notified": notified if notified and notified.year >= _FIRST_YEAR else None,
            "amount": amount,
            "months": clean_number(record.months).value or None,
            "social": "" if record.social.strip() in _NO_SOCIAL_AIM else tidy(record.social),
            # whether several companies share the amount: means nothing without one
            "shared": None if amount is None else record.shared,
        }
        if not siren:
            report.refuse(NO_NUMBER, where)
        elif f"siret:{siret}" in guard.opted_out:
            report.refuse(OPTED_OUT, where)
        elif row["ref"] in seen:
            report.refuse(SAME_AWARD, where)
        else:
            seen.add(row["ref"])
            yield _Award(_scrub_row(row, guard.forgotten), where, flags)


def _winner(record: AwardRecord) -> tuple[str, str]:
    """The winner's (SIRET, SIREN); the SIRET is empty where only the SIREN is given, both where there is no French number."""
    kind, number = record.winner_type.strip().upper(), "".join(record.winner.split()).upper()
    if kind in _VAT and number.startswith("FR") and len(number) == _VAT_LENGTH:
        return "", clean_siren(number[-_SIREN_LENGTH:]).value or ""
    if kind not in _SIRET:
        return "", ""
    siret = clean_siret(number).value or ""
    return siret, siret[:_SIREN_LENGTH] or clean_siren(number).value or ""


def _scrub_row(row: dict[str, Any], forgotten: Forgotten) -> dict[str, Any]:
    """The row without forgotten values, with its new hash."""
    cleared = row | {name: forgotten.cut(row[name]) for name in _WORDS}
    texts = [cleared[name] for name in _HASHED]
    if cleared["shared"] is not None:  # hashed only where given, so that older hashes stay valid
        texts.append(cleared["shared"])
    return cleared | {"hash": payload_hash(repr(texts))}


def _count(report: ImportReport, award: _Award, attached: bool, before: str | None) -> None:
    if not attached:
        report.refuse(ABSENT, award.where)
        return
    for flag in (*award.flags, *([DATE_DOUBTFUL] if award.row["notified"] is None else ())):
        report.doubt(flag, award.where)
    same = RecordOutcome.UNCHANGED if before == award.row["hash"] else RecordOutcome.UPDATED
    report.outcomes[RecordOutcome.MERGED if before is None else same] += 1


def _write_changed(
    connection: Connection, rows: Sequence[dict[str, Any]], run_id: int, *, keep: bool
) -> dict[str, str]:
    """Write those of these awards of one source that are new or changed, unless `keep` is False; return the former hashes, by reference."""
    standing = (AWARDS.c.source == rows[0]["source"]) & _STANDING
    query = select(AWARDS.c.ref, AWARDS.c.hash).where(standing, AWARDS.c.ref.in_([row["ref"] for row in rows]))
    known = {row.ref: row.hash for row in connection.execute(query)}
    written = [row for row in rows if known.get(row["ref"]) != row["hash"]] if keep else []
    if former := [row["ref"] for row in written if row["ref"] in known]:
        superseded = update(AWARDS).where(standing, AWARDS.c.ref.in_(former))
        connection.execute(superseded.values(superseded_by=run_id))
    insert_rows(connection, AWARDS, [{**row, "run_id": run_id} for row in written])
    return known


@lru_cache(maxsize=4096)
def activity_of_award(objet: str, cpv: str) -> str:
    """Return the activity that a contract was about, empty where its reading is in doubt."""
    from matcher.reading.reader import read_need  # slow to import, and not needed for directories

    _, understood = read_need(plain_text(objet), (cpv,) if cpv else ())
    return understood.activities[0].code if understood.sure else ""
