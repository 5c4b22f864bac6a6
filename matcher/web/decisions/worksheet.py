"""Worksheet page of a purchase programme: lines as read, each with its lever (reservation or clause), open questions, answers given, parsing of answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from secrets import token_urlsafe

from flask import render_template, request

from matcher.decisions.candidates import RESERVING
from matcher.decisions.opinion.compute import OpinionVerdict
from matcher.decisions.purchases.families.compute import NeedFamily
from matcher.decisions.purchases.families.words import family_note, nature_asked
from matcher.decisions.purchases.lever_shares import (
    NONE,
    PNAD,
    PNAD_SHARE,
    SOCIAL,
    TO_SETTLE,
    imposed_words,
    lever_shares,
    share_label,
)
from matcher.decisions.purchases.line import NO_TRADE, NO_TRADE_LABEL, LineFacts, LineQuestion, Purchase
from matcher.decisions.purchases.programme import LineAnswer, asks_of, only_place_supposed, shared_remarks
from matcher.decisions.purchases.programme_document import (
    ProgrammeAnswer,
    calls_left_out,
    calls_to_make,
    line_of,
    structures_table,
)
from matcher.decisions.purchases.sheet_answers import LikeLines, SheetAnswer, SheetAnswers, alike, like_lines
from matcher.decisions.purchases.spending_document import SpendingSnapshot, tax_questions
from matcher.decisions.purchases.study import Study
from matcher.domain.french import number
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.web.decisions.row_links import leading
from matcher.web.frame.app_state import desk, signer_of
from matcher.web.frame.forms import Line, OneOf, PageForm, figure
from matcher.web.frame.paging import Paging, page_number
from matcher.web.need.address import Query, query_of

PAGE = 100
# Most suppliers, and most questions, shown above the lines.
SUPPLIERS, QUESTIONS = 20, 6
# Number of questions announced as settling most lines.
_FIRST = 3
_MOST_YEARS = 50
_LONGEST_PLACE = 200
ALL, TO_COMPLETE, WITHOUT = "", "a-completer", "sans-levier"
_ANONYMOUS = "quelqu’un"


class LinesForm(PageForm):
    """Form of a person's answer on lines of a sheet; empty fields are not part of the answer."""

    metier = OneOf(
        "Métier",
        [("", "tel que lu"), (NO_TRADE, NO_TRADE_LABEL), *((leaf.code, leaf.label) for leaf in taxonomy().leaves)],
    )
    lieu = Line("Lieu", most=_LONGEST_PLACE)
    montant = Line("Montant")
    taxe = OneOf("Taxe", [("", "telle que lue"), ("ht", "HT"), ("ttc", "TTC")])
    tva = figure("TVA", 0, 100)
    periode = OneOf("Période", [("", "telle que lue"), ("an", "par an"), ("total", "en tout")])
    ans = figure("Années", 0.1, _MOST_YEARS)

    @property
    def facts(self) -> LineFacts:
        """The facts that the form gives."""
        taxed = {"ht": False, "ttc": True}.get(self.taxe.data)
        return LineFacts(
            amount=self.montant.data,
            taxed=taxed,
            vat=self.tva.data if taxed else None,
            yearly={"an": True, "total": False}.get(self.periode.data),
            months=None if self.ans.data is None else round(12 * self.ans.data, 1),
            place=self.lieu.data,
            activity=self.metier.data,
        )


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A line of the worksheet: `asks` are its open questions, `opinion` and `candidates` the addresses of these pages (may be empty)."""

    key: str
    number: str
    bought: str
    line: Purchase
    answer: LineAnswer
    asks: tuple[LineQuestion, ...]
    written: str
    share: str
    smaller: bool
    article: str
    law: str
    passing: NeedFamily | None
    opinion: str
    candidates: str


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """A stored answer: its number, author, French words, and number of lines."""

    number: int
    who: str
    says: str
    lines: int


def worksheet_page(
    study: Study,
    response: ProgrammeAnswer,
    answers: SheetAnswers,
    form: LinesForm | None = None,
    missed: Sequence[SheetAnswer] = (),
) -> str:
    """Render the page, with a refused `form` and the answers by others (`missed`) that conflict with it."""
    part = request.args.get("part", ALL)
    rows = _rows(response, part)
    paging = Paging(page_number(request.args), PAGE, len(rows))
    shares, whole = lever_shares(response.programme), response.programme.whole
    groups = like_lines(response.programme)
    structures = structures_table(response)
    counted = response.programme.counted_lines
    ready = sum(share_label(answer) in SOCIAL for _, answer in counted)
    return render_template(
        "decisions/purchases/programme.html",
        note=family_note,
        calls=calls_to_make,
        calls_left_out=calls_left_out(response.programme),
        nature=nature_asked(response.families),
        study=study,
        its=response,
        rows=paging.of(rows),
        paging=paging,
        part=part,
        parts=[
            (TO_COMPLETE, "À compléter", len(response.programme.to_settle)),
            (ALL, "Toutes", len(counted)),
            (WITHOUT, NONE, sum(share_label(answer) == NONE for _, answer in counted)),
        ],
        shares=shares,
        most=max((share.amount + share.supposed for share in shares), default=0),
        whole=whole,
        social=(social := response.social),
        imposed=imposed_words(social),
        mark=PNAD_SHARE,
        mark_says=PNAD,
        questions=groups[:QUESTIONS],
        doubts=sum(len(one.lines) for one in groups),
        remarks=[
            (says, [line_of(response, rank) for rank in ranks]) for says, ranks in shared_remarks(response.programme)
        ],
        first=(groups[:_FIRST], sum(len(one.lines) for one in groups[:_FIRST])),
        kinds=LineQuestion,
        to_complete=len(response.programme.to_settle),
        placed=len(only_place_supposed(response.programme)),
        to_settle=TO_SETTLE,
        key=token_urlsafe(8),
        given=given_answers(answers),
        missed=[answer_shown(0, one) for one in missed],
        form=form or LinesForm(),
        chosen=frozenset(request.form.getlist("ligne")) if form else frozenset(),
        version=answers.version,
        trades=taxonomy(),
        no_trade=(NO_TRADE, NO_TRADE_LABEL),
        ready=ready,
        structures=replace(structures, title="Qui revient le plus", rows=structures.rows[:SUPPLIERS]),
        reached=len(structures.rows),
        to_supplier=leading(),
        skipped=len(response.programme.purchases) - len(counted),
        stale=study.version != response.shelf.version,
    )


def questions_of(answer: ProgrammeAnswer | SpendingSnapshot) -> tuple[set[str], list[LikeLines]]:
    """Return the keys of the lines of a sheet that accept answers, and their open questions."""
    if isinstance(answer, SpendingSnapshot):
        return {line.entry.key for line in answer.spending.lines}, tax_questions(answer.spending.lines)
    return {line.entry.key for line in answer.programme.purchases if line.need}, like_lines(answer.programme)


def answer_of_form(study_answer: ProgrammeAnswer | SpendingSnapshot, form: LinesForm) -> SheetAnswer | None:
    """Return the answer of a form for the ticked lines of the sheet, or also for lines with the same questions (`pour=semblables`); None where
    it gives no fact or no known line."""
    line_facts = form.facts
    known, groups = questions_of(study_answer)
    keys = tuple(key for key in dict.fromkeys(request.form.getlist("ligne")) if key in known)
    if not line_facts.settles or not keys:
        return None
    lines = alike(groups, keys, line_facts) if request.form.get("pour") == "semblables" else keys
    return SheetAnswer(signer_of(request.form), _now(), lines, line_facts)


def taken_back(number: int) -> SheetAnswer:
    """Return the answer that undoes answer `number`."""
    return SheetAnswer(signer_of(request.form), _now(), takes_back=number)


def _now() -> str:
    return desk().now().isoformat(timespec="seconds")


def _rows(response: ProgrammeAnswer, part: str) -> list[SheetRow]:
    """Return the lines of a part of the sheet, in file order; those to complete by priority."""
    rank = {line.entry.where: at for at, line in enumerate(response.programme.purchases)}
    lines = response.programme.to_settle if part == TO_COMPLETE else response.programme.counted_lines
    rows = []
    for line, answer in lines:
        if part == WITHOUT and share_label(answer) != NONE:
            continue
        opinion, candidates = _addresses(line, answer)
        cell = line.entry.fields.get("montant")
        rows.append(
            SheetRow(
                key=line.entry.key,
                number=line_of(response, rank[line.entry.where]),
                bought=" ".join((line.entry.text("objet") or " ".join(filter(None, line.entry.cells))).split()),
                line=line,
                answer=answer,
                asks=asks_of(line, answer),
                written=cell.text if cell else "",
                share=share_label(answer),
                smaller=answer.verdict == OpinionVerdict.SMALLER,
                article=lever(answer.lever).article if answer.lever in RESERVING else "",
                law=response.law_of(line, answer),
                passing=response.passing(line),
                opinion=opinion,
                candidates=candidates,
            )
        )
    return rows


def query_of_line(line: Purchase, answer: LineAnswer) -> Query | None:
    """Return the query of a line, with the answers given and its assumed place; None where it has no need."""
    if line.need is None or not (line.need.lot.objet or line.need.lot.cpv):
        return None
    need = line.need
    query = query_of(need.lot).but(activite=need.chosen.activities)
    return query.but(lieu=need.defaults.place) if answer.supposed else query


def _addresses(line: Purchase, answer: LineAnswer) -> tuple[str, str]:
    """Return the addresses of a line's opinion (or of the need's form where not understood) and candidates; each may be empty."""
    query = query_of_line(line, answer)
    if query is None:
        return "", ""
    candidates = query.url("candidates.show") if answer.sure and answer.credible else ""
    return query.url("opinion.show" if answer.sure and not line.without_trade else "form.form"), candidates


def given_answers(answers: SheetAnswers) -> list[AnswerShown]:
    """Return the answers not undone, latest first."""
    return [answer_shown(at, one) for at, one in reversed(answers.standing)]


def answer_shown(at: int, answer: SheetAnswer) -> AnswerShown:
    """Convert the `at`-th answer of a sheet for display."""
    activity = answer.told.activity
    name = NO_TRADE_LABEL if activity == NO_TRADE else taxonomy().label(activity) if activity else ""
    says = f"réponse {number(answer.takes_back)} retirée" if answer.takes_back else answer.told.says(name)
    return AnswerShown(at, answer.who or _ANONYMOUS, says, len(answer.lines))
