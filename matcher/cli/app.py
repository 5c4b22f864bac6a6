"""The `entremise` command: its families of commands, and how every refusal becomes a sentence and an exit code."""

import gc
import io
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import chain
from types import TracebackType

import click
from rich.console import Console

from matcher.cli.frame.french import FrenchGroup, explain, system_trouble
from matcher.cli.frame.later import Later, already_imported
from matcher.monitoring.logs import logged
from matcher.settings import LogFormat, log_format

# What a person can mend: each of these carries its own French message. Anything else is a defect and keeps its traceback.
REFUSALS = (
    "importers.importer:SourceError",
    "matcher.jobs.reader_process:ReadRefused",
    "importers.online.faults:FetchError",
    "matcher.catalogue.intake.attempt:IntakeRefused",
    "matcher.decisions.purchases.sheet:SheetRefused",
    "matcher.decisions.purchases.families.compute:FamiliesRefused",
    "matcher.db:DatabaseError",
    "matcher.need.fields:LotsError",
    "matcher.tender.reading:TenderRefused",
    "matcher.decisions.workload:NeedRefused",
    "matcher.decisions.asked:DecisionRefused",
    "matcher.jobs.files:FileGone",
    "matcher.reference.calibration:CalibrationRefused",
    "matcher.cli.frame.options:RequestRefused",
    "matcher.catalogue.steward.review:ReviewRefused",
    "matcher.catalogue.steward.stated_record:CorrectionRefused",
    "matcher.catalogue.steward.privacy:PrivacyRefused",
    "matcher.catalogue.steward.learning:LearningRefused",
    "matcher.reading.trade.corpus:CorpusError",
    "matcher.catalogue.steward.letter:NoLetter",
    "matcher.catalogue.steward.backup:TransferRefused",
    "matcher.catalogue.intake.undo:UndoRefused",
    "matcher.decisions.clause.facilitator_file:FacilitatorsRefused",
    "matcher.journal.change:ChangeRefused",
    "matcher.journal.store:JournalConflict",
    "matcher.journal.store:JournalUnknown",
    "matcher.dossiers.files.content:DossierFileError",
    "matcher.dossiers.asking.store:CampaignUnknown",
    "matcher.mail.delivery:MailRefused",
    "matcher.journal.change:FrozenError",
    "matcher.accounts.store:AccountRefused",
    "matcher.accounts.passwords:PasswordRefused",
    "matcher.settings:SettingsError",
    "matcher.reference.source_rules:SourceRulesRefused",
    "matcher.reference.tables:TableRefused",
    "matcher.web.frame.serve:ServeRefused",
    "matcher.batch.folder:FolderRefused",
    "matcher.batch.pack:PackRefused",
    "matcher.batch.run:WorkersLost",
    "importers.formats.parquet:ParquetMissing",
)
# In the order of the help page. A command is imported when it is called: a search waits for no reader of spreadsheets.
FAMILIES: Mapping[str, Mapping[str, str | click.Command]] = {
    "Chercher": {
        "match": "matcher.cli.need.match:match_command",
        "read": "matcher.cli.need.match:read_command",
        "explain": "matcher.cli.need.match:explain_command",
        "batch": "matcher.cli.batch:batch_command",
        "dce": "matcher.cli.need.tender:tender_command",
        "apprendre": "matcher.cli.need.learn:learn_command",
    },
    "Décider": {
        "avis": "matcher.cli.decisions.opinion:advice_command",
        "groupement": "matcher.cli.decisions.groupement:groupement_command",
        "allotissement": "matcher.cli.decisions.allotment:allotment_command",
        "calibrage": "matcher.cli.decisions.clause:calibration_sheet_command",
        "plan-clause": "matcher.cli.decisions.clause:plan_command",
        "reference": FrenchGroup(
            "reference",
            help="Tient vos tables : coûts, facilitateurs, à qui parler.",
            commands=Later(
                {
                    "calibration": "matcher.cli.decisions.reference:calibration_command",
                    "facilitators": "matcher.cli.decisions.reference:facilitators_command",
                    "interlocutors": "matcher.cli.decisions.reference:interlocutors_command",
                }
            ),
        ),
    },
    "Étudier ses achats": {
        "programme": "matcher.cli.decisions.purchases:programme_command",
        "coverage": "matcher.cli.decisions.coverage:coverage_command",
        "rapprocher": "matcher.cli.decisions.purchases:reconcile_command",
        "verifier": "matcher.cli.decisions.purchases:verify_command",
        "historique": "matcher.cli.decisions.purchases:spending_command",
        "familles": "matcher.cli.decisions.purchases:families_command",
    },
    "Réunir les annuaires": {
        "sources": "matcher.cli.catalogue.imports:sources_command",
        "import": "matcher.cli.catalogue.imports:import_command",
        "fetch": "matcher.cli.catalogue.online:fetch_command",
        "refresh": "matcher.cli.catalogue.refresh:refresh_command",
        "websites": "matcher.cli.catalogue.websites:websites_command",
    },
    "Tenir le catalogue": {
        "catalogue": FrenchGroup(
            "catalogue",
            help="Tient les fiches : corriger, juger, défaire un import.",
            commands=Later(
                {
                    "show": "matcher.cli.catalogue.steward:show_command",
                    "correct": "matcher.cli.catalogue.steward:correct_command",
                    "add": "matcher.cli.catalogue.steward:add_command",
                    "withdraw": "matcher.cli.catalogue.steward:withdraw_command",
                    "conflicts": "matcher.cli.catalogue.steward:conflicts_command",
                    "quality": "matcher.cli.catalogue.steward:quality_command",
                    "review": "matcher.cli.catalogue.review:review_command",
                    "enrich": "matcher.cli.catalogue.online:enrich_command",
                    "imports": "matcher.cli.catalogue.imports:imports_command",
                    "undo-import": "matcher.cli.catalogue.imports:undo_import_command",
                }
            ),
        ),
        "stats": "matcher.cli.catalogue.imports:stats_command",
        "export": "matcher.cli.catalogue.export:export_command",
    },
    "Suivre un marché": {
        "dossier": "matcher.cli.dossiers.dossier:dossier_command",
        "bilan": "matcher.cli.dossiers.annual_report:report_command",
        "campagne": "matcher.cli.dossiers.campaign:campaign_command",
        "annonces": FrenchGroup(
            "annonces",
            help="Suit les lots publiés : qui peut y répondre, jusqu’à quand.",
            commands=Later(
                {
                    "list": "matcher.cli.notices.lots:list_command",
                    "match": "matcher.cli.notices.lots:match_command",
                    "renewals": "matcher.cli.notices.lots:renewals_command",
                    "territory": "matcher.cli.notices.lots:territory_command",
                }
            ),
        ),
        "veille": "matcher.cli.notices.watch:watch_command",
    },
    "Réunir acheteurs et fournisseurs": {
        "club": "matcher.cli.club.club:club_command",
        "plaquette": "matcher.cli.decisions.plaquette:plaquette_command",
    },
    "Données personnelles": {
        "privacy": FrenchGroup(
            "privacy",
            help="Retire un fournisseur, oublie une personne ou un contact.",
            commands=Later(
                {
                    "opt-out": "matcher.cli.privacy:opt_out_command",
                    "forget": "matcher.cli.privacy:forget_command",
                    "purge": "matcher.cli.privacy:purge_command",
                }
            ),
        ),
    },
    "Administrer": {
        "demo": "matcher.cli.admin.demo:demo_command",
        "serve": "matcher.cli.admin.serve:serve_command",
        "worker": "matcher.cli.admin.worker:worker_command",
        "account": "matcher.cli.accounts:account_command",
        "organisation": "matcher.cli.organisations:organisation_command",
        "db": "matcher.cli.admin.database:db_command",
        "evaluate": "matcher.cli.admin.evaluate:evaluate_command",
    },
}
COMMANDS = dict(chain.from_iterable(family.items() for family in FAMILIES.values()))


