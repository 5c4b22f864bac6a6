"""Why a supplier is not in a list: every gate that refuses it, and what each other choice would give."""

from dataclasses import replace
from datetime import date

from matcher.domain.french import NARROW, NO_BREAK
from matcher.domain.match import OtherChoice, WhyNot
from matcher.need.why_not import explain_absence, standing_sentences
from matcher.ranking.engine import rank
from tests.factories import MAUBEUGE, ask, declares, supplier


def plain(sentences: tuple[str, ...]) -> str:
    return " ".join(sentences).replace(NARROW, " ").replace(NO_BREAK, " ")


GREEN = "espaces-verts.creation-entretien"
SUPPLIERS = [
    supplier("A", kind="ESAT", at=MAUBEUGE, activities=declares(GREEN)),
    supplier("B", kind="ACI", at=MAUBEUGE),
    supplier("C", kind="ACI", at=MAUBEUGE, closed=date(2024, 1, 1), closed_reason="fermé d’après Sirene"),
]


def test_each_choice_gives_the_rank_that_its_own_list_gives() -> None:
    answer = explain_absence(ask("Entretien des espaces verts", SUPPLIERS, lieu="Maubeuge", levier="12"), "essai:B")
    assert answer is not None
    assert answer.rank is None
    assert len(answer.refused) == 1
    ranks = {choice.levier: choice.rank for choice in answer.choices}
    assert ranks == {"": 2, "13": 1, "13-1": None, "14": 2, "15": None, "clause": 2}
    for levier, expected in ranks.items():
        listed = rank(ask("Entretien des espaces verts", SUPPLIERS, lieu="Maubeuge", levier=levier)).top(9)
        assert [match.rank for match in listed if match.id == "essai:B"] == ([expected] if expected else [])
    assert [choice.levier for choice in answer.choices][:1] == ["13"], "the best first"


def test_every_gate_is_told_and_a_closed_door_stays_closed() -> None:
    answer = explain_absence(ask("Espaces verts", SUPPLIERS, levier="12", kinds=("EA",)), "essai:C")
    assert answer is not None
    assert len(answer.refused) == 3
    assert {choice.rank for choice in answer.choices} == {None}
    assert all("fermé d’après Sirene" in choice.refused for choice in answer.choices)


def test_kinds_can_be_given_up() -> None:
    answer = explain_absence(ask("Espaces verts", SUPPLIERS, kinds=("EA",)), "essai:A")
    assert answer is not None
    assert (answer.choices[0].label, answer.choices[0].rank) == ("sans type demandé", 1)


def test_who_is_not_on_the_shelf_has_no_answer() -> None:
    assert explain_absence(ask("Espaces verts", SUPPLIERS), "essai:Z") is None


ANSWER = WhyNot("x:1", "L'Atelier", None, ("pas éligible à ce lot",), None)


def test_where_it_stands_and_what_other_choices_would_give() -> None:
    choices = (
        OtherChoice("14", (), "avec l’article L2113-14", 3, ()),
        OtherChoice("", (), "sans article ni clause", 12, ()),
        OtherChoice("clause", (), "avec une clause (L2112-2)", 12, ()),
        OtherChoice("12", (), "avec l’article L2113-12", None, ("pas éligible",)),
    )
    assert [plain((said,)) for said in standing_sentences(replace(ANSWER, choices=choices))] == [
        "L’Atelier n’est pas dans la liste : pas éligible à ce lot.",
        "Avec l’article L2113-14, il serait 3ᵉ ; sans article ni clause ou avec une clause (L2112-2), il serait 12ᵉ.",
    ]
    assert plain(standing_sentences(replace(ANSWER, choices=choices[3:]))).endswith(
        "Aucun autre choix de levier ou de type ne l’y mettrait."
    )
    assert plain(standing_sentences(replace(ANSWER, rank=1, refused=()))) == "L’Atelier est 1ᵉʳ de la liste."
