"""The tables. `source_record` is the truth; `supplier` and its children are computed from it and can be computed again."""

from dataclasses import Field, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Double, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.domain.fields import FIELD, SupplierValues, ValueKind
from matcher.erasure import Holding, Way
from matcher.rows import Base, table_of


class MetaRow(Base):
    """One fact about the catalogue as a whole, such as its version."""

    __tablename__ = "meta"
    holding = Holding("numéros de version du catalogue, sel des empreintes", Way.APART)

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class ImportRunRow(Base):
    """One import: the files, when (UTC without zone), what it counted, the `catalogue_version` that it left; `undone` when it was taken back,
    None for an import that stands; `data_date` the day its data are of, None where unknown.
    """

    __tablename__ = "import_run"
    holding = Holding("noms des fichiers importés, et leurs comptes")

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(index=True)
    file_name: Mapped[str]
    sha256: Mapped[str]
    started: Mapped[datetime]
    finished: Mapped[datetime]
    counts: Mapped[dict[str, Any]]
    complete: Mapped[bool]
    catalogue_version: Mapped[int]
    undone: Mapped[datetime | None]
    data_date: Mapped[date | None]


def _column(value: "Field[Any]") -> Column[Any]:
    """The column of a value, by what it is where nothing is known."""
    if value.default is None:
        yes_no = FIELD[value.name].kind is ValueKind.YES_NO
        return Column(value.name, Boolean if yes_no else Double)
    return Column(value.name, JSON if value.default == () else String, nullable=False)


class SupplierRow(Base):
    """A supplier, as merged from its records."""

    __table__ = Table(
        "supplier",
        Base.metadata,
        Column("id", String, primary_key=True),
        Column("name", String, nullable=False),
        Column("siret", String, nullable=False, index=True),
        Column("siren", String, nullable=False, index=True),
        *map(_column, fields(SupplierValues)),
        Column("updated", Date),
        Column("closed", Date),
        Column("closed_reason", String, nullable=False, server_default=""),
        Column("successor", String, nullable=False, server_default=""),
        Column("flags", JSON, nullable=False),
    )
    holding = Holding("fiche de l’établissement, fusionnée de celles de ses sources", Way.COMPUTED)


class SourceRecordRow(Base):
    """Record of one supplier by one source, cleaned. `payload` is canonical JSON; `siret` and `finess` repeat its keys.

    `supplier_id` has no row in `supplier` while nothing proves it inclusive: the record waits for a person.
    """

    __tablename__ = "source_record"
    __table_args__ = (UniqueConstraint("source", "ref"),)
    holding = Holding("fiche de chaque source : nom, adresse, téléphone, courriel, site, présentation", Way.OWN)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    ref: Mapped[str]
    supplier_id: Mapped[str] = mapped_column(index=True)
    siret: Mapped[str]
    finess: Mapped[str]
    payload: Mapped[str]
    hash: Mapped[str]
    flags: Mapped[list[Any]]
    as_of: Mapped[date | None]
    first_seen_run: Mapped[int] = mapped_column(ForeignKey("import_run.id"))
    last_seen_run: Mapped[int] = mapped_column(ForeignKey("import_run.id"))
    gone: Mapped[bool]


class OrganisationFactRow(Base):
    """Fact of a source about a whole SIREN, kept whether or not the catalogue holds a supplier of it yet.

    `field` is its subject (`kinds`) and `value` the value there (`ESS`); `wording` the source's own words; `run_id` the
    import that wrote it last, `first_seen_run` the one that brought it. `gone` where the last complete list of the source no
    longer has it.
    """

    __tablename__ = "organisation_fact"
    holding = Holding("ce qu’un registre dit d’un SIREN")

    siren: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    wording: Mapped[str]
    as_of: Mapped[date | None]
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"))
    first_seen_run: Mapped[int] = mapped_column(server_default="0")
    gone: Mapped[bool]


class FactBeforeRow(Base):
    """A fact as it was before one import changed it or marked it gone, `last_run` the import that had written it."""

    __tablename__ = "fact_before"
    holding = Holding("le même avant un import, pour l’annuler")

    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), primary_key=True)
    siren: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    wording: Mapped[str]
    as_of: Mapped[date | None]
    last_run: Mapped[int]
    gone: Mapped[bool]


