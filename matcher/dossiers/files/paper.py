"""A dossier as a document to sign and file: numbered sections in a fixed order, their sentences, tables and lists.

What lays it out (a page made for A4) decides nothing: it renders this, in this order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from types import MappingProxyType

from matcher.decisions.clause.followup_document import hours_said, hours_tables
from matcher.domain.french import NO_BREAK, count, day, in_groups, moment, number, typeset
from matcher.domain.grouping import grouped
from matcher.dossiers.dossier import Dossier, Entry, SavedDecision, SavedLot
from matcher.dossiers.entry_changes import Consult, RecordCall, SetStatus, SettleAnswers, UndoAnswer
from matcher.dossiers.files.workbook import frozen_on, heading
from matcher.need.criteria import NOTICE, assumptions, data_dates, need
from matcher.need.listing import words_of
from matcher.ranking.reasons import strengths
from matcher.render.document import ColumnKind, Document, DocumentCell, DocumentColumn, DocumentRow, DocumentTable

UNSCORED = "non classé"
_SCORED = (
    "Le score dit l’adéquation au besoin. « Connu à » dit quelle part du score repose sur des données ; le reste compte pour "
    f"une valeur moyenne. « {UNSCORED} » : aucune source ne dit le métier, le score ne compare rien."
)
_KEPT = (
    *(DocumentColumn("Structure"), DocumentColumn("Place", ColumnKind.NUMBER, under=True)),
    DocumentColumn("Types", ColumnKind.KINDS, under=True),
    *(DocumentColumn(label, under=True) for label in ("Commune", "SIRET", "Ce qu’on en sait", "Note", "Motif")),
    *(DocumentColumn("distance", ColumnKind.NUMBER, "km"), DocumentColumn("score /100", ColumnKind.NUMBER, decimals=1)),
    *(DocumentColumn("connu à", ColumnKind.NUMBER, "%"), DocumentColumn("Suivi"), DocumentColumn("Depuis", under=True)),
)
_LAW = "Sourcing mené au titre de l’article R2111-1 du code de la commande publique."


@dataclass(frozen=True, slots=True)
class PrintSection:
    """A numbered section: `key` is stable and names it in the template; paragraphs, then facts, table and items."""

    key: str
    title: str
    number: int = 0
    paragraphs: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    table: DocumentTable | None = None
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedLot:
    """One lot, or one decision: its title, what was frozen and when, its sections in order."""

    title: str
    frozen: str
    sections: tuple[PrintSection, ...]
    what: str = "Liste figée"


@dataclass(frozen=True, slots=True)
class PrintModel:
    """The whole document: what stands at the head, the lots, and what stands at the foot of each page."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    lots: tuple[PrintedLot, ...]
    foot: str
    notice: str


def print_model(
    dossier: Dossier,
    *,
    asking: Mapping[int, Sequence[PrintSection]] = MappingProxyType({}),
    today: date | None = None,
    zone: tzinfo | None = None,
) -> PrintModel:
    """Lay a dossier out for paper. `asking` gives, by lot, the sections that say what was asked of suppliers and answered; on `today` it says how its hours of insertion stand. Times are in
    `zone`, by default this computer's; what is empty has no section.
    """
    header = dossier.header
    opener = dossier.journal[0].who
    return PrintModel(
        title=header.title,
        subtitle=f"{f'{header.buyer}. ' if header.buyer else ''}Dossier établi par {opener}.",
        facts=tuple(heading(dossier, zone)),
        lots=(
            *(_lot(dossier, lot, asking.get(lot.number, ()), zone) for lot in dossier.lots),
            *(_decision(one, zone) for one in dossier.decisions),
            *([_hours(dossier, today)] if today and dossier.insertion.promise else []),
        ),
        foot=f"Dossier {dossier.number} · {_frozen(dossier)}",
        notice=f"{_LAW} {NOTICE}",
    )


