"""Reasons with their source: words that are quoted have that of their activity, the rest that of its field."""

from collections.abc import Collection

from msgspec import structs

from matcher.domain.age import SupplierSources
from matcher.domain.match import Contribution, Stance
from matcher.need.sourced import sourced_answers, sourced_why_not, with_sources
from matcher.need.why_not import explain_absence
from tests.factories import ask, supplier
from tests.matcher.render.answers import ANSWER

TOLD = SupplierSources(
    {"activities": "FINESS, janv. 2021", "naf": "Sirene, nov. 2026"}, {"Tonte": "Hosmoz, sept. 2026"}
)


def part(value: float | None, field: str, quotes: str = "") -> Contribution:
    return Contribution("activity", "Activité", value, 10, 5.0, "dit", Stance.FOR, "dit", "", quotes, field)


def test_each_reason_has_its_own_source_and_an_unknown_has_none() -> None:
    parts = (
        part(1.0, "activities", "Tonte"),
        part(0.7, "activities", "Élagage"),
        part(0.7, "naf", "81.30Z"),
        part(0.7, "name"),
        part(None, "naf"),
    )
    match = structs.replace(ANSWER.matches[0], contributions=parts)
    (told,) = with_sources([match], lambda ids: dict.fromkeys(ids, TOLD))
    assert [its.source for its in told.contributions] == [
        "Hosmoz, sept. 2026",
        "FINESS, janv. 2021",
        "Sirene, nov. 2026",
        "",
        "",
    ]


def test_several_answers_are_asked_about_once() -> None:
    asked: list[Collection[str]] = []

    def nothing(ids: Collection[str]) -> dict[str, SupplierSources]:
        asked.append(ids)
        return {}

    assert sourced_answers([ANSWER, ANSWER], nothing) == [ANSWER, ANSWER]
    assert asked == [{match.id for match in ANSWER.matches}]


def test_an_ended_convention_names_its_source_and_the_date_of_its_data() -> None:
    answer = explain_absence(ask("Espaces verts", [supplier("A", active=False)]), "essai:A")
    assert answer is not None
    assert answer.refused == ("n’est plus conventionné d’après sa source",)
    dated = SupplierSources({"active": "Les emplois, juin 2026"})
    told = sourced_why_not(answer, lambda ids: dict.fromkeys(ids, dated))
    assert told.refused == ("n’est plus conventionné d’après Les emplois, juin 2026",)
    assert sourced_why_not(answer, lambda _: {}).refused == answer.refused
    (shown,) = with_sources(
        [structs.replace(ANSWER.matches[0], refused=answer.refused[0])], lambda ids: dict.fromkeys(ids, dated)
    )
    assert shown.refused == told.refused[0]
