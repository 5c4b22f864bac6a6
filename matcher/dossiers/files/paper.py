"""Printed document of a dossier, to sign and file: for each lot the object, the opinion, what is unknown, who was consulted, the decision to take; then the
annexes that the URL asks for.

This module chooses all the content (`PrintModel`); the A4 template only lays it out."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from types import MappingProxyType

from matcher.decisions.clause.followup_document import followed_said
from matcher.domain.french import count, day, enumeration, moment, number, typeset, unit
from matcher.domain.grouping import group_pairs
from matcher.domain.match import Band, Match
from matcher.domain.reading import Reading
from matcher.dossiers.calling import KEEN, answer_sentences, answered_signals, says_yes
from matcher.dossiers.clause_contract import followed_contracts
from matcher.dossiers.dossier import Dossier, Entry, SavedLot, Status
from matcher.dossiers.files.annexes import (
    LONGEST_OBJECT,
    PASTED,
    Annex,
    Asking,
    PrintSection,
    annex_letter,
    annexes,
    in_numbers,
    without_repeats,
)
from matcher.dossiers.files.workbook import frozen_on, heading
from matcher.dossiers.messages import without_amounts
from matcher.need.criteria import NOTICE, distance_weight
from matcher.need.listing import band_words
from matcher.need.paper import distance_cell
from matcher.need.title import LONGEST_TITLE, cut_title
from matcher.ranking.reasons import listed_evidence, unknowns
from matcher.reference.wordings import persona_wording
from matcher.render.document import ColumnKind, Document, DocumentCell, DocumentColumn, DocumentRow, DocumentTable, few

# The summary names this many suppliers a lot, the consulted ones first; the annex has them all.
MOST_NAMED = 10
# Title of the table of an opinion whose remark gives the thresholds compared and their date.
_AMOUNTS = "Ce que change le montant"
# First word of the title of the table of those that an opinion asks to call.
_CALLS = "Appelez "
# Lines of the dossier's heading that the document leaves out or shows elsewhere.
_NOT_AT_HEAD = ("Dossier", "Titre", "État", "Ouvert le", "Dernier changement")
_CONSULTED = (
    *(DocumentColumn("Structure"), DocumentColumn("Types", ColumnKind.KINDS, under=True)),
    DocumentColumn("Commune et distance", under=True),
    DocumentColumn("Ce qui la dit de ce métier"),
    *(DocumentColumn("Réponse"), DocumentColumn("Quand, et quoi", under=True)),
)


@dataclass(frozen=True, slots=True)
class PrintedOpinion:
    """One line of the summary's opinions, about a lot or a kept decision: size, counts, answer, reasons, law with its date. `short` is its name in a sentence
    common to several lines."""

    title: str
    short: str
    answer: str
    size: str = ""
    counts: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    law: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsultedLot:
    """Suppliers of a lot that the summary names (`table`), and sentences about the others, asked or not."""

    title: str
    table: DocumentTable | None
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintedChoice:
    """A decision to take on a lot: the answers to tick, then one to write by hand."""

    lot: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintModel:
    """The whole document: heading, the four parts of the summary, annexes printed and available, page footer."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    opinions: tuple[PrintedOpinion, ...]
    shared: tuple[str, ...]
    unknown: tuple[str, ...]
    consulted: tuple[ConsultedLot, ...]
    consulted_says: tuple[str, ...]
    choices: tuple[PrintedChoice, ...]
    annexes: tuple[Annex, ...]
    offered: tuple[Annex, ...]
    foot: str
    notice: str


