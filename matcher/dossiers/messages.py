"""The message that asks suppliers about a lot, the same for all, worded for the persona that writes it (buyer, winner…), and its `mailto:` links.

It asks what the directories do not give of its recipients; the team edits it before sending. Pure, except that the persona is read from the thread."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from matcher.cleaning.web import clean_email
from matcher.cleaning.words import fold
from matcher.decisions.clause.followup import HoursPromise
from matcher.domain.contact_details import ContactDetails
from matcher.domain.french import day, typeset, unit, with_apostrophes
from matcher.domain.match import Match
from matcher.domain.persona import Persona
from matcher.domain.place import PlaceOrigin
from matcher.dossiers.dossier import Dossier, DossierHeader, Entry, SavedLot
from matcher.dossiers.entry_changes import Consult
from matcher.dossiers.planned_part import part_facts, planned_part, promise_of
from matcher.need.title import title_of
from matcher.ranking.signals import BY_KEY
from matcher.reading.sizes import where_money
from matcher.reference.wordings import current_persona, persona_wording

# Outlook and browsers on Windows cut a URL at 2,083 characters, some mail programs at 2,000.
LONGEST_LINK = 2_000
MOST_PLACES = 8
PASTE = "(Collez ici le texte du message.)"
# Characters that take six or nine letters once URL-encoded, and their one-letter replacement.
_SHORTER = str.maketrans({"\u202f": " ", "\u00a0": " ", "’": "'"})
# A figure recognised as money only by the tax after it: « 180 000 HT ».
_WITH_TAX = re.compile(r"\d(?:[\d\s.,]*\d)?\s?(?:[kKmM]\b\s?)?(?:€|euros?\b)?\s?(?:HT\b|H\.T\.|TTC\b|hors taxes?\b)")
# Words around a sum of money, removed with it: before (« pour un montant estimé de »), after (« par an »).
_INTRODUCES = re.compile(
    r"(?:\b(?:pour|avec|dans)\s+|\bd['’])?(?:\b(?:un|une|le|la|du|au)\s+)?"
    r"\b(?:montant|budget|enveloppe|estimation|estimée?|valeur|coût|prix|plafond|limite|maximum|minimum)\b[^.;,()\n\d]{0,40}$"
    r"|\b(?:de|à|pour|environ|soit|entre)\s+$",
    re.IGNORECASE,
)
# « sur toute la durée du marché », but not « sur la durée de 4 ans », which tells the duration.
_OVER_ALL = (
    r"(?:sur|pour|pendant)\s+(?:toute\s+)?la\s+(?:durée|période)(?:\s+(?:totale|globale|entière|maximale|initiale))?"
    r"(?:\s+(?:du\s+(?:marché|contrat|lot)|de\s+l['’]accord[ -]cadre))?\b(?!\s+(?:d[eu]\b|d['’]))"
    r"|,?\s*(?:toutes\s+)?(?:(?:périodes|tranches)\s+(?:de\s+reconduction\s+)?|reconductions?\s+(?:éventuelles?\s+)?)"
    r"(?:confondues|comprises?|incluses?)\b"
)
_QUALIFIER = rf"(?:(?:/\s?|par\s+)(?:an|année|mois)\b|(?:au\s+)?(?:maximum|minimum)\b|environ\b|{_OVER_ALL})"
_QUALIFIES = re.compile(rf"(?:\s*\(\s*{_QUALIFIER}\s*\)|\s*{_QUALIFIER})+", re.IGNORECASE)
# Clean-up of the punctuation left around removed text: pattern → replacement.
_TIDIED = tuple(
    (re.compile(pattern, re.MULTILINE), by)
    for pattern, by in (
        (r"[(\[]\s*[,;:]?\s*[)\]]", ""),
        (r"[ \t\u00a0\u202f]+([,.)])", r"\1"),
        (r"([,;:(])(?:[ \t\u00a0\u202f]*[,;])+", r"\1"),
        (r"[ \t\u00a0\u202f]*[,;:]+[ \t]*\.", "."),
        (r"[ \t\u00a0\u202f]*[,;:(–-]+[ \t]*$", ""),
        (r"^[ \t]*[,;][ \t]*", ""),
        (r"^(?:[ \t]*\.?[ \t]*\n)+", ""),
        (r"[ \t]{2,}", " "),
    )
)


@dataclass(frozen=True, slots=True)
class Message:
    """The subject and the text of an e-mail, the same for all recipients."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class MailtoLink:
    """A `mailto:` URL that opens the message; `whole` is False where the text was too long for it and must be pasted."""

    url: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Recipient:
    """One line of a mail merge: the supplier, its contact, the questions for it alone."""

    entry: Entry
    contact: ContactDetails
    questions: tuple[str, ...]


