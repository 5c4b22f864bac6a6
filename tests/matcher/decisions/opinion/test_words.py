"""What a person reads: each verdict in a sentence, no certainty that is not one, the sentence for the notice."""

from dataclasses import replace

import pytest

from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.candidates import Candidate
from matcher.decisions.opinion import next_steps, words
from matcher.decisions.opinion.compute import Opinion, OpinionVerdict, lot_opinion
from matcher.decisions.workload import Workload
from matcher.domain.french import percent
from matcher.domain.reading import ActivityGuess, Lot, Reading
from matcher.reference.levers import lever
from tests.factories import ask, declares, supplier
from tests.matcher.decisions.opinion.test_compute import GREEN, given_on
from tests.matcher.decisions.people import candidate, classed, hinted, to_call


@pytest.mark.parametrize(
    ("found", "etp", "said"),
    [
        ([candidate(f"ESAT {n}") for n in range(5)], None, "Réserver ce lot, à l’article L2113-12."),
        (
            [candidate(f"A{n}", workers=20.0) for n in range(5)],
            30.0,
            "Réserver un lot plus petit, de 10\u00a0ETP au plus, à l’article L2113-12.",
        ),
        (
            [classed(f"A{n}") for n in range(5)],
            None,
            "Réservation possible à l’article L2113-12, à confirmer : appelez ces trois.",
        ),
        ([candidate()], None, "sans réserver"),
        ([to_call(f"A{n}") for n in range(4)], None, "Sourcer d’abord, avant de décider."),
        ([], None, "immersion (PMSMP)"),
    ],
)
def test_each_verdict_has_its_sentence(found: list[Candidate], etp: float | None, said: str) -> None:
    its = given_on(found, etp)
    assert said in words.opinion_headline(its)
    assert all(
        sentence.endswith(".")
        for sentence in (words.opinion_headline(its), *words.opinion_reasons(its), *next_steps.sizes(its))
    )
    assert "'" not in " ".join(
        (words.opinion_headline(its), *words.opinion_reasons(its), *next_steps.sizes(its), *DEFAULT.says())
    )


def test_a_reserved_lot_gives_the_sentence_for_the_notice_and_its_article() -> None:
    its = given_on([candidate(f"ESAT {n}") for n in range(5)])
    assert "L2113-12" in next_steps.notice_sentence(its)
    assert "50 %" in next_steps.notice_sentence(its).replace("\u00a0", " ")
    assert next_steps.notice_sentence(given_on([to_call(f"A{n}") for n in range(4)])) == ""


def test_the_sentence_for_the_notice_stays_closed_until_three_are_confirmed() -> None:
    found = [candidate("A", workers=9.0), candidate("B"), classed("C"), *(to_call(f"D{n}") for n in range(5))]
    its = given_on(found, etp=2.0)
    assert next_steps.notice_sentence(its) == ""
    assert "s’ouvre quand 3 organisations ont dit faire ce métier, avec assez de salariés" in words.notice_opening(its)
    assert "1 confirmée, pour 3 voulues" in " ".join(words.opinion_reasons(its))
    sized, unsure, also = (next_steps.asks(one, its, "Espaces verts") for one in its.told.called)
    assert also[0] == unsure[0], "A is confirmed: nothing is to be asked of it before the others"
    assert sized[0] == "Combien de salariés, pour un lot d’environ 2\u00a0ETP par an ?"
    assert unsure[0] == "Faites-vous bien ce métier : Espaces verts ?"
    assert [answers for answers, _ in next_steps.by_answers(its)] == ["2 oui", "1 oui", "aucun oui"]
    confirmed = [candidate("A"), candidate("B"), *(hinted(f"C{n}") for n in range(9))]
    *_, (_, nobody) = next_steps.by_answers(given_on(confirmed))
    assert nobody.startswith("Pas encore : appelez les ")
    *_, (_, nobody) = next_steps.by_answers(given_on([hinted(f"C{n}") for n in range(9)]))
    assert nobody.startswith("Ne pas réserver")
    assert list(next_steps.by_answers(given_on([candidate(f"A{n}") for n in range(3)]))) == []


