"""The shares of a programme: they add up to all of it, and its lines are set beside a mark that counts no money."""

from matcher.decisions.opinion.compute import OpinionVerdict
from matcher.decisions.purchases.lever_shares import TO_SETTLE, lever_shares, social_share, social_words
from matcher.decisions.purchases.line import LineAmount, LineQuestion, Purchase
from matcher.decisions.purchases.programme import LineAnswer, Programme
from matcher.domain.need import Need
from matcher.domain.reading import Lot
from tests.matcher.decisions.purchases.test_line import entry

ASKED = (LineQuestion.TAX,)


def programme(*lines: tuple[str, float | None, bool]) -> Programme:
    purchases = [
        Purchase(entry(objet="x"), Need(Lot("x")), LineAmount(euros, "", ASKED if asks else ()))
        for _, euros, asks in lines
    ]
    answers = [LineAnswer(understood=bool(verdict), verdict=verdict) for verdict, _, _ in lines]
    return Programme(tuple(purchases), tuple(answers))


ITS = programme(
    (OpinionVerdict.RESERVE, 100, False),
    (OpinionVerdict.RESERVE, 40, True),
    (OpinionVerdict.CLAUSE, 300, False),
    (OpinionVerdict.NOBODY, None, False),
    ("", 60, False),
)


def test_shares_add_up_and_what_depends_on_an_answer_is_apart() -> None:
    shares = {its.label: its for its in lever_shares(ITS)}
    assert sum(its.lines for its in shares.values()) == 5
    assert sum(its.amount for its in shares.values()) == 400
    assert sum(its.supposed for its in shares.values()) == 100
    assert sum(its.unknown for its in shares.values()) == 1
    assert (shares[TO_SETTLE].amount, shares[TO_SETTLE].supposed) == (0, 60)


def test_lines_are_set_beside_the_mark_and_money_is_said_apart() -> None:
    its = social_share(ITS)
    assert (its.lines, its.at_most, its.of, its.amount, its.reserved, its.whole) == (3, 4, 5, 400, 100, 460)
    lines, money = social_words(its)
    assert "sur 5, soit 60" in lines
    assert "jusqu’à 4" in lines
    assert "plan échu, en nombre de contrats" in lines
    assert "ne compte pas en argent" in money
    assert list(social_words(social_share(Programme((), ())))) == []


def test_what_the_law_imposes_counts_without_a_lever_and_once() -> None:
    worth = [
        (OpinionVerdict.NOBODY, 600.0, ()),
        (OpinionVerdict.SOURCE, 500.0, ASKED),
        (OpinionVerdict.CLAUSE, 400.0, ()),
    ]
    purchases = tuple(
        Purchase(entry(objet="x"), Need(Lot("x")), LineAmount(euros, "", asks)) for _, euros, asks in worth
    )
    shares = social_share(
        Programme(purchases, tuple(LineAnswer(understood=True, verdict=verdict, due=True) for verdict, _, _ in worth))
    )
    assert (shares.lines, shares.imposed, shares.at_most, shares.amount) == (2, 1, 3, 1000)
    assert "Dont 1 que la loi impose, même sans levier (L2112-2-1)" in list(social_words(shares))[1]
