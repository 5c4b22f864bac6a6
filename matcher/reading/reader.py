"""Reader of lots, from a lot as written to a `Reading`: activities, places, kinds and lever, size, and what is in doubt."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from unicodedata import normalize

from matcher.cleaning.markup import plain_text
from matcher.domain.french import number
from matcher.domain.lot import Lot
from matcher.domain.reading import DoubtKind, Reading, ReadingDoubt
from matcher.reading.contract_words import without_contract, without_sizes
from matcher.reading.intent import CLAUSE, Intent, read_intent
from matcher.reading.notice import MOST_SIGNS, MOST_WORDS, is_very_long, notice
from matcher.reading.place import contradicted
from matcher.reading.place.places import Whereabouts, read_places
from matcher.reading.place.proper_names import without_names
from matcher.reading.sizes import Sizes, read_sizes
from matcher.reading.trade.abbreviations import in_full
from matcher.reading.trade.activities import SHIPPED, Sources, UnderstoodTrade, read_activities

_TOO_LONG = (
    f"Objet très long : seul son début est lu, {number(MOST_WORDS)} mots et {number(MOST_SIGNS)} signes au plus. "
    "Gardez ce qui dit le besoin."
)
_NOWHERE = "Où le lot s’exécute-t-il ? Aucun lieu n’est donné ni reconnu."


def read(lot: Lot) -> Reading:
    """Understand a lot. Never raises: what is not understood is a doubt, in French."""
    lot = replace(lot, objet=normalize("NFC", plain_text(lot.objet)))  # a PDF writes accents apart from their letters
    intent, understood = read_need(lot.objet, lot.cpv)
    where = read_places(lot)
    said = notice(lot.objet).said
    sizes = read_sizes(said, amount=lot.montant, months=lot.duree)
    return Reading(
        lot=lot,
        activities=understood.activities,
        groups=understood.groups,
        sectors=understood.sectors,
        places=where.places,
        within=where.within,
        kinds_asked=intent.kinds,
        levier_hint=intent.levier,
        mode=intent.mode,
        sure=understood.sure,
        reserved_by=intent.outright,
        amount=sizes.amount,
        duration=sizes.duration,
        doubts=(*understood.doubts, *_doubts(lot, intent, where, sizes)),
    )


def _doubts(lot: Lot, intent: Intent, where: Whereabouts, sizes: Sizes) -> Iterator[ReadingDoubt]:
    """The doubts about all but the trade, in the order that a page tells them."""
    yield from (ReadingDoubt(DoubtKind.PLACE, says) for says in where.doubts)
    if not where.places and not where.doubts:
        yield ReadingDoubt(DoubtKind.PLACE_UNKNOWN, _NOWHERE)
    if intent.in_part and not lot.levier:
        yield ReadingDoubt(
            DoubtKind.LEVER, f"Le texte réserve un lot parmi d’autres : « {intent.in_part} ». Est-ce le vôtre ?"
        )
    else:
        yield from (ReadingDoubt(DoubtKind.LEVER, says) for says in contradicted.about_lever(lot, intent))
    alone = read_sizes(notice(lot.objet).said) if lot.montant or lot.duree else sizes
    for says in (*sizes.about_amount, *contradicted.about_amount(lot, alone)):
        yield ReadingDoubt(DoubtKind.AMOUNT, says)
    for says in (*sizes.about_duration, *contradicted.about_duration(lot, alone)):
        yield ReadingDoubt(DoubtKind.DURATION, says)


def read_need(objet: str, cpv: Sequence[str] = (), sources: Sources = SHIPPED) -> tuple[Intent, UnderstoodTrade]:
    """Understand what a lot asks for, and of whom, from an object without markup.

    Its trade is that which a notice's own object says, or all of its need where the object alone is not sure.
    """
    told = notice(objet)
    intent = read_intent(told.need)
    understood = _trade(told.object, cpv, sources) if told.object else None
    if understood is None or not understood.sure:
        understood = _trade(told.need, cpv, sources, intent)
    if is_very_long(objet):
        understood = replace(understood, doubts=(ReadingDoubt(DoubtKind.TRADE, _TOO_LONG), *understood.doubts))
    return intent, understood


def _trade(text: str, cpv: Sequence[str], sources: Sources, intent: Intent | None = None) -> UnderstoodTrade:
    """What a text is about, once names of places, what names a lever and the words of a contract are set aside; `intent` is that of
    the whole text."""
    bare = in_full(without_names(without_sizes(text)))
    asked = intent if intent and bare == text else read_intent(bare)
    core = without_contract(asked.rest)
    # the words of a clause tell no trade; those of a reservation are all that « marché d’insertion » says
    whole = core if asked.levier == CLAUSE else without_contract(bare)
    return read_activities(whole, cpv, core=core, sources=sources)