def test_a_floor_above_three_names_as_many_and_says_what_every_answer_changes() -> None:
    its = given_on([classed(f"ESAT {n}") for n in range(8)], floor=5)
    assert words.opinion_headline(its) == "Réservation possible à l’article L2113-12, à confirmer : appelez ces 5."
    assert [answers for answers, _ in next_steps.by_answers(its)] == ["5 oui", "1 à 4 oui", "aucun oui"]


def test_no_percentage_is_announced() -> None:
    for found in ([classed(f"A{n}") for n in range(5)], [hinted("A")], [to_call(f"A{n}") for n in range(30)], []):
        its = given_on(found)
        assert "%" not in " ".join((words.opinion_headline(its), *words.opinion_evidence(its)))
        assert "0 structure" not in " ".join(words.opinion_reasons(its))


@pytest.mark.parametrize(
    ("lot", "says"),
    [
        (
            {"cpv": ("85311300",), "duree": 60.0, "levier": "15"},
            "L’article L2113-15 ne convient pas : la durée dépasse trois ans (L2113-16).",
        ),
        (
            {"cpv": ("90911200",), "levier": "15"},
            "L’article L2113-15 ne convient pas : ce n’est pas un service social ou spécifique de la liste annexée au code.",
        ),
        ({"cpv": ("85311300",), "duree": 36.0, "levier": "15"}, ""),
    ],
)
def test_an_article_that_was_chosen_and_cannot_apply_is_said_first(lot: dict[str, object], says: str) -> None:
    reading = Reading(Lot("x", **lot), activities=GREEN.activities, places=GREEN.places)  # type: ignore[arg-type]
    its = given_on([candidate(f"ESAT {n}") for n in range(5)], reading=reading)
    assert (words.opinion_headline(its) == says) is bool(says)
    assert ("ne convient pas" in words.opinion_headline(its)) is bool(says)
    assert "L2113-15" not in next_steps.notice_sentence(its) or not says


def test_nobody_within_reach_is_never_told_as_nobody_at_all() -> None:
    nobody = given_on([])
    for said in (words.opinion_headline(nobody), next(words.opinion_evidence(nobody))):
        assert "à portée" in said


def test_a_lot_in_doubt_is_asked_its_trade_and_never_told_nobody() -> None:
    its = lot_opinion(ask("Prestations à définir", [supplier()], lieu="Maubeuge"), Workload(None, ""), DEFAULT)
    assert words.opinion_headline(its) == words.TELL_THE_TRADE
    assert "Personne" not in " ".join(words.opinion_reasons(its))


def test_one_organisation_of_several_names_is_said() -> None:
    its = given_on([candidate(f"Atelier {n}", organisation="APEI") for n in range(3)])
    assert "2 autres établissements des mêmes organisations" in " ".join(words.opinion_evidence(its))


def test_the_other_ways_are_told_with_why_they_are_closed() -> None:
    ways = {label: gives for label, _, gives in next_steps.others(given_on([candidate(f"ESAT {n}") for n in range(5)]))}
    assert "liste" in next(gives for label, gives in ways.items() if "L2113-15" in label)
    assert ways["Clause seule, L2112-2"] == "possible"


def test_a_criterion_and_an_immersion_can_be_added_to_any_conclusion() -> None:
    reserved = list(next_steps.beside(given_on([candidate(f"ESAT {n}") for n in range(5)])))
    assert [sentence for *_, sentence in reserved] == [lever("critere").sentence, lever("pmsmp").sentence]
    assert "5 structures connues" in reserved[0][1]
    nobody = list(next_steps.beside(given_on([])))  # the immersion is then the conclusion, and is told once
    assert [sentence for *_, sentence in nobody] == [lever("critere").sentence]
    assert "personne" in nobody[0][1]


@pytest.mark.parametrize(
    ("chance", "said"),
    [(0, "0\u00a0%"), (0.004, "moins de 1\u00a0%"), (0.5, "50\u00a0%"), (0.999, "99\u00a0%"), (1, "100\u00a0%")],
)
def test_a_chance_is_never_told_as_certain(chance: float, said: str) -> None:
    assert percent(chance) == said


