"""Importers: the records that they give, in the source's own words; what each declares (its directory, its licence, how to read it); and the
error for a file that cannot be read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Claim:
    """Claim of a source on a supplier's activities: `text` as written (a list stays one string), in the words of `vocabulary`.

    Vocabularies: `marche-secteur` (slug or label of a sector of the marché), `marche-groupe` (labels of its groups, joined
    by commas), `hosmoz` (trades and pôles of Hosmoz), `rome` (a code, a label, or both), `libre` (anything else).
    """

    vocabulary: str
    text: str


@dataclass(frozen=True, slots=True)
class SupplierRecord:
    """One supplier as one source gives it. Every field is the raw string, empty where the source has none.

    `source_ref` is unique in its source, in the list `listing` of it where it holds many, and stable from one export to the
    next; `ref_words` is the part of it that may hold a name, where the source gives no number: intake puts a digest in its place.
    `line` is the line (or the rank of the item, from 1) in the file. `x`, `y` are coordinates as written and `projection` the name the source gives them (`WGS84`:
    x longitude, y latitude). `as_of` is the date the source gives for this record or for itself. `active` answers
    yes or no as the source writes it, `ended` whether it works no more; `note` is what who keeps the list writes for themselves. Registers alone give the last four: `state` is Sirene's (A open, F closed), `closed` the closing date, `successor`
    the SIRET that carries on, `headcount` Sirene's code for a band of employees. No name of a person, no personal e-mail: importers leave them in the file.
    """

    source: str
    source_ref: str
    line: int
    name: str
    kind: str = ""
    siret: str = ""
    siren: str = ""
    finess: str = ""
    brand: str = ""
    naf: str = ""
    address: str = ""
    address_extra: str = ""
    post_code: str = ""
    city: str = ""
    insee: str = ""
    departement: str = ""
    x: str = ""
    y: str = ""
    projection: str = ""
    phone: str = ""
    email: str = ""
    contact: str = ""
    website: str = ""
    description: str = ""
    note: str = ""
    claims: tuple[Claim, ...] = ()
    workers: str = ""
    turnover: str = ""
    capacity: str = ""
    contract_size: str = ""
    contract_duration: str = ""
    contract_season: str = ""
    price_basis: str = ""
    area: str = ""
    labels: str = ""
    certifications: str = ""
    active: str = ""
    ended: str = ""
    as_of: str = ""
    state: str = ""
    closed: str = ""
    successor: str = ""
    headcount: str = ""
    listing: str = ""
    ref_words: str = ""


@dataclass(frozen=True, slots=True)
class AwardRecord:
    """One contract won by one company, as its publisher writes it; every field is the raw string, empty where there is none.

    `source_ref` is unique in the file: the buyer's number, the contract's and the winner's. `winner` is the winner's number and
    `winner_type` the kind of number that the source declares (SIRET, TVA, HORS-UE…); `number` the one that the buyer gives to
    the contract, `buyer` the buyer's SIRET. `notified` is
    the day the winner was notified, `amount` euros before tax over `months`, `social` the social aims that the contract names. `shared` is whether
    `amount` is that of several companies together, None where it is unknown. The winner's name is left in the file: it may be a person's.
    """

    source: str
    source_ref: str
    line: int
    winner: str
    winner_type: str = ""
    number: str = ""
    buyer: str = ""
    buyer_name: str = ""
    objet: str = ""
    cpv: str = ""
    notified: str = ""
    amount: str = ""
    months: str = ""
    social: str = ""
    shared: bool | None = None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be a supplier, with the reason in French: in the report, never lost in silence."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark for the person on the file (an unknown column, a doubt on its layout), in French."""

    line: int
    message: str


Item = SupplierRecord | AwardRecord | RefusedRow | Remark


class SourceError(Exception):
    """A file that cannot be imported at all. The message is French, names the file and place, and gives advice."""

    def __init__(self, path: Path, message: str, line: int | None = None, column: str | None = None) -> None:
        where = f"« {path.name} »"
        if line is not None:
            where += f", ligne {line}"
        if column is not None:
            where += f", colonne « {column} »"
        super().__init__(f"{where} : {message}")
        self.path, self.line, self.column = path, line, column


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, and for `tableur` the user's mapping from its own column names to ours; `remembered` are those given before, by header.

    `listing` is the name the user gives to a list of `tableur`, empty to take it from the file's. `wanted` are the SIRETs to keep
    of a register, which is far larger than a catalogue; None keeps all.
    """

    path: Path
    mapping: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    listing: str = ""
    wanted: frozenset[str] | None = None


def one_numbering(_ref: str) -> str:
    """Return the only numbering, « », of every reference."""
    return ""


def whole_reference(ref: str) -> str:
    """Return a reference as it is: all of it names the supplier."""
    return ref


class Scope(StrEnum):
    """Subject of the records of a directory."""

    SUPPLIER = "fournisseur"  # it describes a supplier, and makes one where none is known
    ESTABLISHMENT = "établissement"  # a register: it completes the suppliers of its SIRET, and makes none
    ORGANISATION = "organisation"  # it says something of every supplier of its SIREN, and makes none unless asked
    AWARD = "marché"  # a contract that was won: a reference of the suppliers of its winner's number, and makes none


@dataclass(frozen=True, slots=True)
class Publication:
    """Data as their publisher gives them. `obtain` is, in French, where they are downloaded and how, `holds` what is in them."""

    key: str
    title: str
    publisher: str
    url: str
    licence: str
    obtain: str
    holds: str


@dataclass(frozen=True, slots=True)
class Importer(Publication):
    """One directory. `at_least` is the number of suppliers below which a complete file is surely cut short.

    `read`, at the top level of its module since another process calls it, writes nothing and raises SourceError only.
    `many_lists`: each file is a list with references of its own. `numbering` names which of its numberings a reference is of, where the directory has several: the same structure has a reference in each. `shared`
    is the part of a reference that names the structure, where several numberings hold it.
    """

    at_least: int
    read: Callable[[Source], Iterator[Item]]
    scope: Scope = Scope.SUPPLIER
    many_lists: bool = False
    numbering: Callable[[str], str] = one_numbering
    shared: Callable[[str], str] = whole_reference
