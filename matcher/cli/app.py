"""Entry point of the `entremise` command: its families of commands, and the conversion of every expected error to a French sentence and an exit code."""

import atexit
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

from matcher.cli.frame.french import FrenchGroup, explain_usage, system_trouble
from matcher.cli.frame.later import Later, loaded_exceptions
from matcher.monitoring.logs import log_events
from matcher.paths import as_called
from matcher.settings import LogFormat, log_format

# Errors that a user can mend, each with its French message. Any other exception is a defect and keeps its traceback.
REFUSALS = (
    "importers.importer:SourceError",
    "matcher.jobs.reader_process:ReadRefused",
    "importers.online.faults:FetchError",
    "matcher.catalogue.intake.attempt:IntakeRefused",
    "matcher.answers.keys:KeyRefused",
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
# Commands in the order of the help page, imported lazily. The first sentence of each help is repeated here, so that `--help` imports no command.
FAMILIES: Mapping[str, Mapping[str, click.Command]] = {
    "Chercher": {
        "match": Later("need.match:match", "Classe les fournisseurs pour un lot, avec les raisons."),
        "read": Later("need.match:read", "Dit ce qui est compris d’un lot, et ce qui reste douteux."),
        "explain": Later("need.match:explain", "Dit pourquoi un fournisseur est, ou non, dans une liste."),
        "batch": Later("batch:batch", "Classe les fournisseurs de milliers de lots, et reprend."),
        "dce": Later("need.tender:tender", "Lit les pièces d’un DCE et propose ses lots."),
        "apprendre": Later("need.learn:learn", "Apprend des métiers corrigés ici à mieux lire les besoins."),
    },
    "Décider": {
        "avis": Later("decisions.opinion:advice", "Dit si un lot peut être réservé, et sous quel article."),
        "groupement": Later("decisions.groupement:groupement", "Propose qui pourrait répondre ensemble à un lot."),
        "allotissement": Later(
            "decisions.allotment:allotment", "Découpe des sites en lots qui gardent assez de candidats."
        ),
        "calibrage": Later(
            "decisions.clause:calibration_sheet", "Calcule les heures d’insertion qu’un marché peut demander."
        ),
        "plan-clause": Later("decisions.clause:plan", "Dit comment faire les heures d’une clause sociale."),
        "reference": FrenchGroup(
            "reference",
            help="Tient vos tables : coûts, indices, facilitateurs, contacts.",
            commands={
                "calibration": Later("decisions.reference:calibration"),
                "facilitators": Later("decisions.reference:facilitators"),
                "indices": Later("decisions.reference:indices"),
                "interlocutors": Later("decisions.reference:interlocutors"),
            },
        ),
    },
    "Étudier ses achats": {
        "programme": Later("decisions.purchases:programme", "Donne l’avis sur chaque ligne d’un programme d’achats."),
        "coverage": Later("decisions.coverage:coverage", "Dit qui, d’un réseau, peut répondre à quel lot."),
        "rapprocher": Later("decisions.purchases:reconcile", "Rapproche du catalogue un tableau de fournisseurs."),
        "verifier": Later("decisions.purchases:verify", "Vérifie des SIRET : inclusif ou non, quels articles ouverts."),
        "historique": Later("decisions.purchases:spending", "Photographie des dépenses passées : leur part inclusive."),
        "familles": Later(
            "decisions.purchases:families", "Réunit les lignes d’achats en familles de besoins semblables."
        ),
    },
    "Réunir les annuaires": {
        "sources": Later("catalogue.sources:sources", "Liste les annuaires et les avis, et comment les obtenir."),
        "import": Later("catalogue.imports:import", "Importe les fichiers d’un annuaire : tout, ou rien."),
        "fetch": Later("catalogue.online:fetch", "Télécharge une source là où elle est publiée, et l’importe."),
        "refresh": Later("catalogue.refresh:refresh", "Reprend chaque source ouverte plus vieille que son rythme."),
        "websites": Later("catalogue.websites:websites", "Lit, sur les sites des fournisseurs, métiers et contacts."),
        "reponses": Later("answers:answers", "Échange des réponses entre installations, signées."),
    },
    "Tenir le catalogue": {
        "catalogue": FrenchGroup(
            "catalogue",
            help="Tient les fiches : corriger, juger, défaire un import.",
            commands={
                "show": Later("catalogue.steward:show_supplier"),
                "correct": Later("catalogue.steward:correct_supplier"),
                "add": Later("catalogue.steward:add_supplier"),
                "withdraw": Later("catalogue.steward:withdraw_correction"),
                "conflicts": Later("catalogue.steward:conflicts"),
                "quality": Later("catalogue.steward:quality"),
                "review": Later("catalogue.review:review"),
                "enrich": Later("catalogue.online:enrich"),
                "imports": Later("catalogue.sources:imports"),
                "undo-import": Later("catalogue.sources:undo_import"),
            },
        ),
        "stats": Later("catalogue.sources:stats", "Compte ce que contient le catalogue."),
        "export": Later("catalogue.export:export", "Sort tout le catalogue dans un fichier."),
    },
    "Suivre un marché": {
        "dossier": Later("dossiers.dossier:dossier", "Tient les dossiers de sourcing : listes, suivi, journal."),
        "bilan": Later("dossiers.annual_report:report", "Fait le bilan d’une année d’achats sociaux."),
        "campagne": Later("dossiers.campaign:campaign", "Interroge les fournisseurs dont le métier n’est pas connu."),
        "annonces": FrenchGroup(
            "annonces",
            help="Suit les lots publiés : qui peut y répondre, jusqu’à quand.",
            commands={
                "list": Later("notices.lots:list_lots"),
                "match": Later("notices.lots:match_lots"),
                "renewals": Later("notices.lots:renewals"),
                "territory": Later("notices.lots:territory"),
            },
        ),
        "veille": Later("notices.watch:watch", "Écrit à ceux qui suivent des lots publiés."),
    },
    "Réunir acheteurs et fournisseurs": {
        "club": Later("club.club:club", "Tient un Club Busin’ESS, des inscriptions au bilan."),
        "plaquette": Later("decisions.plaquette:plaquette", "Réunit les structures inclusives d’un territoire."),
    },
    "Données personnelles": {
        "privacy": FrenchGroup(
            "privacy",
            help="Retire un fournisseur, oublie une personne ou un contact.",
            commands={
                "opt-out": Later("privacy:opt_out"),
                "forget": Later("privacy:forget"),
                "purge": Later("privacy:purge"),
            },
        ),
    },
    "Administrer": {
        "demo": Later("admin.demo:demo", "Charge un exemple fictif, classe un lot, ouvre les pages."),
        "serve": Later("admin.serve:serve", "Ouvre les pages, pour vous seul ou pour une équipe."),
        "worker": Later("admin.serve:worker", "Fait les travaux demandés sur les pages, sans les ouvrir."),
        "account": Later("accounts:account", "Ouvre, change et ferme les comptes."),
        "organisation": Later(
            "organisations:organisation", "Ouvre et décrit les organisations servies, et leurs membres."
        ),
        "db": Later("admin.database:db", "Met à niveau, sauvegarde, restaure ou déplace la base."),
        "evaluate": Later("admin.evaluate:evaluate", "Mesure ce que valent les réponses, sur des cas connus."),
    },
}
COMMANDS = dict(chain.from_iterable(family.items() for family in FAMILIES.values()))
# Thresholds of the garbage collector: a command loads a million small objects that it keeps, and would spend a fifth of its time on collections.
COLLECTIONS = (50_000, 20, 50)


@click.group(cls=FrenchGroup, commands=COMMANDS, families=FAMILIES)
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
    context.with_resource(log_events(log_format(), verbose=verbose))
    context.obj = organisation  # read by `owner` in frame/options.py


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 refused with nothing written, 2 wrong usage, 3 need to be made clear, 4 batch with a part set aside."""
    gc.set_threshold(*COLLECTIONS)
    atexit.register(gc.freeze)  # spares the interpreter's last collection: 0.2 s
    for name in ("stdout", "stderr"):
        if isinstance(stream := getattr(sys, name), io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that is not in UTF-8 shows « ? » instead of failing
            if as_called("entremise match") != "entremise match":
                setattr(sys, name, _AsCalled(stream))
    sys.excepthook = _defect
    sys.exit(_run(args))


class _AsCalled(io.TextIOWrapper):
    """A text stream that rewrites the commands in its texts as this program was called, so that they can be pasted; bytes of its buffer are unchanged."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        encoding, errors, by_line = stream.encoding, stream.errors, stream.line_buffering
        super().__init__(stream.detach(), encoding=encoding, errors=errors, line_buffering=by_line)

    def write(self, text: str) -> int:
        """Write a text with its commands rewritten."""
        return super().write(as_called(text))


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
        errors.print(f"[bold]Erreur.[/bold] {_escape_markup(explain_usage(error))}")
        return 2
    except loaded_exceptions(REFUSALS) as error:
        errors.print(f"[bold]Refusé.[/bold] {_escape_markup(str(error))}")
        return 1
    except click.Abort:
        errors.print("Interrompu. Ce qui n’était pas fini n’est pas écrit.")
        return 130
    except (BrokenPipeError, SystemExit):
        # The reader of the pipe has closed it (`| head`; rich then exits): no error, but nothing more can be printed.
        _close_output()
    except OSError as error:
        errors.print(f"[bold]Refusé.[/bold] {_escape_markup(system_trouble(error))}")
        if error.filename is None:
            _close_output()
        return 1
    return status or 0


def _defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an unexpected exception for the user (`sys.excepthook`); with a JSON log, its details are in the log already."""
    details = "la ligne « exception » du journal"
    if log_format() is LogFormat.TEXT:
        sys.__excepthook__(kind, error, trace)
        details = "les lignes qui précèdent"
    click.echo(
        f"Erreur. Un défaut d’Entremise a arrêté la commande ({kind.__name__}). Signalez-le avec {details}.", err=True
    )


def _close_output() -> None:
    """Redirect standard output to /dev/null, so that the interpreter's last flush does not fail."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _escape_markup(text: str) -> str:
    return text.replace("[", r"\[")
