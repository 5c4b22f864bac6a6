"""Report of an import of notices: what was understood, what is doubtful, what was refused and why, and the keys that nobody read."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from matcher.catalogue.intake.report import ReadReport, Where, count_reasons
from matcher.domain.notice import PublishedNotice
from matcher.render.shaped import shaped


class NoticeOutcome(StrEnum):
    """Effect of a notice on the catalogue."""

    NEW = "nouveaux"
    CHANGED = "modifiés"
    UNCHANGED = "inchangés"


@dataclass(slots=True)
class NoticesReport(ReadReport):
    """Counts of one import of notices. `understood` and `doubtful` share those that were read: a doubt is about the notice or one of its lots.

    `unread` counts, by shape of notice, the keys that no reader takes; `lots` those of the contracts touched, `withdrawn` those that no notice has any
    more, `matched` those compared with the catalogue, `awards` the contracts won that were sent to the memory of awards, `unattached` those of them that no
    supplier of the catalogue won, by the reason in French. `run` is the number of the import, 0 for a dry run and where no notice was read; `data_date` the
    latest day of publication, None without any.
    """

    outcomes: Counter[NoticeOutcome] = field(default_factory=Counter)
    doubtful: int = 0
    lots: int = 0
    withdrawn: int = 0
    matched: int = 0
    awards: int = 0
    unattached: dict[str, int] = field(default_factory=dict)
    unread: dict[str, Counter[str]] = field(default_factory=dict)
    run: int = 0
    data_date: date | None = None

    @property
    def counts(self) -> dict[str, int]:
        """The counts that the history keeps of the import: one with `notices` is of notices."""
        outcomes = {outcome.name.lower(): self.outcomes[outcome] for outcome in NoticeOutcome}
        read = self.outcomes.total()
        return {
            "read": read + self.refused,
            "notices": read,
            **outcomes,
            "refused": self.refused,
            "awards": self.awards,
        }

    @property
    def understood(self) -> int:
        """Number of notices read without a doubt."""
        return self.outcomes.total() - self.doubtful

    def take(self, notice: PublishedNotice, outcome: NoticeOutcome, where: Where) -> None:
        """Count a notice that is kept, and each of its doubts once."""
        self.outcomes[outcome] += 1
        self.data_date = max(filter(None, (self.data_date, notice.published)), default=None)
        doubts = dict.fromkeys((*notice.doubts, *(doubt for lot in notice.lots for doubt in lot.doubts)))
        self.doubtful += bool(doubts)
        for doubt in doubts:
            self.doubt(doubt, where)

    def unread_keys(self, shape: str, keys: tuple[str, ...]) -> None:
        """Count the keys of a notice of this shape that no reader takes."""
        if keys:
            self.unread.setdefault(shape, Counter()).update(keys)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON."""
        return {
            **shaped("source dry_run run understood doubtful", self, run=self.run or None),
            **{name: count for name, count in self.counts.items() if name != "notices"},
            **shaped("lots withdrawn matched unattached", self),
            "reasons": count_reasons("reason", self.refusals),
            "doubts": count_reasons("doubt", self.doubts),
            "remarks": [{"line": line, "message": message} for line, message in self.remarks],
            "unread": {shape: dict(keys.most_common()) for shape, keys in sorted(self.unread.items())},
        }
