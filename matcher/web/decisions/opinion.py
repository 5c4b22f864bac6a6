"""Page « L’avis »: opinion on whether to reserve a lot, under which article and at what size, with its evidence, legal notes and a curve by lot size."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from math import ceil, floor, log10

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.decisions.asked import DecisionRefused
from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import Candidate
from matcher.decisions.opinion import law_words, next_steps, words
from matcher.decisions.opinion.answer import Advice, advise
from matcher.decisions.opinion.compute import Opinion
from matcher.decisions.opinion.document import advice_document, advice_object, advice_tables, proof, questions_for
from matcher.decisions.opinion.law import ToldByBuyer
from matcher.decisions.question import inputs_of
from matcher.decisions.workload import LotSize, NeedRefused, Workload, workload_of
from matcher.domain.french import number, unit
from matcher.domain.reading import Reading
from matcher.need.answer import as_of, lay_on_shelf
from matcher.need.criteria import size_lines
from matcher.need.title import title_of
from matcher.reference.levers import lever
from matcher.render.document import Document, DocumentRow
from matcher.web.decisions.procedure import procedure_of
from matcher.web.decisions.row_links import leading
from matcher.web.frame.app_state import buyer_defaults, desk, kept_nature, logo_address
from matcher.web.frame.file_response import document_attachment
from matcher.web.frame.forms import PageForm, render_answer, text_on_one_line
from matcher.web.frame.question_form import asks, faults_of, question_of
from matcher.web.need.address import Query, usable_query
from matcher.web.need.answer import declined_for, teams_for
from matcher.web.need.form import need_form
from matcher.web.need.question import trade_choices

# Fields that give the size of the lot.
SIZES = tuple(one.field_name for one in inputs_of(LotSize).values())


@asks(LotSize, ToldByBuyer, Assumptions)
class SupposedForm(PageForm):
    """Form of the size of a lot, of the buyer's facts for the law and of the assumptions of an opinion."""

    @property
    def values(self) -> dict[str, str]:
        """The typed texts by field, without the empty ones."""
        typed = {field.name: text_on_one_line(next(iter(field.raw_data or ()), "")) for field in self}
        return {name: text for name, text in typed.items() if text}

    @property
    def assumptions(self) -> Assumptions:
        """The assumptions, with the thresholds of the form."""
        return question_of(self, Assumptions)

    @property
    def buyer_facts(self) -> ToldByBuyer:
        """The buyer's facts for the law; the form must have no faults. The default nature is the organisation's own."""
        facts = question_of(self, ToldByBuyer)
        return replace(facts, nature=facts.nature or kept_nature())

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield the faults of the buyer's facts as a whole."""
        yield from faults_of(question_of(self, ToldByBuyer))

    def need(self, reading: Reading) -> Workload:
        """Return the workload of the lot (in ETP, full-time equivalents). Raises NeedRefused."""
        typed = {name: text.replace("−", "-") for name, text in asdict(question_of(self, LotSize)).items()}
        return workload_of(reading, self.assumptions, **typed)

    def refuse(self, refusal: NeedRefused) -> None:
        """Add the refusal of a size as a fault of the field that gave it, by default the first."""
        self.faults[next((name for name in SIZES if self[name].data), SIZES[0])] = str(refusal)


pages = Blueprint("opinion", __name__)

# Glossary words explained at the end of the page.
WORDS = (
    "achat direct",
    "seuils européens",
    "lot réservé",
    "L2113-12",
    "L2113-13",
    "clause sociale",
    "SPASER",
    "sourcing",
    "ETP",
    "PMSMP",
    "CCAP",
)


@pages.get("/avis", endpoint="show")
def show_opinion() -> ResponseReturnValue:
    """Show the opinion on the need of a query, or the need's form again where a field has a fault."""
    query = Query.of(request.args, buyer_defaults())
    if faults := query.faults():
        return need_form(query, faults)
    supposed = SupposedForm(request.args)
    advice = _advice(query, supposed)
    opinion = advice.opinion if advice else None
    return render_answer(
        supposed.faults,
        "decisions/opinion/avis.html",
        query=query,
        supposed=supposed,
        advice=advice,
        its=opinion,
        behind=desk().behind(),
        trades=_trade_links(query, supposed, advice.reading) if advice else [],
        logo=logo_address(),
        curve=size_curve(advice.opinion) if advice else None,
        words=words,
        steps=next_steps,
        called=[
            CalledStructure(one, *proof(advice, one), questions_for(advice, one)) for one in advice.opinion.told.called
        ]
        if advice
        else [],
        article=lever(opinion.told.lever).article if opinion else "",
        told=advice_document(advice, _title(query)) if advice else None,
        tables=advice_tables(advice) if advice else {},
        to_why=lambda row, at: (
            query.but(levier=opinion.told.lever).url("why.show", id=row.about) if opinion and not at else ""
        ),
        to_lever=_to_lever(advice.opinion, query, supposed) if advice else None,
        law=list(law_words.law_sentences(advice.opinion.law)) if advice else [],
        size_lines=size_lines,
        terms=WORDS,
        sizes=SIZES,
        thresholds=[one.field_name for one in inputs_of(Assumptions).values()],
    )


