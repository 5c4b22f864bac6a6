"""A ranked list as a file a buyer can hand on: CSV, or XLSX with the criteria on a second sheet."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from matcher.domain.age import DatedSource
from matcher.domain.contact_details import ContactDetails, ContactLookup
from matcher.domain.french import UNKNOWN, count, day, number
from matcher.domain.match import Band, Contribution, Match
from matcher.need.answer import Answer
from matcher.need.criteria import distance_weight, guide, need_lines, source_dates, weights_line
from matcher.need.listing import WORDS, Beyond, band_words
from matcher.ranking.reasons import against, explanation, strengths, unknowns
from matcher.render.described_file import DescribedFile
from matcher.render.table import NO_DAY, Cell, Column, Estimate, Line, csv_of, new_workbook, write_lines, write_sheet

LAST_SIGN = "Dernier signe de vie"
CONTACT = (
    Column("Téléphone", 16),
    Column("Courriel", 30),
    Column("Adresse", 36),
    Column("Source des coordonnées", 44),
    Column("Registre public", 44),
    Column(LAST_SIGN, 12),
    Column("Signe", 30),
)


def contact_cells(details: ContactDetails | None) -> tuple[str | date, ...]:
    """Return the cells of a supplier under `CONTACT`; None is one that the catalogue no longer has."""
    contact_details = details or ContactDetails()
    seen = (contact_details.last_sign.day, contact_details.last_sign.what) if contact_details.last_sign else ("", "")
    return tuple(
        cell or UNKNOWN
        for cell in (
            contact_details.phone,
            contact_details.email,
            contact_details.address,
            contact_details.source,
            contact_details.register,
            *seen,
        )
    )


_POINTS_WIDTH = 12

_LOT = (Column("Lot", 12), Column("Objet", 36))
HEAD = (
    Column("Connu pour ce métier", 13),
    Column("N°", 6),
    Column("Fournisseur", 36),
    Column("Types", 10),
    Column("Commune", 22),
    Column("SIRET", 17),
    *CONTACT,
    Column("Score (sur 100)", 9, "0.00"),
    Column("Part connue (%)", 9),
    Column("Distance (km)", 10, "0.0"),
)
TAIL = (
    Column("En clair", 64),
    Column("Raisons", 60),
    Column("Source des raisons", 30),
    Column("À nuancer", 36),
    Column("Ce qui reste à demander", 36),
    Column("Rang du score", 7),
    Column("Identifiant", 22),
)
_DATED = Column("Date des données", 60)


def answers_csv(
    shortlists: Sequence[Answer], contacts_of: ContactLookup, sources: Sequence[DatedSource] = ()
) -> DescribedFile:
    """One line a candidate, `;` and a byte-order mark so that French Excel opens it as it is. Unknown is written so. The last column has
    the dates of the data of the catalogue's `sources`."""
    dated = " | ".join(f"{its.title} : {its.date_words}" for its in sources)
    rows = ([*row, dated] for row in _rows(shortlists, contacts_of, " | "))
    return csv_of([*_columns(shortlists), _DATED], rows)


def answers_xlsx(
    shortlists: Sequence[Answer], contacts_of: ContactLookup, sources: Sequence[DatedSource] = ()
) -> bytes:
    """Sheet « Candidats » with the list, sheet « Critères » with the need, the weights, the date, the refused, and the dated `sources`."""
    created = shortlists[0].on if shortlists else NO_DAY
    with new_workbook("Fournisseurs inclusifs", created) as (book, content):
        frozen = 0 if len(shortlists) > 1 else 3
        write_sheet(book, "Candidats", _columns(shortlists), _rows(shortlists, contacts_of, "\n"), frozen=frozen)
        lines: list[Line] = []
        for shortlist in shortlists:
            if len(shortlists) > 1:
                lines.append(("Lot", shortlist.reading.lot.lot_id))
            lines += [*criteria(shortlist, shortlist.text), ("", "")]
        write_lines(book, "Critères", [*lines, *source_dates(sources), *guide()])
    return content.getvalue()


def points_columns(matches: Iterable[Match]) -> list[Column]:
    """One column a signal and weight, in the order of the candidates' contributions."""
    headers = dict.fromkeys(_header(contribution) for match in matches for contribution in match.contributions)
    return [Column(header, _POINTS_WIDTH, "0.00") for header in headers]


