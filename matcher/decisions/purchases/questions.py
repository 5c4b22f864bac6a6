"""Questions that a line of a programme leaves to its buyer, and what persons tell of it in answer. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from matcher.domain.french import number

# The normal rate of the tax on value added, in per cent; a person may tell another.
USUAL_VAT = 20.0


class LineQuestion(StrEnum):
    """Subject of a question; all but the last are answered in the sheet."""

    TRADE = "métier"
    PLACE = "lieu"
    AMOUNT = "montant"
    TAX = "taxe"
    PERIOD = "période"
    DURATION = "durée"
    OTHER = "autre"

    @property
    def asks(self) -> str:
        """The question in a few words."""
        return _ASKS[self]


_ASKS = dict(
    zip(
        LineQuestion,
        (
            *("Quel métier ?", "Où ?", "Quel montant ?", "HT ou TTC ?", "Par an ou en tout ?"),
            *("Pendant combien de temps ?", "Autre doute"),
        ),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class LineTold:
    """Facts that persons tell of a line beyond its sheet, None or empty where nothing: `amount` as one writes it, `taxed` whether with a tax of
    `vat` per cent, `yearly` whether of one year, `months` how long, `place` as one types it, `activity` a code of the taxonomy."""

    amount: str = ""
    taxed: bool | None = None
    vat: float | None = None
    yearly: bool | None = None
    months: float | None = None
    place: str = ""
    activity: str = ""

    def then(self, later: "LineTold") -> "LineTold":
        """Return both, the later first where both tell."""
        told = {one.name: getattr(later, one.name) for one in fields(later)}
        mine = {one.name: getattr(self, one.name) for one in fields(self)}
        return LineTold(**{name: mine[name] if value in (None, "") else value for name, value in told.items()})

    def only(self, questions: Collection[LineQuestion]) -> "LineTold":
        """Return what of it answers some questions."""
        kept = {
            LineQuestion.TRADE: ("activity",),
            LineQuestion.PLACE: ("place",),
            LineQuestion.AMOUNT: ("amount",),
            LineQuestion.TAX: ("taxed", "vat"),
            LineQuestion.PERIOD: ("yearly",),
            LineQuestion.DURATION: ("months",),
        }
        names = {name for question in questions for name in kept.get(question, ())}
        return LineTold(**{one.name: getattr(self, one.name) for one in fields(self) if one.name in names})

    @property
    def settles(self) -> frozenset[LineQuestion]:
        """The questions that it answers."""
        told = {
            LineQuestion.TRADE: self.activity,
            LineQuestion.PLACE: self.place,
            LineQuestion.AMOUNT: self.amount,
            LineQuestion.TAX: self.taxed is not None,
            LineQuestion.PERIOD: self.yearly is not None,
            LineQuestion.DURATION: self.months,
        }
        return frozenset(question for question, value in told.items() if value)

    def says(self, activity: str) -> str:
        """Say it in French, with the name of its `activity`."""
        parts: Sequence[str] = (
            activity and f"métier « {activity} »",
            self.place and f"lieu « {self.place} »",
            self.amount and f"montant « {self.amount} »",
            "" if self.taxed is None else tax_words(self.vat) if self.taxed else "HT",
            "" if self.yearly is None else "par an" if self.yearly else "en tout",
            "" if self.months is None else f"pendant {number(self.months)} mois",
        )
        return ", ".join(filter(None, parts))


NOTHING_TOLD = LineTold()


def tax_words(vat: float | None) -> str:
    """Return how an amount with tax is brought back before it: « TTC à 20 % »."""
    rate = USUAL_VAT if vat is None else vat
    return f"TTC à {number(rate, 1 if rate % 1 else 0)} %"
