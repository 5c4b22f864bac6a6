"""Page « Les candidats »: the need as read, the ranked suppliers with reasons, the refused ones; also as CSV, XLSX, JSON file and on paper."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, abort, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue

from matcher.domain.age import UNDATED, ages_said
from matcher.domain.contact_details import ContactDetails
from matcher.domain.french import count, enumeration, number
from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Match
from matcher.domain.reading import Reading
from matcher.need.completion import activity_written
from matcher.need.criteria import NOTICE, distance_weight
from matcher.need.fields import ASKED_LEVERS, offered_levers
from matcher.need.list_formats import LIST_FORMATS, PAGE_FORMATS, ListsToWrite
from matcher.need.listing import BANDS, SCREEN, WORDS, ListOrder
from matcher.need.paper import paper_table
from matcher.need.sentences import questions_for
from matcher.need.title import object_of
from matcher.paths import shipped_path
from matcher.ranking.reasons import listed_evidence
from matcher.reading.reader import why_trade
from matcher.reading.trade.corpus import corpus_file, corrected_sentence
from matcher.reference.glossary import glossary
from matcher.reference.levers import lever
from matcher.reference.trades.taxonomy import taxonomy
from matcher.web.frame.app_state import buyer_defaults, desk, logo_address, past_said
from matcher.web.frame.file_response import attachment
from matcher.web.frame.visitor import remember_need
from matcher.web.need.address import Query, usable_query
from matcher.web.need.answer import AnsweredQuery, answer_query
from matcher.web.need.form import need_form
from matcher.web.need.lots import MOST_LOTS, notice_lots, tender_lots
from matcher.web.need.question import other_doubts, the_question, the_settled, trade_question
from matcher.web.need.understood import TRADE_LABEL, chips, in_one_line, places_json, without_chip

pages = Blueprint("candidates", __name__)

# The argument that asks why the trade is read, in the address of a list.
WHY = "pourquoi"
# Most candidates in a file; the whole catalogue has its own export.
LONGEST_FILE = 500
REFUSED_PAGE = 50
# Most candidates of a printed list: some five sheets.
LONGEST_PAPER = 100
# Glossary words that every list uses.
WORDS_OF_LIST = ("bande", "adéquation", "code NAF")
SORTS = ((ListOrder.SCORE, "adéquation"), (ListOrder.DISTANCE, "distance"), (ListOrder.COVERAGE, "connu"))


@pages.get("/candidats", endpoint="show")
def show_candidates() -> ResponseReturnValue:
    """Show the list of a query, or the form again where a field has a fault."""
    query = Query.of(request.args, buyer_defaults())
    if faults := query.faults():
        return need_form(query, faults)
    if taken_off := request.args.get("retirer"):
        return redirect(without_chip(query, taken_off).url(), 303)
    response = answer_query(desk(), query)
    not_added = ""
    if "ajouter" in request.args:
        added, not_added = _add_to_query(
            query, response, request.args.get("ajouter", ""), request.args.get("valeur", "")
        )
        if added is not None:
            return redirect(added.url(), 303)
    remember_need(query.without_view().url())
    trade, question = trade_question(response), the_question(response)
    understood = [chip for chip in chips(query) if not trade or chip.label != TRADE_LABEL]
    contacts = desk().contacts_of({match.id for match in response.candidates})
    return render_template(
        "need/liste.html",
        answer=response,
        chips=understood,
        chips_in_line=in_one_line(understood),
        notice=tender_lots(query, response.known_of)
        or notice_lots(query, request.args.get("besoin", ""), response.known_of),
        most_lots=MOST_LOTS,
        trade=trade,
        question=question,
        settled=the_settled(response),
        doubts=other_doubts(response, question, trade),
        why_asked=WHY in request.args,
        why=why_trade(response.reading) if WHY in request.args else None,
        activity_label=taxonomy().label,
        query=query,
        sorts=SORTS,
        bands=BANDS,
        formats=PAGE_FORMATS,
        levers=[(code, lever(code).label) for code in offered_levers(response.reading.lot.levier)],
        all_kinds=list(SupplierKind),
        not_added=not_added,
        adding=request.args.get("ajouter", ""),
        points=_points(response),
        contacts=contacts,
        head=list_head(response.candidates, response.reading, contacts),
        past=past_said(match.id for match in response.candidates),
        explained=_words_of(response),
        ages=ages_said(desk().sources(), desk().today()),
        places=places_json(response.reading.places),
        tiles=desk().settings.tiles,
    )


# With fewer rows than this, shared questions are not moved to the head.
FEWEST_ROWS = 3


@dataclass(frozen=True, slots=True)
class ListHead:
    """Sentences common to all rows of a page, written once above them: `shared` questions to ask all, `undated` sources without data date,
    whether any row has a telephone (`reached`) and whether any has none (`silent`)."""

    reading: Reading
    shared: tuple[str, ...]
    undated: tuple[str, ...]
    reached: bool
    silent: bool

    def asked_of(self, match: Match) -> list[str]:
        """Return the questions for one candidate that are not in the head."""
        return [question for question in questions_for(match, self.reading) if question not in self.shared]

    @staticmethod
    def source_said(source: str) -> str:
        """Return a source as a row shows it, without « undated », which the head gives."""
        return source.removesuffix(UNDATED)

    def lines(self) -> Iterator[str]:
        """Yield the French sentences of the head; none where the rows share nothing."""
        if self.silent:
            yield (
                "Téléphone non connu, sauf mention."
                if self.reached
                else "Aucun téléphone connu : cherchez-le depuis la fiche."
            )
        if self.shared:
            yield f"À demander à chacun : {enumeration(self.shared)}."
        if self.undated:
            yield f"Sans date : {enumeration(self.undated)}."


def list_head(matches: Sequence[Match], reading: Reading, contacts: Mapping[str, ContactDetails]) -> ListHead:
    """Return what the candidates of one page have in common; `contacts` are by supplier id."""
    reached = [bool(contacts.get(match.id, ContactDetails()).phone) for match in matches]
    sources: set[str] = set()
    for match in matches:  # the source that its row shows: of the first reason, else of the kind
        shown = listed_evidence(match)[:1] or [part for part in match.contributions if part.signal == "kind"]
        sources.update(part.source for part in shown)
    questions = [questions_for(match, reading) for match in matches]
    first = questions[0] if len(questions) >= FEWEST_ROWS else []
    return ListHead(
        reading,
        shared=tuple(text for text in first if all(text in row for row in questions)),
        undated=tuple(sorted(source.removesuffix(UNDATED) for source in sources if source.endswith(UNDATED))),
        reached=any(reached),
        silent=not all(reached),
    )


@pages.get(f"/candidats/liste.<any({', '.join(PAGE_FORMATS)}):form>", endpoint="download")
def download_candidates(form: str) -> ResponseReturnValue:
    """Send the filtered list, or only the ticked suppliers, as a file: band after band, but by rank in JSON, as the command line does."""
    query = usable_query(request.args)
    response = answer_query(desk(), query)
    # The ticked suppliers, else the first ones of the list, then those of another trade or not eligible.
    matches = response.matches_of(query.several("retenu")) or response.listing.file(LONGEST_FILE)
    answer_given = response.answer_with(response.with_sources(matches))
    name = f"candidats-{response.ranking.ask.on}.{form}"
    if LIST_FORMATS[form].by_rank:
        by_rank = sorted(answer_given.matches, key=lambda match: (match.rank is None, match.rank or 0))
        answer_given = replace(answer_given, matches=tuple(by_rank))
    lists = ListsToWrite([answer_given], desk().contacts_of, desk().sources(), SCREEN)
    return attachment(name, LIST_FORMATS[form].write(lists), len(answer_given.matches))


@pages.get("/candidats/imprimer", endpoint="printed")
def print_candidates() -> ResponseReturnValue:
    """Show the list for printing on A4: the first candidates of each part, or only the ticked ones."""
    query = usable_query(request.args)
    response = answer_query(desk(), query)
    # The ticked suppliers, else the part shown or each band, as (title, candidates, how many more there are).
    ticked, room = response.with_sources(response.matches_of(query.several("retenu"))), LONGEST_PAPER
    parts = [(count(len(ticked), "retenue", "retenues"), ticked, 0)] if ticked else []
    if not ticked:
        for part in [query.part] if query.part else BANDS:
            if total := response.listing.count(part):
                candidates = response.with_sources(response.listing.page(part, 1, room))
                room -= len(candidates)
                parts.append((f"{WORDS[part].title} : {number(total)}", candidates, total - len(candidates)))
    matches = [match for _, shown, _ in parts for match in shown]
    contacts = desk().contacts_of({match.id for match in matches})
    head = list_head(matches, response.reading, contacts)
    return render_template(
        "need/impression.html",
        answer=response,
        query=query,
        parts=[(paper_table(title, shown, contacts, head.asked_of), more) for title, shown, more in parts],
        says=[*head.lines(), distance_weight(matches), ages_said(desk().sources(), desk().today())],
        logo=logo_address(),
        notice=NOTICE,
    )


@pages.get("/candidats/besoins.csv", endpoint="correction")
def send_correction() -> ResponseReturnValue:
    """Send the need with the activities that a person chose for it, as a training file of one line for `entremise apprendre`."""
    query = usable_query(request.args)
    need = object_of(query.text("besoin"))
    if not (query.reading.told and need):
        abort(404)
    sentence = corrected_sentence(need, [guess.code for guess in query.reading.activities])
    return attachment("besoins.csv", corpus_file([sentence]))


@pages.get("/candidats/ecartes", endpoint="refused")
def show_refused() -> ResponseReturnValue:
    """Show the suppliers that one gate (eligibility rule) refuses, nearest first, with their reasons."""
    query = usable_query(request.args)
    response = answer_query(desk(), query)
    gate = request.args.get("gate", "")
    reasons = {refusal.gate: refusal for refusal in response.ranking.refusals()}
    if gate not in reasons:
        abort(404)
    kept_out = response.ranking.refused_by(gate)
    last = max(1, -(-len(kept_out) // REFUSED_PAGE))
    page = min(query.page, last)
    rows = kept_out[(page - 1) * REFUSED_PAGE : page * REFUSED_PAGE]
    return render_template(
        "need/ecartes.html",
        answer=response,
        query=query,
        refusal=reasons[gate],
        matches=response.ranking.matches(rows, [None] * len(rows)),
        page=page,
        last=last,
    )


@pages.get("/carte/departements.geojson")
def outlines() -> ResponseReturnValue:
    """Send the outlines of the départements, the base map of the pages, as GeoJSON."""
    return send_file(
        shipped_path("data/reference/departements.geojson"), mimetype="application/geo+json", max_age=86_400
    )


def _words_of(answer: AnsweredQuery) -> list[str]:
    """Return the glossary words that the page uses and must explain."""
    kinds = {kind.value for match in answer.candidates for kind in match.kinds}
    words = [*WORDS_OF_LIST, *sorted(kinds)]
    if not answer.known_count:
        words.append("PMSMP")
    if answer.reading.lot.levier or answer.reading.levier_hint:
        words += ["levier", "SIAE", "STPA"]
    return [word for word in dict.fromkeys(words) if word in glossary()]


@dataclass(frozen=True, slots=True)
class MapPoint:
    """Position of a candidate on the map: its nearest site, then its others, as « lat,lon » in WGS84 degrees."""

    nearest: str
    others: str


def _points(answer: AnsweredQuery) -> dict[str, MapPoint]:
    """Return the sites of the candidates of this page, by supplier id; candidates without coordinates are absent."""
    ask = answer.ranking.ask
    points = {}
    for match in answer.candidates:
        row = ask.shelf.find(match.id)
        sites = ask.sites(row) if row is not None else []
        if sites:
            written = [f"{lat:.4f},{lon:.4f}" for lat, lon in sites]
            points[match.id] = MapPoint(written[0], " ".join(written[1:]))
    return points


def _add_to_query(query: Query, answer: AnsweredQuery, what: str, value: str) -> tuple[Query | None, str]:
    """Return the query with `value` added to the field `what` (`metier` replaces the trades read), else None and the French fault."""
    value = value.strip()
    if not value:
        return None, "Écrivez ce que vous voulez ajouter."
    if what in ("activite", "metier"):
        code = activity_written(value)
        if not code:
            return None, f"« {value[:80]} » : métier non reconnu. Dites-le autrement, par exemple « espaces verts »."
        codes = [guess.code for guess in answer.activities] if what == "activite" else []
        return query.but(activite=[*codes, code]), ""
    if what == "ou":
        return query.but(ou=[*(place.key for place in answer.reading.places), value]), ""
    if what == "demande" and value in SupplierKind.__members__:
        return query.but(demande=[*(kind.value for kind in answer.reading.kinds_asked), value]), ""
    if what == "levier" and value in ASKED_LEVERS:
        return query.but(levier=value), ""
    return None, "Choisissez dans la liste ce que vous voulez ajouter."
