"""Annexes of a dossier's printed document (lists, need, opinion, register, method…), each with the key that a URL uses to ask for it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo

from matcher.decisions.clause.followup_document import hours_tables
from matcher.domain.french import NO_BREAK, count, day, in_groups, moment, number, typeset
from matcher.dossiers.answer_changes import RecordCall, SettleAnswers, TakeBack, UndoAnswer
from matcher.dossiers.clause_contract import followed_contracts
from matcher.dossiers.dossier import Dossier, Entry, SavedLot
from matcher.dossiers.entry_changes import Consult, SetStatus
from matcher.dossiers.planned_part import declared_table
from matcher.need.criteria import assumptions, need_lines, source_dates, weights_line
from matcher.need.listing import band_words
from matcher.need.paper import distance_cell
from matcher.ranking.reasons import strengths
from matcher.reference.wordings import persona_wording
from matcher.render.document import ColumnKind, Document, DocumentCell, DocumentColumn, DocumentRow, DocumentTable

UNSCORED = "non classé"
# Prefix of the remark of an opinion that is to be pasted in a tender notice.
PASTED = "À coller dans l’avis de marché"
_SCORED = (
    "Le score dit l’adéquation au besoin. « Sur données » dit quelle part du score repose sur des données ; le reste compte pour "
    f"une valeur moyenne. « {UNSCORED} » : aucune source ne dit le métier, le score ne compare rien."
)
_KEPT = (
    *(DocumentColumn("Structure"), DocumentColumn("Place", ColumnKind.NUMBER, under=True)),
    DocumentColumn("Types", ColumnKind.KINDS, under=True),
    *(DocumentColumn(label, under=True) for label in ("Commune", "SIRET", "Ce qu’on en sait", "Note", "Motif")),
    DocumentColumn("Pourquoi"),
    *(DocumentColumn("distance", ColumnKind.NUMBER, "km"), DocumentColumn("score /100", ColumnKind.NUMBER, decimals=1)),
    DocumentColumn("sur données", ColumnKind.NUMBER, "%"),
)
_JOURNAL = (DocumentColumn("Date"), DocumentColumn("Qui"), DocumentColumn("Quoi"))
# The summary cuts a longer object.
LONGEST_OBJECT = 360
# A table with more groups of columns is printed in landscape.
_MOST_UPRIGHT = 6
# Titles of the annexes in printing order, by their key in the URL.
TITLES: Mapping[str, str] = {
    "listes": "Structures retenues : preuves, score et SIRET",
    "besoin": "Besoin tel qu’il a été lu",
    "avis": "Avis en entier : tableaux et hypothèses",
    "consultation": "Suivi : qui a été informé, et quand",
    "informations": "",  # its title depends on the persona
    "reponses": "Réponses aux campagnes, et qui n’a pas été interrogé",
    "ecartes": "Structures écartées ou retirées",
    "methode": "Méthode : poids, hypothèses, dates des données",
    "decisions": "Décisions gardées, en entier",
    "tableaux": "Longs tableaux des décisions gardées",
    "heures": "Heures d’insertion, mois par mois",
    "sous-traitance": "Sous-traitance à déclarer",
}


@dataclass(frozen=True, slots=True)
class PrintSection:
    """A section of an annex, printed as paragraphs, facts, table, items; the template finds it by `key`."""

    key: str
    title: str
    paragraphs: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    table: DocumentTable | None = None
    items: tuple[str, ...] = ()

    @property
    def has_content(self) -> bool:
        """Return whether the section has a paragraph, a fact, an item or a row."""
        return bool(self.paragraphs or self.facts or self.items or (self.table and self.table.rows))


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex: its `key` in the URL, its title, its sections in order."""

    key: str
    title: str
    sections: tuple[PrintSection, ...]

    @property
    def wide(self) -> bool:
        """Return whether a table needs a page in landscape."""
        tables = (section.table.as_shown() for section in self.sections if section.table)
        return any(len(table.groups) > _MOST_UPRIGHT for table in tables)


