"""Sources fetched online (« entremise fetch », « refresh », and the import page): for each, what is requested, the file received and its import;
and the background works that fetch open directories."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Engine

from importers.importer import Source, SourceError
from importers.online.awards import fetch_awards
from importers.online.faults import FetchError
from importers.online.fetch import Fetcher, Progress, ResponseLimits, published_on
from importers.online.marche import fetch_marche
from importers.online.recherche_search import ask_about
from importers.online.services import DOWNLOADS, SERVICES
from importers.online.siaes import fetch_siaes
from importers.recherche_entreprises import KEY as API
from matcher.catalogue.intake.attempt import IntakeRefused
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.read_apart import importer_in_subprocess
from matcher.catalogue.intake.registers import due_sirets, known_sirets
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.store.late import Freshness
from matcher.cleaning.siret import clean_siret
from matcher.clock import now, utc_now
from matcher.db import DatabaseError
from matcher.domain.french import count
from matcher.erasure import FOLDERS
from matcher.jobs.reader_process import COMMAND, ReadRefused
from matcher.jobs.stop import Stop
from matcher.jobs.worker import Hold, WorkKind
from matcher.jobs.works import Work, WorkStore
from matcher.private_files import private_folder
from matcher.reference.geography.territories import departements
from matcher.reference.source_rules import source_rules
from matcher.settings import SettingsError, service_token, service_url, token_variable


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """Request to a source: these départements (none: all), at most `limit` requests, data older than `days` (None: the source's update interval)."""

    departements: Sequence[str] = ()
    limit: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class FetchResult:
    """Result of a fetch: `sources` are the files to import, empty if nothing is new; `complete`: they are the whole list; `data_date` is the
    service's date of its file, None where not given; `says` is a French summary; `new`: part of it was not in the cache."""

    sources: tuple[Source, ...] = ()
    complete: bool = False
    data_date: date | None = None
    says: str = ""
    new: bool = True


@dataclass(frozen=True, slots=True)
class OnlineSource:
    """One source as commands name it; `key` is that of its importer, `service` the API called; `needs_token`: it is called only with a token.

    `by_siret`: it is queried SIRET by SIRET, each with its own age, so that a partial import does not make the source recent.
    """

    name: str
    key: str
    service: str
    ask: Callable[["OnlineSource", Engine, Fetcher, SourceRequest, Progress], FetchResult]
    needs_token: bool = False
    by_siret: bool = False

    @property
    def token(self) -> str:
        """Token of its service, empty where none is needed or set."""
        return service_token(self.service) if self.needs_token else ""

    @property
    def token_name(self) -> str:
        """Name of the environment variable of its token."""
        return token_variable(self.service)

    def receive(self, engine: Engine, request: SourceRequest, progress: Progress) -> FetchResult:
        """Fetch from the source. Raises FetchError (what was received stays in the cache), or SettingsError where the token is missing."""
        if self.needs_token and not self.token:
            raise SettingsError(
                f"« {self.name} » demande un jeton : obtenez-le de l’éditeur (« entremise sources --lettre {self.key} »), puis écrivez-le "
                f"dans la variable {self.token_name}, jamais sur la ligne de commande."
            )
        return self.ask(self, engine, fetcher_of(self.service, self.token), request, progress)

    def days(self, request: SourceRequest) -> int:
        """Age in days from which data are fetched again."""
        return request.days if request.days is not None else source_rules()[self.key].days or 0


def fetcher_of(service: str, token: str = "") -> Fetcher:
    """Return the HTTP client of a service, at the address of the settings, with its cache folder."""
    folder = private_folder(FOLDERS[service].path)
    return Fetcher(SERVICES[service].at(service_url(service)), folder, now=lambda: utc_now().timestamp(), token=token)


def import_received(
    engine: Engine,
    key: str,
    received: FetchResult,
    *,
    dry_run: bool = False,
    create: bool = False,
    progress: Progress,
    ending: Callable[[Connection, ImportReport], None] = lambda *_: None,
    stop: Stop | None = None,
) -> ImportReport:
    """Import a fetched file, read in another process; `ending` writes in its transaction. Raises ReadRefused, IntakeRefused, DatabaseError, Stopped."""
    return run_import(
        engine,
        importer_in_subprocess(key, limits=COMMAND, stop=stop),
        received.sources,
        now=now(),
        complete=received.complete,
        dry_run=dry_run,
        create=create,
        data_date=received.data_date,
        fetched=True,
        progress=progress,
        ending=ending,
    )


def _file(
    source: OnlineSource, _engine: Engine, fetcher: Fetcher, _asked: SourceRequest, progress: Progress
) -> FetchResult:
    wanted = DOWNLOADS[source.key]
    expected = ResponseLimits(types=wanted.types, max_bytes=wanted.max_bytes, max_seconds=3600.0)
    path = fetcher.get(wanted.path, expected=expected, progress=progress, name=f"{source.key}.csv")
    return FetchResult((Source(path),), complete=True, data_date=published_on(path))


def _emplois(
    _source: OnlineSource, _engine: Engine, fetcher: Fetcher, request: SourceRequest, progress: Progress
) -> FetchResult:
    collectivities = {code for code, place in departements().items() if place.region == code}
    places = request.departements or list(departements())
    path = fetch_siaes(fetcher, places, progress, may_be_unknown=collectivities)
    return FetchResult((Source(path),), complete=not request.departements)


def _awards(
    source: OnlineSource, engine: Engine, fetcher: Fetcher, request: SourceRequest, progress: Progress
) -> FetchResult:
    sirets = [siret for siret in known_sirets(engine) if not clean_siret(siret).flag]
    age = timedelta(days=source.days(request)).total_seconds()
    won = fetch_awards(fetcher, sirets, max_age_s=age, limit=request.limit, progress=progress)
    says = f"{count(won.answered, 'SIRET demandé', 'SIRET demandés')}, {won.left} restent à demander."
    return FetchResult((Source(won.path),) if won.answered else (), says=says, new=won.asked > 0)


def _register(
    source: OnlineSource, engine: Engine, fetcher: Fetcher, request: SourceRequest, progress: Progress
) -> FetchResult:
    age = timedelta(days=source.days(request))
    sirets = due_sirets(engine, (utc_now() - age).date())
    if not sirets:
        return FetchResult(says="Rien à demander : tous les SIRET du catalogue ont été vérifiés récemment.")
    answers = ask_about(fetcher, sirets, max_age_s=age.total_seconds(), limit=request.limit, progress=progress)
    remaining = len(sirets) - answers.known - answers.unknown
    found_words = count(answers.known, "SIRET trouvé", "SIRET trouvés")
    says = f"{found_words}, {answers.unknown} non trouvés, {remaining} restent à demander."
    return FetchResult((Source(answers.path),) if answers.known else (), says=says)


REGISTER = OnlineSource("sirene", API, API, _register, by_siret=True)
# In the order of fetching: directories that list suppliers first, then sources that complete them.
ONLINE: Mapping[str, OnlineSource] = {
    source.name: source
    for source in (
        OnlineSource("emplois", "emplois", "emplois", _emplois),
        OnlineSource("finess", "finess", "data-gouv", _file),
        OnlineSource(
            "marche",
            "marche",
            "marche",
            lambda _source, _engine, fetcher, _asked, progress: FetchResult(
                (Source(fetch_marche(fetcher, progress)),), complete=True
            ),
            needs_token=True,
        ),
        OnlineSource("ess", "ess", "data-gouv", _file),
        REGISTER,
        OnlineSource("awards", "decp", "tabular", _awards, by_siret=True),
    )
}
OPEN = tuple(source for source in ONLINE.values() if not (source.needs_token or source.by_siret))


@dataclass(frozen=True, slots=True)
class OpenDirectory:
    """An open directory: its age, whether it is `late`, and its last work, None where there is none."""

    source: OnlineSource
    age: Freshness
    late: bool
    work: Work | None

    @property
    def going(self) -> bool:
        """Return whether it is being fetched or queued."""
        return self.work is not None and self.work.going


class OpenDirectories:
    """The open directories (whole lists that need no token) of one catalogue, shared by all organisations."""

    def __init__(self, works: WorkStore) -> None:
        self.works = works

    def take(self, names: Iterable[str], person: str = "") -> None:
        """Queue the fetching of these directories, once each even if several servers ask. Raises DatabaseError."""
        for name in names:
            request, key = {"source": name}, _key(name)
            work = self.works.put(None, TAKE.name, request, person, key=key)
            if not work.going:
                self.works.again(None, key, request, person)

    def stop(self) -> None:
        """Stop and delete the works in progress; what was received stays in the cache."""
        for source in OPEN:
            self.works.forget(None, _key(source.name), unless=lambda work: not work.going)

    def works_by_name(self) -> Mapping[str, Work]:
        """Return the last work of each source, by name."""
        return {work.asked["source"]: work for work in self.works.of(None, TAKE.name)}


def _key(name: str) -> str:
    return f"annuaire-{name}"


def _fetch_and_import(hold: Hold) -> Mapping[str, str | int]:
    source = ONLINE[hold.work.asked["source"]]
    received = source.receive(hold.engine, SourceRequest(), hold.tell)

    def end(connection: Connection, report: ImportReport) -> None:
        hold.end(connection, _result(report))

    report = import_received(hold.engine, source.key, received, progress=hold.tell, ending=end, stop=hold.stop)
    return _result(report)


def _result(report: ImportReport) -> dict[str, str | int]:
    return {"says": report.sentence, "run": report.run}


# One at a time, in the order of the requests.
TAKE = WorkKind(
    "annuaire",
    _fetch_and_import,
    (FetchError, SettingsError, SourceError, ReadRefused, IntakeRefused, DatabaseError),
    days=7,
    alone=True,
)
