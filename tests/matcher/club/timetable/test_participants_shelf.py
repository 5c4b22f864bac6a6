"""Suppliers of the catalogue keep the trades that their registrations say: on the shelf, on the sheets, in the report, in the timetable."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from matcher.club.meeting_day.meeting_day import Participant, ParticipantRole
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.planner.rivals import greedy
from matcher.club.results.report import report
from matcher.club.timetable.affinity import affinities
from matcher.club.timetable.participants_shelf import present_shelf
from matcher.club.timetable.reasons_to_meet import on_supplier
from matcher.club.timetable.setting import Setting
from matcher.domain.french import NO_BREAK
from matcher.domain.supplier import RefusedActivity, Supplier
from matcher.ranking.lay_out import build_shelf
from tests.factories import declares, supplier
from tests.matcher.club.day import BUYERS, DAY, SUPPLIERS, full

TRADES = (
    *("Blanchisserie", "Espaces verts", "Traiteur", "Nettoyage de locaux", "Peinture", "Menuiserie", "Archivage"),
    *("Conditionnement", "Couture", "Imprimerie", "Maraîchage", "Déménagement"),
)
PRESENT_TOWNS = ("Maubeuge", "Lille", "Arras", "Denain", "Douai", "Valenciennes", "Lens", "Cambrai")
LINEN = replace(SUPPLIERS[2], name="Atelier Modèle", supplier_id="siret:1", place="")
KNOWN = {"siret:1": supplier("Atelier Modèle", "ESAT", id="siret:1")}


def day_of_strangers(seed: int) -> tuple[tuple[Participant, ...], dict[str, Supplier]]:
    """A made-up Club: each says one trade in its spreadsheet, and the catalogue, which has all the suppliers, knows no trade of theirs."""
    draw = Random(seed)  # noqa: S311
    buyers = tuple(
        Participant(
            key,
            ParticipantRole.BUYER,
            f"Commune fictive {key}",
            needs=(ParticipantNeed(draw.choice(TRADES), draw.choice(PRESENT_TOWNS)),),
        )
        for key in range(1, 21)
    )
    suppliers = tuple(
        Participant(
            key,
            ParticipantRole.SUPPLIER,
            f"Structure inventée {key}",
            supplier_id=f"siret:{key}",
            activity=draw.choice(TRADES),
            place=draw.choice(PRESENT_TOWNS),
        )
        for key in range(21, 81)
    )
    return (*buyers, *suppliers), {
        one.supplier_id: supplier(one.name, "ESAT", None, id=one.supplier_id) for one in suppliers
    }


def laid(participants: Sequence[Participant], known: Mapping[str, Supplier]) -> Setting:
    event = full(participants)
    shelf, rows = present_shelf(event.seated(suppliers=True), known)
    return Setting(event, affinities(event.seated(suppliers=False), event.seated(suppliers=True), shelf, rows, DAY))


def answered(participants: Sequence[Participant], setting: Setting) -> int:
    """How many meetings of the greedy timetable are of a supplier that wrote the trade that the buyer wrote."""
    written = {one.key: one.activity or one.needs[0].text for one in participants}
    buyers, suppliers = setting.affinities.buyers, setting.affinities.suppliers
    meetings = greedy(setting.problem).meetings
    same = [written[buyers[one.buyer].key] == written[suppliers[one.supplier].key] for one in meetings]
    return sum(same)


def test_written_trades_answer_written_needs_though_the_catalogue_knows_the_suppliers() -> None:
    participants, known = day_of_strangers(7)
    silent = tuple(replace(one, activity="") for one in participants)
    without = answered(participants, laid(silent, known))
    merged = answered(participants, laid(participants, known))
    alone = answered(participants, laid(participants, {}))
    assert merged >= 3 * without
    assert merged >= 0.9 * alone


def test_what_the_catalogue_knows_and_what_a_registration_says_add_up() -> None:
    held = replace(KNOWN["siret:1"], activities=declares("restauration.traiteur"), description="Repas de fête")
    shelf, _ = present_shelf([LINEN], {"siret:1": held})
    assert {"restauration.traiteur", "linge.blanchisserie"} <= {clue.code for clue in shelf.suppliers[0].clues}


def test_two_registrations_of_one_supplier_add_up() -> None:
    other = replace(LINEN, key=8, activity="Traiteur")
    shelf, rows = present_shelf([LINEN, other], KNOWN)
    assert rows == (0, 0)
    assert {"restauration.traiteur", "linge.blanchisserie"} <= {clue.code for clue in shelf.suppliers[0].clues}


def test_what_the_team_refuses_of_a_supplier_is_not_taken_from_its_registration() -> None:
    held = replace(KNOWN["siret:1"], refused_activities=(RefusedActivity("linge.blanchisserie", "fermée", None),))
    shelf, _ = present_shelf([LINEN], {"siret:1": held})
    assert "linge.blanchisserie" not in {clue.code for clue in shelf.suppliers[0].clues}


def test_the_sheet_says_the_trade_that_a_registration_says() -> None:
    shelf, _ = present_shelf([LINEN], KNOWN)
    assert on_supplier(shelf.suppliers[0], LINEN)[1].replace(NO_BREAK, " ").startswith("déclare : Blanchisserie")
    unread = replace(LINEN, activity="Bonne humeur")
    shelf, _ = present_shelf([unread], KNOWN)
    assert on_supplier(shelf.suppliers[0], unread)[1].replace(NO_BREAK, " ") == "dit faire : Bonne humeur"


def test_the_report_counts_who_says_the_trade() -> None:
    participants = (replace(BUYERS[1], key=1), replace(LINEN, key=2))
    lacks = {lack.trade: lack.doing for lack in report(laid(participants, KNOWN), build_shelf(KNOWN.values())).lacks}
    assert lacks["Blanchisserie"] == 1


def test_a_meeting_that_nobody_came_for_only_fills_a_slot() -> None:
    gardens = replace(BUYERS[0], key=1, needs=(ParticipantNeed("Entretien des espaces verts", "Maubeuge"),))
    far, near = replace(SUPPLIERS[0], key=2, place="Lille"), replace(LINEN, key=3, place="Maubeuge")
    held = {"siret:1": replace(KNOWN["siret:1"], activities=declares("espaces-verts.creation-entretien"))}
    counted = laid((gardens, far, near), held).affinities
    came, did_not = counted.worth[0]
    assert came > 5 * did_not > 0


def test_who_does_the_trade_and_came_from_far_is_worth_meeting() -> None:
    gardens = replace(BUYERS[0], key=1, needs=(ParticipantNeed("Entretien des espaces verts", "Lille"),))
    counted = laid((gardens, replace(SUPPLIERS[0], key=2, place="Nice")), {}).affinities
    assert counted.worth[0, 0] > 0


def test_workers_and_area_that_a_registration_says_win_over_the_catalogue() -> None:
    held = replace(KNOWN["siret:1"], workers=3.0, area="Somme", area_codes=("dep:80",))
    told = replace(LINEN, workers=42.0, area="Nord, Pas-de-Calais")
    shelf, _ = present_shelf([told], {"siret:1": held})
    assert (shelf.suppliers[0].workers, shelf.suppliers[0].area_codes) == (42.0, ("dep:59", "dep:62"))
    kind, _, workers = (fact.replace(NO_BREAK, " ") for fact in on_supplier(shelf.suppliers[0], told))
    assert ("intervient : Nord, Pas-de-Calais" in kind, workers) == (True, "effectif : 42")
    shelf, _ = present_shelf([LINEN], {"siret:1": held})
    assert (shelf.suppliers[0].workers, shelf.suppliers[0].area_codes) == (3.0, ("dep:80",))
