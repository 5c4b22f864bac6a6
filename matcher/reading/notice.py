"""Splits the text of a need, or of a whole procurement notice, into parts: need, object, place, duration, lots; drops boilerplate (penalties…).

A notice on a form is split by its fields (`rubrics`). Other texts are split into sentences, classified by the table `passages.csv`: sentences
marked « hors » are dropped, one headed « lieu d’exécution » gives the place. In a long text the sentences of the object are put first, since the
first words of a need count most when its trade is read.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape
from itertools import pairwise, takewhile

from matcher.cleaning.words import flat
from matcher.reading.lot_table import TableRow, next_number, table_lots
from matcher.reading.rubrics import ASIDE, Field, split_fields
from matcher.reference.geography.territories import nuts_area
from matcher.reference.tables import rows

# Most words of a need that are read; the user is told if it is cut.
MOST_WORDS = 1_000
# Most characters that are read, for texts with very long words.
MOST_SIGNS = 20_000
# Most words of a short text (the object of a lot), which is not split into object and place.
LONGEST_OBJECT = 60
_FIRST_WORDS = re.compile(rf"(?:\S+\s+){{0,{MOST_WORDS - 1}}}\S+")
_INLINE_TAG = re.compile(r"</?(?:a|b|em|font|i|span|strong|sub|sup|u)\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,200}>")
# « art. L2113-12 » and « L. 2113-12 » do not end a sentence.
_END = re.compile(r"[.!?](?<=[\w)»€%²]{2}.)(?<![Aa]rt.)(?<!ART.)(?<![Tt]él.)\s+|;(?<=\s;)\s+|\n")
# Most words of a heading, which announces the next sentence.
_HEADING_WORDS = 6
_TITLES, _TITLE_WORDS = 2, 15
MARKET, SIGNATURE = "marche", "signature"
# « Objet du marché : », « Lot 2 du marché : »: prefixes of an object, removed from it.
_HEADED = re.compile(r"^(?:objet|intitul[ée]|lot)\b[^:\n]{0,40}:\s*", re.IGNORECASE)
# « Article 1 - Objet de la consultation »
_ARTICLE = re.compile(r"(?:article|chapitre|section|titre)\s*\d[^:]{0,60}", re.IGNORECASE)
_LONGEST_MARKET = 200
_CPV = re.compile(r"\b\d{8}\b")
_NUTS = re.compile(r"\b[A-Z]{2}[A-Z\d]{1,3}\b")
_SIRET = re.compile(r"\b\d{3} ?\d{3} ?\d{3} ?\d{5}\b")
# The end of the last lot of a list: its line, or its sentence where the next one is about several lots.
_AFTER_LOTS = re.compile(r"\n|(?<=\.) (?=(?:les|chaque|chacun des|tous les|l['’]ensemble des) lots?\b)", re.IGNORECASE)
_TITLE_ENDS = re.compile(r"\n| : |\. | - (?=montants?\b)", re.IGNORECASE)
# « Lot 1 : tonte. Lot B - vitres » begins a lot; « pour le lot 1 : » only refers to one.
_LOT = re.compile(r"(?<![\w'])(?<!(?:le|du|au|ce|un) )lot (?:n ?[o°º]? ?)?(?P<number>[1-9]\d{0,2}|[a-z])(?: ?:| -) ")


@dataclass(frozen=True, slots=True)
class Notice:
    """Parts of a notice. `need`: the text that names the trade, beginning with the object; `object`: the object only, if a sentence announces it;
    `where`: texts that give the place, the surest first; `said`: every sentence that is not dropped, in order, without markup.

    On a form (`form`) also: `figures` and `lasting`, sentences of its amount and duration; `places`, fields of place; `buyers`, names then
    addresses of the buyer; codes `cpv`, `areas` (NUTS) and `buyer` (SIRET). `reserving`: all sentences of a text longer than an object, searched
    for a reservation. `cut`: the need was too long to be read whole; `lots`: its lots if it has several. `signed`: signature of a letter, which
    names the buyer, and its place if nothing else does.
    """

    need: str
    object: str
    where: tuple[str, ...]
    said: tuple[str, ...]
    figures: tuple[str, ...] = ()
    lasting: tuple[str, ...] = ()
    cpv: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()
    signed: Sequence[str] = ()
    buyer: str = ""
    reserving: tuple[str, ...] = ()
    form: bool = False
    cut: bool = False
    lots: "tuple[NoticeLot, ...]" = ()


@dataclass(frozen=True, slots=True)
class NoticeLot:
    """One lot of a notice: its number, title and quantity, as written; its own parts (`told`); and the object of the whole contract on one line
    (`market`), empty if unknown."""

    number: str
    title: str
    quantity: str
    told: Notice
    market: str = ""


def first_words(text: str) -> str:
    """Return a stripped text, cut to `MOST_WORDS` words and `MOST_SIGNS` characters."""
    match = _FIRST_WORDS.match(text.strip())
    return match[0][:MOST_SIGNS].strip() if match else ""


def is_very_long(text: str) -> bool:
    """Return whether a text has more words or characters than are read."""
    return len(text.split(maxsplit=MOST_WORDS)) > MOST_WORDS or len(text.strip()) > MOST_SIGNS


def is_object(text: str) -> bool:
    """Return whether a text is no longer than the object of a lot."""
    return len(text.split(maxsplit=LONGEST_OBJECT)) <= LONGEST_OBJECT


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text, without HTML tags and entities; a line break ends one."""
    if "<" in text or "&" in text:
        text = _TAG.sub("\n", _INLINE_TAG.sub("", unescape(text)))
    return tuple(sentence for piece in _END.split(text) if (sentence := " ".join(piece.split())))


