"""Entry point of reading: turns a lot (a buyer's need) as written into a `Reading`: activities, places, kinds of supplier, amount, doubts…

A `Lot` is the text that the user gives; a notice pasted there is split (`Notice`) and may have lots of its own (`NoticeLot`, whose parts are in `told`).
Form: the text is laid out as an official notice with labelled fields. Lever: legal means by which the buyer reaches inclusive suppliers (reservation,
social clause, subcontracting). `Notice.said`: all its sentences; `Notice.reserving`: those in which a reservation is looked for, of a long text or form.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from unicodedata import normalize

from matcher.cleaning.markup import LONGEST, is_cut, plain_text
from matcher.domain.french import count, number
from matcher.domain.place import Place
from matcher.domain.reading import WHICH_TRADE, DoubtKind, Lot, Reading, ReadingDoubt
from matcher.reading.contract_words import without_contract, without_sizes
from matcher.reading.form_places import places_of_buyer, places_told
from matcher.reading.intent import CLAUSE, Intent, read_intent
from matcher.reading.lot_table import announced_lots
from matcher.reading.notice import MOST_SIGNS, MOST_WORDS, Notice, split_notice
from matcher.reading.place import contradicted
from matcher.reading.place.places import Whereabouts, read_places
from matcher.reading.place.proper_names import without_names
from matcher.reading.reservation import LeverTold, Reserved, lever_told, of_the_lot_named, only_lot, read_reservation
from matcher.reading.sizes import Sizes, read_sizes
from matcher.reading.trade.abbreviations import in_full
from matcher.reading.trade.activities import UnderstoodTrade, read_activities, sum_trades
from matcher.reading.trade.why import TradeReasons, reasons_of
from matcher.reference.geography.communes import Commune, communes_named, whole_city

_TOO_LONG = (
    f"Objet très long : le métier n’est lu qu’à son début, {number(MOST_WORDS)} mots et {number(MOST_SIGNS)} signes au plus. "
    "Gardez ce qui dit le besoin."
)
_PAGE_CUT = (
    f"Page très longue : seul son début est lu, {number(LONGEST)} signes de code au plus ; ce qui suit, lots et montants compris, ne l’est pas. "
    "Collez le texte de l’avis."
)
# Most lots of a notice whose trades are summed into that of the whole, for speed.
MOST_SUMMED = 40
_NOWHERE = "Où le lot s’exécute-t-il ? Aucun lieu n’est donné ni reconnu."
_BUYER = r"(?:commune|ville|mairie|municipalité|ccas|centre communal d[’' ]action sociale)"
_BUYS = re.compile(
    rf"(?:\b(?:pour|compte de|compte du|profit de|profit du)\s+(?:la |le )?|^\W*(?:la |le )?)(?P<kind>{_BUYER})\s+"
    r"(?P<of>de la |de l[’']|des |du |de |d[’'])?(?P<name>[^\n,;:.()]+)",
    re.IGNORECASE | re.MULTILINE,
)
_LONGEST_NAME = 6


@dataclass(frozen=True, slots=True)
class LotRead:
    """One lot of a notice: its number, title and quantity as written, its reading, and the object of the whole contract (`market`)."""

    number: str
    title: str
    quantity: str
    reading: Reading
    market: str = ""


def read(lot: Lot) -> Reading:
    """Understand a lot. Never raises: what is not understood becomes a French doubt."""
    bare = _plain(lot)
    notice_read = split_notice(bare.objet)
    reading = _with_lots(_read(bare, notice_read, _where(bare), _lever_of(notice_read)), notice_read)
    announced = announced_lots(bare.objet)
    if announced and announced != (len(notice_read.lots) or 1) and not only_lot(bare.objet):
        listed = count(len(notice_read.lots), "est lu", "sont lus") if notice_read.lots else "aucun n’y est délimité"
        says = f"Le texte annonce {count(announced, 'lot')}, et {listed}."
        reading = replace(reading, doubts=(*reading.doubts, ReadingDoubt(DoubtKind.LOTS, says)))
    if is_cut(lot.objet):
        reading = replace(reading, doubts=(ReadingDoubt(DoubtKind.TRADE, _PAGE_CUT), *reading.doubts))
    return reading


def _with_lots(reading: Reading, notice: Notice) -> Reading:
    """Return the reading of a text of several lots with the trades of all its lots, if each is sure; else unchanged."""
    if not 1 < len(notice.lots) <= MOST_SUMMED:
        return reading
    trades = [_understand(one.told, one.told.cpv or reading.lot.cpv)[1] for one in notice.lots]
    if not all(trade.sure and trade.activities for trade in trades):
        return reading
    doubts = tuple(doubt for doubt in reading.doubts if doubt.kind not in WHICH_TRADE)
    return replace(reading, activities=sum_trades(trades), sure=True, options=(), doubts=doubts)


def where_done(lot: Lot) -> Whereabouts:
    """Return only the places of execution of a lot, as `read` does."""
    return _where(_plain(lot))


def why_trade(reading: Reading) -> TradeReasons | None:
    """Return the words that support a reading's first activity; None where it was chosen, or comes from a CPV code only."""
    bare = _plain(reading.lot)
    notice_read = split_notice(bare.objet)
    text = _understand(notice_read, bare.cpv or notice_read.cpv[:1])[1].text
    # `told`: the user chose the activities.
    return reasons_of(reading, text) if text and reading.activities and not reading.told else None


