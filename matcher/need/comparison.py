"""Comparison of two to four candidates side by side: one line a criterion, one cell a candidate, the most favourable known value marked."""

from collections.abc import Callable, Mapping, Sequence
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


def compare_candidates(
    matches: Sequence[Match], reading: Reading, contacts: Mapping[str, ContactDetails]
) -> tuple[ComparedLine, ...]:
    """Return the lines in page order: trades, distance, other signals, reserving articles, last sign of life, questions, score."""
    criteria: list[tuple[str, Callable[[Match], ComparedCell]]] = []
    if len(reading.asked) > 1:
        criteria += [(taxonomy().label(code), _trade_cell(code)) for code in reading.asked]
    labels = {c.signal: c.label for match in matches for c in match.contributions}
    signal_criteria = [(labels[signal], _signal_cell(signal)) for signal in _SIGNALS if signal in labels]
    criteria += [*signal_criteria[:1], ("Distance", _distance), *signal_criteria[1:]]
    criteria += [
        ("Peut répondre à un lot réservé", _articles),
        ("Dernier signe de vie", lambda match: _sign(contacts.get(match.id))),
        ("À demander", _questions),
        ("Adéquation", _score),
    ]
    return tuple(_mark_best(label, tuple(map(cell, matches))) for label, cell in criteria)


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


def _trade_cell(code: str) -> Callable[[Match], ComparedCell]:
    def cell(match: Match) -> ComparedCell:
        if code in match.known_for:
            return ComparedCell("connu pour ce métier", CellMark.KNOWN, 1.0)
        if match.band is Band.INDICE:
            return ComparedCell(f"{band_words(match.band).one} à confirmer", CellMark.PARTLY)
        return ComparedCell("non connu : à demander", CellMark.UNKNOWN)

    return cell


def _signal_cell(signal: str) -> Callable[[Match], ComparedCell]:
    def cell(match: Match) -> ComparedCell:
        contribution = next(c for c in match.contributions if c.signal == signal)
        if contribution.value is None:
            return ComparedCell(contribution.says, CellMark.UNKNOWN)
        if signal == "activity" and match.band is Band.INDICE:
            return ComparedCell(contribution.says, CellMark.PARTLY)
        return ComparedCell(
            contribution.says, CellMark.KNOWN, contribution.value if contribution.stance is Stance.FOR else None
        )

    return cell


def _distance(match: Match) -> ComparedCell:
    km = match.distance_km
    if km is None:
        return ComparedCell("distance non connue", CellMark.UNKNOWN)
    return ComparedCell("sur place" if km < 1 else unit(km, "km"), worth=-float(round(km)))


def _articles(match: Match) -> ComparedCell:
    if not match.kinds:
        return ComparedCell("type non connu", CellMark.UNKNOWN)
    return ComparedCell(", ".join(reserving_articles(match.kinds)) or "aucun article ne le lui réserve")


def _sign(contact: ContactDetails | None) -> ComparedCell:
    sign = contact.last_sign if contact else None
    if sign is None:
        return ComparedCell("non connu", CellMark.UNKNOWN)
    return ComparedCell(f"{short_month(sign.day)}, {sign.what}")


def _questions(match: Match) -> ComparedCell:
    questions_asked = telephone_questions(match)[:MOST_QUESTIONS]
    return ComparedCell(" ".join(f"{question[0].upper()}{question[1:]} ?" for question in questions_asked))


def _score(match: Match) -> ComparedCell:
    if not match.scored:
        return ComparedCell("non classé : métier non connu", CellMark.UNKNOWN)
    return ComparedCell(f"{number(match.score)} sur 100")
