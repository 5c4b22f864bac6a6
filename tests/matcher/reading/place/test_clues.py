"""The list of clues: each once, with a weight that tells and a reason; none is dead."""

import json
from pathlib import Path

import pytest

from matcher.reading.place.candidates import PlaceContext, candidates_at
from matcher.reading.place.clues import CLUES, DOUBTFUL, NEVER, PROOF, SAID, SURE, Verdict, verdict_on
from matcher.reading.place.sentence import Sentence


def test_each_clue_is_declared_once_with_its_reason() -> None:
    assert len({clue.key for clue in CLUES}) == len(CLUES)
    assert all(clue.weight and clue.reason and clue.kinds for clue in CLUES)


def test_what_is_said_outweighs_and_what_forbids_outweighs_all() -> None:
    others = sum(clue.weight for clue in CLUES if 0 < clue.weight < PROOF)
    assert SAID + DOUBTFUL > SURE
    assert sum(clue.weight for clue in CLUES if clue.weight > 0 and "town" in clue.kinds) + 50 < -NEVER
    assert others < -NEVER


# What the objects of the open suites do not happen to write.
WRITTEN = (
    "Nettoyage à Croix, 3 rue Jean Jaurès, Béthune",
    "Nougat de Montélimar pour l’escadron « Roubaix » de Mayenne (53)",
    "Entretien des parcs, hors Lille",
    "Nettoyage des EHPAD du Morbihan et du château de Laval (Mayenne)",
)


def test_no_clue_is_dead(shared: Path) -> None:
    texts = [(text, PlaceContext()) for text in WRITTEN]
    for suite in ("ranking_dev", "ranking_dense_dev", "ranking_boamp_dev", "reading_dev", "needs_dev", "notices_dev"):
        for line in (shared / f"eval/{suite}.jsonl").read_text(encoding="utf-8").splitlines():
            lot = json.loads(line)
            lieu = lot.get("lieu") or ""
            written = lieu if isinstance(lieu, str) else lieu["nom"] or ""
            texts += [
                (lot["objet"], PlaceContext()),
                (lot["objet"], PlaceContext.of(["59"])),
                (written, PlaceContext(field=True)),
            ]
    held: set[str] = set()
    for text, known in texts:
        sentence = Sentence.of(text)
        for start in range(len(sentence.words)):
            for _, candidates in candidates_at(sentence, start, known):
                held |= {clue.key for its in candidates for clue in CLUES if its.kind in clue.kinds and clue.holds(its)}
    assert {clue.key for clue in CLUES} == held


def verdict(text: str, name: str, *known: str, field: bool = False) -> Verdict | None:
    sentence = Sentence.of(text)
    found = (
        its
        for start in range(len(sentence.words))
        for its in candidates_at(sentence, start, PlaceContext.of(known, field=field))
    )
    candidates = next(candidates for read, candidates in found if read.wording == name)
    return verdict_on(candidates)


@pytest.mark.parametrize(
    ("text", "name", "clue"),
    [
        ("Nettoyage à Denain", "Denain", "direct"),
        ("Nettoyage à Croix", "Croix", "said at"),
        ("Nettoyage sur la commune de Trith-Saint-Léger", "Trith-Saint-Léger", "says town"),
        ("Nettoyage du gymnase (Roubaix)", "Roubaix", "set apart"),
        ("Nettoyage, 3 rue Jean Jaurès, Béthune", "Béthune", "address"),
        ("nettoyage bureaux Lyon", "Lyon", "at the end"),
        ("Nettoyage, Saint-Denis (974)", "Saint-Denis", "number"),
        ("Nettoyage dans la Somme", "Somme", "inside"),
        ("Nettoyage des EHPAD du Morbihan", "Morbihan", "spread"),
        ("Nettoyage pour Lens Agglo", "Lens", "says group"),
    ],
)
def test_a_name_is_surely_a_place_by_what_stands_around_it(text: str, name: str, clue: str) -> None:
    found = verdict(text, name)
    assert found is not None
    assert found.sure
    assert clue in {its.key for its in found.best.clues}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Nettoyage bureaux Hautmont", "Hautmont"),
        ("Fourniture pour la Loire et ses bords", "Loire"),
        ("Entretien des pelouses du mas Saint-Paul", "Saint-Paul"),
    ],
)
def test_a_name_alone_is_doubtful(text: str, name: str) -> None:
    found = verdict(text, name)
    assert found is not None
    assert DOUBTFUL <= found.best.sum < SURE


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Réfection de la rue de Lille", "Lille"),
        ("Fourniture de savon de Marseille", "Marseille"),
        ("Nettoyage, hors Lyon", "Lyon"),
        ("Nettoyage de l’escadron « Roubaix »", "Roubaix"),
        ("Entretien des crues de la Somme", "Somme"),
        ("le titulaire aura la charge", "aura"),
    ],
)
def test_what_forbids_a_name_drops_it(text: str, name: str) -> None:
    assert verdict(text, name) is None


def test_where_the_lot_is_thought_to_be_chooses_and_makes_sure() -> None:
    for known, sure in ((("59",), True), ((), False), (("13",), False)):
        found = verdict("Nettoyage bureaux Hautmont", "Hautmont", *known)
        assert found is not None
        assert found.sure is sure


def test_the_verdict_is_the_sum_of_the_clues_that_hold() -> None:
    found = verdict("Nettoyage à Saint-Denis", "Saint-Denis")
    assert found is not None
    for its in found.weighed:
        told = [clue for clue in CLUES if its.candidate.kind in clue.kinds and clue.holds(its.candidate)]
        assert its.clues == tuple(told)
        assert its.sum == sum(clue.weight * clue.holds(its.candidate) for clue in told)
    assert [town.departement for town in found.homonyms] == ["93", "974"]


def test_a_field_tells_the_other_thing_of_that_name() -> None:
    for name, kept, other in (
        ("Vienne", "insee:38544", "dep:86"),
        ("Indre", "dep:36", "insee:44074"),
        ("Denain", "insee:59172", ""),
    ):
        found = verdict(name, name, field=True)
        assert found is not None
        assert (found.best.candidate.codes[0], found.other) == (kept, other)