@lru_cache(maxsize=16)
def split_notice(text: str) -> Notice:
    """Split a text of any length into its parts. Where it holds nothing but boilerplate, all of it is the need."""
    form_fields = split_fields(text)
    return (
        _of_form(form_fields, text)
        if form_fields
        else replace(_of_prose(text), cut=is_very_long(text), lots=tuple(_listed_lots(text)))
    )


def _of_form(fields: Sequence[Field], text: str) -> Notice:
    """Return a notice from the fields of a form, with separate lots: those of the fields, else those of a table in `text`."""
    undivided = any(field.meaning == "lots" and flat(field.said).startswith("non") for field in fields)
    numbers = tuple(dict.fromkeys(field.lot for field in fields if field.lot))
    if undivided or len(numbers) < 2:
        return _of_fields(fields, () if undivided else tuple(_table_lots(text, *table_lots(text))))
    whole = [field for field in fields if field.lot not in numbers]
    of_all = [field.said for field in whole if field.meaning in ("titre", "objet")]
    lots = (_of_lot(number, [field for field in fields if field.lot == number], of_all) for number in numbers)
    return _of_fields(whole, tuple(lots))


def _of_lot(number: str, fields: Sequence[Field], of_all: Sequence[str]) -> NoticeLot:
    """Return a lot from its fields. Its need ends with the object of the whole contract, `of_all`, for lots such as « Secteur Ouest » that name
    no trade."""
    lines = [_TITLE_ENDS.split(field.said)[0] for field in fields if field.meaning in ("titre", "lot") and field.said]
    title = min(lines, key=len, default="").strip(" .,;:-*")
    quantity = " ".join(field.said for field in fields if field.meaning == "quantite")
    notice = _of_fields(fields, ())
    need = first_words(_lines([notice.need, *of_all]))
    return NoticeLot(number, title, quantity, replace(notice, need=need), title_line(of_all))


def _of_fields(fields: Sequence[Field], lots: tuple[NoticeLot, ...]) -> Notice:
    titles = [lot.title for lot in lots]
    objects = _lines(_distinct_texts(fields, "titre", "lot", "objet") or titles)
    loose = [
        sentence
        for text in _distinct_texts(fields, "", "quantite", "texte")
        for sentence in sentences(text)
        if _meaning(sentence) != ASIDE
    ]
    places = dict.fromkeys((*_distinct_texts(fields, "lieu"), *(place for lot in lots for place in lot.told.places)))
    done_at = _lines([sentence for sentence in sentences(objects) if _meaning(sentence) not in ("acheteur", ASIDE)])
    buyers = _distinct_texts(fields, "acheteur")
    where = (" ; ".join(places), done_at)
    return Notice(
        need=first_words(_lines([objects, *titles, *loose])),
        object=first_words(objects),
        where=tuple(dict.fromkeys(filter(None, map(first_words, where)))),
        places=tuple(places),
        said=_all_said(field for field in fields if field.meaning != ASIDE),
        figures=tuple(field.sentence for field in _telling(fields, "montant")),
        lasting=_lasting(fields),
        cpv=_codes(_CPV, fields, "cpv"),
        areas=tuple(filter(nuts_area, _codes(_NUTS, fields, "nuts"))),
        buyers=tuple(dict.fromkeys(filter(None, (*(name.partition(",")[0] for name in buyers), _lines(buyers))))),
        buyer=next(iter(_codes(_SIRET, fields, "acheteur")), ""),
        reserving=_all_said(fields),
        form=True,
        cut=is_very_long(objects),
        lots=lots,
    )


def _telling(fields: Sequence[Field], meaning: str) -> list[Field]:
    """Return the non-empty fields of a meaning."""
    return [field for field in fields if field.meaning == meaning and field.said]