def consultation(
    dossier: Dossier,
    lot: SavedLot,
    entries: Sequence[Entry],
    *,
    by: str = "",
    signature: str = "",
    tell_amount: bool = False,
    today: date | None = None,
) -> Message:
    """Return the draft of the message to `entries`: the need, the deadline, the questions. It gives the estimated amount if `tell_amount`; otherwise sums of
    money are removed from the need and the title (see `taken_out`). `by` is the name of the organisation that writes, for a persona other than the buyer.
    A deadline that is past `today` is left out."""
    header = dossier.header
    facts_told = dict(facts_to_say(dossier, lot, entries, by=by, tell_amount=tell_amount))
    name = header.buyer if current_persona() is Persona.BUYER else by
    is_due = header.deadline is not None and (today is None or header.deadline >= today)
    before = f", avant le {day(header.deadline)}" if header.deadline and is_due else ""
    paragraphs = (
        "Bonjour,",
        persona_wording("message_de", nous=name) if name else persona_wording("message_de_nous"),
        "\n".join(f"{label} : {text}" for label, text in facts_told.items()),
        persona_wording("message_cadre"),
        f"Pouvez-vous nous dire{before} :",
        "\n".join(f"- {question}" for question in common_questions(entries)),
        persona_wording("message_fin"),
        f"Bien cordialement,\n{signature}".strip(),
    )
    title = message_title(dossier, lot) if tell_amount else without_amounts(message_title(dossier, lot))
    return Message(typeset(persona_wording("message_objet", titre=title)), typeset("\n\n".join(paragraphs)))


def message_title(dossier: Dossier, lot: SavedLot) -> str:
    """Return the title of the dossier, else that of the lot; that of the lot first where a winner's dossier has several contracts."""
    several = current_persona() is Persona.WINNER and len(dossier.lots) > 1
    return (lot.title if several else dossier.header.title) or title_of(lot.frozen.reading.lot.objet) or lot.title


def taken_out(dossier: Dossier, lot: SavedLot) -> tuple[str, ...]:
    """Return the sums of money that a message removes from the need and the title, each once."""
    texts = (dossier.header.title, *(text for _, text in facts(dossier, lot)))
    return tuple(dict.fromkeys(amount for text in texts for amount in amounts_in(text)))


def amounts_in(text: str) -> tuple[str, ...]:
    """Return the sums of money in a text, as written there."""
    return tuple(text[start:end].strip() for start, end in _sums(text))


def without_amounts(text: str) -> str:
    """Remove from a text its sums of money, the words around them and the leftover punctuation: « Débarras de caves, 160 000 € HT sur 2 ans » →
    « Débarras de caves, sur 2 ans »."""
    sums = _sums(text)
    for start, end in reversed(sums):
        before, after = _INTRODUCES.sub("", text[:start]), text[end:]
        qualified = _QUALIFIES.match(after)
        text = before + after[qualified.end() if qualified else 0 :]
    for pattern, by in _TIDIED if sums else ():
        text = pattern.sub(by, text)
    return text.strip() if sums else text


