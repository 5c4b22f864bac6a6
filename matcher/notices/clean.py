"""Turns a raw procurement notice into a PublishedNotice: for each lot, deadline, euros, months, CPV codes, places, reservation, and the doubts. Pure."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from operator import itemgetter

from importers.importer import AwardRecord
from importers.notices.importer import LotWritten, NoticeRecord, PlaceWritten
from matcher.cleaning import Cleaned
from matcher.cleaning.amounts import AMOUNT_FOREIGN, AMOUNT_TAXED, clean_amount, with_tax
from matcher.cleaning.dates import clean_date
from matcher.cleaning.markup import plain_text
from matcher.cleaning.names import tidy
from matcher.cleaning.phone import phones_in
from matcher.cleaning.siret import clean_siret_or_siren
from matcher.cleaning.web import emails_in
from matcher.cleaning.words import fold, without_spans
from matcher.domain.notice import NoticeKind, PublishedLot, PublishedNotice, ReservedFor
from matcher.domain.reading import DoubtKind, Lot, RawPlace, Reading
from matcher.need.title import cut_title, title_of
from matcher.notices.contract_months import lot_months
from matcher.notices.deadlines import clean_deadline, deadline_in, postponed_in
from matcher.notices.reserving import FAMILIES, LEVERS, denies_reservation, reserved_for, social_clause
from matcher.reading.durations import read_duration
from matcher.reading.intent import CLAUSE
from matcher.reading.notice import sentences, split_notice
from matcher.reading.reader import LotRead, lots_of_notice, read
from matcher.reference.trades.cpv import normalise_cpv

# Most characters kept of each text: several times what the reader of lots uses.
_TITLE, _TEXT, _CONDITIONS, _WHY = 400, 20_000, 4_000, 600
# Patterns on a notice's own word for its kind, without case or accents; the first that matches wins. An award without a winner (« infructueux ») is a cancellation.
_KINDS = (
    (re.compile(r"annul|\bcancel\b(?! intent)|sans suite|infructueu|\bclos nw"), NoticeKind.CANCELLED),
    (re.compile(r"modif|\bcompl\b"), NoticeKind.CHANGE),
    (re.compile(r"attrib|\bcan\b|\bveat\b|award|ex.?ante|intention de conclure|result"), NoticeKind.AWARD),
    (re.compile(r"rectif|\bcorr?\b|update add|info release|susp review|cancel intent"), NoticeKind.CORRECTION),
    (re.compile(r"pre.?information|\bpin (?!cfc)|planning|prior"), NoticeKind.PLANNED),
    (re.compile(r"appel|\bcn\b|subco|consult|competition|\bpin cfc|qu sy|avis de marche|concession"), NoticeKind.CALL),
)
_NUMBER = re.compile(r"(?:lots?|tranche)?[\s_n°º-]*0*(\d+[a-z]?)", re.IGNORECASE)
# « Lot n o 1 : », before what the lot is about.
_LOT_NUMBERED = re.compile(r"^\s*lots?\s*(?:n\s*[o°º]?\.?\s*)?\d+\w?\s*[:.–—-]\s*", re.IGNORECASE)
# An e-mail address or a phone number: contact persons are of no use here, and are removed.
_MAY_HOLD_CONTACT = re.compile(r"@|arobase|\(at\)|\b(?:0|\+33 ?)[1-9](?:[ .-]?\d\d){4}\b", re.IGNORECASE)
# A URL, without the punctuation of the sentence around it.
_ADDRESS = re.compile(r"https?://[^\s<>\"»)]+[^\s<>\"»).,;:]")
_FRENCH = frozenset({"", "FR", "FRA", "FRANCE", "GP", "GLP", "MQ", "MTQ", "GF", "GUF", "RE", "REU", "YT", "MYT"})
PLACE_SUPPOSED = "lieu supposé : celui de l’acheteur, {}"
_NO_LOT = "l’avis ne décrit aucun lot : son objet est lu comme le seul"


def clean_notice(record: NoticeRecord) -> PublishedNotice:
    """Return the cleaned notice. Never raises: a value that cannot be used is left out, and a doubt is added."""
    doubts: list[str] = []
    kind = notice_kind(record)
    published = clean_date(record.published)
    if record.deadline:
        deadline = clean_deadline(record.deadline, french=_is_french(record))
    elif kind is NoticeKind.CORRECTION and record.why:
        deadline = postponed_in(record.why)
    else:
        deadline = deadline_in(record.text)
    doubts += filter(
        None, (published.flag and f"date de parution illisible : « {record.published[:40]} »", deadline.flag)
    )
    # If every lot has a deadline, that of the notice only repeats one of them.
    every_lot_dated = bool(record.lots) and all(lot.deadline for lot in record.lots)
    buyer = clean_siret_or_siren(record.buyer).value or ""
    notice = PublishedNotice(
        source=record.source,
        ref=tidy(record.source_ref),
        kind=kind,
        folder=tidy(record.folder),
        earlier=tuple(filter(None, map(tidy, record.earlier))),
        published=published.value,
        title=_text(record.title, _TITLE),
        buyer=buyer,
        buyer_name=_text(record.buyer_name, _TITLE),
        url=record.url.strip(),
        deadline=None if every_lot_dated else deadline.value,
        why=_text(record.why, _WHY),
    )
    lots = tuple(_lots(record, notice, doubts))
    return replace(notice, lots=lots, doubts=tuple(dict.fromkeys(doubts)))


def _is_french(record: NoticeRecord) -> bool:
    return record.buyer_country.strip().upper() in _FRENCH


def notice_kind(record: NoticeRecord) -> NoticeKind:
    """Return the kind of a notice, by its source's word; without a known word, an award if it names winners, a call if it has a deadline."""
    nature = re.sub(r"[_-]", " ", fold(record.nature))
    kind = next((kind for pattern, kind in _KINDS if pattern.search(nature)), None)
    if kind is None and any(lot.winners for lot in record.lots):
        return NoticeKind.AWARD
    if kind is None and (record.deadline or any(lot.deadline for lot in record.lots)):
        return NoticeKind.CALL
    return kind or NoticeKind.OTHER


