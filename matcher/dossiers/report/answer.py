"""Annual report of an organisation: load its dossiers, ledgers, programme and public contracts, and compute the report. Called by `entremise bilan` and the
page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from sqlalchemy import Engine

from matcher.accounts.organisations import OrganisationProfile
from matcher.catalogue.store.awarded import BuyerAward, awarded_by
from matcher.catalogue.store.read import dated_sources, supplier_departements
from matcher.cleaning.siret import clean_siren
from matcher.db import reading
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.purchases.batch import Studies
from matcher.decisions.purchases.programme_document import ProgrammeAnswer
from matcher.decisions.purchases.spending_document import SpendingSnapshot
from matcher.decisions.purchases.study import StudyKind
from matcher.domain.age import DatedSource
from matcher.dossiers.changes import KeepDecision
from matcher.dossiers.clause_contract import followed_contracts
from matcher.dossiers.contract_changes import RecordContract
from matcher.dossiers.dossier import Stage
from matcher.dossiers.insertion_changes import RecordHours
from matcher.dossiers.report.compute import (
    AnnualReport,
    LedgerRead,
    ReportPeriod,
    WonAward,
    contracts_in,
    exemptions_in,
    hours_followed,
    ledger_of,
    plans_in,
)
from matcher.dossiers.store import DossierFilter, having, list_dossiers
from matcher.jobs.works import WorkState
from matcher.ownership import OrganisationId
from matcher.ranking.shelf.shelf import Shelf

# Public data on contracts begin in 2017; a ledger or a dossier may be older.
FIRST_YEAR = 2010
# A report covers at most two years, as the indicators of article L2111-3 are published every two years.
MOST_YEARS = 2
AWARDS = "decp"


@dataclass(frozen=True, slots=True)
class ProgrammeRead:
    """A purchasing programme uploaded on the pages, with its answer (`its`) and the day of that answer."""

    name: str
    on: date
    its: ProgrammeAnswer


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """A report with what it was made from: organisation, ledgers, last programme, dated sources of its public contracts, départements of suppliers by id,
    catalogue."""

    report: AnnualReport
    organisation: OrganisationProfile
    ledgers: tuple[LedgerRead, ...]
    programme: ProgrammeRead | None
    sources: tuple[DatedSource, ...]
    departements: Mapping[str, str]
    catalogue_version: int
    catalogue_suppliers: int
    on: date


def period_of(year: int, years: int, today: date) -> ReportPeriod:
    """Return the period of `years` years that ends with `year`. Raises DecisionRefused where it is in the future, too old or too long."""
    if year > today.year:
        raise DecisionRefused(f"L’année {year} n’est pas commencée : choisissez {today.year} ou une année passée.")
    if not 1 <= years <= MOST_YEARS:
        raise DecisionRefused(f"Un bilan porte sur une année, ou sur {MOST_YEARS}.")
    if year < FIRST_YEAR:
        raise DecisionRefused(f"Choisissez une année depuis {FIRST_YEAR}.")
    return ReportPeriod(year - years + 1, year)


def annual_report(
    engine: Engine,
    owner: OrganisationId,
    organisation: OrganisationProfile,
    shelf: Shelf,
    studies: Studies,
    period: ReportPeriod,
    today: date,
    more: Sequence[LedgerRead] = (),
) -> ReportAnswer:
    """Compute the report of an organisation from its dossiers, the sheets uploaded on its pages, `more` ledgers, and the public data on its contracts.
    Raises FileGone, DatabaseError."""
    dossiers = having(engine, owner, (RecordContract.action, KeepDecision.action, RecordHours.action))
    summaries = list_dossiers(engine, owner, DossierFilter())
    noted = {one.id for one in dossiers if one.contracts}
    dropped, programme = _read_studies(studies, shelf)
    ledgers = (*dropped, *more)
    siren, awards = clean_siren(organisation.siret[:9]).value, None
    if siren is not None:
        with reading(engine) as connection:
            awards = awarded_by(connection, siren)
    report = AnnualReport(
        period=period,
        followed=len(summaries),
        unnoted=sum(one.course.stage is Stage.AWARDED and one.id not in noted for one in summaries),
        contracts=contracts_in(dossiers, period),
        plans=plans_in(dossiers, period),
        hours=hours_followed(dossiers, period.years),
        promised=tuple(chain.from_iterable(map(followed_contracts, dossiers))),
        exemptions=exemptions_in(dossiers, period),
        awards=None if awards is None else _with_families([one for one in awards if period.holds(one.notified)], shelf),
        undated=sum(one.notified is None for one in awards or ()),
        ledger=ledger_of(ledgers, period),
    )
    return ReportAnswer(
        report=report,
        organisation=organisation,
        ledgers=ledgers,
        programme=programme,
        sources=tuple(one for one in dated_sources(engine) if one.key in {AWARDS, *report.award_sources}),
        departements=supplier_departements(engine, {line.id for line in report.ledger.spending.lines if line.id}),
        catalogue_version=shelf.version,
        catalogue_suppliers=len(shelf),
        on=today,
    )


def _with_families(awards: Sequence[BuyerAward], shelf: Shelf) -> tuple[WonAward, ...]:
    """Return the contracts with the families (SIAE, STPA) of winners found in the catalogue by SIRET, or a flag where only the SIREN is there."""
    sirens = set(shelf.sirens.tolist())
    won_awards = []
    for buyer_award in awards:
        rows = [row for winner in buyer_award.winners if (row := shelf.find(winner)) is not None]
        families = frozenset(str(kind.family) for row in rows for kind in shelf.suppliers[row].kinds)
        is_near = any(int(winner[:9]) in sirens for winner in buyer_award.winners)
        won_awards.append(WonAward(buyer_award, families if rows else None, is_near))
    return tuple(won_awards)


def _read_studies(studies: Studies, shelf: Shelf) -> tuple[list[LedgerRead], ProgrammeRead | None]:
    """Return the ledgers uploaded on the pages, the oldest first, and the last programme uploaded."""
    done = [one for one in studies.all(StudyKind.HISTORY, StudyKind.PROGRAMME) if one.state is WorkState.DONE]
    ledgers = []
    for study in (one for one in reversed(done) if one.kind is StudyKind.HISTORY):
        snapshot = studies.result(study, shelf)
        if isinstance(snapshot, SpendingSnapshot):
            ledgers.append(LedgerRead(study.file_name, date.fromisoformat(study.on), snapshot.spending.lines))
    last = next((one for one in done if one.kind is StudyKind.PROGRAMME), None)
    answer = studies.result(last, shelf) if last else None
    if last is None or not isinstance(answer, ProgrammeAnswer):
        return ledgers, None
    return ledgers, ProgrammeRead(last.file_name, date.fromisoformat(last.on), answer)
