"""Report of an import of notices: counts of understood, doubtful and refused notices with the reasons, and the source fields that no code reads."""

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
    """Counts of one import of notices. A notice read is either `understood` or `doubtful`: it, or one of its lots, has a doubt.

    `unread` counts, by form of notice, the keys that no code reads. `lots` counts the lots of the contracts touched, `withdrawn` the lots deleted because
    no notice has them any more, `matched` those matched with the catalogue, `awards` the awards stored, `unattached` the awards of no supplier of the
    catalogue, by the reason in French. `data_date` is the latest day of publication.
    """

    outcomes: Counter[NoticeOutcome] = field(default_factory=Counter)
    doubtful: int = 0
    lots: int = 0
    withdrawn: int = 0
    matched: int = 0
    awards: int = 0
    unattached: dict[str, int] = field(default_factory=dict)
    unread: dict[str, Counter[str]] = field(default_factory=dict)
    data_date: date | None = None

    @property
    def counts(self) -> dict[str, int]:
        """The counts stored in the history of imports; the key `notices` marks an import of notices."""
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
        """Count a stored notice, and each of its doubts once."""
        self.outcomes[outcome] += 1
        self.data_date = max(filter(None, (self.data_date, notice.published)), default=None)
        doubts = dict.fromkeys((*notice.doubts, *(doubt for lot in notice.lots for doubt in lot.doubts)))
        self.doubtful += bool(doubts)
        for doubt in doubts:
            self.doubt(doubt, where)

    def unread_keys(self, shape: str, keys: tuple[str, ...]) -> None:
        """Count the keys that no code reads in a notice of this form."""
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
