"""Commands `entremise privacy opt-out` (take a supplier out), `forget` (erase a person's data everywhere) and `purge` (erase contacts past retention)."""

from datetime import date, datetime, time

import click
from sqlalchemy import Connection, Engine

from matcher.answers.erasing import end_agreements, end_facts
from matcher.catalogue.steward.own_reader import reader_files
from matcher.catalogue.steward.privacy import (
    ErasureCounts,
    cancel_opt_out,
    check_clock,
    forget_value,
    kept_since,
    opt_out,
    purge,
)
from matcher.cli.frame.options import DAY, command, database_option, motive_option, own_catalogue, record_act
from matcher.clock import now
from matcher.club.leaving import LEAVING
from matcher.db import automatic_backups
from matcher.domain.french import count, day
from matcher.dossiers.privacy import mute_again, mute_facts
from matcher.settings import retention_months

dry_run_option = click.option("--dry-run", is_flag=True, help="Dit ce qui serait effacé, sans rien écrire.")


@command("opt-out", epilog="entremise privacy opt-out 00010101400017 --par Léa")
@click.argument("key", metavar="SIRET|ID|FINESS")
@click.option("--par", "author", metavar="NOM", help="Qui enregistre la demande ; obligatoire sauf avec --annuler.")
@motive_option
@click.option("--annuler", "cancel", is_flag=True, help="Laisse les prochains imports ramener ce fournisseur.")
@database_option
def opt_out_command(key: str, author: str | None, motive: str, cancel: bool, database: str | None) -> None:
    """Retire un fournisseur qui le demande : aucun import ne le ramènera. Seuls ses numéros sont gardés."""
    if not cancel and not (author or "").strip():
        raise click.UsageError("Dites qui enregistre la demande : --par NOM.")
    engine = own_catalogue(database, create=False)
    if cancel:
        cancel_opt_out(engine, key)
        record_act(engine, "annule un retrait", key, author=author or "")
        click.echo(f"Le retrait de « {key} » est annulé : le prochain import de ses sources le ramènera.")
    else:
        done = opt_out(engine, key, author=author or "", motive=motive, now=now(), leaving=LEAVING)
        record_act(engine, "retire un fournisseur à sa demande", key, count(done.records, "fiche"), author=author or "")
        click.echo(f"« {done.name} » est retiré du catalogue, avec {count(done.records, 'fiche')}.")
        _print_learned(engine, done)
        _print_apart(engine)


@command("forget", epilog="entremise privacy forget contact@structure.example --dry-run")
@click.argument("value", metavar="VALEUR")
@dry_run_option
@database_option
def forget_command(value: str, dry_run: bool, database: str | None) -> None:
    """Efface partout un courriel, un téléphone ou un nom de personne, et à chaque import à venir."""
    engine = own_catalogue(database, create=False)
    done = forget_value(engine, value, now=now(), dry_run=dry_run)
    counts = _print_counts(done, "fiche nettoyée", "fiches nettoyées", dry_run)
    if not dry_run:
        record_act(engine, "oublie une personne", detail=counts)  # never the value: it would stay here
    _print_learned(engine, done)
    _print_apart(engine)


@command("purge", epilog="entremise privacy purge --dry-run")
@click.option(
    "--date",
    "counted_from",
    type=DAY,
    metavar="DATE",
    help="Le jour d’où compter, quand l’horloge de l’ordinateur est mise en doute.",
)
@dry_run_option
@database_option
def purge_command(counted_from: date | None, dry_run: bool, database: str | None) -> None:
    """Efface les contacts plus vieux que la durée de conservation (ENTREMISE_RETENTION_MONTHS, 36 mois sinon), et les lignes du journal de sécurité plus vieilles qu’un an."""
    engine = own_catalogue(database, create=False)
    moment = datetime.combine(counted_from, time.max) if counted_from else now()
    if counted_from is None:
        check_clock(engine, moment)
    before = kept_since(moment.date(), retention_months())

    def mute(connection: Connection) -> int:
        today = moment.date()
        return mute_again(connection) + end_facts(connection, today, mute_facts) + end_agreements(connection, today)

    done = purge(engine, before=before, now=moment, dry_run=dry_run, muting=mute)
    click.echo(f"Contacts d’avant le {day(before)} :")
    counts = _print_counts(done, "fiche vidée de ses contacts", "fiches vidées de leurs contacts", dry_run)
    if not dry_run:
        record_act(engine, "efface les contacts trop vieux", f"d’avant le {day(before)}", counts)
    _print_apart(engine)


def _print_counts(done: ErasureCounts, singular: str, many: str, dry_run: bool) -> str:
    """Print the counts of an erasure, and return them in French."""
    what = f"{count(done.records, singular, many)}, {count(done.suppliers, 'fournisseur')}"
    if done.texts:
        what += f", {count(done.texts, 'texte ou contact', 'textes ou contacts')}"
    if done.files:
        what += f", {count(done.files, 'fichier du cache', 'fichiers du cache')}"
    if done.lines:
        what += f", {count(done.lines, 'ligne du journal', 'lignes du journal')}"
    click.echo(f"Essai à blanc, rien n’est écrit : {what}." if dry_run else f"{what}.")
    return what


def _print_learned(engine: Engine, done: ErasureCounts) -> None:
    """Print that the reading learned here is dropped and must be learned again, where a training sentence contained the erased value."""
    files = reader_files(engine.url)
    if done.sentences and files:
        click.echo(
            f"{count(done.sentences, 'phrase apprise la contenait', 'phrases apprises la contenaient')} : la lecture apprise ici s’en va avec. "
            f"Pour apprendre du reste : entremise apprendre {files.sentences}"
        )


def _print_apart(engine: Engine) -> None:
    """Print a reminder of what is not erased: backups, original files and exported files."""
    backups = ", ".join(f"« {path} »" for path in automatic_backups(engine.url))
    click.echo(
        f"Les sauvegardes ne sont pas touchées{f' ({backups})' if backups else ''}, ni les fichiers d’origine ou déjà exportés : "
        "détruisez-les ou refaites-les."
    )
