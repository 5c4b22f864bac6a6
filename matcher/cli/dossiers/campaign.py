"""Commands `entremise campagne …`: write to suppliers whose trade is not known, with a link to a form for each, and follow their answers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from matcher.accounts.organisations import controller_of
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.dossiers.options import DossierNumber
from matcher.cli.frame.departement import DEPARTEMENT
from matcher.cli.frame.options import (
    Opened,
    RequestRefused,
    WholeNumber,
    by_option,
    catalogue,
    command_group,
    database_option,
    motive_option,
    open_options,
    owner,
)
from matcher.cli.frame.outlet import Outlet, outlet_options, output_option, write_answer
from matcher.clock import now, today, utc_now
from matcher.club.meeting_day.store import load_day as load_event
from matcher.domain.french import count, day
from matcher.dossiers.asking.answering import accept_waiting, refuse_answer
from matcher.dossiers.asking.campaign import MOST_ASKED
from matcher.dossiers.asking.sending import merge_file, queue_reminder, send_campaign, sending_summary
from matcher.dossiers.asking.standing import count_standings
from matcher.dossiers.asking.store import (
    AskedSupplier,
    CampaignState,
    PlannedSupplier,
    create_campaign,
    end_campaign,
    leave_out_structure,
    list_campaigns,
    load_campaign,
    plan_campaign,
    record_bounce,
)
from matcher.dossiers.asking.subject import of_lot, of_meeting, of_territory
from matcher.dossiers.store import load_dossier
from matcher.reference.geography.territories import Departement
from matcher.reference.trades.activities import taxonomy
from matcher.render.shaped import shaped
from matcher.settings import public_address, retention_months, smtp_settings

number_argument = click.argument("number", metavar="CAMPAGNE", type=WholeNumber())
campaign_options = open_options(Opened, database_option)
structure_argument = click.argument("key", metavar="SIRET|ID")


@command_group("campagne")
def campaign_command() -> None:
    """Interroge les fournisseurs dont le métier n’est pas connu.

    Le même message pour tous, un lien d’une minute pour chacun.
    """


@campaign_command.command("create", epilog="entremise campagne create --dossier 1 --par Léa")
@click.option("--dossier", "dossier", type=DossierNumber(), metavar="DOSSIER", help="Ceux d’un lot de ce dossier.")
@click.option(
    "--lot", "lot", type=WholeNumber(), metavar="NUMÉRO", default=1, show_default=True, help="Le lot du dossier."
)
@click.option("--departement", "place", type=DEPARTEMENT, metavar="CODE", help="Ceux d’un département, pour un métier.")
@click.option("--metier", "trades", multiple=True, metavar="CODE", help="Code d’un métier demandé à tous ; répétable.")
@click.option("--club", "event", type=WholeNumber(), metavar="NUMÉRO", help="Les fournisseurs d’un Club Busin’ESS.")
@click.option(
    "--titre", "title", metavar="TEXTE", default="", help="Ce que les structures lisent ; sinon, celui du dossier."
)
@click.option("--objet", metavar="TEXTE", default="", help="Le besoin tel qu’il est dit à tous, sans montant.")
@click.option("--signature", metavar="TEXTE", default="", help="Ce qui termine le message.")
@click.option(
    "--nombre",
    "most",
    type=WholeNumber(),
    metavar="NOMBRE",
    default=MOST_ASKED,
    show_default=True,
    help="Au plus, dans cette vague.",
)
@click.option("--dry-run", is_flag=True, help="Dit qui serait interrogé, et pourquoi pas les autres, sans rien écrire.")
@by_option
@database_option
def create_campaign_command(
    dossier: int | None,
    lot: int,
    place: Departement | None,
    trades: tuple[str, ...],
    event: int | None,
    title: str,
    objet: str,
    signature: str,
    most: int,
    dry_run: bool,
    author: str,
    database: str | None,
) -> None:
    """Prépare une campagne et ses messages ; rien ne part avant « send » ou « merge-file »."""
    if sum(choice is not None for choice in (dossier, place, event)) != 1:
        raise click.UsageError("Dites qui interroger : --dossier, --departement ou --club, un seul des trois.")
    if unknown := [code for code in trades if code not in taxonomy().index]:
        raise RequestRefused(
            f"Métier inconnu : {', '.join(unknown)}. « entremise read --objet TEXTE --format json » donne les codes."
        )
    engine = catalogue(database)
    by, _ = controller_of(engine, owner(engine)), public_address()
    if dossier is not None:
        subject = of_lot(load_dossier(engine, owner(engine), dossier), lot, load_shelf(engine), today())
    elif place is not None:
        if not trades:
            raise click.UsageError("Dites pour quel métier : --metier CODE.")
        subject = of_territory(engine, load_shelf(engine), trades, place, today())
    else:
        meeting_day = load_event(engine, owner(engine), event or 0)
        subject = of_meeting(meeting_day.header.title, meeting_day.catalogue_suppliers, trades)
    draft, ids = subject.draft(by, title=title, objet=objet, signature=signature), subject.ids
    months = retention_months()
    if dry_run:
        plan = plan_campaign(
            engine,
            owner(engine),
            ids,
            today=today(),
            months=months,
            dossier_id=draft.dossier_id,
            lot=draft.lot,
            text=draft.text,
            most=most,
        )
        click.echo(f"Essai à blanc, rien n’est écrit.\n{draft.text}\n{plan_text(plan)}", nl=False)
        return
    state = create_campaign(engine, owner(engine), draft, ids, by, author=author, now=now(), months=months, most=most)
    click.echo(campaign_text(state), nl=False)


@campaign_command.command("list", epilog="entremise campagne list")
@database_option
def list_campaigns_command(database: str | None) -> None:
    """Liste les campagnes, la dernière d’abord."""
    engine = catalogue(database)
    for campaign in list_campaigns(engine, owner(engine)):
        click.echo(
            f"{campaign.id}  {day(campaign.created.date())}  {campaign.title} ({campaign.who}){', close' if campaign.revoked else ''}"
        )


@campaign_command.command("show", epilog="entremise campagne show 1")
@number_argument
@outlet_options("text", "json")
@campaign_options
def show_campaign_command(opened: Opened, outlet: Outlet) -> None:
    """Dit où en est chaque structure : son message, sa réponse, ou pourquoi elle n’est pas interrogée."""
    state = load_campaign(opened.engine, opened.owner, opened.number)
    outlet.send(text=lambda: campaign_text(state), json=lambda: campaign_object(state))


@campaign_command.command("send", epilog="entremise campagne send 1")
@number_argument
@campaign_options
def send_campaign_command(opened: Opened) -> None:
    """Envoie les messages qui attendent ; ce qui est différé ou interrompu repart à la prochaine commande, jamais deux fois."""
    by, address, server = controller_of(opened.engine, opened.owner), public_address(), smtp_settings()
    done = send_campaign(opened.engine, opened.owner, opened.number, server, by, address, clock=utc_now)
    if done.stopped:
        raise RequestRefused(sending_summary(done))
    click.echo(sending_summary(done))


@campaign_command.command("merge-file", epilog="entremise campagne merge-file 1 -o publipostage.csv")
@number_argument
@output_option
@campaign_options
def merge_file_command(opened: Opened, output: Path | None) -> None:
    """Écrit le fichier de publipostage (CSV, ou XLSX d’après le nom) : message, adresse et lien de chacun ; « send » ne les enverra plus."""
    workbook = output is not None and output.suffix.lower() == ".xlsx"
    controller_of(opened.engine, opened.owner)
    merged = merge_file(opened.engine, opened.owner, opened.number, public_address(), now=now(), workbook=workbook)
    write_answer(merged, output)


@campaign_command.command("follow-up", epilog="entremise campagne follow-up 1")
@number_argument
@campaign_options
def follow_up_command(opened: Opened) -> None:
    """Prépare une relance, une seule, pour ceux qui n’ont pas répondu ; « send » ou « merge-file » l’envoie."""
    done = queue_reminder(opened.engine, opened.owner, opened.number, now=now())
    click.echo(f"{count(done, 'relance attend', 'relances attendent')} l’envoi.")


@campaign_command.command("leave-out", epilog='entremise campagne leave-out 1 00010105500010 --motif "Fermé en août"')
@number_argument
@structure_argument
@motive_option
@campaign_options
def leave_out_command(opened: Opened, key: str, motive: str) -> None:
    """N’interroge pas une structure à qui rien n’est encore parti, et garde pourquoi (--motif)."""
    leave_out_structure(opened.engine, opened.owner, opened.number, key, motive, now=now())
    click.echo("Cette structure n’est pas interrogée ; la raison est gardée.")


@campaign_command.command("bounce", epilog="entremise campagne bounce 1 00010105500010")
@number_argument
@structure_argument
@motive_option
@campaign_options
def bounce_command(opened: Opened, key: str, motive: str) -> None:
    """Note qu’un message est revenu, avec ce que dit le retour (--motif)."""
    record_bounce(opened.engine, opened.owner, opened.number, key, motive, now=now())
    click.echo("Noté : ce message est revenu.")


@campaign_command.command("close", epilog="entremise campagne close 1")
@number_argument
@click.option("--structure", "key", metavar="SIRET|ID", default="", help="Les liens de celle-ci seulement.")
@campaign_options
def close_command(opened: Opened, key: str) -> None:
    """Ferme les liens d’une campagne : ils n’ouvrent plus rien, et ce qui attend ne part pas. Les réponses restent."""
    done = end_campaign(opened.engine, opened.owner, opened.number, now=now(), key=key)
    click.echo(f"{count(done, 'lien fermé', 'liens fermés')}.")


@campaign_command.command("accept", epilog="entremise campagne accept 1 00010105500010 --par Léa")
@number_argument
@structure_argument
@open_options(Opened, by_option, database_option)
def accept_command(opened: Opened, key: str) -> None:
    """Prend au catalogue une réponse qui attend : son lien n’était pas parti à l’adresse d’un annuaire."""
    accept_waiting(opened.engine, opened.owner, opened.number, key, author=opened.who, now=now())
    click.echo("La réponse est au catalogue.")


@campaign_command.command("refuse", epilog="entremise campagne refuse 1 00010105500010")
@number_argument
@structure_argument
@campaign_options
def refuse_command(opened: Opened, key: str) -> None:
    """Laisse hors du catalogue une réponse qui attend ; la campagne la garde."""
    refuse_answer(opened.engine, opened.owner, opened.number, key)
    click.echo("La réponse reste hors du catalogue ; la campagne la garde.")


def campaign_text(state: CampaignState) -> str:
    """Return a campaign as text: counts, then each supplier, then those left out with the reason."""
    campaign = state.campaign
    lines = [
        f"Campagne {campaign.id} : {campaign.title}, le {day(campaign.created.date())}, par {campaign.who}",
        f"{count(len(state.asked_structures), 'structure à interroger', 'structures à interroger')}, {count(len(state.answered_structures), 'réponse')}.",
        f"{', '.join(f'{number} {name}' for name, number in count_standings(state).items())}.",
        *(
            f"  {structure.name} ({structure.supplier_id}) : {_standing(structure)}"
            for structure in state.asked_structures
        ),
    ]
    if state.left_out:
        lines.append(_reasons(structure.left_out for structure in state.left_out))
        lines += [
            f"  {structure.name} ({structure.supplier_id}) : {structure.left_out}" for structure in state.left_out
        ]
    return "".join(f"{line}\n" for line in lines)


def plan_text(plan: Sequence[PlannedSupplier]) -> str:
    """Return, as text, how many suppliers a campaign would ask, and how many are left out for each reason."""
    asked_count = sum(not structure.left_out for structure in plan)
    lines = [f"{count(asked_count, 'structure à interroger', 'structures à interroger')}."]
    if asked_count < len(plan):
        lines.append(_reasons(structure.left_out for structure in plan if structure.left_out))
    return "".join(f"{line}\n" for line in lines)


def campaign_object(state: CampaignState) -> dict[str, Any]:
    """Return a campaign as a JSON object, without addresses or contacts."""
    return {
        **shaped("campaign=id title dossier=dossier_id lot", state.campaign),
        "asked": len(state.asked_structures),
        "answered": len(state.answered_structures),
        "structures": [
            shaped(
                "id=supplier_id name left_out? messages answer",
                structure,
                messages=[shaped("state said=reason", message) for message in structure.messages],
                answer=structure.answer
                and shaped(
                    "at said waiting",
                    structure.answer,
                    said=replace(structure.answer.given, phone="", email="").statement(),
                ),
            )
            for structure in state.structures
        ],
    }


def _reasons(left_out: Iterable[str]) -> str:
    return f"Pas interrogées : {', '.join(f'{number} {reason}' for reason, number in Counter(left_out).items())}."


def _standing(structure: AskedSupplier) -> str:
    last = structure.messages[-1] if structure.messages else None
    sent = f"{last.state.value}{f' ({last.reason})' if last.reason else ''}" if last else "aucun message"
    if structure.answer is None:
        return sent
    waits = ", à accepter" if structure.answer.waiting else ""
    return f"a répondu le {day(structure.answer.at.date())}{waits}"