@pages.get("/avis/avis.<any(json, xlsx):form>", endpoint="download")
def download_opinion(form: str) -> ResponseReturnValue:
    """Send the opinion as a file."""
    query = usable_query(request.args)
    advice = _advice(query, SupposedForm(request.args)) or abort(400)
    return document_attachment(
        f"avis-{advice.on}.{form}", advice_document(advice, _title(query)), lambda: advice_object(advice)
    )


def opinion_decision(arguments: MultiDict[str, str]) -> Document | None:
    """Return the opinion of these arguments as a document for a dossier; None where there is none."""
    query, supposed = Query.of(arguments, buyer_defaults()), SupposedForm(arguments)
    if query.faults():
        return None
    advice = _advice(query, supposed)
    if advice is None:
        return None
    return advice_document(advice, _title(query), query.url("opinion.show", **supposed.values))


@dataclass(frozen=True, slots=True)
class CalledStructure:
    """A structure to call: the proof of its trade and its source (each may be empty), and the questions to ask."""

    candidate: Candidate
    why: str
    source: str
    ask: tuple[str, ...]

    @property
    def row(self) -> DocumentRow:
        """The structure as a table row, for the link functions of tables."""
        return DocumentRow((self.candidate.name,), self.candidate.id)


def _trade_links(query: Query, supposed: SupposedForm, reading: Reading) -> list[tuple[str, str]]:
    """Return (label, address) of each likely trade of a need whose trade is in doubt."""
    choices = trade_choices(reading)
    return [(label, query.but(activite=codes).url("opinion.show", **supposed.values)) for label, codes in choices]


def _title(query: Query) -> str:
    return title_of(query.text("besoin"))


def _advice(query: Query, supposed: SupposedForm) -> Advice | None:
    """Compute the opinion; None where the form has faults; a refused size becomes a fault."""
    ask = lay_on_shelf(as_of(query.reading, desk().today()), desk().shelf(), desk().today(), declined_for(query))
    try:
        need = supposed.need(ask.reading)
    except NeedRefused as refusal:
        supposed.refuse(refusal)
    if supposed.faults:
        return None
    try:
        facts = replace(supposed.buyer_facts, procedure=procedure_of(query))
        return advise(desk().engine, ask, need, supposed.assumptions, facts, teams_for(query))
    except DecisionRefused as refusal:
        supposed.faults[refusal.field] = str(refusal)
        return None


def _to_lever(opinion: Opinion, query: Query, supposed: SupposedForm) -> Callable[[DocumentRow, int], str]:
    """Return the link function of the table of other levers: each row leads to the opinion under that lever."""
    codes = [one.lever for one in opinion.levers if one.lever != opinion.told.lever]
    addresses = [query.but(levier=code).url("opinion.show", **supposed.values) for code in codes]
    return leading(
        {label: address for (label, _, _), address in zip(next_steps.others(opinion), addresses, strict=True)}
    )


# Size and margins of the chart « Jusqu’à quelle taille ? », in SVG units.
WIDTH, HEIGHT = 360, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 30, 350, 24, 196
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A graduation of an axis: position and label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class SizeCurve:
    """Chart of candidates by lot size: axes (`across`, `up`), `line` and uncertainty `band` as SVG point lists, `wanted` threshold, and the
    position of the `lot`, None where its size is unknown."""

    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    line: str
    band: str
    wanted: Tick
    lot: Tick | None
    lot_at: float
    says: str

    left, right, top, bottom = _LEFT, _RIGHT, _TOP, _BOTTOM
    width, height = WIDTH, HEIGHT


def size_curve(opinion: Opinion) -> SizeCurve | None:
    """Draw the number of candidates that remain as the lot grows; None where there are none."""
    if not opinion.understood or not opinion.told.candidates:
        return None
    steps, wanted = opinion.steps, opinion.assumed.wanted
    last = steps[-1].etp
    highest = max(wanted, *(step.candidates.high for step in steps))
    gap = max(_round_step(highest), 1.0)
    most = ceil(highest / gap) * gap

    def x(etp: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * etp / last, 1)

    def y(candidates: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * candidates / most, 1)

    highs = [(x(step.etp), y(step.candidates.high)) for step in steps]
    lows = [(x(step.etp), y(step.candidates.low)) for step in reversed(steps)]
    etp = opinion.need.etp
    return SizeCurve(
        across=tuple(Tick(x(at), number(at, 2)) for at in _marks(last, _round_step(last))),
        up=tuple(Tick(y(at), number(at)) for at in _marks(most, gap)),
        line=_points([(x(step.etp), y(step.candidates.likely)) for step in steps]),
        band=_points([*highs, *lows]),
        wanted=Tick(y(wanted), f"seuil : {number(wanted)}"),
        lot=None if etp is None else Tick(x(min(etp, last)), f"votre lot : {unit(etp, 'ETP', 1)}"),
        lot_at=y(opinion.told.able.likely),
        says=f"Candidats probables selon la taille du lot : {number(steps[0].candidates.likely, 1)} pour {unit(steps[0].etp, 'ETP', 2)}, "
        f"{number(steps[-1].candidates.likely, 1)} pour {unit(last, 'ETP', 2)}.",
    )


def _round_step(most: float) -> float:
    """Return the round step (1, 2, 5 or 10 times a power of ten) that cuts `most` into about `_TICKS` intervals."""
    rough = most / _TICKS
    power = 10.0 ** floor(log10(rough))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= rough)


def _marks(most: float, gap: float) -> list[float]:
    return [round(gap * at, 4) for at in range(int(most / gap + 1e-9) + 1)]


def _points(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