class AwardRow(Base):
    """One contract won by one company, kept by the winner's number whether or not the catalogue holds a supplier of it yet.

    A row is never changed: an import that reads other values inserts its own, and the former one is `superseded_by` that import;
    undoing it deletes the one and frees the other. The award that stands of a `ref` is the one that nothing supersedes. `siret` is
    empty where the source gives a SIREN alone. `amount` in euros before tax over `months`; `shared` where it is that of several
    companies together, None where unknown: the rows of one contract then decide (`awarded.py`).
    """

    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("source", "ref", "run_id"),
        Index("ix_award_contract", "buyer", "number"),
    )
    holding = Holding("marchés publics remportés : SIRET, acheteur, objet", Way.OWN)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    ref: Mapped[str]
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), index=True)
    # Without an index: nearly every row has none, and SQLite would read them all rather than look a reference up.
    superseded_by: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
    hash: Mapped[str]
    siret: Mapped[str]
    siren: Mapped[str] = mapped_column(index=True)
    number: Mapped[str]
    buyer: Mapped[str]
    buyer_name: Mapped[str]
    objet: Mapped[str]
    cpv: Mapped[str]
    notified: Mapped[date | None]
    amount: Mapped[float | None]
    months: Mapped[float | None]
    social: Mapped[str]
    shared: Mapped[bool | None]


class RecordBeforeRow(Base):
    """A record as it was before one import saw it again or marked it gone, so that the import can be undone; `payload` is None where the
    import left it as it was."""

    __tablename__ = "record_before"
    holding = Holding("fiche d’une source avant un import, pour l’annuler", Way.OWN)

    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), primary_key=True)
    # A record that is forgotten takes along what it was: the imports that wrote it can no longer be undone.
    record_id: Mapped[int] = mapped_column(
        ForeignKey("source_record.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    payload: Mapped[str | None]
    gone: Mapped[bool]
    last_seen_run: Mapped[int]


def _supplier_key() -> Mapped[str]:
    return mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True)


class SupplierKindRow(Base):
    """One kind of a supplier."""

    __tablename__ = "supplier_kind"
    holding = Holding("types d’un établissement", Way.COMPUTED)

    supplier_id: Mapped[str] = _supplier_key()
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]


class FinessNumberRow(Base):
    """One FINESS number of a supplier."""

    __tablename__ = "finess_number"
    holding = Holding("numéros FINESS d’un établissement", Way.COMPUTED)

    supplier_id: Mapped[str] = _supplier_key()
    number: Mapped[str] = mapped_column(primary_key=True, index=True)


class SiteRow(Base):
    """One site of a supplier, in order of trust."""

    __tablename__ = "site"
    holding = Holding("adresses d’un établissement", Way.COMPUTED)

    supplier_id: Mapped[str] = _supplier_key()
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str]
    post_code: Mapped[str]
    city: Mapped[str]
    insee: Mapped[str]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    approximate: Mapped[bool]
    finess: Mapped[str]


class ActivityRow(Base):
    """One declared activity of a supplier."""

    __tablename__ = "activity"
    holding = Holding("activités d’un établissement", Way.COMPUTED)

    supplier_id: Mapped[str] = _supplier_key()
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    wording: Mapped[str]
    evidence: Mapped[str]
    source: Mapped[str]


class RefusedActivityRow(Base):
    """One activity that a supplier does not do, by the team or by the establishment."""

    __tablename__ = "refused_activity"
    holding = Holding("activités que l’équipe, ou lui-même, refuse à un établissement", Way.COMPUTED)

    supplier_id: Mapped[str] = _supplier_key()
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    wording: Mapped[str]
    date: Mapped[date | None]
    source: Mapped[str | None]


class ReferenceRow(Base):
    """One award of a supplier: won under its own SIRET (`own`), or under its SIREN. `activity` is read from it, empty in doubt."""

    __tablename__ = "reference"
    holding = Holding("marchés rattachés à un établissement", Way.COMPUTED)

    supplier_id: Mapped[str] = _supplier_key()
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id", ondelete="CASCADE"), primary_key=True, index=True)
    own: Mapped[bool]
    activity: Mapped[str]


