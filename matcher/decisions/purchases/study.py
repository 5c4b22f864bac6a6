"""State of an uploaded purchase sheet in the job queue (a study): question, parameters, progress, headline; settings of each kind of study."""

from dataclasses import dataclass
from enum import StrEnum

from importers.formats.columns import SheetKind
from matcher.decisions.purchases import line as purchases
from matcher.decisions.purchases import programme, reconciliation, spending
from matcher.decisions.purchases.reconciliation import MOST_LINES
from matcher.decisions.purchases.sheet import PROGRAMME, SPENDING
from matcher.jobs.works import UNFINISHED, Work, WorkState

# Name of the sheet among the files of its work.
FILE = "fichier"


class BatchKind(StrEnum):
    """Question asked of a sheet: opinions on a programme, analysis of past spending, or reconciliation of supplier names."""

    PROGRAMME = "programme"
    HISTORY = "historique"
    RECONCILIATION = "rapprochement"

    @property
    def sheet(self) -> SheetKind:
        """Kind of sheet that it reads (required columns)."""
        return PROGRAMME if self is BatchKind.PROGRAMME else SPENDING

    @property
    def form(self) -> int:
        """Version of its stored sheets and answers; those of another version are computed again."""
        if self is BatchKind.RECONCILIATION:
            return reconciliation.FORM
        return programme.FORM if self is BatchKind.PROGRAMME else spending.FORM

    @property
    def most_lines(self) -> int:
        """Most lines of a sheet."""
        return purchases.MOST_LINES if self is BatchKind.PROGRAMME else MOST_LINES

    @property
    def sheet_step(self) -> str:
        """Name of the job step that stores the sheet as read."""
        return f"feuille {self.form}"


@dataclass(frozen=True, slots=True)
class Study:
    """One uploaded sheet. `place`: default place of its lines; `siret`: of its buyer; `who`: author of the answers written in it; `on`: day (ISO) of the
    answers; `version`: of the catalogue used, 0 before; `says`: French headline or error; `done` of `total` lines answered; `before`: number of jobs ahead in
    the queue; `person`: user who asked."""

    key: str
    kind: BatchKind
    file_name: str
    size: int
    on: str
    state: WorkState
    place: str
    siret: str
    who: str
    says: str
    version: int
    done: int
    total: int
    before: int
    person: str

    @classmethod
    def of(cls, work: Work) -> "Study":
        """Build the study of a job."""
        request, file = work.asked, work.files[FILE]
        return cls(
            key=work.key,
            kind=BatchKind(work.kind),
            file_name=file.name,
            size=file.size,
            on=request["on"],
            state=work.state,
            place=request["place"],
            siret=request.get("siret", ""),  # absent from jobs of version 0.2
            who=request["who"],
            says=work.result["says"] if work.state is WorkState.DONE else work.refusal,
            version=work.result.get("version", 0),
            done=work.done,
            total=work.total,
            before=work.before,
            person=work.person,
        )

    @property
    def unfinished(self) -> bool:
        """Return whether its job is not finished."""
        return self.state in UNFINISHED