def awards_of(record: NoticeRecord) -> Iterator[AwardRecord]:
    """Yield one raw award for each lot and winning company of a notice."""
    several = len(record.lots) > 1
    for lot in record.lots:
        months, renewals, _ = lot_months(lot)
        first_term = "" if months is None else f"{months - (renewals or 0):g}"  # before any renewal
        for winner in lot.winners:
            own = (record.source_ref, *((lot.number,) if several else ()), winner.number)
            yield AwardRecord(
                record.source,
                "/".join(own),
                record.line,
                winner.number,
                winner_type="TVA" if winner.number.strip().upper().startswith("FR") else "",
                number=record.folder or record.source_ref,
                buyer=record.buyer,
                buyer_name=record.buyer_name,
                objet=lot.title or record.title or lot.description,
                cpv=next(iter(lot.cpv), ""),
                notified=lot.awarded_on or record.published,
                amount=(winner.awarded or lot.awarded) if lot.currency.upper() in ("", "EUR") else "",
                months=first_term,
                social=", ".join(lot.social),
                shared=winner.shared if winner.awarded else len(lot.winners) > 1,
            )


def _lots(record: NoticeRecord, notice: PublishedNotice, doubts: list[str]) -> Iterator[PublishedLot]:
    """Yield the lots of a notice: its structured lots, else the lots read in its text, else the whole notice as one lot. A correction without lots yields
    none; a cancellation without lots yields one without a number, if the notice has a title."""
    if record.lots:
        seen: Counter[str] = Counter()
        for written in record.lots:
            lot = _lot(written, record, notice)
            seen[lot.number] += 1
            if (times := seen[lot.number]) > 1:
                doubts.append(f"deux lots portent le numéro {lot.number}")
                lot = replace(lot, number=f"{lot.number}~{times}")
            yield lot
    elif record.text:
        yield from _lots_of_text(record, notice)
    elif notice.kind is NoticeKind.CANCELLED and notice.title:
        # An unnumbered lot for the whole contract: nothing else is known if its call was never imported.
        yield replace(_lot(LotWritten("", description=record.description), record, notice), number="")
    elif notice.kind not in (NoticeKind.CORRECTION, NoticeKind.CANCELLED):
        doubts.append(_NO_LOT)
        yield _lot(LotWritten("1", description=record.description), record, notice)