def _all_said(fields: Iterable[Field]) -> tuple[str, ...]:
    return tuple(sentence for field in fields for sentence in sentences(field.sentence))


def _distinct_texts(fields: Sequence[Field], *meanings: str) -> list[str]:
    """Return the contents of the fields of these meanings, without repetitions (ignoring case and accents)."""
    texts = [field.said for meaning in meanings for field in _telling(fields, meaning) if len(field.said) > 2]
    return list({flat(one).strip(" ."): one for one in reversed(texts)}.values())[::-1]


def _codes(pattern: re.Pattern[str], fields: Sequence[Field], meaning: str) -> tuple[str, ...]:
    codes = (code for field in _telling(fields, meaning) for code in pattern.findall(field.said))
    return tuple(dict.fromkeys(code.replace(" ", "") for code in codes))


def _lasting(fields: Sequence[Field]) -> tuple[str, ...]:
    """Return the sentences of the duration: its fields joined in one (« Début : … - Fin : … »), then those of renewals."""
    spans = " - ".join(dict.fromkeys(field.sentence for field in _telling(fields, "duree")))
    renewals: list[str] = []
    for field in _telling(fields, "reconduction"):
        # a number is kept with its heading; « Peut faire l’objet d’une reconduction : oui » gives no number
        words = field.said if " " in field.said else field.sentence
        renewals += sentences(f"Reconduction : {field.said}" if flat(field.said) in ("oui", "non") else words)
    return tuple(filter(None, dict.fromkeys((spans, *renewals))))


def _listed_lots(text: str) -> Iterator[NoticeLot]:
    """Yield the lots that a text lists, « Lot 1 : tonte. Lot 2 : vitres. », if their numbers are consecutive, or those of its table of lots if that comes
    before, or there is no such list. Lots named again after the list (« Lot 1 : 6 mois ») are no items of it."""
    matches = list(_LOT.finditer(flat(text)))
    numbers = [match["number"] for match in matches]
    listed = 1 + sum(1 for _ in takewhile(lambda pair: next_number(pair[0]) == pair[1], pairwise(numbers)))
    lists = listed > 1 and numbers[0] in ("1", "a") and set(numbers[listed:]) <= set(numbers[:listed])
    start, rows = table_lots(text)
    if rows and not (lists and matches[0].start() < start):
        yield from _table_lots(text, start, rows)
        return
    if not lists:
        return
    before = _of_prose(text[: matches[0].start()])
    market = title_line([before.object or before.need])
    stops = [*(match.start() for match in matches[1:]), len(text)]
    for rank, (match, stop) in enumerate(zip(matches[:listed], stops, strict=False), start=1):
        item = text[match.end() : stop].strip(" \n-;,")
        if rank == listed:
            item = _AFTER_LOTS.split(item)[0]
        if item:
            number, title = match["number"].upper(), _TITLE_ENDS.split(item)[0].strip(" .,;:-*")
            yield NoticeLot(number, title, "", _of_prose(of_market(item, number, market)), market)


def _table_lots(text: str, start: int, rows: Sequence[TableRow]) -> Iterator[NoticeLot]:
    """Yield the lots of a table that begins at `start` in a text."""
    before = _of_prose(text[:start])
    market = title_line([before.object or before.need])
    for row in rows:
        yield NoticeLot(row.number, row.title, "", _of_prose(of_market(row.text, row.number, market)), market)


def of_market(lot_text: str, number: str, market: str) -> str:
    """Return the text of a lot followed by a line with the contract's title, from which `split_notice` reads the trade if the lot names none."""
    if not market or flat(market) in flat(lot_text):
        return lot_text
    return f"{lot_text.rstrip(' .')}.\nLot {number} du marché : {market}"


def title_line(texts: Sequence[str]) -> str:
    """Return the title of an object: its line headed « Objet : », without the heading, else its first line that is not the heading of an article."""
    lines = [line.strip(" .,;:-*") for one in texts for line in one.splitlines()]
    lines = [line for line in lines if not _ARTICLE.fullmatch(line)] or lines
    title = next(filter(_HEADED.match, lines), next(filter(None, lines), ""))
    return _HEADED.sub("", title)[:_LONGEST_MARKET].strip()


