"""Stores suppliers' consents to share their answers, by tick box, and makes the signed lines that send answers or withdrawals to other installations.

An answer is what a supplier states of itself (trades, capacity, area), kept as a correction of its record.
"""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Row, String, func, insert, select, tuple_, update
from sqlalchemy import cast as cast_column

from matcher.answers.fact import (
    CONTRACT_DURATIONS,
    CONTRACT_SEASONS,
    CONTRACT_SIZES,
    MOST_PEOPLE,
    PRICE_BASES,
    Line,
    SharedFact,
    SharedWithdrawal,
    Way,
    content_mark,
    is_service_box,
    public_text,
    sign_line,
)
from matcher.answers.tables import CONSENTS, HANDED
from matcher.catalogue.identity.records import from_payload
from matcher.catalogue.identity.trust import STRUCTURE
from matcher.catalogue.steward.privacy import kept_since
from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.catalogue.store.tables import CORRECTIONS, RECORDS
from matcher.cleaning.names import name_key
from matcher.domain.french import day
from matcher.rows import CHUNK

# Tick boxes of a consent, by code: the label that the supplier reads, then the short name that others read.
BOXES: Mapping[str, str] = {
    "metiers": "Les métiers que vous faites, et ceux que vous ne faites pas",
    "effectif": "Combien vous êtes",
    "zone": "Jusqu’où vous allez",
    "marche": "La taille de marché qui vous convient et votre base de prix",
    "periode": "La durée et la saison qui vous conviennent",
    "contact": "Le téléphone et la boîte de service où vous appeler",
}
BOX_NAMES: Mapping[str, str] = {
    "metiers": "métiers",
    "effectif": "effectif",
    "zone": "zone",
    "marche": "taille de marché et base de prix",
    "periode": "durée et saison",
    "contact": "téléphone et boîte de service",
}
LASTS_MONTHS = 18


@dataclass(frozen=True, slots=True)
class SharedAnswer:
    """Sharing as a supplier sees it: the `boxes` it ticked (none: nothing is shared), until when (`ends`), and each (recipient, day) at which
    a file with its answers was `handed` over; the recipient is empty where nobody wrote it."""

    boxes: tuple[str, ...] = ()
    ends: date | None = None
    handed: tuple[tuple[str, date], ...] = ()


def share(
    connection: Connection,
    correction: int,
    boxes: Collection[str],
    *,
    way: Way,
    asked_by: str,
    on: date,
    now: datetime,
    directory: str = "",
    months: int = LASTS_MONTHS,
) -> bool:
    """Store that a supplier agrees, at `now`, to share these boxes of its answer (number `correction`), inside a transaction. A consent replaces the earlier
    one of the same correction if it differs; no box means that nothing is shared. Return whether anything is shared: never for a supplier without SIRET or
    FINESS number."""
    row = {
        "correction_id": correction,
        "boxes": [box for box in BOXES if box in boxes],
        "way": way,
        "directory": directory,
        "asked_by": " ".join(asked_by.split())[:200],
        "said_on": on,
        "ends": kept_since(on, -months),
        "made": now.replace(tzinfo=None),
        "ended": None,
    }
    record = connection.execute(_records([correction])).one_or_none()
    fact = record and _fact(row, record)
    mark = content_mark(fact) if fact else ""
    former = select(CONSENTS.c.mark, CONSENTS.c.boxes).where(CONSENTS.c.correction_id == correction)
    if not any(past.boxes and past.mark == mark for past in connection.execute(former)):
        standing = (CONSENTS.c.correction_id == correction) & CONSENTS.c.ended.is_(None)
        connection.execute(update(CONSENTS).where(standing).values(boxes=[], ended=row["made"]))
        if fact:
            connection.execute(insert(CONSENTS), {"id": secrets.token_hex(16), "mark": mark, **row})
    return fact is not None


