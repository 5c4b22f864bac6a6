"""Output types of the importers: the source's own words, unsplit and uncleaned, with the place they were read at."""

from dataclasses import dataclass


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
    next; `ref_words` is the part of it that may tell a name, where the source gives no number: intake puts a digest in its place.
    `line` is the line (or the rank of the item, from 1) in the file. `x`, `y` are coordinates as written and `projection` the name the source gives them (`WGS84`:
    x longitude, y latitude). `as_of` is the date the source gives for this record or for itself. `active` answers
    yes or no as the source writes it. Registers alone give the last four: `state` is Sirene's (A open, F closed), `closed` the closing date, `successor`
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
    claims: tuple[Claim, ...] = ()
    workers: str = ""
    turnover: str = ""
    capacity: str = ""
    area: str = ""
    labels: str = ""
    certifications: str = ""
    active: str = ""
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
    `winner_type` what kind of number the source says that it is (SIRET, TVA, HORS-UE…); `number` the one that the buyer gives to
    the contract, `buyer` the buyer's SIRET. `notified` is
    the day the winner was told, `amount` euros before tax over `months`, `social` what the contract says of social aims. `shared` says whether
    `amount` is told of several companies together, None where nothing tells. The winner's name is left in the file: it may be a person's.
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
    """A row that cannot be a supplier, with the reason in French: said in the report, never lost in silence."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the person should know about the file (an unknown column, a doubt on its layout), in French."""

    line: int
    message: str


Item = SupplierRecord | AwardRecord | RefusedRow | Remark
