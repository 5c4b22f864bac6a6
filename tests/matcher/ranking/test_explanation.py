"""The plain sentences: one to three, made of the contributions alone, never more certain than they are."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.french import NARROW, NO_BREAK
from matcher.domain.match import Contribution, Match, OtherChoice, WhyNot
from matcher.domain.supplier import Activity, Evidence, Reference, Supplier
from matcher.ranking.engine import rank
from matcher.ranking.explanation import explanation, standing
from matcher.reference.trades.activities import taxonomy
from tests.factories import DENAIN, LILLE, MARSEILLE, MAUBEUGE, ask, supplier

CODES = [code for code in taxonomy().codes if "." in code]
KINDS = ("", "EA", "ESAT", "ACI", "AI", "ETTI", "GEIQ", "EI ACI")
OBJECTS = (
    "Entretien des espaces verts",
    "Nettoyage des locaux",
    "Fourniture de papier",
    "Remplacement d’agents de restauration collective",
    "zzz qqq",
)


def plain(sentences: tuple[str, ...]) -> str:
    return " ".join(sentences).replace(NARROW, " ").replace(NO_BREAK, " ")


def contribution(signal: str, says: str, value: float | None = None, weight: int = 10) -> Contribution:
    points = round(weight * (0.3 if value is None else value), 2)
    return Contribution(signal, signal.capitalize(), value, weight, points, says)


def match(*contributions: Contribution) -> Match:
    return Match(1, "x:1", "", "L'Atelier", (), "", 50.0, 0.5, None, False, contributions)


@st.composite
def suppliers(draw: st.DrawFn) -> Supplier:
    """Suppliers that lack this or that."""
    code = draw(st.sampled_from(CODES))
    evidence = draw(st.sampled_from([Evidence.DECLARED, Evidence.GROUP, Evidence.ROME]))
    won = Reference(
        "decp", "1", draw(st.booleans()), "Tonte", draw(st.sampled_from([*CODES, ""])), notified=date(2022, 1, 1)
    )
    return supplier(
        draw(st.sampled_from(["L'Atelier", "Espaces Verts du Nord", "ESAT de l’Étang", "Propreté Services"])),
        kind=draw(st.sampled_from(KINDS)),
        at=draw(st.sampled_from([None, MAUBEUGE, DENAIN, LILLE, MARSEILLE])),
        activities=(Activity(code, taxonomy().label(code), evidence, "essai"),) if draw(st.booleans()) else (),
        references=(won,) if draw(st.booleans()) else (),
        naf=draw(st.sampled_from(["", "8130Z", "9601A"])),
        workers=draw(st.sampled_from([None, 2.0, 120.0])),
        updated=draw(st.sampled_from([None, date(2024, 1, 1)])),
        area_codes=draw(st.sampled_from([(), ("dep:59",)])),
    )


@given(
    suppliers(),
    st.sampled_from(OBJECTS),
    st.sampled_from([(), "Maubeuge", "Nord"]),
    st.sampled_from([None, date(2024, 6, 1)]),
    st.sampled_from([None, 90_000.0]),
)
@settings(max_examples=150, deadline=None)
def test_the_sentences_never_say_more_than_the_contributions(
    one: Supplier, objet: str, lieu: str, day: date | None, montant: float | None
) -> None:
    (found,) = rank(ask(objet, [one], lieu=lieu, date=day, montant=montant), gates=()).top(1)
    sentences = explanation(found)
    assert 1 <= len(sentences) <= 3
    first, *others = (plain((sentence,)) for sentence in sentences)
    assert all(sentence.strip() for sentence in sentences)
    assert first.startswith(one.name.replace("'", "’"))
    assert others[-1].startswith("À vérifier par téléphone : ")
    assert others[-1].endswith(" ?")
    told = plain(sentences)
    for said in found.contributions:
        if said.value is None:
            assert plain((said.says,)).removesuffix(" : à demander") not in first, "an unknown is no reason"
    for kilometres in re.findall(r"à ([\d ]+) km du lieu", told):
        assert found.distance_km is not None
        assert abs(int(kilometres.replace(" ", "")) - found.distance_km) <= 0.56, "rounded twice"
    if found.distance_km is None:
        assert "km du lieu" not in told
    assert not any(code in told for code in CODES)
    assert "'" not in told
    assert not re.search(r"[a-z]+\.[a-z]+-", told), "a raw code"
    assert not re.search(r" (?=[;!?:»%€])|« (?=\S)", " ".join(sentences).replace(NARROW, "").replace(NO_BREAK, "")), (
        "no-break spaces"
    )


def test_the_strongest_come_first_then_what_tempers_then_what_to_ask() -> None:
    said = explanation(
        match(
            contribution("proximity", "à 12 km du lieu d’exécution (Maubeuge)", 0.66, 32),
            contribution("activity", "déclare « Entretien d'espaces verts »", 1.0, 34),
            contribution("kind", "EI : répond rarement à ce type de besoin (hypothèse)", 0.2, 25),
            contribution("capacity", "effectif non connu : à demander", None, 4),
        )
    )
    assert [plain((sentence,)) for sentence in said] == [
        "L’Atelier : il déclare « Entretien d’espaces verts » ; il est à 12 km du lieu d’exécution (Maubeuge).",
        "À nuancer : les EI répondent rarement à ce type de besoin (hypothèse) ; effectif non connu.",
        "À vérifier par téléphone : combien de personnes peut-il y mettre ?",
    ]


@pytest.mark.parametrize(
    ("signal", "says", "spoken"),
    [
        ("activity", "activité voisine : son nom évoque « Tonte »", "son nom évoque « Tonte » (activité voisine)"),
        ("activity", "autre activité : déclare « Tonte »", "il déclare « Tonte » (autre activité)"),
        ("kind", "ESAT : répond souvent à cela (hypothèse)", "les ESAT répondent souvent à cela (hypothèse)"),
        (
            "kind",
            "ACI : répond souvent à cela (hypothèse), mais lui moins (porté par une collectivité)",
            "les ACI répondent souvent à cela (hypothèse), mais lui moins (porté par une collectivité)",
        ),
        (
            "proximity",
            "sur place (Lille) ; déclare intervenir : Nord",
            "il est sur place (Lille) ; déclare intervenir : Nord",
        ),
        ("kind", "EA : demandé dans le texte", "son type (EA) est demandé dans le texte"),
        ("references", "a remporté « Tonte » (2 mai 2024)", "il a remporté « Tonte » (2 mai 2024)"),
        ("wording", "mots communs avec la fiche : tonte, haies", "sa fiche reprend les mots du besoin (tonte, haies)"),
        ("nouveau", "trois étoiles", "nouveau : trois étoiles"),
    ],
)
def test_a_short_sentence_is_said_in_a_longer_one(signal: str, says: str, spoken: str) -> None:
    assert plain(explanation(match(contribution(signal, says, 0.9)))[:1]) == f"L’Atelier : {spoken}."


def test_to_second_staff_is_told_once() -> None:
    activity = contribution("activity", "mettre du personnel à disposition est son objet même (AI)", 0.85, 40)
    kind = contribution("kind", "AI : met du personnel à disposition, ce que le texte demande", 0.9, 21)
    told = plain(explanation(match(activity, kind)))
    assert told.count("du personnel à disposition") == 1
    assert "les AI mettent du personnel à disposition" in plain(explanation(match(kind)))


def test_who_is_known_for_another_trade_is_asked_whether_it_does_this_one_too() -> None:
    other = contribution("activity", "autre activité : son nom évoque « Blanchisserie »", 0.1, 30)
    assert "fait-il aussi ce métier" in plain(explanation(match(other)))
    assert "fait-il bien ce métier" in plain(explanation(match(contribution("activity", "activité non connue"))))


def test_nothing_known_is_said_and_there_is_always_something_to_ask() -> None:
    said = plain(explanation(match(contribution("proximity", "lieu du lot non connu"))))
    assert "rien de ce qui est connu de lui ne le désigne" in said
    assert said.endswith("À vérifier par téléphone : est-il disponible aux dates du lot ?"), (
        "the buyer’s own unknown is no question"
    )
    assert len(explanation(match())) == 2


ANSWER = WhyNot("x:1", "L'Atelier", None, ("pas éligible à ce lot",), None)


def test_where_it_stands_and_what_other_choices_would_give() -> None:
    choices = (
        OtherChoice("14", (), "avec l’article L2113-14", 3, ()),
        OtherChoice("", (), "sans article ni clause", 12, ()),
        OtherChoice("clause", (), "avec une clause (L2112-2)", 12, ()),
        OtherChoice("12", (), "avec l’article L2113-12", None, ("pas éligible",)),
    )
    assert [plain((said,)) for said in standing(replace(ANSWER, choices=choices))] == [
        "L’Atelier n’est pas dans la liste : pas éligible à ce lot.",
        "Avec l’article L2113-14, il serait 3ᵉ ; sans article ni clause ou avec une clause (L2112-2), il serait 12ᵉ.",
    ]
    assert plain(standing(replace(ANSWER, choices=choices[3:]))).endswith(
        "Aucun autre choix de levier ou de type ne l’y mettrait."
    )
    assert plain(standing(replace(ANSWER, rank=1, refused=()))) == "L’Atelier est 1ᵉʳ de la liste."


def test_a_trade_that_is_hardly_guessed_is_a_reason_and_one_that_tells_no_more_than_nothing_a_reserve() -> None:
    near = contribution("proximity", "à 12 km du lieu d’exécution (Maubeuge)", 0.66, 32)
    (first, _) = explanation(match(near, contribution("activity", "son nom évoque « Tonte »", 0.42, 34)))
    assert "son nom évoque" in first
    weak = contribution("activity", "indice faible, à confirmer : son nom évoque « Tonte »", 0.35, 34)
    (first, against, _) = explanation(match(near, weak))
    assert "son nom" not in first
    assert plain((against,)) == "À nuancer : son nom évoque « Tonte », indice faible."


def test_what_the_catalogue_lacks_of_everyone_is_not_said_of_each() -> None:
    none = "aucun marché public importé : les références ne sont pas connues"
    said = plain(explanation(match(contribution("references", none))))
    assert "importé" not in said
    assert "marchés comparables" not in said


def test_what_the_lot_does_not_say_is_no_reserve_about_a_supplier() -> None:
    said = explanation(match(contribution("capacity", "42 travailleurs ; montant du lot non donné", None, 4)))
    assert "À nuancer" not in plain(said)
    assert "est-il disponible aux dates du lot" in plain(said)
    own = explanation(match(contribution("capacity", "effectif non connu : à demander", None, 4)))
    assert "À nuancer : effectif non connu." in plain(own)
