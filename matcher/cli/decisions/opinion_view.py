"""Terminal output of an opinion on reserving."""

from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from matcher.cli.frame.console import console
from matcher.cli.need.view import understood
from matcher.decisions.opinion import law_words, words
from matcher.decisions.opinion.answer import Advice
from matcher.decisions.opinion.compute import Opinion, OpinionVerdict
from matcher.decisions.opinion.document import reached, standing
from matcher.decisions.sizing import SizeStep
from matcher.domain.french import NO_BREAK, count, day, number, unit

BAR = 24
# Candidates shown; the others are counted, and in the files.
SHOWN = 12
CURVE_LINES = 8


def show_advice(advice: Advice, output: Path | None) -> None:
    """Print an opinion: the conclusion first, then why, the candidates, the sizes, the other ways and the hypotheses."""
    its = advice.opinion
    with console(output) as out:
        out.print(understood(advice.reading))
        out.print(Text(words.headline(its), style="bold"))
        out.print(_scale(its))
        for reason in words.reasons(its):
            out.print(Text(reason))
        if its.counted:
            out.print(_chances(its))
            if its.told.found:
                out.print(_candidates(advice))
            for sentence in words.sizes(its):
                out.print(Text(sentence))
            out.print(_curve(its.steps))
            out.print(_others(its))
            out.print(_ladder(its))
        if sentence := words.notice(its):
            out.print(Text(f"À coller dans l’avis{NO_BREAK}: {sentence}", style="italic"))
        out.print("[dim]Hypothèses :[/dim]")
        for hypothesis in its.assumed.says():
            out.print(f"[dim]  · {escape(hypothesis)}[/dim]")
        for sentence in words.backtested():
            out.print(f"[dim]{escape(sentence)}[/dim]")
        suppliers = count(advice.catalogue_suppliers, "fournisseur")
        out.print(
            f"[dim]{words.NOTICE} Catalogue version {advice.catalogue_version}, {suppliers}, {day(advice.on)}.[/dim]"
        )


def _scale(its: Opinion) -> Text:
    scale = Text()
    for verdict in OpinionVerdict:
        chosen = verdict is its.verdict
        scale.append(f"{'●' if chosen else '○'} {verdict}   ", style="bold" if chosen else "dim")
    return scale


def _chances(its: Opinion) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for label, chance in words.chances(its):
        bar = "█" * round(chance.low * BAR)
        bar += "▒" * (round(chance.high * BAR) - len(bar))
        table.add_row(
            label,
            bar.ljust(BAR, "·"),
            Text(words.percent(chance.likely), style="bold"),
            f"{words.percent(chance.low)} à {words.percent(chance.high)}",
        )
    return table


def _candidates(advice: Advice) -> Table:
    found = advice.opinion.told.found
    more = f" ({SHOWN} sur {len(found)})" if len(found) > SHOWN else ""
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, title=f"Candidats{more}", title_justify="left", title_style="bold"
    )
    for header in ("Structure", "À", "Ce qu’on en sait", "Effectif", "Capacité déclarée"):
        table.add_column(header, overflow="fold")
    for one in found[:SHOWN]:
        known = advice.means.get(one.id)
        table.add_row(
            Text(f"{one.name} ({', '.join(one.kinds)}, {one.city or 'commune non connue'})"),
            "non connu" if one.distance_km is None else unit(one.distance_km, "km"),
            standing(one),
            "non connu" if one.workers is None else number(one.workers, 1),
            Text((known.capacity if known else "") or "non connue"),
        )
    return table


def _curve(steps: Sequence[SizeStep]) -> Table:
    table = Table(
        box=None, show_header=False, pad_edge=False, title="Taille du lot et candidats probables", title_justify="left"
    )
    widest = max((step.candidates.high for step in steps), default=0.0) or 1.0
    for step in steps[1 :: max(len(steps) // CURVE_LINES, 1)]:
        full = round(step.candidates.likely / widest * BAR)
        unsure = round(step.candidates.high / widest * BAR) - full
        figures = f"{number(step.candidates.low, 1)} à {number(step.candidates.high, 1)}"
        table.add_row(unit(step.etp, "ETP", 1), "█" * full + "▒" * unsure, number(step.candidates.likely, 1), figures)
    return table


def _ladder(its: Opinion) -> Table:
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False, title="Ce que change le montant", title_justify="left", title_style="bold")  # fmt: skip
    for step in law_words.ladder(its.law):
        table.add_row(f"à partir de {step.amount}", step.changes, f"atteint : {reached(step)}")
    table.caption, table.caption_justify = law_words.basis(its.law), "left"
    return table


def _others(its: Opinion) -> Table:
    table = Table(
        box=box.SIMPLE,
        show_header=False,
        pad_edge=False,
        title="Les autres voies",
        title_justify="left",
        title_style="bold",
    )
    for label, candidates, gives in words.others(its):
        table.add_row(label, candidates, gives)
    for label, gives, _ in words.beside(its):
        table.add_row(label, "s’ajoute à tout", gives)
    return table
