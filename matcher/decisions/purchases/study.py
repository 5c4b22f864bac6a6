"""A study (a buyer's sheet of purchases or suppliers, uploaded, and the job that answers it): its question, parameters, progress and headline; the settings of
each kind of study."""

from dataclasses import dataclass
from enum import StrEnum

from importers.formats.columns import SheetKind
from matcher.decisions.purchases import line as purchases
from matcher.decisions.purchases import programme, reconciliation, spending
from matcher.decisions.purchases.reconciliation import MOST_LINES
from matcher.decisions.purchases.sheet import PROGRAMME, SPENDING
from matcher.jobs.works import UNFINISHED, Work, WorkState

# Key of the sheet among the files of its job (`Work.files`).
FILE = "fichier"


class StudyKind(StrEnum):
    """Question asked of a sheet."""

    # May each future purchase be reserved to inclusive suppliers?
    PROGRAMME = "programme"
    # What share of past spending went to inclusive suppliers?
    HISTORY = "historique"
    # Which supplier of the catalogue does each written name mean?
    RECONCILIATION = "rapprochement"

    @property
    def sheet(self) -> SheetKind:
        """Kind of sheet that it reads (required columns)."""
        return PROGRAMME if self is StudyKind.PROGRAMME else SPENDING

    @property
    def form(self) -> int:
        """Version of its stored sheets and answers; those of another version are computed again."""
        if self is StudyKind.RECONCILIATION:
            return reconciliation.FORM
        return programme.FORM if self is StudyKind.PROGRAMME else spending.FORM

    @property
    def most_lines(self) -> int:
        """Most lines of a sheet."""
        return purchases.MOST_LINES if self is StudyKind.PROGRAMME else MOST_LINES

    @property
    def sheet_step(self) -> str:
        """Name of the job step that stores the sheet as read."""
        return f"feuille {self.form}"


@dataclass(frozen=True, slots=True)
class Study:
    """One uploaded sheet. `place`: default place of its lines; `siret`: of its buyer; `who`: name that signs the answers already written in the sheet by people;
    `on`: day (ISO) for which the job answers; `version`: of the catalogue that the job used, 0 until it ends; `says`: French headline or error; `done`: lines
    that the job has answered, of `total`; `before`: number of jobs ahead in the queue; `person`: user who asked."""

    key: str
    kind: StudyKind
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
            kind=StudyKind(work.kind),
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
