"""Comparison of two to four candidates side by side: one line a criterion, one cell a candidate, the most favourable known value marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from matcher.domain.contact_details import ContactDetails
from matcher.domain.french import enumeration, number, short_month, unit
from matcher.domain.match import Band, Match, Stance
from matcher.domain.reading import Reading
from matcher.need.listing import band_words
from matcher.ranking.reasons import MOST_QUESTIONS, telephone_questions
from matcher.reference.levers import reserving_articles
from matcher.reference.trades.activities import taxonomy
from matcher.render.document import CellMark

LEAST, MOST = 2, 4
# Scoring signals shown as lines; those on distance and kind are left out, since other lines show these.
_SIGNALS = ("activity", "references", "incumbent", "capacity")
_ALWAYS = ("À demander",)
# Lines of what each candidate is, whatever the need, in page order.
_FACTS = ("Distance", "Peut répondre à un lot réservé", "Dernier signe de vie", "À demander", "Adéquation")


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """Value of one candidate for one criterion. `mark` is how sure it is, None for no mark. `worth` orders the cells of a line, greater is
    more favourable; None where the cell is not compared. `best`: the most favourable of its line."""

    says: str
    mark: CellMark | None = None
    worth: float | None = None
    best: bool = False


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One criterion, with a cell a candidate."""

    label: str
    cells: tuple[ComparedCell, ...]

    @property
    def differs(self) -> bool:
        """Return whether the candidates differ on this line; the line of questions always counts as differing."""
        return self.label in _ALWAYS or len({cell.says for cell in self.cells}) > 1


# Cells of a candidate for one of several trades asked.
_KNOWN = ComparedCell("connu pour ce métier", CellMark.KNOWN, 1.0)
_HINTED: Mapping[Band | None, ComparedCell] = {
    Band.INDICE: ComparedCell(f"{band_words(Band.INDICE).one} à confirmer", CellMark.PARTLY)
}
_TO_ASK = ComparedCell("non connu : à demander", CellMark.UNKNOWN)


def compare_candidates(
    matches: Sequence[Match], reading: Reading, contacts: Mapping[str, ContactDetails]
) -> tuple[ComparedLine, ...]:
    """Return the lines in page order: trades, distance, other signals, reserving articles, last sign of life, questions, score."""
    codes = reading.asked if len(reading.asked) > 1 else ()
    trades = []
    for code in codes:
        cells = [_KNOWN if code in match.known_for else _HINTED.get(match.band, _TO_ASK) for match in matches]
        trades.append((taxonomy().label(code), cells))
    labels = {c.signal: c.label for match in matches for c in match.contributions}
    signals = [(labels[key], [_signal_cell(match, key) for match in matches]) for key in _SIGNALS if key in labels]
    facts = [_facts_of(match, contacts.get(match.id)) for match in matches]
    distance, *others = [(label, [cells[label] for cells in facts]) for label in _FACTS]
    lines = [*trades, *signals[:1], distance, *signals[1:], *others]
    return tuple(_mark_best(label, tuple(cells)) for label, cells in lines)


def leads(matches: Sequence[Match], lines: Sequence[ComparedLine]) -> str:
    """Return a French sentence with the criteria for which each candidate is the single best, or that none separates them."""
    single_best = [line for line in lines if sum(cell.best for cell in line.cells) == 1]
    parts = []
    for place, match in enumerate(matches):
        if best_labels := [line.label.lower() for line in single_best if line.cells[place].best]:
            parts.append(f"{match.name} ({enumeration(best_labels)})")
    if not parts:
        return "Rien de ce qui est connu ne les départage : un appel le dira."
    return f"Le plus favorable, d’après ce qui est connu : {' ; '.join(parts)}."


def _mark_best(label: str, cells: tuple[ComparedCell, ...]) -> ComparedLine:
    """Build a line whose best cells are marked, unless all are equally good."""
    most = max((cell.worth for cell in cells if cell.worth is not None), default=None)
    best = [most is not None and cell.worth == most for cell in cells]
    marked = (replace(cell, best=is_best and not all(best)) for cell, is_best in zip(cells, best, strict=True))
    return ComparedLine(label, tuple(marked))


def _signal_cell(match: Match, signal: str) -> ComparedCell:
    """Return the cell of a candidate for a scoring signal; only a reason for the candidate is compared."""
    contribution = next(c for c in match.contributions if c.signal == signal)
    if contribution.value is None:
        return ComparedCell(contribution.says, CellMark.UNKNOWN)
    if signal == "activity" and match.band is Band.INDICE:
        return ComparedCell(contribution.says, CellMark.PARTLY)
    worth = contribution.value if contribution.stance is Stance.FOR else None
    return ComparedCell(contribution.says, CellMark.KNOWN, worth)


def _facts_of(match: Match, contact: ContactDetails | None) -> dict[str, ComparedCell]:
    """Return the cells of a candidate by line of `_FACTS`."""
    km, sign = match.distance_km, contact.last_sign if contact else None
    distance = ComparedCell("distance non connue", CellMark.UNKNOWN)
    if km is not None:
        distance = ComparedCell("sur place" if km < 1 else unit(km, "km"), worth=-float(round(km)))
    articles = ComparedCell("type non connu", CellMark.UNKNOWN)
    if match.kinds:
        articles = ComparedCell(", ".join(reserving_articles(match.kinds)) or "aucun article ne le lui réserve")
    questions = telephone_questions(match)[:MOST_QUESTIONS]
    score = ComparedCell("non classé : métier non connu", CellMark.UNKNOWN)
    if match.scored:
        score = ComparedCell(f"{number(match.score)} sur 100")
    cells = (
        distance,
        articles,
        ComparedCell(f"{short_month(sign.day)}, {sign.what}") if sign else ComparedCell("non connu", CellMark.UNKNOWN),
        ComparedCell(" ".join(f"{question[0].upper()}{question[1:]} ?" for question in questions)),
        score,
    )
    return dict(zip(_FACTS, cells, strict=True))
