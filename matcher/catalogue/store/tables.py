"""Database tables of the catalogue. `source_record` (each source's cleaned records) is the reference; `supplier` and its child tables are computed from it."""

from dataclasses import fields
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
    """One import: files, times (UTC without zone), counts, and the `catalogue_version` after it; `undone` is when it was undone, None if it was
    not; `data_date` the day of its data, None where unknown."""

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


class SupplierRow(Base):
    """A supplier, as merged from its records."""

    __table__ = Table(
        "supplier",
        Base.metadata,
        Column("id", String, primary_key=True),
        Column("name", String, nullable=False),
        Column("siret", String, nullable=False, index=True),
        Column("siren", String, nullable=False, index=True),
        *(  # the default of a field gives the type of its column
            Column(value.name, Boolean if FIELD[value.name].kind is ValueKind.YES_NO else Double)
            if value.default is None
            else Column(value.name, JSON if value.default == () else String, nullable=False)
            for value in fields(SupplierValues)
        ),
        Column("updated", Date),
        Column("closed", Date),
        Column("closed_reason", String, nullable=False, server_default=""),
        Column("successor", String, nullable=False, server_default=""),
        Column("flags", JSON, nullable=False),
    )
    holding = Holding("fiche de l’établissement, fusionnée de celles de ses sources", Way.COMPUTED)


class SourceRecordRow(Base):
    """Cleaned record of one supplier by one source. `payload` is canonical JSON; `siret` and `finess` repeat its keys.

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
    """Fact of a source about a whole SIREN, stored even without a supplier in the catalogue.

    `field` is its subject (`kinds`), `value` the value (`ESS`), `wording` the source's words; `run_id` is the last import that wrote it,
    `first_seen_run` the one that brought it. `gone` where the source's last complete list no longer has it.
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
    """A fact before an import changed it or marked it gone; `last_run` is the import that had written it."""

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
    """One contract won by one company, stored by the winner's number even without a supplier in the catalogue.

    Rows are immutable: an import with other values inserts a new row, and the former one is `superseded_by` that import; undoing the import deletes
    the new one and clears the mark. The current award of a `ref` is the one not superseded. `siret` is empty where the source gives only a SIREN.
    `amount` is in euros before tax over `months`; `shared` where it is several companies' together, None where unknown (then `awarded.py` compares
    the rows of the contract).
    """

    __tablename__ = "award"
    __table_args__ = (UniqueConstraint("source", "ref", "run_id"), Index("ix_award_contract", "buyer", "number"))
    holding = Holding("marchés publics remportés : SIRET, acheteur, objet", Way.OWN)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    ref: Mapped[str]
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), index=True)
    # No index: it is nearly always NULL, and SQLite would prefer that index to the one on the reference.
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
    """A record before an import saw it or marked it gone, to undo the import; `payload` is None where the import did not change it."""

    __tablename__ = "record_before"
    holding = Holding("fiche d’une source avant un import, pour l’annuler", Way.OWN)

    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), primary_key=True)
    # Erasing a record erases its former values too: the imports that wrote it cannot be undone any more.
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
    """An award attached to a supplier: won under its own SIRET (`own`) or its SIREN. `activity` is read from it, empty in doubt."""

    __tablename__ = "reference"
    holding = Holding("marchés rattachés à un établissement", Way.COMPUTED)

    supplier_id: Mapped[str] = _supplier_key()
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id", ondelete="CASCADE"), primary_key=True, index=True)
    own: Mapped[bool]
    activity: Mapped[str]


class ContactRow(Base):
    """A contact of a supplier (phone, email, website), in its own table so that it can be erased."""

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
    """A correction by the team, or an establishment's answer about itself: who, when, why. While in force, its values are a `source_record` under
    its `source` and this `id`.

    `anchor_source` and `anchor_ref` are the record that it follows where its supplier has neither SIRET nor FINESS number.
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
    """A key (`siret:…`, `finess:…`, `source:reference`) of a supplier that asked to leave; nothing else of it is stored."""

    __tablename__ = "opt_out"
    holding = Holding("numéros d’un établissement retiré, qui l’a écrit et pourquoi")

    key: Mapped[str] = mapped_column(primary_key=True)
    supplier_id: Mapped[str] = mapped_column(index=True)
    who: Mapped[str]
    motive: Mapped[str]
    since: Mapped[datetime]


class ForgottenRow(Base):
    """A value that a person asked to forget: its salted hash and its number of words, never the value."""

    __tablename__ = "forgotten"
    holding = Holding("empreintes salées des valeurs oubliées", Way.APART)

    hash: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[int]
    since: Mapped[datetime]


class ReviewPairRow(Base):
    """Two records that likeness merged (`same`) or that wait for a person (`review`). `id` is stable as long as the pair exists.

    `reason` is the French sentence of a register that puts the pair to a person, empty where only likeness does.
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


# The tables, for SQL statements.
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
