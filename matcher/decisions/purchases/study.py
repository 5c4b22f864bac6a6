"""A sheet of purchases as it stands in the queue of works: the question asked of it, who asked, how far it is."""

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
    """Question asked of a sheet."""

    PROGRAMME = "programme"
    HISTORY = "historique"
    RECONCILIATION = "rapprochement"

    @property
    def sheet(self) -> SheetKind:
        """The kind of its sheets."""
        return PROGRAMME if self is BatchKind.PROGRAMME else SPENDING

    @property
    def form(self) -> int:
        """Return the version under which sheets and answers are kept: under another, those from before are made again."""
        if self is BatchKind.RECONCILIATION:
            return reconciliation.FORM
        return programme.FORM if self is BatchKind.PROGRAMME else spending.FORM

    @property
    def most_lines(self) -> int:
        """Lines that it takes at most."""
        return purchases.MOST_LINES if self is BatchKind.PROGRAMME else MOST_LINES

    @property
    def sheet_step(self) -> str:
        """The step of a work that keeps its sheet as read."""
        return f"feuille {self.form}"


@dataclass(frozen=True, slots=True)
class Study:
    """One sheet. `place` is where its lines without a place are looked for, `siret` its buyer's, `who` signs the answers that it gives back; `on` the day
    (ISO) it is answered on, `version` the catalogue's once it is; `says` its headline, or what is wrong. `done` of `total` lines are answered, `before` how
    many works go before it; `person` asked for it."""

    key: str
    kind: BatchKind
    file_name: str
    size: int
    on: str
    stand: WorkState
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
        """Return the study that a work is about."""
        request, file = work.asked, work.files[FILE]
        return cls(
            key=work.key,
            kind=BatchKind(work.kind),
            file_name=file.name,
            size=file.size,
            on=request["on"],
            stand=work.state,
            place=request["place"],
            siret=request.get("siret", ""),  # a work of 0.2 was not told it
            who=request["who"],
            says=work.result["says"] if work.state is WorkState.DONE else work.refusal,
            version=work.result.get("version", 0),
            done=work.done,
            total=work.total,
            before=work.before,
            person=work.person,
        )

    @property
    def going(self) -> bool:
        """Return whether it is still to be answered."""
        return self.stand in UNFINISHED