def _lot(written: LotWritten, record: NoticeRecord, notice: PublishedNotice) -> PublishedLot:
    whole = "" if notice.kind is NoticeKind.CORRECTION else notice.title  # what corrects a lot may not name it
    title, described = _text(written.title, _TITLE) or whole, _text(written.description, _TEXT)
    conditions = _text(written.conditions, _CONDITIONS)
    several, number = len(record.lots) > 1, lot_number(written.number)
    named = (f"lot {number}", written.title) if several else ()
    words = (written.title or ("" if several else record.title), written.description, written.conditions)
    reserved, about_reserved = reserved_for(written.reserved, words, named)
    not_reserved = denies_reservation(written.reserved) and not about_reserved
    clause = social_clause(written.reserved_execution, written.social, words)
    codes = list(map(normalise_cpv, written.cpv))
    amount, about_amount = _euros(written, awarded=notice.kind is NoticeKind.AWARD)
    months, renewals, about_months = lot_months(written)
    if months is None and not about_months and (duration_read := read_duration(sentences(conditions))[0]):
        months, renewals = duration_read.months, duration_read.renewals_months
    objet = "\n".join(dict.fromkeys(filter(None, (title, described))))
    places, about_places = _places(written.places, record, Lot(objet, acheteur_siret=notice.buyer))
    deadline = Cleaned(notice.deadline)
    if written.deadline:
        deadline = clean_deadline(written.deadline, written.deadline_time, french=_is_french(record))
    about_cpv = map(itemgetter(1), codes)
    doubts = (deadline.flag, *about_amount, *about_months, *about_cpv, *about_places, *about_reserved)
    return PublishedLot(
        number=number,
        title=title,
        lot=Lot(
            objet=objet,
            cpv=tuple(dict.fromkeys(filter(None, map(itemgetter(0), codes)))),
            lieux=places,
            acheteur_siret=notice.buyer,
            date=notice.published,
            montant=amount,
            duree=months,
            levier=LEVERS[reserved] if reserved else CLAUSE if clause else "",
        ),
        deadline=deadline.value,
        renewals_months=renewals,
        reserved=reserved,
        not_reserved=not_reserved,
        without_winner=written.without_winner,
        clause=clause,
        conditions=conditions,
        documents=_documents(written, record),
        doubts=tuple(filter(None, doubts)),
    )


def _lots_of_text(record: NoticeRecord, notice: PublishedNotice) -> Iterator[PublishedLot]:
    """Yield the lots read in a notice that is only text: the values read are put into the fields of a Lot, contact persons are removed."""
    lot_written = Lot(plain_text(record.text), acheteur_siret=notice.buyer, date=notice.published)
    notice_read = split_notice(lot_written.objet)
    for lot_reading in lots_of_notice(lot_written) or (
        LotRead("1", "", "", replace(read(lot_written), lot=replace(lot_written, objet=notice_read.need))),
    ):
        reading = lot_reading.reading
        lever = reading.levier_hint if reading.reserved_by else ""
        family: ReservedFor | None = FAMILIES.get(lever)
        if family and any(doubt.kind is DoubtKind.LEVER for doubt in reading.doubts):
            family = ReservedFor.UNSAID
        lot = Lot(
            objet=_text(reading.lot.objet, _TEXT),
            cpv=reading.lot.cpv,
            lieux=tuple(RawPlace(place.key) for place in reading.places),
            acheteur_siret=reading.buyer,
            date=notice.published,
            montant=reading.euros,
            duree=reading.months,
            levier=lever,
        )
        title = notice.title or title_of(lot.objet)
        if lot_reading.title or notice_read.object:  # the whole first line (« Lignes 85 : Sallanches / Passy »)
            line = "".join(lot.objet.strip().splitlines()[:1])
            title = cut_title(_text(_LOT_NUMBERED.sub("", line) or line, _TITLE))
        yield PublishedLot(
            number=lot_number(lot_reading.number),
            title=title,
            lot=completed(lot, notice_read.object)[0],
            deadline=notice.deadline,
            renewals_months=reading.duration.renewals_months if reading.duration else None,
            reserved=family,
            clause=True if lever == CLAUSE else None,
            documents=record.documents.strip(),
            doubts=tuple(str(doubt) for doubt in reading.doubts),
        )