# A command reads tables of a million small objects that it keeps: at the usual pace, a fifth of its time would go into looking for rubbish.
COLLECTIONS = (50_000, 20, 50)


@click.group(cls=FrenchGroup, commands=Later(COMMANDS), families=FAMILIES)
@click.version_option(
    package_name="entremise", prog_name="entremise", message="%(prog)s %(version)s", help="Affiche la version."
)
@click.option(
    "--organisation",
    metavar="NOM|NUMÉRO",
    envvar="ENTREMISE_ORGANISATION",
    help="L’organisation dont on lit et écrit les dossiers, campagnes et événements, s’il y en a plusieurs.",
)
@click.option("--verbose", is_flag=True, help="Dit les étapes, sur la sortie d’erreur.")
@click.pass_context
def cli(context: click.Context, organisation: str | None, verbose: bool) -> None:
    """Relie un besoin d’achat aux fournisseurs inclusifs : un catalogue, un classement, des raisons.

    Commencez par « entremise demo » et « entremise serve », puis « entremise sources » pour savoir quels annuaires importer.
    """
    context.with_resource(logged(log_format(), verbose=verbose))
    context.obj = organisation  # for frame/options.py, where a command reads or writes what one owns


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 refused with nothing written, 2 wrong usage, 3 a need that is to be made clear, 4 a batch of which a part was set aside."""
    gc.set_threshold(*COLLECTIONS)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that is not in UTF-8 shows « ? », and shows the rest
    sys.excepthook = _defect
    sys.exit(_run(args))


def _run(args: Sequence[str] | None) -> int:
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    status = None
    try:
        status = cli.main(args=None if args is None else list(args), prog_name="entremise", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 2
    except click.UsageError as error:
        errors.print(f"[bold]Erreur.[/bold] {_escaped(explain(error))}")
        return 2
    except already_imported(REFUSALS) as error:
        errors.print(f"[bold]Refusé.[/bold] {_escaped(str(error))}")
        return 1
    except click.Abort:
        errors.print("Interrompu. Ce qui n’était pas fini n’est pas écrit.")
        return 130
    except (BrokenPipeError, SystemExit):
        # The reader has closed its end (`| head`; rich then exits): nothing is wrong, and nothing more can be printed.
        _close_output()
    except OSError as error:
        errors.print(f"[bold]Refusé.[/bold] {_escaped(system_trouble(error))}")
        if error.filename is None:
            _close_output()
        return 1
    return status or 0


def _defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Show a defect to the person at the terminal; as JSON, it is in the log already, without what it quotes."""
    details = "la ligne « exception » du journal"
    if log_format() is LogFormat.TEXT:
        sys.__excepthook__(kind, error, trace)
        details = "les lignes qui précèdent"
    click.echo(
        f"Erreur. Un défaut d’Entremise a arrêté la commande ({kind.__name__}). Signalez-le avec {details}.", err=True
    )


def _close_output() -> None:
    """Send what is left of the answer nowhere, so that the interpreter's last flush fails no more."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _escaped(text: str) -> str:
    return text.replace("[", r"\[")