# Lot number → sections about its campaigns (`asking/told.py`); then, key of such a section → key of its annex.
Asking = Mapping[int, Sequence[PrintSection]]
_CAMPAIGN_ANNEXES = {"told": "informations", "register": "consultation", "answers": "reponses"}


def annexes(dossier: Dossier, asking: Asking, today: date | None, zone: tzinfo | None) -> tuple[Annex, ...]:
    """Return every annex that is not empty. `asking` gives, by lot number, the sections about its campaigns: « told », « register », « answers »."""
    sections: dict[str, list[PrintSection]] = {key: [] for key in TITLES}
    weights: list[tuple[str, str]] = []
    dates: list[tuple[str, str]] = []
    for lot in dossier.lots:
        weights += weights_line(lot.frozen.matches)
        dates += source_dates(lot.sources)
        before = f"{lot.heading}, " if len(dossier.lots) > 1 else ""
        for key, section in _lot_sections(dossier, lot, asking.get(lot.number, ()), zone):
            if section.has_content:
                sections[key].append(_with_title(section, before))
    if sections["listes"]:
        sections["listes"].append(PrintSection("scored", "Lire le score", (typeset(_SCORED),)))
    if dossier.lots:  # a line common to several lots is printed once
        score = "Score", "somme, sur 100, du poids de chaque critère multiplié par sa valeur, de 0 (rien) à 1 (tout)."
        lines = dict.fromkeys((*weights, score, *dates, *assumptions()))
        sections["methode"] = [PrintSection("assumptions", "Méthode", facts=tuple(lines))]
    for saved in dossier.decisions:
        sections["decisions"] += _document_sections(saved.decision, folded=False)
        sections["tableaux"] += _document_sections(saved.decision, folded=True)
    if today and dossier.followed:
        sections["heures"] += map(_table_section, hours_tables(followed_contracts(dossier), today))
    if (declared := declared_table(dossier)).rows:
        sections["sous-traitance"] = [_table_section(declared)]
    titles = {**TITLES, "informations": persona_wording("communique_annexe")}
    return tuple(Annex(key, title, tuple(sections[key])) for key, title in titles.items() if sections[key])


def _lot_sections(
    dossier: Dossier, lot: SavedLot, campaigns: Sequence[PrintSection], zone: tzinfo | None
) -> Iterator[tuple[str, PrintSection]]:
    """Yield the sections of a lot, each with the key of its annex."""
    if lot.entries:
        entry_rows = (
            DocumentRow(_row(place, entry), entry.match.id) for place, entry in enumerate(lot.entries, start=1)
        )
        table = DocumentTable("Structures retenues", _KEPT, tuple(entry_rows))
        yield "listes", PrintSection("list", "Structures retenues", table=table)
    yield "besoin", _need_section(lot)
    if lot.opinion:  # only the parts that the summary leaves out
        pasted = tuple(typeset(remark) for remark in lot.opinion.remarks if remark.startswith(PASTED))
        yield "avis", PrintSection("paste", "Phrase de l’avis de marché", pasted)
        yield from (("avis", _table_section(table)) for table in lot.opinion.tables)
        yield "avis", _basis(lot.opinion)
    rows = tuple(
        DocumentRow((moment(event.at, zone), event.who, event.change.says(dossier)))
        for event in dossier.journal
        if isinstance(event.change, Consult | RecordCall | SetStatus | SettleAnswers | UndoAnswer | TakeBack)
        and event.change.lot == lot.number
    )
    yield "consultation", PrintSection("journal", "Suivi", table=DocumentTable("Suivi", _JOURNAL, rows))
    for section in campaigns:
        # The summary already has the counts of the answers.
        yield _CAMPAIGN_ANNEXES[section.key], replace(section, paragraphs=()) if section.key == "answers" else section
    refused = [f"{count(one.count, 'structure')} : {one.reason}." for one in lot.frozen.refusals]
    removed = [
        f"{one.entry.match.name} : retirée de la liste par {one.who}{f', « {one.reason} »' if one.reason else ''}."
        for one in lot.removed
    ]
    yield "ecartes", PrintSection("set-aside", "Écartées ou retirées", items=tuple(map(typeset, (*refused, *removed))))