def completed(lot: Lot, whole: str) -> tuple[Lot, Reading]:
    """Return a lot and its reading. If the lot's own words (« Secteur Ouest », « Motif 2D ») do not give its trade, the object of the contract, `whole`,
    is put before them: first, it weighs more than words that say nothing."""
    own = read(lot)
    if own.understood or not whole or whole in lot.objet:
        return lot, own
    completed_lot = replace(lot, objet=f"{whole}\n{lot.objet}")
    return completed_lot, read(completed_lot)


def lot_number(written: str) -> str:
    """Return a lot's number normalised: « LOT-0001 », « Lot n° 1 » and « 1 » give « 1 »."""
    match = _NUMBER.fullmatch(written.strip())
    return (match[1].lower() if match else tidy(written)) or "1"


def _documents(written: LotWritten, record: NoticeRecord) -> str:
    """Return the URL of the tender documents. Where the field gives only a platform's home page, a page of it that the texts name is preferred."""
    address = (written.documents or record.documents).strip()
    home = address.rstrip("/")
    if not home:
        return address
    texts = f"{written.conditions}\n{written.description}\n{record.description}"
    urls = (match[0] for match in _ADDRESS.finditer(texts))
    return next((url for url in urls if url.startswith(f"{home}/") and len(url) > len(home) + 1), address)


def _euros(written: LotWritten, *, awarded: bool) -> tuple[float | None, list[str]]:
    """Return (euros before tax, doubts): the estimate, or in an award notice without one the awarded amount; None in another currency."""
    written_amount = written.amount or (written.awarded if awarded else "")
    if not written_amount.strip():
        return None, []
    currency = written.currency.strip().upper()
    if currency not in ("", "EUR", "€"):
        return None, [f"montant en {currency} : {AMOUNT_FOREIGN}"]
    cleaned = clean_amount(written_amount)
    doubts = [f"montant : {cleaned.flag}"] if cleaned.flag else []
    if cleaned.flag != AMOUNT_TAXED and cleaned.value and with_tax(written.tax):
        doubts.append(f"montant : {AMOUNT_TAXED}")
    return cleaned.value or None, doubts


def _places(fields: tuple[PlaceWritten, ...], record: NoticeRecord, lot: Lot) -> tuple[tuple[RawPlace, ...], list[str]]:
    """Return (places, doubts): for each place, the postal code and town rather than the NUTS code, which covers a whole département. The reader finds places
    in the lot's text, and the buyer's by its SIRET; only without either is the notice's address of the buyer used."""
    places: list[RawPlace] = []
    doubts: list[str] = []
    for place in fields:
        if (country := place.country.strip().upper()) not in _FRENCH:
            doubts.append(f"lieu à l’étranger ({country}) : aucune distance n’est calculée")
        elif place.code.strip() and not place.nuts:
            places.append(RawPlace(place.code.strip(), place.code_type.strip(), place.text.strip()))
        elif place.post_code.strip():
            places.append(RawPlace(place.post_code.strip(), "Code postal", place.city.strip()))
        elif place.city.strip() or place.text.strip():
            places.append(RawPlace(place.nuts.strip(), "", _text(place.city or place.text, _TITLE)))
        elif place.nuts.strip():
            places.append(RawPlace(place.nuts.strip()))
    if not (places or doubts or read(lot).places):
        return _buyer_place(record)
    return tuple(dict.fromkeys(places)), doubts


def _buyer_place(record: NoticeRecord) -> tuple[tuple[RawPlace, ...], list[str]]:
    """Return the buyer's address as the place of a lot without one, with a doubt; empty if the address is not given."""
    code, city = record.buyer_post_code.strip(), record.buyer_city.strip()
    if not (code or city):
        return (), []
    return (RawPlace(code, "Code postal" if code else "", city),), [PLACE_SUPPOSED.format(city or code)]


def _text(written: str, most: int) -> str:
    """Return a text without markup, e-mail addresses and phone numbers, cut between two words at `most` characters."""
    text = plain_text(written).strip()
    if _MAY_HOLD_CONTACT.search(text):
        spellings = (*emails_in(text), *phones_in(text))
        text = without_spans(text, ((spelling.start, spelling.end) for spelling in spellings)) if spellings else text
    return text if len(text) <= most else f"{text[:most].rsplit(None, 1)[0]} …"