class ContactRow(Base):
    """One way to reach a supplier (phone, email, website), apart so that it can be forgotten."""

    __tablename__ = "contact"
    holding = Holding("téléphone, courriel et site d’un établissement", Way.COMPUTED)

    supplier_id: Mapped[str] = _supplier_key()
    position: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    value: Mapped[str]
    source: Mapped[str]
    ref: Mapped[str]
    date: Mapped[date | None]


class ProvenanceRow(Base):
    """Origin of the value of one field of a supplier."""

    __tablename__ = "provenance"
    holding = Holding("source de chaque valeur d’un établissement", Way.COMPUTED)

    supplier_id: Mapped[str] = _supplier_key()
    field: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    ref: Mapped[str]
    date: Mapped[date | None]


class CorrectionRow(Base):
    """Correction by the team, or answer of an establishment about itself: who, when, why. While it stands, `source_record` holds its values
    under its `source` and this `id`.

    `anchor_source` and `anchor_ref` name the record it follows where its supplier has neither SIRET nor FINESS number.
    """

    __tablename__ = "correction"
    holding = Holding(
        "corrections : qui, quand, ce qui est écrit et pourquoi", keys=("source", "anchor_source", "anchor_ref")
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(server_default="equipe")
    said: Mapped[dict[str, Any]]
    who: Mapped[str]
    motive: Mapped[str]
    given: Mapped[datetime]
    anchor_source: Mapped[str]
    anchor_ref: Mapped[str]
    withdrawn: Mapped[datetime | None]


class OptOutRow(Base):
    """One key (`siret:…`, `finess:…`, `source:reference`) of a supplier that asked to leave: all that is kept of it."""

    __tablename__ = "opt_out"
    holding = Holding("numéros d’un établissement retiré, qui l’a écrit et pourquoi")

    key: Mapped[str] = mapped_column(primary_key=True)
    supplier_id: Mapped[str] = mapped_column(index=True)
    who: Mapped[str]
    motive: Mapped[str]
    since: Mapped[datetime]


class ForgottenRow(Base):
    """A value that a person asked to forget: its salted hash and how many words it has, never the value."""

    __tablename__ = "forgotten"
    holding = Holding("empreintes salées des valeurs oubliées", Way.APART)

    hash: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[int]
    since: Mapped[datetime]


class ReviewPairRow(Base):
    """Two records that evidence ties (`same`) or leaves to a person (`review`). `id` names the pair as long as it is one.

    `reason` is the sentence of a register on whose word the pair is asked, empty where likeness alone asks it.
    """

    __tablename__ = "review_pair"
    __table_args__ = (UniqueConstraint("source", "ref", "other_source", "other_ref"),)
    holding = Holding("rapprochements à juger", keys=("source", "ref", "other_source", "other_ref"))

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    ref: Mapped[str]
    other_source: Mapped[str]
    other_ref: Mapped[str]
    verdict: Mapped[str] = mapped_column(index=True)
    score: Mapped[int]
    evidence: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(server_default="")


# The same, for statements.
META = table_of(MetaRow)
IMPORT_RUNS = table_of(ImportRunRow)
SUPPLIERS = table_of(SupplierRow)
RECORDS = table_of(SourceRecordRow)
ORGANISATION_FACTS = table_of(OrganisationFactRow)
FACTS_BEFORE = table_of(FactBeforeRow)
AWARDS = table_of(AwardRow)
RECORDS_BEFORE = table_of(RecordBeforeRow)
SUPPLIER_KINDS = table_of(SupplierKindRow)
FINESS_NUMBERS = table_of(FinessNumberRow)
SITES = table_of(SiteRow)
ACTIVITIES = table_of(ActivityRow)
REFUSED_ACTIVITIES = table_of(RefusedActivityRow)
REFERENCES = table_of(ReferenceRow)
CONTACTS = table_of(ContactRow)
PROVENANCE = table_of(ProvenanceRow)
CORRECTIONS = table_of(CorrectionRow)
OPT_OUTS = table_of(OptOutRow)
FORGOTTEN = table_of(ForgottenRow)
REVIEW_PAIRS = table_of(ReviewPairRow)
