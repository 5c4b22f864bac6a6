"""Users' answers to the open questions on the lines of a purchase sheet: an append-only list, replayed in order, with retraction; groups of lines that one
answer can settle; defaults taken from the sheet's titles."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePath

from matcher.cleaning.dates import year_told
from matcher.decisions.purchases.line import NOTHING_TOLD, LineFacts, LineQuestion, Purchase, purchase
from matcher.decisions.purchases.programme import Programme, asks_of
from matcher.decisions.purchases.sheet import PurchaseSheetLine
from matcher.domain.need import BuyerDefaults
from matcher.domain.place import PlaceOrigin
from matcher.domain.reading import Lot, RawPlace
from matcher.reading.place.places import read_places


@dataclass(frozen=True, slots=True)
class SheetAnswer:
    """One answer, by `who` at time `at` (ISO, UTC): facts about some lines, given by key; or, in `takes_back`, the number (from 1) of an earlier answer that it
    retracts."""

    who: str
    at: str
    lines: tuple[str, ...] = ()
    told: LineFacts = NOTHING_TOLD
    takes_back: int = 0

    def meets(self, other: "SheetAnswer") -> bool:
        """Return whether two answers conflict: same question of the same line, or both retract the same answer."""
        if self.takes_back or other.takes_back:
            return self.takes_back == other.takes_back
        return bool(self.told.settles & other.told.settles) and not set(self.lines).isdisjoint(other.lines)


@dataclass(frozen=True, slots=True)
class SheetAnswers:
    """All answers given to one sheet, in order; their number is the version."""

    given: tuple[SheetAnswer, ...] = ()

    @property
    def version(self) -> int:
        """Number of answers given."""
        return len(self.given)

    @property
    def standing(self) -> list[tuple[int, SheetAnswer]]:
        """The answers not retracted, each with its number from 1."""
        back = {its.takes_back for its in self.given}
        return [(at, its) for at, its in enumerate(self.given, start=1) if not its.takes_back and at not in back]

    def facts_by_line(self) -> Mapping[str, LineFacts]:
        """Merge the answers into facts by line key; a later answer wins."""
        line_facts: dict[str, LineFacts] = {}
        for _, answer in self.standing:
            for line in answer.lines:
                line_facts[line] = line_facts.get(line, NOTHING_TOLD).then(answer.told)
        return line_facts


NO_ANSWERS = SheetAnswers()


def purchases_told(entries: Sequence[PurchaseSheetLine], answers: SheetAnswers, buyer: BuyerDefaults) -> list[Purchase]:
    """Convert lines to purchases of a buyer, with the answers on each."""
    line_facts = answers.facts_by_line()
    return [purchase(entry, line_facts.get(entry.key, NOTHING_TOLD), buyer) for entry in entries]


def purchases_alike(
    entries: Sequence[PurchaseSheetLine], line_facts: LineFacts, buyer: BuyerDefaults
) -> list[Purchase]:
    """Convert lines to purchases of a buyer; each takes, from the facts given for all lines, only the answers to its own open questions."""
    return [_with_relevant_facts(entry, purchase(entry, NOTHING_TOLD, buyer), line_facts, buyer) for entry in entries]


def _with_relevant_facts(
    entry: PurchaseSheetLine, bought: Purchase, answers_told: LineFacts, buyer: BuyerDefaults
) -> Purchase:
    line_facts = answers_told.only(bought.worth.asks)
    if line_facts == NOTHING_TOLD:
        return bought
    once = purchase(entry, line_facts, buyer)
    # An amount answered to be per year may then lack its duration.
    return purchase(entry, line_facts.then(answers_told.only(once.worth.asks)), buyer)


@dataclass(frozen=True, slots=True)
class LikeLines:
    """Lines, by key, that one answer to a question can settle. `of`: the written text they share; `guesses`: suggestions for the first (activities, or the
    supposed place)."""

    question: LineQuestion
    of: str
    lines: tuple[str, ...]
    guesses: tuple[str, ...] = ()


def like_lines(programme: Programme) -> list[LikeLines]:
    """Return the open questions grouped by similar lines, largest groups first."""
    ranks_by_likeness: dict[tuple[LineQuestion, str], list[int]] = {}
    for rank, (line, answer) in enumerate(zip(programme.purchases, programme.answers, strict=True)):
        for question in asks_of(line, answer) if line.need else ():
            if question is not LineQuestion.OTHER:
                ranks_by_likeness.setdefault((question, line.likeness(question)), []).append(rank)
    groups = [_group_of_lines(programme, question, ranks) for (question, _), ranks in ranks_by_likeness.items()]
    return sorted(groups, key=lambda one: -len(one.lines))


def alike(groups: Iterable[LikeLines], keys: Iterable[str], line_facts: LineFacts) -> tuple[str, ...]:
    """Extend line keys with all the lines that the same answer would settle."""
    chosen = tuple(keys)
    lines_alike = (
        one.lines for one in groups if one.question in line_facts.settles and not set(chosen).isdisjoint(one.lines)
    )
    return tuple(dict.fromkeys((*chosen, *chain.from_iterable(lines_alike))))


def _group_of_lines(programme: Programme, question: LineQuestion, ranks: Sequence[int]) -> LikeLines:
    line, answer = programme.purchases[ranks[0]], programme.answers[ranks[0]]
    cell = line.entry.fields.get("montant")
    of = {
        LineQuestion.TRADE: line.entry.text("objet") or line.entry.text("cpv"),
        LineQuestion.PLACE: line.entry.place,
        LineQuestion.AMOUNT: cell.text if cell else "",
    }
    column = cell.column if cell and question in (LineQuestion.TAX, LineQuestion.PERIOD) else ""
    guesses = {
        LineQuestion.TRADE: tuple(label for label, _ in answer.activities),
        LineQuestion.PLACE: (line.need.defaults.place,) if line.need and answer.supposed else (),
    }
    return LikeLines(
        question,
        of.get(question, "") or column,
        tuple(programme.purchases[rank].entry.key for rank in ranks),
        guesses.get(question, ()),
    )


def sheet_defaults(siret: str, place: str, titles: Iterable[str], file_name: str) -> BuyerDefaults:
    """Return the buyer's defaults for a sheet: the given place, else the place named in its titles or file name; and the year named there."""
    named = (*titles, PurePath(file_name).stem)
    year = year_told(named)
    if place:
        return BuyerDefaults(siret, place, year=year)
    return BuyerDefaults(siret, titled_place(named), PlaceOrigin.TITRE, year)


def titled_place(titles: Iterable[str]) -> str:
    """Return the only place named in titles, as one would type it; "" if none, several, or uncertain."""
    read = [read_places(Lot(title.replace("_", " "))) for title in titles]
    named = {place.key: place for where in read if not where.doubts for place in where.places}
    if len(named) != 1:
        return ""
    (place,) = named.values()
    homonyms = read_places(Lot("", lieux=(RawPlace(place.name),))).places
    return place.name if [one.key for one in homonyms] == [place.key] else place.key
