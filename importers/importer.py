"""Types shared by the importers of directories: raw records (supplier, award, refused row, remark), the description of an importer, and SourceError."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Claim:
    """Statement of a source about a supplier's activities: `text` as written (a list stays one string), in the vocabulary `vocabulary`.

    Vocabularies: `marche-secteur` (slug or label of a sector of the marché), `marche-groupe` (labels of its groups, joined by commas), `hosmoz` (trades and
    pôles of Hosmoz), `rome` (a code, a label, or both), `libre` (anything else)."""

    vocabulary: str
    text: str


@dataclass(frozen=True, slots=True)
class SupplierRecord:
    """One supplier as one source gives it. Every field is the raw string, empty if the source has none.

    `source_ref` is unique in its source (or in its list `listing`, if the source has many) and stable from one export to the next; `ref_words` is the part of
    it that may contain a name, if the source gives no number: the import replaces it by a digest. `line` is the line, or the rank of the item, from 1. `x`
    and `y` are coordinates as written, `projection` their system (`WGS84`: x longitude, y latitude). `as_of` is the date of the record or of the source.
    `active` is yes or no as written, `ended` the mark of a supplier that has closed; `note` a private note of the list's author. `closed` is the closing
    date. Only registers give `state` (Sirene's: A open, F closed), `successor` (SIRET of the establishment that carries on) and `headcount` (Sirene's code of a band).
    Importers never read names or e-mails of persons."""

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
    """One contract won by one company, as its publisher writes it; every field is the raw string, empty if there is none.

    `source_ref` is unique in the file: the numbers of buyer, contract and winner. `winner` is the winner's number, of the type `winner_type` (SIRET, TVA,
    HORS-UE…); `number` the contract's, `buyer` the buyer's SIRET. `notified` is the day of notification, `amount` euros before tax over `months`, `social`
    the social considerations. `shared`: several companies share the amount, None if unknown. The winner's name is not read: it may be a person's."""

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
    """A row from which no record can be made, with the reason in French, for the import's report."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on the file (an unknown column, a doubtful layout), in French."""

    line: int
    message: str


Item = SupplierRecord | AwardRecord | RefusedRow | Remark


class SourceError(Exception):
    """A file cannot be imported at all. The message is French, names the file and place, and gives advice."""

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
    """A file to read. For the importer `tableur`: `mapping` from its column names to fields, `remembered` mappings by header digest, and the list's name
    `listing`, empty to take the file's. For registers, far larger than a catalogue, `wanted` are the SIRETs to keep; None keeps all."""

    path: Path
    mapping: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    listing: str = ""
    wanted: frozenset[str] | None = None


def one_numbering(_ref: str) -> str:
    """Return the same numbering, « », for every reference: the directory has only one."""
    return ""


def whole_reference(ref: str) -> str:
    """Return a reference unchanged: all of it identifies the supplier."""
    return ref


class Scope(StrEnum):
    """Effect of a directory's records on the catalogue."""

    SUPPLIER = "fournisseur"  # describes a supplier, and creates it if unknown
    ESTABLISHMENT = "établissement"  # a register: completes known suppliers by SIRET, creates none
    ORGANISATION = "organisation"  # completes all known suppliers of a SIREN, creates none unless requested
    AWARD = "marché"  # a contract won: becomes a reference of known suppliers by the winner's number, creates none


@dataclass(frozen=True, slots=True)
class Publication:
    """Description of published data, in French: `obtain` is where and how to download them, `holds` their content."""

    key: str
    title: str
    publisher: str
    url: str
    licence: str
    obtain: str
    holds: str


@dataclass(frozen=True, slots=True)
class Importer(Publication):
    """Importer of one directory. Below `at_least` suppliers, a complete file has surely been truncated.

    `read` is at the top level of its module, since another process calls it; it writes nothing and raises only SourceError. `many_lists`: each file is a list
    with its own references. If a directory has several numberings (series of references: a supplier has a reference in each), `numbering` gives a
    reference's, and `shared` the part of a reference that identifies the supplier in all of them."""

    at_least: int
    read: Callable[[Source], Iterator[Item]]
    scope: Scope = Scope.SUPPLIER
    many_lists: bool = False
    numbering: Callable[[str], str] = one_numbering
    shared: Callable[[str], str] = whole_reference
