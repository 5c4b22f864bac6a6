"""Importers of notices: the records that they give, in the publisher's own words, with what was not read; and what each declares."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from importers.importer import Publication, RefusedRow, Remark


@dataclass(frozen=True, slots=True)
class PlaceWritten:
    """A place as one source writes it: any part may be empty. `nuts` is a NUTS code, `post_code` and `city` those of an address, `text` all else.

    `code` is a code of the kind that `code_type` names (« Code département »), as DECP and the BOAMP give them; `text` is then its name.
    """

    nuts: str = ""
    code: str = ""
    code_type: str = ""
    post_code: str = ""
    city: str = ""
    country: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class WinnerWritten:
    """A company that won a lot: its number (SIRET, SIREN, VAT), as written, and its name where the source declares it an organisation's.

    `awarded` is what its own offer was kept for, where the source sets it apart from the lot's, and `shared` whether others made that
    offer with it, None where it is unknown.
    """

    number: str = ""
    name: str = ""
    awarded: str = ""
    shared: bool | None = None


def winners_once(winners: Iterable[WinnerWritten]) -> tuple[WinnerWritten, ...]:
    """Return the companies each once, as they come; one of several offers has the amount of none."""
    written_winners: dict[tuple[str, str], WinnerWritten] = {}
    for written_winner in winners:
        key = (written_winner.number, written_winner.name)
        written_winners[key] = WinnerWritten(*key) if key in written_winners else written_winner
    return tuple(written_winners.values())


@dataclass(frozen=True, slots=True)
class LotWritten:
    """One lot of a notice; of a notice that is not divided, the only one, numbered as its source does or « 1 ».

    `amount` is in `currency`, `tax` the words on tax; `duration` is a number in `duration_unit` (the source's own code: MONTH, DAY…),
    `starts` and `ends` days as written, `renewals` how many times or how long, in words or a number. `deadline` is the last moment for an
    offer, as written, its zone included; `deadline_time` its hour where it stands apart.
    `reserved` is the source's code (res-ws, res-pub-ser, none) or its words, `reserved_execution` yes, no, not-known; `social` the codes of
    its social aims, `conditions` the words of its conditions of execution. `framework` is whether it is a framework agreement.
    `awarded` is what it was awarded for, to `winners`; `without_winner` whether its award declares that it has none.
    """

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
    """One notice as one source publishes it.

    `source_ref` is unique in its source and stable (« 26-12345 », the notice's identifier and version); `line` is its rank in the file, from 1.
    `nature` is the source's own word for what it is (a call, an award, a correction, a cancellation); `folder` the number that all
    notices of one procedure share; `earlier` the references of those that it corrects, cancels or awards. `published` and `deadline` are
    as written. `description` is that of the whole, `why` the words by which it corrects or ends another. `text` is its whole text where the source gives no fields. `unread` names
    the keys that were not read, once each.
    """

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
    """One publisher's format; `folders` is whether it reads a folder of files too.

    `read` writes nothing, raises SourceError for a file of which nothing can be read, and gives a RefusedRow for a notice that cannot be.
    """

    read: Callable[[Path], Iterator[NoticeItem]]
    folders: bool = False