def _of_prose(text: str) -> Notice:
    """Return a notice from the sentences of a text that is not a form; its need is cut to the first words."""
    first_text = first_words(text)
    pieces = sentences(text)
    signature_start = next((rank for rank, said in enumerate(pieces) if _meaning(said) == SIGNATURE), 0)
    if signature_start:
        notice, signature = _of_prose(_lines(list(pieces[:signature_start]))), list(pieces[signature_start:])
        return replace(notice, where=(*notice.where, first_words(_lines(signature))), signed=signature)
    if len(pieces) <= 1:
        return Notice(first_text, "", (first_text,) if first_text else (), pieces)
    short = is_object(text)
    of, read = _by_meaning(pieces, short=short)
    if of[MARKET]:
        return _of_a_lot(pieces, of[MARKET])
    if short:
        need = (_lines(read) if of["hors"] else first_text) or first_text
        # Dropped sentences may still give the place (a court…) if nothing else does.
        return Notice(
            need, "", tuple(dict.fromkeys(filter(None, (_lines(of["lieu"]), need, first_text)))), tuple(read) or pieces
        )
    return _of_many(first_text, pieces, of, read)


def _of_many(fallback: str, pieces: tuple[str, ...], of: dict[str, list[str]], read: list[str]) -> Notice:
    """Return a notice from a long text, the sentences of the object first."""
    if of["objet"]:
        # Short sentences at the beginning, above a heading, are the title, which belongs to the object.
        titles = [its for its in read[:_TITLES] if its in of[""] and 2 < len(its.split()) <= _TITLE_WORDS]
        of["objet"], of[""] = titles + of["objet"], [its for its in of[""] if its not in titles]
    need = first_words(_lines([*of["objet"], *of[""]])) or fallback
    by_buyer = _lines([*of["acheteur"], *of[""]])
    where = dict.fromkeys(filter(None, map(first_words, (_lines(of["lieu"]), need, by_buyer))))
    return Notice(need, first_words(_lines(of["objet"])), tuple(where), tuple(read), reserving=pieces)


def _of_a_lot(pieces: Sequence[str], said_of_market: Sequence[str]) -> Notice:
    """Return a notice from the sentences of a lot, followed by those on the contract that it belongs to."""
    own = _of_prose(_lines([sentence for sentence in pieces if sentence not in said_of_market]))
    market = [_HEADED.sub("", sentence) for sentence in said_of_market]
    need = first_words(_lines([own.need, *market]))
    return replace(own, need=need, object=own.object or own.need, where=(*own.where, *market))


def _by_meaning(pieces: Sequence[str], *, short: bool) -> tuple[dict[str, list[str]], list[str]]:
    """Return the sentences by meaning (a heading gives its meaning to the next one), and those that may give the need."""
    of: dict[str, list[str]] = {"objet": [], "lieu": [], "acheteur": [], "": [], "hors": [], MARKET: [], SIGNATURE: []}
    read: list[str] = []
    announced = ""
    for rank, piece in enumerate(pieces):
        own = _meaning(piece)
        meaning = own or announced
        # a heading is few words, and none after a colon
        few = len(piece.split()) <= _HEADING_WORDS or _ARTICLE.fullmatch(piece)
        heads = few and not piece.partition(":")[2].strip()
        announced = own if heads and own in ("objet", "lieu") else ""
        of[meaning].append(piece)
        # The first sentence of a short text is its object, even on insurance.
        if meaning != "hors" or (short and not rank):
            read.append(piece)
    return of, read


def condense(text: str, longest: int) -> tuple[str, bool]:
    """Return a text of at most `longest` characters: a longer one without its boilerplate, then cut; and whether it had to be cut. A form keeps its
    fields and lots, and its free text only if there is room, so that the result reads as the whole."""
    if len(text) <= longest:
        return text, False
    form_fields = [field for field in split_fields(text) if field.meaning != ASIDE and (field.said or field.heads)]
    if form_fields:
        lines = [f"{field.label} : {field.said}" if field.label else field.said for field in form_fields]
        condensed_text = _lines(lines)
        if len(condensed_text) > longest:
            pairs = zip(lines, form_fields, strict=True)
            condensed_text = _lines([line for line, field in pairs if field.meaning not in ("", "texte")])
        return condensed_text[:longest], len(condensed_text) > longest
    condensed_text = _lines(list(split_notice(text).said)) or text
    return condensed_text[:longest], len(condensed_text) > longest or is_very_long(text)


def _lines(texts: list[str]) -> str:
    return "\n".join(texts)


def _meaning(text: str) -> str:
    """Return the class of a sentence: `marche` (names the contract that this is a lot of), `signature`, `objet`, `lieu`, `acheteur`, `hors`
    (boilerplate), else empty."""
    normalised = flat(text)
    return next((meaning for pattern, meaning in _passages() if pattern.search(normalised)), "")


@lru_cache(maxsize=1)
def _passages() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return one pattern for each meaning, in order of precedence: the object and the place win over boilerplate."""
    meanings, table = (MARKET, SIGNATURE, "lieu", "objet", "acheteur", "hors"), rows("passages")
    return tuple(
        (re.compile("|".join(f"(?:{row['motif']})" for row in table if row["sens"] == meaning)), meaning)
        for meaning in meanings
    )
