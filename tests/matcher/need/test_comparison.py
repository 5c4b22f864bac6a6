"""Candidates side by side: the most favourable known fact is marked, what is not known never is, and nothing decides where all are alike."""

from dataclasses import replace
from datetime import date

from msgspec import structs

from matcher.domain.age import SignOfLife
from matcher.domain.contact_details import ContactDetails
from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Band, Contribution, Match, Stance
from matcher.domain.reading import ActivityGuess, Lot, Reading
from matcher.need.comparison import ComparedLine, compare_candidates, leads
from matcher.render.document import CellMark

GREEN, BANKS = "espaces-verts.creation-entretien", "espaces-verts.cours-eau"
ONE = Reading(lot=Lot("Tonte"), activities=(ActivityGuess(GREEN, "Espaces verts", 1.0, named=True),))


def told(signal: str, value: float | None, says: str, stance: Stance = Stance.FOR) -> Contribution:
    return Contribution(signal, signal.title(), value, 10, 5.0, says, Stance.UNKNOWN if value is None else stance)


def match(name: str, km: float | None, *parts: Contribution, **more: object) -> Match:
    known = Match(1, name, "", name, (SupplierKind.ACI,), "Hem", 50, 0.9, km, True, parts, band=Band.CONNU, place=1)
    return structs.replace(known, **more)  # type: ignore[arg-type]  # any field of a Match


def line(label: str, *matches: Match, reading: Reading = ONE, **contacts: ContactDetails) -> ComparedLine:
    return next(its for its in compare_candidates(matches, reading, contacts) if its.label == label)


def test_the_nearest_is_marked_and_who_is_not_located_is_not() -> None:
    its = line("Distance", match("A", 10), match("B", 31), match("C", None))
    assert [cell.best for cell in its.cells] == [True, False, False]
    assert its.cells[2].mark is CellMark.UNKNOWN
    assert line("Distance", match("A", 0.2), match("B", 9)).cells[0].says == "sur place"


def test_where_all_are_alike_nothing_is_marked_and_the_line_is_the_same() -> None:
    its = line("Distance", match("A", 10), match("B", 10.2))
    assert not any(cell.best for cell in its.cells)
    assert not its.differs


def test_an_unknown_neither_wins_nor_loses_and_what_speaks_against_is_never_the_best() -> None:
    its = line(
        "Capacity",
        match("A", 1, told("capacity", None, "effectif non connu")),
        match("B", 1, told("capacity", 0.4, "40 personnes")),
        match("C", 1, told("capacity", 0.9, "trop", Stance.AGAINST)),
    )
    assert [cell.best for cell in its.cells] == [False, True, False]
    assert its.cells[0].mark is CellMark.UNKNOWN


def test_a_clue_to_the_trade_is_not_the_best_beside_one_who_is_known() -> None:
    its = line(
        "Activity",
        match("A", 1, told("activity", 0.7, "son code NAF")),
        match("B", 1, told("activity", 0.9, "son nom"), band=Band.INDICE),
    )
    assert [cell.best for cell in its.cells] == [True, False]
    assert [cell.mark for cell in its.cells] == [CellMark.KNOWN, CellMark.PARTLY]


def test_of_several_activities_each_has_its_line() -> None:
    reading = replace(
        ONE,
        activities=(
            ActivityGuess(GREEN, "Espaces verts", 0.5, named=True),
            ActivityGuess(BANKS, "Berges", 0.5, named=True),
        ),
    )
    green, banks = compare_candidates(
        (match("A", 1, known_for=(GREEN,)), match("B", 1, band=Band.INDICE)), reading, {}
    )[:2]
    assert [cell.mark for cell in green.cells] == [CellMark.KNOWN, CellMark.PARTLY]
    assert green.cells[0].best
    assert [cell.mark for cell in banks.cells] == [CellMark.UNKNOWN, CellMark.PARTLY]


def test_the_law_the_age_and_the_questions_are_said() -> None:
    other = match("B", 1, kinds=(SupplierKind.ESAT,))
    nameless = match("C", 1, kinds=())
    law = line("Peut répondre à un lot réservé", match("A", 1), other, nameless)
    assert "L2113-13" in law.cells[0].says
    assert "L2113-12" in law.cells[1].says
    assert law.cells[2].mark is CellMark.UNKNOWN
    seen = ContactDetails(last_sign=SignOfLife(date(2026, 3, 1), "marché notifié", "decp"))
    age = line("Dernier signe de vie", match("A", 1), other, A=seen)
    assert age.cells[0].says == "mars 2026, marché notifié"
    assert age.cells[1].mark is CellMark.UNKNOWN
    asked = line("À demander", match("A", 1), match("B", 1))
    assert asked.differs, "shown though it is the same of each"
    assert asked.cells[0].says == "Est-il disponible aux dates du lot ?"


def test_who_is_not_ranked_has_no_score() -> None:
    its = line("Adéquation", match("A", 1), match("B", 1, band=Band.A_APPELER))
    assert its.cells[0].says == "50 sur 100"
    assert its.cells[1].mark is CellMark.UNKNOWN


def test_the_sentence_names_who_leads_alone_or_says_that_nothing_decides() -> None:
    near, far = match("A", 10), match("B", 30)
    assert (
        leads((near, far), compare_candidates((near, far), ONE, {}))
        == "Le plus favorable, d’après ce qui est connu : A (distance)."
    )
    assert leads((near, near), compare_candidates((near, near), ONE, {})).startswith("Rien de ce qui est connu")