def facts_to_say(
    dossier: Dossier, lot: SavedLot, entries: Sequence[Entry] = (), *, by: str = "", tell_amount: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield the need as pairs (label, text), as told to suppliers: with the estimated amount if `tell_amount`, else without any sum of money."""
    montant = lot.frozen.reading.lot.montant
    for label, text in facts(dossier, lot, entries, by=by):
        if shown_text := text if tell_amount else without_amounts(text):
            yield label, shown_text
    if tell_amount and montant is not None:
        yield "Montant estimé", unit(montant, "€ HT", 2)


def amount_was_sent(dossier: Dossier, lot: SavedLot) -> bool:
    """Return whether a message recorded for the lot gave a sum of money."""
    sent = (line.change for line in dossier.journal if isinstance(line.change, Consult))
    return any(one.lot == lot.number and bool(amounts_in(f"{one.subject}\n{one.text}")) for one in sent)


def _sums(text: str) -> list[tuple[int, int]]:
    """Return the spans (start, end) of the sums of money in a text, in order, overlapping ones merged."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted([*where_money(text), *(match.span() for match in _WITH_TAX.finditer(text))]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def facts(dossier: Dossier, lot: SavedLot, entries: Sequence[Entry] = (), *, by: str = "") -> Iterator[tuple[str, str]]:
    """Yield the need as pairs (label, text), without its amount. For a winner (`by`), add its contract and client, the hours planned for suppliers such
    as `entries` (for all, without `entries`), what is asked and who decides."""
    lot_read, won = lot.frozen.reading.lot, current_persona() is Persona.WINNER
    promise, part = (promise_of(dossier, lot), planned_part(dossier, lot)) if won else (None, None)
    yield from _contract(dossier, promise) if won else ()
    yield "Objet", lot_read.objet or lot.title
    places = [
        with_apostrophes(place.name) for place in lot.frozen.reading.places if place.origin is not PlaceOrigin.ACHETEUR
    ]
    if places:
        yield "Lieu", f"{', '.join(places[:MOST_PLACES])}{' …' if len(places) > MOST_PLACES else ''}"
    yield from part_facts(part, entries) if part else ()
    if lot_read.duree is not None and not (part and part.months):
        yield "Durée", unit(lot_read.duree, "mois", 1)
    if won:
        yield "Ce qui est demandé", persona_wording("message_demande")
        yield "Qui décide", persona_wording("message_decide", nous=by or "nous")
    yield from _reference(promise, dossier.header)


def _reference(promise: HoursPromise | None, header: DossierHeader) -> Iterator[tuple[str, str]]:
    if reference := (promise.reference if promise else "") or header.reference:
        yield "Référence", reference


def _contract(dossier: Dossier, promise: HoursPromise | None) -> Iterator[tuple[str, str]]:
    """Yield the title of the contract won and its client. The dossier's header gives the title only where the dossier has a single lot, and the client only
    where no contract notes its own."""
    header, followed = dossier.header, dossier.followed.values()
    if header.title and len(dossier.lots) < 2:
        yield "Marché gagné", header.title
    shared = "" if any(hours.promise and hours.promise.client for hours in followed) else header.buyer
    yield "Client", (promise.client if promise else "") or shared or "à compléter"


def questions_to_ask(match: Match) -> tuple[str, ...]:
    """Return the questions for one supplier, about what is not known of it for this lot, each once."""
    questions_asked = (
        # A list frozen by another version may have a signal that no longer exists.
        BY_KEY[unknown.signal].mail
        if unknown.signal in BY_KEY
        else f"Que pouvez-vous nous dire de ceci : {unknown.label.lower()} ?"
        for unknown in match.contributions
        if unknown.value is None
    )
    return tuple(dict.fromkeys(questions_asked))


def common_questions(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the questions for all: the usual ones, then those about what is unknown of any supplier, so that all are asked the same; a question whose
    first three words are in a usual one (« Avec combien de personnes… ») is asked there."""
    usual = persona_wording("message_questions").split(" | ")
    written = fold(" ".join(usual))
    unknown = dict.fromkeys(asked for entry in entries for asked in questions_to_ask(entry.match))
    return (*usual, *(asked for asked in unknown if " ".join(fold(asked).split()[:3]) not in written))


def mailto(addresses: Sequence[str], message: Message) -> tuple[MailtoLink, ...]:
    """Return the `mailto:` links (RFC 6068) that open the message, to one address, or to several in blind copy (Bcc); invalid addresses are left out.

    No link is longer than `LONGEST_LINK`: addresses are split over several links, and a text that is too long is left to be pasted (`whole` False)."""
    known = list(dict.fromkeys(email for address in addresses if (email := clean_email(address).value)))
    plain = message.text.translate(_SHORTER)
    whole = len(_link(known[:1], message.subject, plain)) <= LONGEST_LINK
    text = plain if whole else PASTE
    shares: list[list[str]] = [[]]
    for address in known:
        if len(_link([*shares[-1], address], message.subject, text)) > LONGEST_LINK:
            shares.append([])
        shares[-1].append(address)
    return tuple(MailtoLink(_link(share, message.subject, text), whole) for share in shares)


def _link(addresses: Sequence[str], subject: str, text: str) -> str:
    quoted = [quote(address, safe="@") for address in addresses]
    to = quoted[0] if len(quoted) == 1 else ""
    hidden = f"bcc={','.join(quoted)}&" if len(quoted) > 1 else ""
    lines = text.replace("\n", "\r\n")
    return f"mailto:{to}?{hidden}subject={quote(' '.join(subject.split()), safe='')}&body={quote(lines, safe='')}"


def recipients(entries: Iterable[Entry], contacts: Mapping[str, ContactDetails]) -> tuple[Recipient, ...]:
    """Return the suppliers to write to, in the order of the list, without those that left the catalogue; `contacts` are today's, by id."""
    return tuple(
        Recipient(entry, contacts[key], questions_to_ask(entry.match))
        for entry in entries
        if not entry.withdrawn and (key := entry.match.id) in contacts
    )


def with_contact(entries: Iterable[Entry], contacts: Mapping[str, ContactDetails]) -> tuple[Entry, ...]:
    """Return the suppliers whose e-mail or telephone is known: a message can reach them. `contacts` are today's, by id."""
    reached = {key for key, contact in contacts.items() if contact.email or contact.phone}
    return tuple(entry for entry in entries if entry.match.id in reached)
