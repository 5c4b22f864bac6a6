"""Types shared by the importers of procurement notices: raw notice, lot, place and winner, as published, and the description of an importer."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from importers.importer import Publication, RefusedRow, Remark


@dataclass(frozen=True, slots=True)
class PlaceWritten:
    """A place as written; any part may be empty. `nuts` is a NUTS code, `post_code` and `city` those of an address, `text` the rest.

    `code` is a code of the type `code_type` (« Code département »), as in DECP and the BOAMP; `text` is then its name."""

    nuts: str = ""
    code: str = ""
    code_type: str = ""
    post_code: str = ""
    city: str = ""
    country: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class WinnerWritten:
    """A company that won a lot: its number (SIRET, SIREN, VAT), as written, and its name if the source declares it an organisation's.

    `awarded` is the amount of its own offer, if the source gives it; `shared`: other companies made that offer with it, None if unknown."""

    number: str = ""
    name: str = ""
    awarded: str = ""
    shared: bool | None = None


def winners_once(winners: Iterable[WinnerWritten]) -> tuple[WinnerWritten, ...]:
    """Return each company once, in order; a company with several offers is given without an amount."""
    written_winners: dict[tuple[str, str], WinnerWritten] = {}
    for written_winner in winners:
        key = (written_winner.number, written_winner.name)
        written_winners[key] = WinnerWritten(*key) if key in written_winners else written_winner
    return tuple(written_winners.values())


@dataclass(frozen=True, slots=True)
class LotWritten:
    """One lot of a notice, as written; a notice without lots has a single one, numbered as in its source or « 1 ».

    `amount` is in `currency`, `tax` the words on tax; `duration` is a number in `duration_unit` (the source's code: MONTH, DAY…), `starts` and `ends` dates,
    `renewals` a number of times or words. `deadline` is the deadline for offers, with its zone; `deadline_time` its hour, if a separate field. `reserved` is
    the source's code (res-ws, res-pub-ser, none) or words, `reserved_execution` yes, no or not-known; `social` the codes of its social aims, `conditions` the
    text of its conditions of execution. `framework`: it is a framework agreement. `awarded` is the awarded amount; `without_winner`: the award declares that
    there is none."""

    number: str
    title: str = ""
    description: str = ""
    nature: str = ""
    cpv: tuple[str, ...] = ()
    places: tuple[PlaceWritten, ...] = ()
    amount: str = ""
    currency: str = ""
    tax: str = ""
    duration: str = ""
    duration_unit: str = ""
    starts: str = ""
    ends: str = ""
    renewals: str = ""
    deadline: str = ""
    deadline_time: str = ""
    reserved: str = ""
    reserved_execution: str = ""
    social: tuple[str, ...] = ()
    conditions: str = ""
    documents: str = ""
    framework: bool = False
    awarded: str = ""
    awarded_on: str = ""
    winners: tuple[WinnerWritten, ...] = ()
    without_winner: bool = False


@dataclass(frozen=True, slots=True)
class NoticeRecord:
    """One notice as published.

    `source_ref` is unique in its source and stable (« 26-12345 », or identifier and version); `line` is its rank in the file, from 1. `nature` is the
    source's word for its kind (call, award, correction, cancellation), `shape` the name of its form; `folder` the number that all notices of one procedure
    share; `earlier` the references of the notices that it corrects, cancels or awards. `description` is that of the whole contract, `why` the reason for a
    correction or cancellation. `text` is the whole text, if the source gives no fields. `unread` are the keys that no code read."""

    source: str
    source_ref: str
    line: int
    nature: str = ""
    shape: str = ""
    folder: str = ""
    earlier: tuple[str, ...] = ()
    published: str = ""
    title: str = ""
    description: str = ""
    why: str = ""
    deadline: str = ""
    buyer: str = ""
    buyer_name: str = ""
    buyer_post_code: str = ""
    buyer_city: str = ""
    buyer_country: str = ""
    url: str = ""
    documents: str = ""
    lots: tuple[LotWritten, ...] = ()
    text: str = ""
    unread: tuple[str, ...] = ()


NoticeItem = NoticeRecord | RefusedRow | Remark


@dataclass(frozen=True, slots=True)
class NoticeImporter(Publication):
    """Importer of one publisher's format; `folders`: it also reads a folder of files.

    `read` writes nothing; it raises SourceError for an unreadable file, and yields a RefusedRow for an unreadable notice."""

    read: Callable[[Path], Iterator[NoticeItem]]
    folders: bool = False
