"""Head of a list: what every row would repeat, said once above them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from matcher.domain.age import UNDATED
from matcher.domain.contact_details import ContactDetails
from matcher.domain.french import enumeration
from matcher.domain.match import Match
from matcher.domain.reading import Reading
from matcher.need.sentences import questions_for
from matcher.ranking.reasons import evidence

# Of fewer rows, none repeats another.
FEWEST_ROWS = 3


@dataclass(frozen=True, slots=True)
class ListHead:
    """Sentences that the rows of a page share: `shared` what is to be asked of all, `undated` the sources that give no date of their data, whether any row has a
    telephone (`reached`) and whether any has none (`silent`)."""

    reading: Reading
    shared: tuple[str, ...]
    undated: tuple[str, ...]
    reached: bool
    silent: bool

    def asked_of(self, match: Match) -> list[str]:
        """Return what is to be asked of one candidate beyond the others."""
        return [question for question in questions_for(match, self.reading) if question not in self.shared]

    @staticmethod
    def source_said(source: str) -> str:
        """Return a source as a row says it, without what the head says of its date."""
        return source.removesuffix(UNDATED)

    def lines(self) -> Iterator[str]:
        """Yield the sentences of the head; none where no row repeats another."""
        if self.silent:
            yield (
                "Téléphone non connu, sauf mention."
                if self.reached
                else "Aucun téléphone connu : cherchez-le depuis la fiche."
            )
        if self.shared:
            yield f"À demander à chacun : {enumeration(self.shared)}."
        if self.undated:
            yield f"Sans date : {enumeration(self.undated)}."


def list_head(matches: Sequence[Match], reading: Reading, contacts: Mapping[str, ContactDetails]) -> ListHead:
    """Return what the candidates of one page have in common, as they are reached by `contacts`, by id."""
    reached = [bool(its and its.phone) for its in (contacts.get(match.id) for match in matches)]
    return ListHead(
        reading,
        shared=_in_all([questions_for(match, reading) for match in matches]),
        undated=tuple(sorted({s.removesuffix(UNDATED) for s in _sources(matches) if s.endswith(UNDATED)})),
        reached=any(reached),
        silent=not all(reached),
    )


def _in_all(questions: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The questions of the first row that every other asks too."""
    if len(questions) < FEWEST_ROWS:
        return ()
    others: list[Collection[str]] = [set(row) for row in questions[1:]]
    return tuple(question for question in questions[0] if all(question in row for row in others))


def _sources(matches: Sequence[Match]) -> Iterator[str]:
    """The sources that the rows name: of the first reason, else of the kind."""
    for match in matches:
        shown = evidence(match)[:1] or [part for part in match.contributions if part.signal == "kind"]
        yield from (part.source for part in shown)
