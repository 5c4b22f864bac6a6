"""`opt-out`, `forget`, `purge`: how a supplier leaves, how a person is forgotten, how old contacts go."""

import click

from matcher.catalogue.steward.privacy import Erased, cancel_opt_out, forget, kept_since, opt_out, purge
from matcher.cli.frame.french import FrenchCommand
from matcher.cli.frame.options import catalogue, database_option
from matcher.cli.frame.signed import motive_option, now, today
from matcher.club.meeting_day.people import purge_people
from matcher.club.meeting_day.privacy import forget_in_events, leave_events
from matcher.club.meeting_day.registration_link import purge_requests
from matcher.decisions.clause.facilitators import forget_in_facilitators, purge_facilitators
from matcher.domain.french import count, day
from matcher.dossiers.privacy import forget_in_dossiers, leave_dossiers
from matcher.settings import retention_months

dry_run_option = click.option("--dry-run", is_flag=True, help="Dit ce qui serait effacé, sans rien écrire.")


@click.command("opt-out", cls=FrenchCommand)
@click.argument("key", metavar="SIRET|ID|FINESS")
@click.option("--par", "who", metavar="NOM", help="Qui enregistre la demande ; obligatoire sauf avec --annuler.")
@motive_option
@click.option("--annuler", "cancel", is_flag=True, help="Laisse les prochains imports ramener ce fournisseur.")
@database_option
def opt_out_command(key: str, who: str | None, motive: str, cancel: bool, database: str | None) -> None:
    """Retire un fournisseur qui le demande : aucun import ne le ramènera. Seuls ses numéros sont gardés."""
    if not cancel and not (who or "").strip():
        raise click.UsageError("Dites qui enregistre la demande : --par NOM.")
    engine = catalogue(database)
    if cancel:
        cancel_opt_out(engine, key)
        click.echo(f"Le retrait de « {key} » est annulé : le prochain import de ses sources le ramènera.")
    else:
        done = opt_out(engine, key, who=who or "", motive=motive, now=now(), leaving=[leave_dossiers, leave_events])
        click.echo(f"« {done.name} » est retiré du catalogue, avec {count(done.records, 'fiche')}.")


@click.command("forget", cls=FrenchCommand)
@click.argument("value", metavar="VALEUR")
@dry_run_option
@database_option
def forget_command(value: str, dry_run: bool, database: str | None) -> None:
    """Efface partout un courriel, un téléphone ou un nom de personne, et à chaque import à venir."""
    forgetting = [forget_in_dossiers, forget_in_events, forget_in_facilitators]
    done = forget(catalogue(database), value, now=now(), dry_run=dry_run, forgetting=forgetting)
    _say(done, "fiche nettoyée", "fiches nettoyées", dry_run)


@click.command("purge", cls=FrenchCommand)
@dry_run_option
@database_option
def purge_command(dry_run: bool, database: str | None) -> None:
    """Efface les contacts plus vieux que la durée de conservation (ENTREMISE_RETENTION_MONTHS, 36 mois sinon)."""
    before = kept_since(today(), retention_months())
    click.echo(f"Contacts d’avant le {day(before)} :")
    purging = [purge_people, purge_requests, purge_facilitators]
    done = purge(catalogue(database), before=before, dry_run=dry_run, purging=purging)
    _say(done, "fiche vidée de ses contacts", "fiches vidées de leurs contacts", dry_run)


def _say(done: Erased, one: str, many: str, dry_run: bool) -> None:
    what = f"{count(done.records, one, many)}, {count(done.suppliers, 'fournisseur')}"
    if done.texts:
        what += f", {count(done.texts, 'texte ou contact', 'textes ou contacts')}"
    what += "."
    click.echo(f"Essai à blanc, rien n’est écrit : {what}" if dry_run else what)
