"""Report of an import or a dry run: counts by outcome, refused lines and doubts with their French reasons, as JSON and as a sentence."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from matcher.catalogue.intake.dry_run import ImportPreview
from matcher.catalogue.intake.plan import RecordOutcome
from matcher.domain.french import count, day, number
from matcher.render.shaped import shaped

_SHOWN_LINES = 10

# Line of the file, from 1; "file:line" where there are several files; a supplier's id for a doubt on a whole supplier.
Where = int | str

# French words of each count, in the sentence's order.
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
    """Report of reading the files of one source: refusals and doubts, each a list of lines by French reason; `run` is the number of the import, 0 where
    none was written."""

    source: str
    dry_run: bool = False
    run: int = 0
    refusals: dict[str, list[Where]] = field(default_factory=dict)
    doubts: dict[str, list[Where]] = field(default_factory=dict)
    remarks: list[tuple[Where, str]] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """Number of rows, or of notices, refused."""
        return sum(map(len, self.refusals.values()))

    def refuse(self, reason: str, where: Where) -> None:
        """Add a line that is unreadable or not a supplier, with the reason."""
        self.refusals.setdefault(reason, []).append(where)

    def doubt(self, sentence: str, *where: Where) -> None:
        """Add lines accepted with a doubt."""
        if where:
            self.doubts.setdefault(sentence, []).extend(where)


@dataclass(slots=True)
class ImportReport(ReadReport):
    """Counts of one import. Lines are those of the file, from 1.

    `data_date` is the day of its data, None where unknown; `newer` the day of the catalogue's data of
    the same source where they are newer, None where they are not. `facts` counts the facts of organisations
    brought, changed or marked gone (None for other sources), `pairs` the pairs that wait for a person; `preview` is of a dry run only.
    """

    outcomes: Counter[RecordOutcome] = field(default_factory=Counter)
    gone: int = 0
    version: int = 0
    facts: int | None = None
    pairs: int = 0
    preview: ImportPreview | None = None
    data_date: date | None = None
    newer: date | None = None

    @property
    def review(self) -> int:
        """Number of new records that are a supplier of their own until a person decides."""
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

    @property
    def older_words(self) -> str:
        """French sentence: these data are older than the catalogue's; empty where they are not."""
        if self.data_date is None or self.newer is None:
            return ""
        return f"Ces données ({day(self.data_date)}) sont plus anciennes que celles du catalogue ({day(self.newer)})"

    def take_date(self, row_day: date | None) -> None:
        """Set the data's date to the latest of the rows' dates."""
        if row_day is not None and (self.data_date is None or row_day > self.data_date):
            self.data_date = row_day

    def as_dict(self) -> dict[str, Any]:
        """Return the report as the JSON of the command, with reasons, flags and remarks."""
        return {
            **shaped("source dry_run read", self),
            **{outcome.value: self.outcomes[outcome] for outcome in RecordOutcome},
            **shaped("refused gone pairs version run data_date newer", self, run=self.run or None),
            "reasons": count_reasons("reason", self.refusals),
            "flags": count_reasons("flag", self.doubts),
            "remarks": [{"line": line, "message": message} for line, message in self.remarks],
        }


def count_reasons(name: str, lines: dict[str, list[Where]]) -> list[dict[str, Any]]:
    """Return refusals or doubts as JSON, the commonest first, with their first lines; `name` is the key of the text."""
    commonest = sorted(lines.items(), key=lambda item: (-len(item[1]), item[0]))
    return [{name: text, "count": len(where), "lines": where[:_SHOWN_LINES]} for text, where in commonest]
