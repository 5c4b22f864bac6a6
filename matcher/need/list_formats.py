"""File formats of ranked lists of suppliers, a row each: the command `match` and the page « Les candidats » offer what this table has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from matcher.domain.age import DatedSource
from matcher.domain.contact_details import ContactLookup
from matcher.need.answer import Answer
from matcher.need.as_json import match_lines, shortlist_object
from matcher.need.as_map import answers_geojson
from matcher.need.as_table import answers_csv, answers_xlsx
from matcher.need.json_shapes import AnswerShape, MatchShape, QuestionShape
from matcher.render.described_file import DescribedFile, json_file, jsonl_file


@dataclass(frozen=True, slots=True)
class ListsToWrite:
    """Ranked lists of `top` places, with the dated sources of the catalogue; `several`: they are those of a file of lots, be it of one."""

    answers: Sequence[Answer]
    contacts_of: ContactLookup
    sources: Sequence[DatedSource]
    top: int
    several: bool = False


@dataclass(frozen=True, slots=True)
class ListFormat:
    """A format: how lists are written, the `label` of its link; `by_rank`: candidates in the order of their rank, not band after band; `on_page`:
    the page offers it."""

    write: Callable[[ListsToWrite], DescribedFile | bytes]
    label: str
    by_rank: bool = False
    on_page: bool = True


def _json(lists: ListsToWrite, *, by_line: bool) -> DescribedFile:
    """Return the lists as one JSON value, or as JSON Lines, a candidate or a question each."""
    if by_line:
        read = ((answer.reading.lot.lot_id, answer.question, answer.matches) for answer in lists.answers)
        return jsonl_file((line for one in read for line in match_lines(*one)), MatchShape, QuestionShape)
    objects = [shortlist_object(answer, lists.top, lists.sources) for answer in lists.answers]
    return json_file(objects, list[AnswerShape]) if lists.several else json_file(objects[0], AnswerShape)


# By the ending of a file; « table » is the terminal's.
LIST_FORMATS: dict[str, ListFormat] = {
    "xlsx": ListFormat(lambda lists: answers_xlsx(lists.answers, lists.contacts_of, lists.sources), "XLSX"),
    "csv": ListFormat(lambda lists: answers_csv(lists.answers, lists.contacts_of, lists.sources), "CSV"),
    "json": ListFormat(partial(_json, by_line=False), "JSON", by_rank=True),
    "jsonl": ListFormat(partial(_json, by_line=True), "JSON Lines", by_rank=True, on_page=False),
    "geojson": ListFormat(lambda lists: answers_geojson(lists.answers, lists.contacts_of, lists.sources), "GeoJSON"),
}
# What the page offers, and the label of its link.
PAGE_FORMATS = {name: offered.label for name, offered in LIST_FORMATS.items() if offered.on_page}