def agree_by_telephone(
    connection: Connection, correction: int, boxes: Collection[str], *, asked_by: str, now: datetime
) -> bool:
    """Store a consent given by telephone, dated as the answer it is about, inside a transaction; return whether anything is shared. Raises
    CorrectionRefused where the number is not that of a supplier's answer, or the answer is too old to be shared."""
    own = (RECORDS.c.source == STRUCTURE) & (RECORDS.c.ref == str(correction))
    row = connection.execute(select(RECORDS.c.as_of).where(own)).one_or_none()
    if row is None:
        raise CorrectionRefused(
            f"Le numéro {correction} n’est pas celui d’une réponse d’une structure, ou elle est retirée."
        )
    on = row.as_of or now.date()
    if boxes and kept_since(on, -LASTS_MONTHS) <= now.date():
        raise CorrectionRefused(
            f"La réponse {correction} est du {day(on)} : au-delà de {LASTS_MONTHS} mois, plus rien n’en part. "
            "Redemandez à la structure ce qu’elle fait, puis notez son accord sur la nouvelle réponse."
        )
    return share(connection, correction, boxes, way="telephone", asked_by=asked_by, on=on, now=now)


def withdraw_boxes(connection: Connection, supplier_id: str, left: Collection[str], now: datetime) -> None:
    """Restrict the consents of a supplier to the boxes `left`, for all its current answers, inside a transaction."""
    for row in _consents(connection, supplier_id):
        boxes = [box for box in row.boxes if box in left]
        if boxes != row.boxes:
            origin = {"directory": row.directory, "asked_by": row.asked_by, "on": row.said_on}
            share(connection, row.correction_id, boxes, way=row.way, now=now, **origin)


def note_handing(connection: Connection, whom: str, now: datetime) -> None:
    """Log that the file of all shared answers was given to `whom`, which suppliers are shown: once a day, or again after a new consent."""
    row = {"at": now.replace(tzinfo=None), "whom": " ".join(whom.split())[:200]}
    today = (HANDED.c.whom == row["whom"]) & (HANDED.c.at >= datetime.combine(now.date(), time.min))
    last = connection.execute(select(func.max(HANDED.c.at)).where(today)).scalar()
    made = connection.execute(select(func.max(CONSENTS.c.made))).scalar()
    if last is None or (made and made > last):
        connection.execute(insert(HANDED), row)


def sharing_of(connection: Connection, supplier_id: str, today: date) -> SharedAnswer:
    """Return the consents of a supplier that are valid on a day, merged, and the hand-overs of its answers."""
    rows = [row for row in _consents(connection, supplier_id) if row.ends > today]
    if not rows:
        return SharedAnswer()
    boxes = {box for row in rows for box in row.boxes}
    # All answers of a supplier, replaced ones too, attach to the same directory record: the anchor.
    anchor = (CORRECTIONS.c.anchor_source, CORRECTIONS.c.anchor_ref)
    mine = select(*anchor).where(CORRECTIONS.c.id.in_([row.correction_id for row in rows]))
    own = (CORRECTIONS.c.source == STRUCTURE) & tuple_(*anchor).in_(mine) & (CONSENTS.c.ends > today)
    for end in (CONSENTS.c.ended, CORRECTIONS.c.withdrawn):
        own &= end.is_(None) | (HANDED.c.at < end)
    agreed = HANDED.join(CONSENTS, HANDED.c.at >= CONSENTS.c.made)
    agreed = agreed.join(CORRECTIONS, CORRECTIONS.c.id == CONSENTS.c.correction_id)
    files = select(HANDED.c.whom, HANDED.c.at).select_from(agreed).where(own).order_by(HANDED.c.at, HANDED.c.id)
    handed = dict.fromkeys((row.whom, row.at.date()) for row in connection.execute(files))
    return SharedAnswer(tuple(box for box in BOXES if box in boxes), max(row.ends for row in rows), tuple(handed))


