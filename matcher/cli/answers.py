"""Commands `entremise reponses …`: exchange signed answers of suppliers between installations (keys, suppliers' agreements to share, export, import)."""

from getpass import getuser
from pathlib import Path

import click
from rich.console import Console
from rich.table import Column

from matcher.accounts.audit import AuditKind, commit_audit_line
from matcher.accounts.organisations import answered_name
from matcher.answers.erasing import forget_key
from matcher.answers.fact import SharedFact, encode_line
from matcher.answers.intake import AnswersReport, answers_report_object, numbered_lines, take_in_answers
from matcher.answers.keys import own_public, signing_key, trust, trusted_keys
from matcher.answers.sharing import BOX_NAMES, agree_by_telephone, every_line, note_handing
from matcher.cli.frame.options import (
    WholeNumber,
    command_group,
    database_option,
    existing,
    own_catalogue,
    owner,
    session_option,
)
from matcher.cli.frame.outlet import Outlet, headed_table, outlet_options, output_option, write_answer
from matcher.clock import now, today
from matcher.db import reading, writing
from matcher.domain.french import count, day, number
from matcher.dossiers.privacy import mute_facts
from matcher.reference.trades.activities import taxonomy

_MOST_LISTED = 20


@command_group("reponses")
def answers_command() -> None:
    """Échange des réponses entre installations, signées.

    Une structure accepte, case par case, que d’autres les reçoivent.
    """


@answers_command.command("cle", epilog="entremise reponses cle")
@click.option("--croire", "trusted", nargs=2, metavar="NOM CLÉ", help="Accepte les réponses que cette clé signe.")
@click.option(
    "--retirer", "dropped", metavar="NOM", help="N’accepte plus cette clé, et efface tout ce qui est venu avec elle."
)
@session_option
@database_option
def key_command(trusted: tuple[str, str] | None, dropped: str | None, author: str, database: str | None) -> None:
    """Donne la clé publique de cette installation, et la liste des clés acceptées.

    La première fois, une clé est tirée au hasard ; la privée reste dans votre dossier de données, lisible de vous seul.
    """
    engine = own_catalogue(database)
    if trusted:
        trust(engine, *trusted, author=author, now=now())
    if dropped:
        erased = forget_key(engine, dropped, mute_facts)
        click.echo(f"« {dropped} » n’est plus acceptée : {count(erased, 'réponse effacée', 'réponses effacées')}.")
    for action, target in (("accepte une clé", trusted and trusted[0]), ("n’accepte plus une clé", dropped)):
        if target:
            commit_audit_line(engine, at=now(), author=author, action=action, target=target)
    click.echo(f"Clé publique de cette installation : {own_public()}")
    rows = ((key.name, key.key, key.who, day(key.since.date())) for key in trusted_keys(engine))
    table = headed_table(("Nom", "Clé acceptée", "Par", "Depuis"), rows)
    Console(highlight=False, soft_wrap=True).print(table if table.row_count else "Aucune autre clé n’est acceptée.")


@answers_command.command("accord", epilog="entremise reponses accord 1 --case metiers --case zone")
@click.argument("correction", metavar="NUMÉRO", type=WholeNumber())
@click.option(
    "--case",
    "boxes",
    multiple=True,
    type=click.Choice(list(BOX_NAMES)),
    help="Ce que la structure accepte ; répétable.",
)
@session_option
@database_option
def agree_command(correction: int, boxes: tuple[str, ...], author: str, database: str | None) -> None:
    """Note ce qu’une structure accepte, au téléphone, de partager d’une réponse ; sans case, elle ne partage plus rien.

    NUMÉRO : celui de la réponse, que « entremise catalogue show » donne. Par son lien, la structure coche elle-même.
    """
    engine = own_catalogue(database)
    asking = owner(engine)
    with writing(engine) as connection:
        by = answered_name(connection, asking)
        agreed = agree_by_telephone(connection, correction, boxes, asked_by=by, now=now())
    commit_audit_line(
        engine, at=now(), author=author, action="note un accord de partage", target=f"réponse {correction}"
    )
    named = ", ".join(name for box, name in BOX_NAMES.items() if box in boxes)
    click.echo(f"Partagé : {named}." if agreed else "Rien n’est partagé de cette réponse.")