def _frozen(dossier: Dossier) -> str:
    days = sorted({*(lot.at.date() for lot in dossier.lots), *(one.at.date() for one in dossier.decisions)})
    if not days:
        return "rien de figé"
    return f"figé le {day(days[0])}" if len(days) == 1 else f"figé du {day(days[0])} au {day(days[-1])}"


def _lot(dossier: Dossier, lot: SavedLot, asking: Sequence[PrintSection], zone: tzinfo | None) -> PrintedLot:
    sections = (
        PrintSection("need", "Le besoin", facts=tuple(need(lot.frozen.reading))),
        PrintSection("conclusion", "Conclusion", paragraphs=(typeset(lot.answer), _progress(lot))),
        PrintSection("list", "Structures retenues", paragraphs=(typeset(_SCORED),), table=_table(lot)),
        PrintSection("reasons", "Pourquoi celles-ci", items=tuple(_reasons(lot))),
        # What was asked of the opinion is said by the list.
        *(list(_said(lot.opinion, "Avis de réservation", "Hypothèses de l’avis"))[1:] if lot.opinion else ()),
        PrintSection("consultation", "Consultation", table=_consultation(dossier, lot, zone)),
        *asking,
        PrintSection("unknown", "Ce qui n’est pas connu", items=tuple(_unknown(lot))),
        PrintSection("set-aside", "Écartés", items=tuple(_set_aside(lot))),
        PrintSection("assumptions", "Hypothèses", facts=tuple(_assumptions(lot))),
    )
    filled = (
        section
        for section in sections
        if section.facts or section.items or section.table or (section.paragraphs and section.key != "list")
    )
    return PrintedLot(title=typeset(lot.named), frozen=frozen_on(lot, zone), sections=_numbered(filled))


def _decision(saved: SavedDecision, zone: tzinfo | None) -> PrintedLot:
    """A decision as it was kept; what it was asked, its answer, its tables, what it supposes."""
    its = saved.decision
    return PrintedLot(
        title=typeset(f"{its.kind.capitalize()} : {its.title}"),
        frozen=f"{moment(saved.at, zone)}, par {saved.who}",
        sections=_numbered(_said(its)),
        what="Décision figée",
    )


def _hours(dossier: Dossier, today: date) -> PrintedLot:
    """The hours of insertion as they stand."""
    told = PrintSection(
        "conclusion", "Où en sont les heures", paragraphs=tuple(map(typeset, hours_said(dossier.insertion, today)))
    )
    tables = (
        PrintSection("table", typeset(one.title), paragraphs=tuple(map(typeset, one.says)), table=one)
        for one in hours_tables(dossier.insertion, today)
    )
    return PrintedLot("Heures d’insertion", day(today), _numbered((told, *tables)), what="État")


def _said(its: Document, title: str = "Conclusion", supposed: str = "Hypothèses") -> Iterator[PrintSection]:
    """A document: what it was asked, its answer under `title`, its tables, what it supposes under `supposed`."""
    of = f"version {its.catalogue_version} du catalogue, {count(its.catalogue_suppliers, 'fournisseur')}"
    yield PrintSection("need", "Ce qui est demandé", items=tuple(map(typeset, its.asked)))
    position = [f"Position : {its.scale.says}."] if its.scale and its.scale.says else []
    yield PrintSection("conclusion", title, paragraphs=tuple(map(typeset, (its.answer, *position, *its.remarks))))
    for one in its.tables:
        yield PrintSection("table", typeset(one.title), paragraphs=tuple(map(typeset, one.says)), table=one)
    basis = (*its.hypotheses, *its.sources, f"Calculé pour le {day(its.on)}, {of}.", its.scope)
    yield PrintSection("assumptions", supposed, items=tuple(map(typeset, filter(None, basis))))


def _numbered(sections: Iterable[PrintSection]) -> tuple[PrintSection, ...]:
    return tuple(replace(section, number=at) for at, section in enumerate(sections, start=1))


