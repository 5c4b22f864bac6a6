"""What is known of trades: told, pointed to or not at all; and what a step could add."""

from dataclasses import replace
from datetime import date

from matcher.catalogue.steward.trades_known import UNPLACED, TradesKnown, TradeStanding, known_groups
from matcher.domain.supplier import Activity, Contact, Evidence, Origin, Reference, Site
from tests.factories import declares, supplier

WON = Reference("decp", "r", True, "Nettoyage", "proprete.locaux", notified=date(2025, 3, 4))
ORIGIN = Origin("finess", "1", None)
PLACE = (Site(city="Maubeuge", insee="59392"),)
SAID = supplier("Les Lilas", activities=declares("linge.blanchisserie"), sites=PLACE)
GUESSED = replace(SAID, activities=(Activity("linge.blanchisserie", "linge", Evidence.ROME, "emplois"),))
BARE = supplier("Les Lilas", sites=PLACE)


def test_a_trade_is_known_where_a_source_or_a_contract_tells_it() -> None:
    assert known_groups(SAID) == {"linge": TradeStanding.KNOWN}
    assert known_groups(GUESSED) == {"linge": TradeStanding.CLUE}
    assert known_groups(BARE) == {}
    assert known_groups(replace(BARE, references=(WON,))) == {"proprete": TradeStanding.KNOWN}
    assert known_groups(replace(BARE, references=(replace(WON, own=False),))) == {}


def test_the_mission_that_all_share_tells_no_trade() -> None:
    assert known_groups(supplier("Relais", "AI")) == {}


def test_each_supplier_is_counted_once_a_departement() -> None:
    trades = TradesKnown()
    for each in (SAID, GUESSED, BARE, replace(BARE, sites=())):
        trades.add(each, (), ())
    assert trades.whole == {TradeStanding.KNOWN: 1, TradeStanding.CLUE: 1, TradeStanding.UNKNOWN: 2}
    assert sum(counts.total() for counts in trades.places.values()) == 4
    assert trades.places[UNPLACED] == {TradeStanding.UNKNOWN: 1}
    assert trades.groups()["linge"] == {TradeStanding.KNOWN: 1, TradeStanding.CLUE: 1}
    assert trades.groups(UNPLACED)["linge"] == {}


def test_a_step_says_how_many_it_may_tell_and_what_is_not_to_be_known_before() -> None:
    trades = TradesKnown()
    reached = (Contact("email", "a@b.example", ORIGIN), Contact("phone", "+33300000000", ORIGIN))
    trades.add(SAID, reached, ())
    trades.add(replace(BARE, siret="1"), reached, ())
    trades.add(supplier("Relais", "EI"), reached[1:], ())
    marche, hosmoz, email, phone, sites, awards = (step.at_most for step in trades.steps)
    assert (marche, hosmoz, email, phone, sites, awards) == (1, 1, 1, 1, 0, None)
