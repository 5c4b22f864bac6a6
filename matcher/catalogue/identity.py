"""Which records are one supplier: certain keys only, as a pure function of the set of records."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

RecordKey = tuple[str, str]


class Keys(NamedTuple):
    """The certain keys of one record; empty where the source gives none."""

    source: str
    ref: str
    siret: str
    finess: str


def group(records: Iterable[Keys]) -> dict[RecordKey, str]:
    """Return the supplier's id of each record, whatever the order of `records`.

    A SIRET makes the supplier, else a FINESS number, else the source's own reference. A record with a FINESS number alone
    joins the SIRET that other records tie this number to, if they all tie it to the same one.
    """
    records = list(records)
    sirets = _sirets_by_finess(records)
    return {(record.source, record.ref): _supplier_id(record, sirets) for record in records}


def _sirets_by_finess(records: list[Keys]) -> dict[str, set[str]]:
    sirets: dict[str, set[str]] = {}
    for record in records:
        if record.siret and record.finess:
            sirets.setdefault(record.finess, set()).add(record.siret)
    return sirets


def _supplier_id(record: Keys, sirets_by_finess: Mapping[str, set[str]]) -> str:
    if record.siret:
        return f"siret:{record.siret}"
    if record.finess:
        sirets = sirets_by_finess.get(record.finess, set())
        return f"siret:{next(iter(sirets))}" if len(sirets) == 1 else f"finess:{record.finess}"
    return f"{record.source}:{record.ref}"