def _progress(lot: SavedLot) -> str:
    """« 1 intéressé · 1 contacté »: the suppliers kept, by status."""
    if not lot.entries:
        return "Aucune structure n’est retenue."
    counts: dict[str, int] = {}
    for entry in lot.entries:
        counts[entry.status] = counts.get(entry.status, 0) + 1
    told = " · ".join(f"{number(held)} {status}" for status, held in counts.items())
    return f"{count(len(lot.entries), 'structure retenue', 'structures retenues')}{NO_BREAK}: {told}."


def _table(lot: SavedLot) -> DocumentTable | None:
    if not lot.entries:
        return None
    rows = (DocumentRow(_row(place, entry), entry.match.id) for place, entry in enumerate(lot.entries, start=1))
    return DocumentTable("Structures retenues", _KEPT, tuple(rows))


def _row(place: int, entry: Entry) -> tuple[DocumentCell, ...]:
    match = entry.match
    followed = " · ".join(text for text in (day(entry.status_on) if entry.status_on else "", entry.status_by) if text)
    reason = f"{'ajoutée ' if entry.added else ''}«{NO_BREAK}{entry.reason}{NO_BREAK}»" if entry.reason else ""
    km: DocumentCell = "sur place" if match.distance_km is not None and match.distance_km < 1 else match.distance_km
    if entry.withdrawn:
        facts: tuple[DocumentCell, ...] = ("", match.city, "")
        km = ""
    else:
        facts = (match.kinds or None, match.city, f"SIRET{NO_BREAK}{in_groups(match.siret)}" if match.siret else "")
    return (
        *(match.name, place, *facts, words_of(match.band).one, entry.note, reason),
        km,
        *(UNSCORED if match.told_score is None else match.told_score, match.coverage * 100),
        *(entry.status.value, followed),
    )


def _reasons(lot: SavedLot) -> Iterator[str]:
    for entry in lot.entries:
        if known := strengths(entry.match):
            told = typeset(" ; ".join(c.says for c in known))
            yield f"{entry.match.name}{NO_BREAK}: {told}."


def _consultation(dossier: Dossier, lot: SavedLot, zone: tzinfo | None) -> DocumentTable | None:
    """What was asked and answered: the messages and the statuses of this lot."""
    rows = tuple(
        DocumentRow((moment(event.at, zone), event.who, event.change.says(dossier)))
        for event in dossier.journal
        if isinstance(event.change, Consult | RecordCall | SetStatus | SettleAnswers | UndoAnswer)
        and event.change.lot == lot.number
    )
    return DocumentTable("Consultation", tuple(map(DocumentColumn, ("Date", "Qui", "Quoi"))), rows) if rows else None


def _unknown(lot: SavedLot) -> Iterator[str]:
    """What is not known, and of whom: said once, whoever lacks it."""
    lacking = grouped(
        (contribution.label, entry.match)
        for entry in lot.entries
        for contribution in entry.match.contributions
        if contribution.value is None and not entry.withdrawn
    )
    living = sum(not entry.withdrawn for entry in lot.entries)
    for label, matches in lacking.items():
        whole = len(matches) == living > 1
        names = "toutes les structures" if whole else ", ".join(match.name for match in matches)
        yield typeset(f"{label} : {names}. Compté ni pour zéro, ni pour acquis.")


def _set_aside(lot: SavedLot) -> Iterator[str]:
    for refusal in lot.frozen.refusals:
        yield typeset(f"{count(refusal.count, 'structure')} : {refusal.reason}.")
    for one in lot.removed:
        yield typeset(
            f"{one.entry.match.name} : retirée de la liste par {one.who}{f', « {one.reason} »' if one.reason else ''}."
        )


def _assumptions(lot: SavedLot) -> Iterator[tuple[str, str]]:
    weights = lot.frozen.matches[0].contributions if lot.frozen.matches else ()
    if weights:
        yield f"Poids (total {sum(c.weight for c in weights)})", " · ".join(f"{c.label} {c.weight}" for c in weights)
    yield "Score", "somme, sur 100, du poids de chaque critère multiplié par sa valeur, de 0 (rien) à 1 (tout)."
    yield from data_dates(lot.sources)
    yield from assumptions()
