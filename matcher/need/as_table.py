"""Export of ranked lists of suppliers for a buyer: a CSV file, or an XLSX workbook with the search criteria on a second sheet."""

from collections.abc import Collection, Iterable, Iterator, Sequence
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
from matcher.render.table import NO_DAY, Cell, Column, Estimate, Line, Sheet, csv_of, workbook_of

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
    """Return the cells of a supplier for the `CONTACT` columns; `details` is None where the catalogue no longer has it."""
    contact_details = details or ContactDetails()
    sign = contact_details.last_sign
    last_sign = (sign.day, sign.what) if sign else ("", "")
    return tuple(
        cell or UNKNOWN
        for cell in (
            contact_details.phone,
            contact_details.email,
            contact_details.address,
            contact_details.source,
            contact_details.register,
            *last_sign,
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


def answers_csv(
    shortlists: Sequence[Answer], contacts_of: ContactLookup, sources: Sequence[DatedSource] = ()
) -> DescribedFile:
    """Return a CSV with one line a candidate, `;` and a byte-order mark, which French Excel opens as it is. The last column has the data dates
    of the catalogue's `sources`."""
    dated = " | ".join(f"{source.title} : {source.date_words}" for source in sources)
    rows = ([*row, dated] for row in _rows(shortlists, contacts_of, " | "))
    return csv_of([*_columns(shortlists), "Date des données"], rows)


def answers_xlsx(
    shortlists: Sequence[Answer], contacts_of: ContactLookup, sources: Sequence[DatedSource] = ()
) -> bytes:
    """Return a workbook: sheet « Candidats » with the list, sheet « Critères » with need, weights, date, refused and dated `sources`."""
    several, lines = len(shortlists) > 1, list[Line]()
    for shortlist in shortlists:
        lines += [("Lot", shortlist.reading.lot.lot_id)] if several else []
        lines += [*criteria(shortlist, shortlist.text), ("", "")]
    rows = _rows(shortlists, contacts_of, "\n")
    return workbook_of(
        "Fournisseurs inclusifs",
        shortlists[0].on if shortlists else NO_DAY,
        Sheet("Candidats", _columns(shortlists), rows, frozen=0 if several else 3),
        Sheet("Critères", (), [*lines, *source_dates(sources), *guide()]),
    )


def points_columns(matches: Iterable[Match]) -> list[Column]:
    """Return one points column for each scoring signal and weight, in the order of the candidates' contributions."""
    headers = dict.fromkeys(_header(contribution) for match in matches for contribution in match.contributions)
    return [Column(header, _POINTS_WIDTH, "0.00") for header in headers]


def criteria(shortlist: Answer, answer: str) -> Iterator[Line]:
    """Yield the criteria of one list as (label, text): need, filters, `answer` sentence, refused, weights, catalogue version, day."""
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
    """Return the French count of candidates in the file, of the whole list where it holds a part, then of other trades and of ineligible ones."""
    counts, refused = shortlist.counts, sum(bool(match.refused) for match in shortlist.matches)
    other_trade = sum(match.band is Band.AUTRE and not match.refused for match in shortlist.matches)
    shown = len(shortlist.matches) - other_trade - refused
    listed = sum(counts.placed) if counts else shown
    shown_words = f"{number(shown)} sur les {number(listed)} de la liste" if shown < listed else number(shown)
    others = [
        f"{number(other_trade)} d’un autre métier" if other_trade else "",
        count(refused, "non éligible", "non éligibles") if refused else "",
    ]
    return ", et ".join(filter(None, (shown_words, *others)))


def _columns(shortlists: Sequence[Answer]) -> list[Column]:
    return [*(_LOT if len(shortlists) > 1 else ()), *HEAD, *_points(shortlists), *TAIL]


def _points(shortlists: Sequence[Answer]) -> list[Column]:
    """Return the points columns: candidates of one list share their weights, so the first of each list gives them all."""
    return points_columns(match for shortlist in shortlists for match in shortlist.matches[:1])


def _header(contribution: Contribution) -> str:
    return f"{contribution.label} (sur {contribution.weight})"


def _rows(shortlists: Sequence[Answer], contacts_of: ContactLookup, separator: str) -> Iterator[list[Cell]]:
    contacts = contacts_of({match.id for shortlist in shortlists for match in shortlist.matches})
    weights = [column.header for column in _points(shortlists)]
    width = len(_columns(shortlists))
    for shortlist in shortlists:
        lot = shortlist.reading.lot
        before: list[Cell] = [lot.lot_id, lot.objet] if len(shortlists) > 1 else []
        for match in shortlist.matches:
            yield [*before, *candidate(match, contacts.get(match.id), weights, separator)]
        if not shortlist.matches:
            cells: list[Cell] = [*before, None, None, shortlist.text]
            yield cells + [None] * (width - len(cells))


def candidate(
    match: Match,
    contact: ContactDetails | None,
    weights: Sequence[str],
    separator: str,
    answered: Collection[str] = (),
) -> list[Cell]:
    """Return the cells of one candidate for the columns `HEAD`, then `weights` (headers of `points_columns`), then `TAIL`; the signals `answered` since
    are no longer to ask."""
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
        separator.join(explanation(match)),
        _labelled_sentences(strengths(match), separator),
        separator.join(f"{c.label} : {c.source or UNKNOWN}" for c in strengths(match)),
        separator.join(filter(None, (match.refused, _labelled_sentences(against(match), separator)))),
        separator.join(c.says for c in unknowns(match, answered)),
        match.rank,
        match.id,
    ]


def _labelled_sentences(contributions: Iterable[Contribution], separator: str) -> str:
    return separator.join(f"{c.label} : {c.says}" for c in contributions)
