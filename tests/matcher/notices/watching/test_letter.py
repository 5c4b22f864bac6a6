"""The message of a watch, from lots told by hand."""

from matcher.notices.watching.letter import LotTold, letter
from matcher.notices.watching.lot_words import LotWords
from matcher.notices.watching.news import NewsKind
from matcher.notices.watching.watches import Pace
from matcher.settings import Controller

WORDS = LotWords(id=7, title="Menuiserie", margin="15 déc.", until="", left="dans 18 jours", facts=(), url="")


def test_it_says_for_how_many_lots_the_trade_is_to_be_confirmed() -> None:
    told = [LotTold(NewsKind.NEW, WORDS, unsure) for unsure in (True, True, False)]
    text = letter(
        "Jardin", told, Controller("Dép.", "Lille", "dpo@exemple.invalid"), who="Léa", pace=Pace.DAILY, months=6
    )
    flat = " ".join(text.split())
    assert "3 lots pour Jardin. Métier à confirmer pour 2 lots : est-ce bien le vôtre ?" in flat