def print_model(
    dossier: Dossier,
    *,
    asking: Asking = MappingProxyType({}),
    wanted: Collection[str] = (),
    today: date | None = None,
    zone: tzinfo | None = None,
) -> PrintModel:
    """Build the document of a dossier, with the annexes `wanted` (keys). `asking` gives, by lot number, the sections about its campaigns; hours of insertion
    are as of `today`; times are in `zone`, by default this computer's."""
    offered = annexes(dossier, asking, today, zone)
    printed = without_repeats(one for one in offered if one.key in wanted)
    opinions = list(map(_lot_opinion, dossier.lots))
    for saved in dossier.decisions:
        document = saved.decision
        steps = [typeset(f"À faire : {' '.join(document.steps)}")] if document.steps else []
        opinions.append(
            PrintedOpinion(
                title=typeset(document.kind.capitalize()),
                short=f"décision {saved.number}",
                size=typeset(cut_title(without_amounts(document.title))),
                answer=typeset(document.answer),
                says=(*_reasons(document), *steps),
                law=(typeset(f"Décision figée le {moment(saved.at, zone)}, par {saved.who}."),),
            )
        )
    if today and (hours := tuple(map(typeset, followed_said(followed_contracts(dossier), today)))):
        on = (f"Au {day(today)}.",)
        opinions.append(PrintedOpinion("Heures d’insertion", "heures", hours[0], says=hours[1:], law=on))
    shortened, shared = _move_common_sentences(opinions)
    choices = []
    for lot in dossier.lots:
        # To tick: follow the opinion, in its own words; without an opinion, the persona's usual choices.
        wordings = tuple(persona_wording("choix").split(" | "))
        scale = lot.opinion.scale if lot.opinion else None
        if scale is not None and scale.at is not None:
            wordings = (typeset(f"suivre l’avis : {scale.steps[scale.at]}"),)
        choices.append(PrintedChoice(_lot_title(lot), wordings))
    opener, buyer = dossier.journal[0].who, dossier.header.buyer
    lots = count(len(dossier.lots), "lot") if dossier.lots else ""
    return PrintModel(
        title=printed_title(dossier),
        subtitle=" · ".join(filter(None, (buyer, lots, f"dossier établi par {opener}"))),
        facts=tuple(_facts(dossier, printed, zone)),
        opinions=shortened,
        shared=shared,
        unknown=tuple(_unknown(dossier.lots)),
        consulted=tuple(_consulted_lot(lot, asking.get(lot.number, ())) for lot in dossier.lots),
        consulted_says=tuple(dict.fromkeys(distance_weight(lot.frozen.matches) for lot in dossier.lots if lot.entries)),
        choices=tuple(choices),
        annexes=printed,
        offered=offered,
        foot=foot(dossier),
        notice=" ".join(filter(None, (persona_wording("loi"), NOTICE))),
    )


def printed_title(dossier: Dossier) -> str:
    """Return the title of a dossier without any sum of money, as an estimate must not be printed."""
    return cut_title(without_amounts(dossier.header.title), LONGEST_TITLE) or dossier.number


def foot(dossier: Dossier) -> str:
    """Return the page footer: the dossier's number and the dates of its frozen content."""
    days = sorted({*(lot.at.date() for lot in dossier.lots), *(one.at.date() for one in dossier.decisions)})
    if not days:
        return f"Dossier {dossier.number} · rien de figé"
    frozen = f"le {day(days[0])}" if len(days) == 1 else f"du {day(days[0])} au {day(days[-1])}"
    return f"Dossier {dossier.number} · figé {frozen}"


def _facts(dossier: Dossier, printed: Sequence[Annex], zone: tzinfo | None) -> Iterator[tuple[str, str]]:
    several = len(dossier.lots) > 1
    for lot in dossier.lots:
        objet = without_amounts(lot.frozen.reading.lot.objet)
        if objet and objet != (without_amounts(lot.title) if several else printed_title(dossier)):
            yield f"Objet du lot {lot.number}" if several else "Objet", cut_title(objet, LONGEST_OBJECT)
    yield from (line for line in heading(dossier, zone) if line[0] not in _NOT_AT_HEAD)
    if frozen := list(dict.fromkeys(frozen_on(lot, zone) for lot in dossier.lots)):
        yield "Listes figées le" if several else "Liste figée le", " ; ".join(frozen)
    names = " ; ".join(f"{annex_letter(at)}, {one.title[:1].lower()}{one.title[1:]}" for at, one in enumerate(printed))
    yield "Annexes", names or "aucune"


