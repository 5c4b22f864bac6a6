"""Order of a plaquette: once in full, named elsewhere, guessed last, unknown by kind; every number leads to one structure."""

from hypothesis import given
from hypothesis import strategies as st

from matcher.decisions.plaquette.compute import PrintedStructure, PrintedTrade, order_structures, printed_trades
from matcher.domain.kinds import SupplierKind as K
from matcher.domain.supplier import Activity, Evidence
from tests.factories import declares, supplier

CLEAN, GREEN, LINEN = "proprete.locaux", "espaces-verts.creation-entretien", "linge.blanchisserie"


def structure(
    name: str, *trades: PrintedTrade, town: str = "Maubeuge", kinds: tuple[K, ...] = (K.EI,)
) -> PrintedStructure:
    return PrintedStructure(f"essai:{name}", name, kinds, "", (town,), "", "", "", "", "", "essai", trades)


def test_a_structure_is_in_full_under_its_main_trade_and_named_under_the_others() -> None:
    both = structure("Les Deux", PrintedTrade(CLEAN), PrintedTrade(GREEN))
    one = structure("Aux Vitres", PrintedTrade(CLEAN), town="Arras")
    told = order_structures([both, one])
    green, clean = told.sections
    assert [(each.number, each.its.name) for each in clean.full] == [(1, "Aux Vitres"), (2, "Les Deux")]
    assert (green.full, [each.number for each in green.elsewhere]) == ((), [2])
    assert told.by_town == [("Arras", (1,)), ("Maubeuge", (2,))]


def test_what_is_guessed_is_a_main_trade_at_most() -> None:
    told = order_structures([structure("Les Deux", PrintedTrade(CLEAN), PrintedTrade(GREEN, "déduite du nom"))])
    assert [section.code for section in told.sections] == [CLEAN]


def test_those_of_no_known_trade_come_last_by_kind_once_each() -> None:
    told = order_structures(
        [structure("A", kinds=(K.EA, K.ESAT)), structure("B", kinds=(K.AI,)), structure("C", PrintedTrade(CLEAN))]
    )
    assert [(kind, [each.number for each in those]) for kind, those in told.unknown] == [(K.AI, [2]), (K.EA, [3])]
    assert told.by_kind == [(K.EI, 1), (K.AI, 1), (K.EA, 1), (K.ESAT, 1)]


def test_only_the_trades_that_are_chosen_are_sections() -> None:
    both = structure("Les Deux", PrintedTrade(CLEAN), PrintedTrade(GREEN))
    assert [section.code for section in order_structures([both], [GREEN]).sections] == [GREEN]
    assert [section.code for section in order_structures([both], ["proprete"]).sections] == [CLEAN]


def test_known_trades_come_before_the_secondment_of_the_kind_and_before_guesses() -> None:
    told = supplier("Relais", "AI", activities=declares(CLEAN))
    assert printed_trades(told) == (PrintedTrade(CLEAN), PrintedTrade("conseil.mise-a-disposition"))
    guessed = supplier("Relais", "AI", activities=(Activity(LINEN, "linge", Evidence.ROME, "emplois"),))
    assert printed_trades(guessed) == (
        PrintedTrade("conseil.mise-a-disposition"),
        PrintedTrade(LINEN, "déduite d’un métier"),
    )
    assert printed_trades(supplier("Sans rien", "ESAT")) == ()


def test_a_group_is_not_said_beside_one_of_its_trades() -> None:
    told = supplier("Net", "EI", activities=declares("proprete", CLEAN))
    assert printed_trades(told) == (PrintedTrade(CLEAN),)


CODES = st.sampled_from([CLEAN, GREEN, LINEN, "proprete"])
TRADES = st.lists(st.tuples(CODES, st.sampled_from(["", "déduite du nom"])), max_size=4, unique_by=lambda pair: pair[0])


@given(st.lists(TRADES, max_size=12))
def test_each_is_in_full_once_and_every_other_line_leads_to_it(drawn: list[list[tuple[str, str]]]) -> None:
    those = [structure(f"S{at}", *(PrintedTrade(*trade) for trade in trades)) for at, trades in enumerate(drawn)]
    told = order_structures(those)
    full = list(told.full)
    assert [each.number for each in full] == list(range(1, len(those) + 1))
    assert {each.its.id for each in full} == {each.id for each in those}
    numbers = {each.its.id: each.number for each in full}
    assert all(each.number == numbers[each.its.id] for section in told.sections for each in section.elsewhere)
    assert all(section.full or section.elsewhere for section in told.sections)
