"""Terminal output of the `entremise dossier` commands: one dossier, the list of dossiers, changes since a list was frozen."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from matcher.cli.frame.outlet import KNOWN, REFUSED, UNKNOWN, facts_grid, headed_table, print_list
from matcher.domain.french import day, moment, number, unit
from matcher.dossiers.dossier import Dossier, SavedLot, State, Status
from matcher.dossiers.files.workbook import frozen_on, heading
from matcher.dossiers.since import Since
from matcher.dossiers.store import DossierSummary
from matcher.reference.wordings import persona_wording

MARKS = {
    Status.TO_CONTACT: "○",
    Status.CONTACTED: "◐",
    Status.INTERESTED: "✓",
    Status.CHOSEN: "✓",
    Status.NOT_INTERESTED: "✕",
    Status.NO_ANSWER: "···",
}


def print_dossier(dossier: Dossier, out: Console) -> None:
    """Print a dossier: heading, each lot with its list, decisions, journal."""
    out.print(facts_grid([*heading(dossier), ("Version", str(dossier.version))]))
    if dossier.deleted:
        out.print(f"{REFUSED} supprimé le {moment(dossier.deleted)} : « entremise dossier restore {dossier.id} »")
    for lot in dossier.lots:
        out.print(f"\n[bold]Lot {lot.number}  {escape(lot.title)}[/bold]")
        out.print(f"[dim]Liste figée le {frozen_on(lot)}, {number(len(lot.frozen.matches))} candidats vus.[/dim]")
        out.print(Text(lot.answer))
        if lot.entries:
            out.print(_entries(lot))
        for removal in lot.removed:
            sentence = f"{REFUSED} {removal.entry.match.name}, retiré par {removal.who} : {removal.reason}"
            out.print(Text(sentence, style="dim"))
    for decision in dossier.decisions:
        out.print(f"\n[bold]{escape(decision.decision.kind.capitalize())}  {escape(decision.decision.title)}[/bold]")
        out.print(f"[dim]Décision figée le {moment(decision.at)} par {escape(decision.who)}.[/dim]")
        out.print(Text(decision.decision.answer))
    out.print("\n[bold]Journal[/bold]")
    for event in dossier.journal:
        out.print(Text(f"{event.number:>3}  {moment(event.at)}  {event.who} {event.change.says(dossier)}"))


def print_dossiers(lines: Sequence[DossierSummary], out: Console) -> None:
    """Print a list of dossiers in the order given."""
    facts = ("Étape", "Suivi par", "Offres", "Prochaine étape", "Réponses", "Changé le")
    rows = []
    for line in lines:
        header, course = line.header, line.course
        answers = ", ".join(f"{times} {status}" for status, times in line.statuses.items())
        offers, on = (day(on) if on else "" for on in (course.offers_by, course.next_on))
        stage = str(line.state) if line.state is State.CLOSED else str(course.stage or "")
        step = "\n".join(filter(None, (course.next_step, on)))
        cells = (header.title, header.buyer, stage, course.follower, offers, step, answers)
        rows.append((line.number, *cells, day(line.updated)))
    print_list(headed_table(("Numéro", "Titre", persona_wording("client"), *facts), rows), "dossier", out)


def print_since(news: Sequence[tuple[SavedLot, Since]], out: Console) -> None:
    """Print the changes in the catalogue since each list was frozen."""
    if not news:
        out.print("Aucune liste n’est figée dans ce dossier.")
    for lot, changed in news:
        out.print(Text(f"Lot {lot.number}, depuis le {moment(lot.at)} : {changed.sentence}.", style="bold"))
        for gone in changed.lost:
            out.print(Text(f"  {REFUSED} {gone.match.name} : {' ; '.join(gone.reasons)}"))
        for updated in changed.updated:
            out.print(Text(f"  {KNOWN} {updated.match.name} : {' ; '.join(updated.differences)}"))
        for match in changed.candidates:
            score = f" ({number(match.score, 1)})" if match.scored else ""
            out.print(Text(f"  {UNKNOWN} candidat possible : {match.name}{score}  {match.id}"))


def _entries(lot: SavedLot) -> Table:
    figures = (Column(header, justify="right", no_wrap=True) for header in ("Distance", "Score", "Connu"))
    rows = []
    for place, entry in enumerate(lot.entries, start=1):
        match = entry.match
        km = "" if match.distance_km is None else unit(match.distance_km, "km")
        score = number(match.score, 1) if match.scored else ""
        details = [", ".join(match.kinds), "ajouté" if entry.added else "", entry.note, entry.reason]
        named = Text.assemble((match.name, "bold"), f"\n{' · '.join(filter(None, details))}\n{match.id}")
        on = f"\n{day(entry.status_on)} · {entry.status_by}" if entry.status_on else ""
        again = f"\nà rappeler le {day(entry.again)}" if entry.again else ""
        status = f"{MARKS[entry.status]} {entry.status}{on}{again}"
        rows.append((str(place), named, km, score, unit(match.coverage * 100, "%"), status))
    return headed_table((Column(justify="right", style="cyan"), "Structure et note", *figures, "Suivi"), rows)