def _move_common_sentences(opinions: Sequence[PrintedOpinion]) -> tuple[tuple[PrintedOpinion, ...], tuple[str, ...]]:
    """Return the opinions without the sentences that several of them have, and these sentences, each preceded by the names of its opinions."""
    opinions_by_sentence = group_pairs(
        (sentence, one.short) for one in opinions for sentence in dict.fromkeys((*one.says, *one.law))
    )
    several = {sentence: names for sentence, names in opinions_by_sentence.items() if len(names) > 1}
    shortened = tuple(
        replace(
            one,
            says=tuple(sentence for sentence in one.says if sentence not in several),
            law=tuple(sentence for sentence in one.law if sentence not in several),
        )
        for one in opinions
    )
    shared = (
        f"{'partout' if len(names) == len(opinions) else enumeration(names)} : {sentence}"
        for sentence, names in several.items()
    )
    return shortened, tuple(typeset(f"{text[:1].upper()}{text[1:]}") for text in shared)


def _lot_opinion(lot: SavedLot) -> PrintedOpinion:
    """Return the opinion frozen with a lot's list, or the list's answer where there is no opinion."""
    opinion = lot.opinion
    law = tuple(filter(None, (persona_wording("avis_absent"),)))
    says: list[str] = []
    if opinion:
        compared = [remark for table in opinion.tables if table.title == _AMOUNTS for remark in table.says]
        law = tuple(map(typeset, (*compared, f"Avis du {day(opinion.on)}, avec les seuils usuels.")))
        called = [str(row.cells[0]) for table in opinion.tables if table.title.startswith(_CALLS) for row in table.rows]
        if called:
            says.append(f"À appeler d’abord, selon cet avis : {enumeration(called)}.")
        if any(entry.call and entry.call.answers for entry in lot.entries):
            says.append(
                "Cet avis est figé avec la liste, avant les réponses notées depuis : il n’en compte aucune ; l’avis du jour se lit dans le dossier."
            )
    return PrintedOpinion(
        title=_lot_title(lot),
        short=f"lot {lot.number}",
        answer=typeset(opinion.answer if opinion else lot.answer),
        size=_size(lot.frozen.reading),
        counts=tuple(_counts(lot)),
        says=(*map(typeset, says), *_reasons(opinion)) if opinion else (),
        law=law,
    )


def _size(reading: Reading) -> str:
    """Return the amount and the duration of a lot, typed or read in its text, as one French phrase."""
    lot = reading.lot
    amount = "montant non donné" if lot.montant is None else unit(lot.montant, "€ HT", 2)
    duration = "" if lot.duree is None else unit(lot.duree, "mois", 1)
    parts = (
        reading.amount_counted or amount,
        reading.duration.sentence if reading.duration else duration,
    )
    return ", ".join(filter(None, parts))


def _counts(lot: SavedLot) -> Iterator[str]:
    """Yield the counts of a list by band (known, hinted at, to call), then the number of suppliers that answered yes, and of those interested
    without the trade."""
    if bands := lot.frozen.counts:
        by_band = (
            (count(bands.connu, "connue"), bands.connu),
            (f"{number(bands.indice)} sur indice", bands.indice),
            (f"{number(bands.a_appeler)} à appeler", bands.a_appeler),
        )
        yield from (words for words, structures in by_band if structures)
    consulted = sum(entry.status is not Status.TO_CONTACT for entry in lot.entries)
    yes = sum(map(says_yes, lot.entries))
    yield f"{number(yes)} oui sur {count(consulted, 'consultée')}" if consulted else "aucune consultée"
    keen = sum(entry.status in KEEN for entry in lot.entries)
    if keen > yes:
        yield f"{count(keen - yes, 'intéressée sans « oui »', 'intéressées sans « oui »')} à ce métier"


def _lot_title(lot: SavedLot) -> str:
    return typeset(without_amounts(lot.heading))


def _reasons(document: Document) -> tuple[str, ...]:
    """Return the remarks of a document, without the one to paste in a notice, which is in an annex."""
    return tuple(typeset(remark) for remark in document.remarks if not remark.startswith(PASTED))