def without_repeats(annexes: Iterable[Annex]) -> tuple[Annex, ...]:
    """Return the annexes with repeated sentences removed: each stays only where it comes first."""
    seen: set[str] = set()

    def first_time(texts: Iterable[str]) -> tuple[str, ...]:
        new = tuple(text for text in dict.fromkeys(texts) if text not in seen)
        seen.update(new)
        return new

    printed = []
    for annex in annexes:
        cut = (
            replace(section, paragraphs=first_time(section.paragraphs), items=first_time(section.items))
            for section in annex.sections
        )
        printed.append(replace(annex, sections=tuple(section for section in cut if section.has_content)))
    return tuple(printed)


def _with_title(section: PrintSection, before: str) -> PrintSection:
    title = f"{section.title[:1].lower()}{section.title[1:]}" if before else section.title
    return replace(section, title=typeset(before + title))


def _row(place: int, entry: Entry) -> tuple[DocumentCell, ...]:
    match = entry.match
    reason = f"{'ajoutée ' if entry.added else ''}«{NO_BREAK}{entry.reason}{NO_BREAK}»" if entry.reason else ""
    if entry.withdrawn:
        facts: tuple[DocumentCell, ...] = ("", match.city, "")
    else:
        facts = (match.kinds or None, match.city, f"SIRET{NO_BREAK}{in_groups(match.siret)}" if match.siret else "")
    why = typeset(" ; ".join(strength.says for strength in strengths(match)))
    return (
        *(match.name, place, *facts, band_words(match.band).one, entry.note, reason, why),
        *("" if entry.withdrawn else distance_cell(match),),
        *(UNSCORED if match.told_score is None else match.told_score, match.coverage * 100),
    )


def _need_section(lot: SavedLot) -> PrintSection:
    """Return the need as read, without the lines of the summary: the doubts, the object where it is short, the answer where there is no opinion."""
    reading = lot.frozen.reading
    in_summary = {"Doute"} if len(reading.lot.objet) > LONGEST_OBJECT else {"Doute", "Objet"}
    lines = tuple((label, text) for label, text in need_lines(reading) if label not in in_summary)
    return PrintSection("need", "Besoin lu", (typeset(lot.answer),) if lot.opinion else (), lines)


def _document_sections(document: Document, *, folded: bool) -> list[PrintSection]:
    """Return the long tables of a decision (`folded`: a page folds them), or the others followed by its hypotheses and its question."""
    sections = [_table_section(table) for table in document.tables if table.folded is folded]
    if not folded:
        question = PrintSection("asked", "Ce qui a été demandé", items=tuple(map(typeset, document.asked)))
        sections += [_basis(document), question]
    before = f"{document.kind.capitalize()} : "
    return [_with_title(section, before) for section in sections if section.has_content]


def _basis(document: Document) -> PrintSection:
    of = f"version {document.catalogue_version} du catalogue, {count(document.catalogue_suppliers, 'fournisseur')}"
    lines = (*document.hypotheses, *document.sources, f"Calculé pour le {day(document.on)}, {of}.")
    return PrintSection("assumptions", "Hypothèses et sources", items=tuple(map(typeset, lines)))


def _table_section(table: DocumentTable) -> PrintSection:
    return PrintSection("table", typeset(table.title), tuple(map(typeset, table.says)), table=table)


def annex_letter(place: int) -> str:
    """Return the letter of an annex from its index among those printed: 0 → « A »."""
    return chr(ord("A") + place)


def in_numbers(counts: Mapping[str, int]) -> str:
    """Return counts in one line: « intéressé : 1 · contacté : 2 »."""
    return " · ".join(f"{word}{NO_BREAK}: {number(times)}" for word, times in counts.items())
