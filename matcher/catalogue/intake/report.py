"""Report of an import, done or tried: the counts of the command contract, and reasons in French."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from matcher.catalogue.intake.dry_run import Foretold
from matcher.catalogue.intake.plan import RecordOutcome
from matcher.domain.french import count, number
from matcher.render.shaped import shaped

_SHOWN_LINES = 10

# A line of the file, from 1; "file:line" where several files are imported together; the id of a supplier that several lines make.
Where = int | str

# The words of each count, in the order of the sentence.
_COUNTED = (
    ("created", "nouvelles"),
    ("merged", "jointes"),
    ("updated", "modifiées"),
    ("unchanged", "inchangées"),
    ("review", "à revoir"),
    ("refused", "refusées"),
    ("gone", "disparues"),
)


@dataclass(slots=True)
class ReadReport:
    """Report of the reading of files of one source: what was refused and what is doubtful, each where, by its reason in French."""

    source: str
    dry_run: bool = False
    refusals: dict[str, list[Where]] = field(default_factory=dict)
    doubts: dict[str, list[Where]] = field(default_factory=dict)
    remarks: list[tuple[Where, str]] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """Number of rows, or of notices, refused."""
        return sum(map(len, self.refusals.values()))

    def refuse(self, reason: str, where: Where) -> None:
        """Count what cannot be read, or is no supplier, and why."""
        self.refusals.setdefault(reason, []).append(where)

    def doubt(self, sentence: str, *where: Where) -> None:
        """Count what is kept, each place where it is doubtful."""
        if where:
            self.doubts.setdefault(sentence, []).extend(where)


@dataclass(slots=True)
class ImportReport(ReadReport):
    """Counts of one import. Lines are those of the file, from 1.

    `run` is its number, 0 for a dry run; `data_date` the day that the data are of, None where no row gives it. `facts` counts what a list of organisations brought, changed or marked gone (None for other directories), `pairs` what waits for a person after it;
    `foretold` is of a dry run alone.
    """

    outcomes: Counter[RecordOutcome] = field(default_factory=Counter)
    gone: int = 0
    version: int = 0
    facts: int | None = None
    pairs: int = 0
    foretold: Foretold | None = None
    run: int = 0
    data_date: date | None = None

    @property
    def review(self) -> int:
        """Number of new records kept as a supplier of their own until someone decides."""
        return self.outcomes[RecordOutcome.REVIEW]

    @property
    def read(self) -> int:
        """Number of rows read: the sum of created, updated, unchanged, merged, review and refused."""
        return self.outcomes.total() + self.refused

    @property
    def changed(self) -> bool:
        """Return whether the catalogue differs after the import."""
        return self.gone > 0 or self.outcomes.total() > self.outcomes[RecordOutcome.UNCHANGED]

    @property
    def sentence(self) -> str:
        """The counts in French: « 2 030 lignes lues : 1 503 nouvelles, 12 à revoir »."""
        figures = self.as_dict()
        sentence = ", ".join(f"{number(figures[key])} {words}" for key, words in _COUNTED if figures[key]) or "rien"
        return f"{count(self.read, 'ligne lue', 'lignes lues')} : {sentence}"

    def take_date(self, day: date | None) -> None:
        """Take the date of a row: the data are of the latest."""
        if day is not None and (self.data_date is None or day > self.data_date):
            self.data_date = day

    def as_dict(self) -> dict[str, Any]:
        """Return the report as the JSON of the command contract, with flags and remarks added."""
        return {
            **shaped("source dry_run read", self),
            **{outcome.value: self.outcomes[outcome] for outcome in RecordOutcome},
            **shaped("refused gone pairs version run data_date", self, run=self.run or None),
            "reasons": count_reasons("reason", self.refusals),
            "flags": count_reasons("flag", self.doubts),
            "remarks": [{"line": line, "message": message} for line, message in self.remarks],
        }


def count_reasons(name: str, lines: dict[str, list[Where]]) -> list[dict[str, Any]]:
    """Return refusals or doubts as JSON, the commonest first, each with its first lines, and its text under `name`."""
    commonest = sorted(lines.items(), key=lambda item: (-len(item[1]), item[0]))
    return [{name: text, "count": len(where), "lines": where[:_SHOWN_LINES]} for text, where in commonest]