@answers_command.command("export", epilog="entremise reponses export -o reponses.jsonl --pour CRESS")
@output_option
@click.option(
    "--pour", "whom", metavar="NOM", default="", help="À qui le fichier est remis : les structures le voient."
)
@database_option
def export_answers_command(output: Path | None, whom: str, database: str | None) -> None:
    """Sort les réponses que des structures acceptent de partager, et les retraits, une ligne JSON chacun, signée."""
    engine = own_catalogue(database, create=False)
    key, at = signing_key(), now()
    with reading(engine) as connection:
        lines = list(every_line(connection, key, today()))
    write_answer(b"".join(encode_line(line) + b"\n" for line in lines), output)
    with writing(engine) as connection:
        note_handing(connection, whom, at)
    facts = sum(isinstance(line, SharedFact) for line in lines)
    counts = f"{count(facts, 'réponse')}, {count(len(lines) - facts, 'retrait')}"
    commit_audit_line(
        engine,
        at=now(),
        author=getuser(),
        action="sort des réponses",
        target=whom,
        detail=counts,
        kind=AuditKind.EXPORT,
    )
    click.echo(f"{counts}.", err=True)


@answers_command.command("import", epilog="entremise reponses import reponses.jsonl")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option(
    "--accepter", "accept", is_flag=True, help="Prend ce qui est bon ; sinon, compte seulement, sans rien écrire."
)
@session_option
@outlet_options("table", "json")
@database_option
def import_answers_command(file: Path, accept: bool, author: str, outlet: Outlet, database: str | None) -> None:
    """Lit un fichier de réponses d’une autre installation : ce qui s’y trouve, par structure et par métier, puis, avec --accepter, le prend.

    Chaque ligne refusée est dite, avec son numéro et la raison ; les autres entrent.
    """
    engine = own_catalogue(database)
    with existing(file).open("rb") as content:
        report = take_in_answers(engine, numbered_lines(content), now=now(), mute=mute_facts, accept=accept)
    if accept:
        counts = f"{count(report.applied, 'réponse prise', 'réponses prises')}, {count(report.erased, 'effacée')}"
        keys = ", ".join(report.by_key)
        commit_audit_line(engine, at=now(), author=author, action="prend des réponses", target=keys, detail=counts)
    outlet.send(table=lambda out: _show(report, out), json=lambda: answers_report_object(report))


def _show(report: AnswersReport, out: Console) -> None:
    """Print the counts of a file of answers, which a person checks before accepting it."""
    out.print(
        f"{count(report.lines, 'ligne')} : {count(report.facts, 'réponse')}, {count(report.withdrawals, 'retrait')}, "
        f"{count(report.refused, 'ligne refusée', 'lignes refusées')}."
    )
    if report.already:
        out.print(f"{count(report.already, 'ligne')} d’un fichier d’avant : rien à refaire.")
    if report.by_key:
        keys = ", ".join(f"{name} ({number(figure)})" for name, figure in report.by_key.most_common())
        out.print(f"Signées par : {keys}")
    _show_counts(report, out)
    if report.absent:
        out.print(
            f"{count(report.absent, 'réponse')} de structures absentes du catalogue : elles attendent qu’elles y soient."
        )
    for refusal in report.refusals:
        out.print(f"Ligne {refusal.number} : {refusal.reason}.", markup=False)
    if (more := report.refused - len(report.refusals)) > 0:
        out.print(f"Et {count(more, 'autre ligne refusée', 'autres lignes refusées')}.")
    if report.accepted:
        out.print(f"{count(report.applied, 'réponse prise', 'réponses prises')}, {count(report.erased, 'effacée')}.")
    elif report.facts or report.withdrawals:
        out.print("[dim]Rien n’est écrit. Pour prendre ce qui est bon : la même commande avec --accepter.[/dim]")


def _show_counts(report: AnswersReport, out: Console) -> None:
    by_trade = report.by_trade
    codes = sorted({code for code, _ in by_trade}, key=lambda code: (-by_trade[code, True], code))
    trades = [(taxonomy().label(code), *(number(by_trade[code, does]) for does in (True, False))) for code in codes]
    ranked = sorted(report.by_supplier.items(), key=lambda counted: (-counted[1], counted[0]))
    suppliers = [(report.names[supplier_id], number(figure)) for supplier_id, figure in ranked[:_MOST_LISTED]]
    for rows, label, *figures in (
        (trades, "Métier", "Le font", "Ne le font pas"),
        (suppliers, "Structure", "Réponses"),
    ):
        table = headed_table((label, *(Column(header, justify="right") for header in figures)), rows)
        if table.row_count:
            out.print(table)
    if (more := len(ranked) - _MOST_LISTED) > 0:
        out.print(f"Et {count(more, 'autre structure', 'autres structures')} : --format json les donne.")