def outgoing(
    connection: Connection, key: Ed25519PrivateKey, *, today: date, after: str = "", most: int = CHUNK
) -> list[Line]:
    """Return one page of the signed lines to send, by identifier: at most `most`, after identifier `after`. A current fact is sent whole; one
    that was withdrawn or changed is sent as a withdrawal; one past its end date is left out."""
    query = select(CONSENTS).where(CONSENTS.c.ends > today, CONSENTS.c.id > after).order_by(CONSENTS.c.id).limit(most)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    records = {int(row.ref): row for row in connection.execute(_records([row["correction_id"] for row in rows]))}
    public = public_text(key.public_key())
    lines: list[Line] = []
    for row in rows:
        record = records.get(row["correction_id"])
        fact = record and _fact(row, record)
        if not fact or content_mark(fact) != row["mark"]:  # taken back, corrected, or a part of it erased
            gone = SharedWithdrawal(format="entremise-reponses", version=1, id=row["id"], cle=public, fin=row["ends"])
            lines.append(sign_line(gone, key))
        else:
            lines.append(sign_line(msgspec.structs.replace(fact, id=row["id"], cle=public), key))
    return lines


def every_line(connection: Connection, key: Ed25519PrivateKey, today: date) -> Iterator[Line]:
    """Yield all the signed lines to send, page by page."""
    after = ""
    while part := outgoing(connection, key, today=today, after=after):
        yield from part
        after = part[-1].id


def _consents(connection: Connection, supplier_id: str) -> list[Row[Any]]:
    """Return the consents of a supplier with at least one box, for its current answers."""
    own = (RECORDS.c.source == STRUCTURE) & (RECORDS.c.supplier_id == supplier_id)
    numbers = [int(ref) for ref in connection.execute(select(RECORDS.c.ref).where(own)).scalars()]
    query = select(CONSENTS).where(CONSENTS.c.correction_id.in_(numbers)).order_by(CONSENTS.c.id)
    return [row for row in connection.execute(query) if row.boxes]


def _records(corrections: Sequence[int]) -> Any:
    """Select the records of these corrections that suppliers made themselves and that are not withdrawn."""
    standing = (RECORDS.c.source == STRUCTURE) & CORRECTIONS.c.withdrawn.is_(None) & CORRECTIONS.c.id.in_(corrections)
    joined = RECORDS.join(CORRECTIONS, cast_column(CORRECTIONS.c.id, String) == RECORDS.c.ref)
    columns = (RECORDS.c.ref, RECORDS.c.siret, RECORDS.c.finess, RECORDS.c.payload)
    return select(*columns).select_from(joined).where(standing)


def _fact(row: Mapping[str, Any], record: Row[Any]) -> SharedFact | None:
    """Build the fact that a consent shares: codes and numbers only, as free text could name a person. None where the ticked boxes are empty
    or the supplier has neither SIRET nor FINESS number."""
    if not (record.siret or record.finess):
        return None
    answer = from_payload(record.payload)
    # Receivers check these bounds: they are in the schema.
    workers = round(answer.workers) if answer.workers and 1 <= answer.workers <= MOST_PEOPLE else None
    parts: dict[str, dict[str, Any]] = {
        "metiers": {
            "metiers": sorted({activity.code for activity in answer.activities}),
            "refus": sorted(answer.refused),
        },
        "effectif": {"effectif": workers},
        "zone": {"zone": list(answer.area_codes)},
        "marche": {
            "taille_marche": choice_code(CONTRACT_SIZES, answer.contract_size),
            "base_prix": choice_code(PRICE_BASES, answer.price_basis),
        },
        "periode": {
            "duree_marche": choice_code(CONTRACT_DURATIONS, answer.contract_duration),
            "saison": choice_code(CONTRACT_SEASONS, answer.contract_season),
        },
        "contact": {"telephone": answer.phone, "courriel": answer.email if is_service_box(answer.email) else ""},
    }
    values = {name: value for box in row["boxes"] for name, value in parts[box].items()}
    if not any(values.values()):
        return None
    return SharedFact(
        format="entremise-reponses",
        version=1,
        id="",
        cle="",
        fin=row["ends"],
        date_maj=row["said_on"],
        par=row["asked_by"],
        voie=row["way"],
        annuaire=row["directory"],
        siret=record.siret,
        finess="" if record.siret else record.finess,
        **values,
    )


def choice_code(choices: Mapping[str, str], text: str) -> str:
    """Return the code of the choice whose label is this text, case and accents aside; empty where there is none."""
    return next((code for code, label in choices.items() if name_key(label) == name_key(text)), "")