def _unknown(lots: Sequence[SavedLot]) -> Iterator[str]:
    """Yield the unknown facts with the suppliers to ask by telephone, once for all lots; then the doubts of the reading."""
    entries = [entry for lot in lots for entry in lot.entries if not entry.withdrawn]
    living = {entry.match.id: entry.match for entry in entries}
    answered = group_pairs((entry.match.id, signal) for entry in entries for signal in answered_signals(entry))
    lacking = group_pairs(
        (unknown.label, match.name)
        for match in living.values()
        for unknown in unknowns(match, answered.get(match.id, ()))
    )
    for label, names in lacking.items():
        structures = "toutes les structures" if len(names) == len(living) > 1 else few(list(dict.fromkeys(names)))
        yield typeset(f"{label} : {structures}.")
    doubts = group_pairs((doubt.says, f"lot {lot.number}") for lot in lots for doubt in lot.frozen.reading.doubts)
    for sentence, of in doubts.items():
        yield typeset(f"{enumeration(of).capitalize()} : {sentence}" if len(lots) > 1 else sentence)


def _consulted_lot(lot: SavedLot, campaigns: Sequence[PrintSection]) -> ConsultedLot:
    """Return the suppliers consulted, then those that only answered a campaign, and sentences about those still to contact."""
    answers = next((section for section in campaigns if section.key == "answers"), PrintSection("answers", ""))
    written = {row.about: row for row in answers.table.rows} if answers.table else {}
    waiting = [entry for entry in lot.entries if entry.status is Status.TO_CONTACT and entry.match.id not in written]
    rows = [
        DocumentRow(_entry_cells(entry, written.pop(entry.match.id, None)), entry.match.id)
        for entry in lot.entries
        if entry not in waiting
    ]
    for row in written.values():
        name, on, answer = row.cells
        cells = (name, "", "", "interrogée par écrit", "a répondu", f"{on} : {answer}")
        rows.append(DocumentRow(cells, row.about))
    sentences = [*_not_named(rows[MOST_NAMED:], waiting), *answers.paragraphs]
    if not rows and not answers.paragraphs:
        sentences.insert(0, "Personne n’a encore été consulté." if lot.entries else "Aucune structure n’est retenue.")
    table = DocumentTable(f"Consultées, {lot.heading}", _CONSULTED, tuple(rows[:MOST_NAMED])) if rows else None
    return ConsultedLot(_lot_title(lot), table, tuple(map(typeset, filter(None, sentences))))


def _not_named(rows: Sequence[DocumentRow], waiting: Sequence[Entry]) -> Iterator[str]:
    """Yield a sentence with the count of the answers left out of the table, then one with the suppliers to contact."""
    counts = in_numbers(Counter(str(row.cells[-2]) for row in rows))
    if rows:
        yield f"{count(len(rows), 'autre réponse', 'autres réponses')} : {counts}."
    names = []
    for entry in waiting[:MOST_NAMED]:
        where = ", ".join(_where(entry.match))
        names.append(f"{entry.match.name} ({where})" if where else entry.match.name)
    more = f", puis {number(len(waiting) - MOST_NAMED)} de plus" if len(waiting) > MOST_NAMED else ""
    if waiting:
        yield f"À contacter, dans l’ordre : {enumeration(names)}{more}."


def _entry_cells(entry: Entry, written: DocumentRow | None) -> tuple[DocumentCell, ...]:
    match = entry.match
    author = entry.status_by if entry.status is not Status.TO_CONTACT else ""
    facts = [
        day(entry.status_on) if entry.status_on else "",
        author,
        *(answer_sentences(entry.call.answers) if entry.call else ()),
    ]
    if written:
        facts.append(f"par écrit, {written.cells[1]} : {written.cells[2]}")
    if entry.rival:
        facts.append(f"{entry.rival.who} a noté « {entry.rival.outcome} », à trancher")
    if entry.withdrawn:
        return match.name, "", match.city, "", entry.status.value, ""
    if entry.note:
        facts.append(f"« {entry.note} »")
    band = "métier non connu" if match.band is Band.A_APPELER else band_words(match.band).one
    proof = next((one.says for one in listed_evidence(match)), band)
    where = " · ".join(_where(match))
    follow_up = " ; ".join(filter(None, facts))
    return match.name, match.kinds or None, where, typeset(proof), entry.status.value, typeset(follow_up)


def _where(match: Match) -> list[str]:
    """Return a supplier's town and distance, as far as they are known."""
    km = distance_cell(match)
    return list(filter(None, (match.city, unit(km, "km") if isinstance(km, float) else str(km or ""))))