def lots_of_notice(lot: Lot, most: int | None = None) -> tuple[LotRead, ...]:
    """Understand each lot (or the first `most`) of a text that has several, completed by what holds for all lots. Empty without lots."""
    lot = _plain(lot)
    notice_read = split_notice(lot.objet)
    if not notice_read.lots:
        return ()
    where = _where(lot)
    whole = _read(lot, notice_read, where, _lever_of(notice_read))
    reserved = _reserved_lots(notice_read)
    read_parts = []
    for notice_lot in notice_read.lots[:most]:
        objet = notice_lot.told.object or notice_lot.told.need or notice_lot.title
        part = replace(lot, objet=objet, cpv=notice_lot.told.cpv or lot.cpv, montant=None)
        own = None if lot.lieux else places_told(part, notice_lot.told) if notice_read.form else read_places(part)
        reading = _read(
            part, notice_lot.told, own if own and own.places else where, lever_told(reserved[notice_lot.number], {})
        )
        if (
            notice_read.form
            and reading.duration is None
            and not any(doubt.kind is DoubtKind.DURATION for doubt in reading.doubts)
        ):
            reading = replace(reading, duration=whole.duration)
        read_parts.append(LotRead(notice_lot.number, notice_lot.title, notice_lot.quantity, reading, notice_lot.market))
    return tuple(read_parts)


def _plain(lot: Lot) -> Lot:
    return replace(lot, objet=normalize("NFC", plain_text(lot.objet)))  # a PDF writes accents apart from their letters


def _where(lot: Lot) -> Whereabouts:
    return _read_where(Lot(lot.objet, lieux=lot.lieux, acheteur_siret=lot.acheteur_siret))


@lru_cache(maxsize=64)  # several pages and articles read the same need
def _read_where(lot: Lot) -> Whereabouts:
    notice_read = split_notice(lot.objet)
    if not notice_read.form or lot.lieux:
        return read_places(lot)
    return places_told(lot, notice_read) or places_of_buyer(lot, notice_read)


def _lever_of(notice: Notice) -> LeverTold:
    """Return the lever that a text states; for a short object that states none, the one that its words hint at."""
    sentences = notice.reserving or notice.said
    whole, lots = read_reservation(sentences), _reserved_lots(notice)
    lever = lever_told(whole if lots else of_the_lot_named(whole, sentences), lots)
    return lever if lever.lever or notice.reserving else LeverTold(read_intent(notice.need).levier)


def _reserved_lots(notice: Notice) -> dict[str, Reserved]:
    """Return the reservation of each lot: from its own sentences, and those of the notice on it or on all lots; outside a form, only
    sentences that name the lot."""
    whole = read_reservation(notice.reserving or notice.said)
    if not notice.form:
        whole = Reserved(*(tuple(one for one in part if one.lots) for part in (whole.by, whole.clauses, whole.denials)))
    return {
        its.number: (read_reservation(its.told.reserving or its.told.said) + whole).of(its.number)
        for its in notice.lots
    }


def _read(lot: Lot, notice: Notice, where: Whereabouts, lever: LeverTold) -> Reading:
    intent, understood = _understand(notice, lot.cpv or notice.cpv[:1])
    asking = read_intent(lever.outright or lever.in_part or notice.object) if notice.form else intent
    sizes = read_sizes(notice, amount=lot.montant, months=lot.duree)
    alone = read_sizes(notice) if lot.montant or lot.duree else sizes
    return Reading(
        lot=lot,
        activities=understood.activities,
        groups=understood.groups,
        sectors=understood.sectors,
        places=where.places,
        within=where.within,
        kinds_asked=asking.kinds,
        levier_hint=lever.lever,
        mode=intent.mode,
        sure=understood.sure,
        options=understood.options,
        reserved_by=lever.outright,
        amount=sizes.amount,
        duration=sizes.duration,
        maximum=sizes.maximum,
        buyer_named=notice.buyer or buyer_named("\n".join((notice.need, *notice.signed)), where.places),
        doubts=(*understood.doubts, *_doubts(lot, where, lever, sizes, alone)),
    )