@pytest.mark.parametrize(
    ("fits", "said"),
    [
        ([0.1], "moins d’une le fait d’ordinaire"),
        ([0.6], "environ 1 le fait d’ordinaire"),
        ([0.7] * 18, "environ 13 le font d’ordinaire"),
    ],
)
def test_people_to_call_are_counted_whole(fits: list[float], said: str) -> None:
    its = given_on([to_call(f"A{n}", fit=fit) for n, fit in enumerate(fits)])
    assert said in next(words.opinion_evidence(its))


def test_an_article_that_nobody_is_eligible_to_says_nobody() -> None:
    ways = {label: gives for label, _, gives in next_steps.others(given_on([candidate(f"ESAT {n}") for n in range(5)]))}
    assert next(gives for label, gives in ways.items() if "L2113-13)" in label) == "personne n’est connu à portée"
    assert next(gives for label, gives in ways.items() if "L2113-14" in label) == "possible : 5 confirmées"


def test_no_sentence_names_a_table_of_the_code() -> None:
    assert not any("«" in source for _, source in DEFAULT.sourced_sentences())


def test_a_clause_that_is_asked_for_is_concluded_with_its_hours() -> None:
    roads = Reading(
        Lot("Voirie", cpv=("45233222",), montant=1_250_000, duree=24, levier="clause"),
        activities=(ActivityGuess("batiment.vrd", "", 1.0),),
    )
    said = words.opinion_headline(given_on([], reading=roads))
    assert said.startswith("Une clause sociale d’exécution, de 270 à 620\u00a0heures (L2112-2)")


@pytest.mark.parametrize("levier", ["", "clause"])
@pytest.mark.parametrize("cpv", ["66510000", "30192000"])
def test_what_gives_no_work_is_told_no_clause_and_no_immersion(cpv: str, levier: str) -> None:
    its = given_on([], reading=Reading(Lot("Assurances, ou papier", cpv=(cpv,), montant=300_000, levier=levier)))
    assert words.opinion_headline(its).startswith("Pas de clause d’insertion")
    assert "PMSMP" not in " ".join((words.opinion_headline(its), *words.opinion_reasons(its)))
    dear = given_on([], reading=Reading(Lot("Assurances", cpv=(cpv,), montant=900_000, levier=levier)))
    assert "L2112-2-1" in words.opinion_headline(dear)
    known = given_on([candidate(f"EI {n}", "EI") for n in range(2)], reading=Reading(Lot("Papier", cpv=(cpv,))))
    assert known.verdict is not OpinionVerdict.CLAUSE


def on_the_text(article: str, found: list[Candidate], etp: float | None = None) -> Opinion:
    reserved = replace(GREEN, levier_hint=article, reserved_by=f"Le lot est réservé (L2113-{article}).")
    return given_on(found, etp, reading=reserved)


@pytest.mark.parametrize(
    ("found", "etp", "said"),
    [
        (
            [candidate(f"ESAT {n}") for n in range(5)],
            None,
            "Votre texte réserve ce lot à l’article L2113-12, c’est possible.",
        ),
        (
            [candidate(f"A{n}", workers=20.0) for n in range(5)],
            30.0,
            "Votre texte réserve ce lot à l’article L2113-12, possible pour un lot plus petit, de 10\u00a0ETP au plus.",
        ),
        (
            [candidate(f"EI {n}", "EI") for n in range(5)],
            None,
            "Votre texte dit L2113-12, avec trop peu de candidats ; L2113-13 donnerait 5 structures connues, confirmées.",
        ),
        (
            [*(candidate(f"ESAT {n}") for n in range(3)), *(candidate(f"EI {n}", "EI") for n in range(8))],
            None,
            "Votre texte réserve ce lot à l’article L2113-12, c’est possible.",
        ),
        (
            [candidate()],
            None,
            "Votre texte réserve ce lot à l’article L2113-12, avec trop peu de candidats : une clause sociale d’exécution (L2112-2) reste possible.",
        ),
        (
            [*(candidate(f"EI {n}", "EI") for n in range(5)), *(hinted(f"A{n}") for n in range(11))],
            None,
            "Votre texte dit L2113-12, à confirmer : appelez ces trois ; L2113-13 donnerait 5 structures connues, confirmées.",
        ),
        (
            [],
            None,
            "Votre texte réserve ce lot à l’article L2113-12, mais personne n’est connu à portée pour ce métier.",
        ),
    ],
)
def test_the_article_that_the_text_says_comes_first(found: list[Candidate], etp: float | None, said: str) -> None:
    assert words.opinion_headline(on_the_text("12", found, etp)) == said


