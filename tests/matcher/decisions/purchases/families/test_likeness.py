"""Likeness of needs: what is grouped, whatever the order; what a person settled attracts what is like it; little, none or all the same."""

from random import Random

from matcher.decisions.purchases.families.likeness import compare_need, group_needs

CLEANING = ("Nettoyage des locaux de la mairie", "Nettoyage des locaux administratifs")
GREEN = ("Entretien des espaces verts", "Tonte et entretien des espaces verts communaux")


def groups(objets: list[str], settled: dict[str, str] | None = None) -> dict[str, int | str]:
    names = [(settled or {}).get(objet, "") for objet in objets]
    return dict(zip(objets, group_needs([compare_need(objet) for objet in objets], names), strict=True))


def parts(found: dict[str, int | str]) -> set[frozenset[str]]:
    return {frozenset(one for one in found if found[one] == group) for group in found.values()}


def test_like_needs_are_one_group_in_any_order() -> None:
    objets = [*CLEANING, *GREEN, "Fourniture de repas"]
    expected = {frozenset(CLEANING), frozenset(GREEN), frozenset(objets[4:])}
    for seed in range(4):
        Random(seed).shuffle(objets)  # noqa: S311  # an order to repeat
        assert parts(groups(objets)) == expected


def test_a_settled_group_keeps_its_name_and_takes_what_is_like_it() -> None:
    found = groups([*CLEANING, *GREEN], {CLEANING[0]: "Propreté", GREEN[0]: "Dehors"})
    assert found == {CLEANING[0]: "Propreté", CLEANING[1]: "Propreté", GREEN[0]: "Dehors", GREEN[1]: "Dehors"}


def test_what_a_person_set_apart_stays_apart() -> None:
    found = groups([*CLEANING], {CLEANING[0]: "Mairie", CLEANING[1]: "Autres"})
    assert found == {CLEANING[0]: "Mairie", CLEANING[1]: "Autres"}


def test_nothing_one_need_and_needs_without_words_are_each_alone() -> None:
    assert group_needs([], []) == []
    assert groups(["Nettoyage"]) == {"Nettoyage": 0}
    assert len(parts(groups(["2024-001", "2024-002", "12", "Nettoyage", "Repas"]))) == 5


def test_needs_of_no_trade_that_is_known_are_compared_by_their_words() -> None:
    assert len(parts(groups(["zzzqx blorf", "wibble frotz"]))) == 2
    assert len(parts(groups(["zzzqx blorf", "zzzqx blorf wibble"]))) == 1


def test_a_code_counts_as_the_words_of_its_class() -> None:
    by_code = compare_need("", "90911200-8")
    assert "nettoyag" in " ".join(by_code.words)
    assert compare_need("Lot", "n’importe quoi").words == compare_need("Lot").words


def test_needs_that_a_buyer_counts_together_are_one_group_whatever_their_words() -> None:
    objets = ["Ménage des écoles", "Nettoyage de la vitrerie du siège", "Lavage des vitres", *GREEN]
    assert parts(groups(objets)) == {frozenset(objets[:3]), frozenset(GREEN)}