def _doubts(lot: Lot, where: Whereabouts, lever: LeverTold, sizes: Sizes, alone: Sizes) -> Iterator[ReadingDoubt]:
    """Yield the doubts other than on the trade, in the order of a page; `alone`: sizes read in the text without those entered."""
    yield from (ReadingDoubt(DoubtKind.PLACE, says) for says in where.doubts)
    if not where.places and not where.doubts:
        yield ReadingDoubt(DoubtKind.PLACE_UNKNOWN, _NOWHERE)
    about_lever = lever.doubts
    if lot.levier:
        about_lever = contradicted.about_lever(lot, lever)
    elif lever.in_part:
        about_lever = (f"Le texte réserve un lot parmi d’autres : « {lever.in_part} ». Est-ce le vôtre ?",)
    yield from (ReadingDoubt(DoubtKind.LEVER, says) for says in about_lever)
    for says in (*sizes.about_amount, *contradicted.about_amount(lot, alone)):
        yield ReadingDoubt(DoubtKind.AMOUNT, says)
    for says in (*sizes.about_duration, *contradicted.about_duration(lot, alone)):
        yield ReadingDoubt(DoubtKind.DURATION, says)


def read_need(objet: str, cpv: Sequence[str] = ()) -> tuple[Intent, UnderstoodTrade]:
    """Return the intent (kinds, lever, mode) and the trade of an object without markup. The trade is read in a notice's own object, else in its whole
    need if that is not sure."""
    return _understand(split_notice(objet), cpv)


def _understand(notice: Notice, cpv: Sequence[str]) -> tuple[Intent, UnderstoodTrade]:
    intent = read_intent(notice.need)
    understood = _trade(notice.object, cpv) if notice.object else None
    if understood is None or not understood.sure:
        understood = _trade(notice.need, cpv, intent)
    if notice.cut:
        understood = replace(understood, doubts=(ReadingDoubt(DoubtKind.TRADE, _TOO_LONG), *understood.doubts))
    return intent, understood


def _trade(text: str, cpv: Sequence[str], intent: Intent | None = None) -> UnderstoodTrade:
    """Return the trade of a text after removing place names, sizes, words of levers and of contracts; `intent`: that of the whole text."""
    bare = in_full(without_names(without_sizes(text)))
    intent_read = intent if intent and bare == text else read_intent(bare)
    # Without a lever, the text is read as written, as its punctuation separates clauses.
    core = without_contract(intent_read.rest if intent_read.levier or intent_read.kinds else bare)
    # Words of a social clause are no trade; those of a reservation may be (« marché d’insertion »).
    whole = core if intent_read.levier == CLAUSE else without_contract(bare)
    return read_activities(whole, cpv, core=core)


def town_buying(text: str) -> str:
    """Return the words by which a text names a town, its town hall or its CCAS as the buyer (« commune de Vimy »), whether or not it is known which; empty
    where it names none."""
    for match in _BUYS.finditer(text):
        name, towns = _towns_named(match["name"])
        name = (name or " ".join(match["name"].split()[:_LONGEST_NAME])).rstrip(" –—-")
        if towns or (match["of"] and name):
            return f"{match['kind']} {match['of'] or ''}{name}"
    return ""


def _towns_named(text: str) -> tuple[str, tuple[Commune, ...]]:
    """Return the longest beginning of a text that names communes, and these; empty for none."""
    words = text.split()[:_LONGEST_NAME]
    towns: tuple[Commune, ...] = ()
    while words and not (towns := communes_named(" ".join(words))):
        words.pop()
    return " ".join(words), towns


def buyer_named(text: str, places: Iterable[Place]) -> str:
    """Return the SIREN of the commune that a text says buys (« pour la commune de… »); empty where it names none, or an ambiguous one that
    `places` do not decide."""
    offered = list(_BUYS.finditer(text))
    codes = {whole_city(code) or code for place in places for code in place.communes} if offered else set[str]()
    for match in offered:
        _, towns = _towns_named(match["name"])
        here = [town for town in towns if town.code in codes] or list(towns)
        if len(here) == 1:
            return here[0].siren
    return ""