def test_an_article_that_the_text_says_and_cannot_be_is_told_why() -> None:
    its = on_the_text("15", [candidate(f"ESAT {n}") for n in range(5)])
    assert (
        "L’article L2113-15, que votre texte dit, ne convient pas : d’après le métier lu, ce n’est pas un service"
        in (" ".join(words.opinion_reasons(its)))
    )
    assert "L2113-12 donnerait" in words.opinion_headline(its)


def test_a_chosen_article_or_a_hint_is_not_what_the_text_says() -> None:
    found = [candidate(f"ESAT {n}") for n in range(5)]
    hinted = replace(GREEN, levier_hint="13")
    chosen = replace(hinted, reserved_by="Lot réservé aux SIAE.", lot=replace(GREEN.lot, levier="12"))
    assert [given_on(found, reading=one).said for one in (hinted, chosen)] == ["", ""]
    assert words.opinion_headline(given_on(found, reading=hinted)) == "Réserver ce lot, à l’article L2113-12."


def test_a_lot_without_a_place_is_asked_its_place_and_counts_nobody() -> None:
    people = [supplier(f"Atelier {n}", activities=declares("espaces-verts.creation-entretien")) for n in range(5)]
    its = lot_opinion(ask("Entretien des espaces verts", people), Workload(None, ""), DEFAULT)
    assert words.opinion_headline(its) == words.TELL_THE_PLACE
    assert (its.is_counted, its.told.candidates, next_steps.notice_sentence(its)) == (False, (), "")
    everywhere = lot_opinion(
        ask("Entretien des espaces verts", people, lieu="France entière"), Workload(None, ""), DEFAULT
    )
    assert words.opinion_headline(everywhere).startswith("Réserver ce lot")


def test_who_has_a_team_free_is_not_asked_how_many_it_is() -> None:
    found = [candidate("A", team=6.0), classed("B", team=1.0), *(to_call(f"D{n}") for n in range(5))]
    its = given_on(found, etp=2.0)
    people = {one.name: any("Combien" in question for question in next_steps.asks(one, its, "")) for one in found}
    assert not people["A"]
    assert people["B"]
    assert "effectif non connu pour 6 sur 7" in words._size(its)
    assert "une équipe libre, notée au dossier, y suffit pour 1." in words._size(its)


@pytest.mark.parametrize(
    ("hours", "months", "headline", "sentence"),
    [
        (
            "420 heures d’insertion par an",
            48.0,
            "avec les 1 680 heures sur toute la durée",
            "1 680 heures d’insertion sur toute la durée, plus que l’usage (",
        ),
        ("420 heures d’insertion par an", None, "avec les 420 heures par an", "420 heures d’insertion par an."),
        (
            "35 heures d’insertion",
            48.0,
            "avec les 35 heures sur toute la durée",
            "35 heures d’insertion sur toute la durée, moins que l’usage (",
        ),
        ("90 000 heures d’insertion", 48.0, "avec les 90 000 heures", "plus que tout le travail du lot ("),
    ],
)
def test_the_hours_that_the_text_requires_are_stated_and_compared(
    hours: str, months: float | None, headline: str, sentence: str
) -> None:
    objet = f"Voirie. Le titulaire réserve au moins {hours}."
    lot = Lot(objet, cpv=("45233222",), montant=300_000, duree=months, levier="clause")
    found = given_on([], reading=Reading(lot, activities=(ActivityGuess("batiment.vrd", "", 1.0),)))
    plain = [text.replace("\u00a0", " ").replace("\u202f", " ") for text in words.opinion_reasons(found)]
    assert headline in words.opinion_headline(found).replace("\u00a0", " ").replace("\u202f", " ")
    assert any(sentence in text for text in plain), plain