def criteria(shortlist: Answer, answer: str) -> Iterator[Line]:
    """Yield what one list was made from: the need, the answer in the words given, the refused, the weights, the catalogue, the day."""
    yield from need_lines(shortlist.reading)
    if shortlist.filters is not None:
        yield "Filtres de la liste", " ; ".join(shortlist.filters) or "aucun"
    yield "Candidats dans ce fichier", _how_many(shortlist)
    yield "Réponse", answer
    for refusal in shortlist.refusals:
        yield "Écartés", f"{count(refusal.count, 'fournisseur')} : {refusal.reason}"
    if not shortlist.refusals:
        yield "Écartés", "aucun"
    yield from weights_line(shortlist.matches)
    if shortlist.matches:
        yield "Distance", distance_weight(shortlist.matches)
    suppliers = count(shortlist.catalogue_suppliers, "fournisseur")
    yield "Catalogue", f"version {shortlist.catalogue_version}, {suppliers}"
    yield "Date de la recherche", day(shortlist.on)


def _how_many(shortlist: Answer) -> str:
    """Return how many candidates a file holds, of how many where it holds some of the list only, and how many of another trade beside them."""
    counts, refused = shortlist.counts, sum(bool(match.refused) for match in shortlist.matches)
    beside = sum(match.band is Band.AUTRE and not match.refused for match in shortlist.matches)
    shown = len(shortlist.matches) - beside - refused
    listed = sum(counts.placed) if counts else shown
    shown_said = f"{number(shown)} sur les {number(listed)} de la liste" if shown < listed else number(shown)
    others = [
        f"{number(beside)} d’un autre métier" if beside else "",
        count(refused, "non éligible", "non éligibles") if refused else "",
    ]
    return ", et ".join(filter(None, (shown_said, *others)))


def _columns(shortlists: Sequence[Answer]) -> list[Column]:
    return [*(_LOT if len(shortlists) > 1 else ()), *HEAD, *_points(shortlists), *TAIL]


def _points(shortlists: Sequence[Answer]) -> list[Column]:
    """The candidates of a list share their weights: the columns are those of the first of each."""
    return points_columns(match for shortlist in shortlists for match in shortlist.matches[:1])


def _header(contribution: Contribution) -> str:
    return f"{contribution.label} (sur {contribution.weight})"


def _rows(shortlists: Sequence[Answer], contacts_of: ContactLookup, between: str) -> Iterator[list[Cell]]:
    contacts = contacts_of({match.id for shortlist in shortlists for match in shortlist.matches})
    weights = [column.header for column in _points(shortlists)]
    width = len(_columns(shortlists))
    for shortlist in shortlists:
        lot = shortlist.reading.lot
        before: list[Cell] = [lot.lot_id, lot.objet] if len(shortlists) > 1 else []
        for match in shortlist.matches:
            yield [*before, *candidate(match, contacts.get(match.id), weights, between)]
        if not shortlist.matches:
            cells: list[Cell] = [*before, None, None, shortlist.text]
            yield cells + [None] * (width - len(cells))


def candidate(match: Match, contact: ContactDetails | None, weights: Sequence[str], between: str) -> list[Cell]:
    """The cells of one candidate, reached today by `contact`, under `HEAD`, the points of `weights` (headers of `points_columns`) and `TAIL`."""
    points = {_header(c): c.points if c.value is not None else Estimate(c.points) for c in match.contributions}
    return [
        WORDS[Beyond.NON_ELIGIBLES].one if match.refused else band_words(match.band).one or None,
        match.place,
        match.name,
        ", ".join(match.kinds) or UNKNOWN,
        match.city or UNKNOWN,
        match.siret or UNKNOWN,
        *contact_cells(contact),
        match.told_score,
        round(match.coverage * 100),
        UNKNOWN if match.distance_km is None else match.distance_km,
        *(points.get(header) for header in weights),
        between.join(explanation(match)),
        _said(strengths(match), between),
        between.join(f"{c.label} : {c.source or UNKNOWN}" for c in strengths(match)),
        between.join(filter(None, (match.refused, _said(against(match), between)))),
        between.join(c.says for c in unknowns(match)),
        match.rank,
        match.id,
    ]


def _said(contributions: Iterable[Contribution], between: str) -> str:
    return between.join(f"{c.label} : {c.says}" for c in contributions)
