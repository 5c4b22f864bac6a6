"""Commands `entremise programme`, `historique`, `familles`, `rapprocher`, `verifier`: answer a buyer's sheet of purchases or suppliers line by line."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from sqlalchemy import Engine

from matcher import clock
from matcher.catalogue.store.read import stats
from matcher.catalogue.store.recognition import load_recogniser, settle_names
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.frame.columns import mapping_option, purchase_sheet
from matcher.cli.frame.options import RequestRefused, catalogue, command, database_option, empty_catalogue, owner
from matcher.cli.frame.outlet import Outlet, counting, outlet_options
from matcher.cli.frame.question_options import question_options
from matcher.cli.need.match import filled_shelf
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.assumptions import Assumptions
from matcher.decisions.purchases import line, programme, spending
from matcher.decisions.purchases.answer import answer_sheet, check_buyer, group_families, spending_snapshot
from matcher.decisions.purchases.families.document import families_document, families_object
from matcher.decisions.purchases.programme_document import (
    lines_table,
    programme_document,
    programme_lines,
    programme_object,
)
from matcher.decisions.purchases.questions import FamiliesQuestion, ProgrammeQuestion, SpendingQuestion
from matcher.decisions.purchases.reconciliation import MOST_LINES, read_sheet_answers, recognise_entries
from matcher.decisions.purchases.reconciliation_document import (
    Reconciled,
    reconciled_lines,
    reconciliation_document,
    reconciliation_workbook,
)
from matcher.decisions.purchases.sheet import PROGRAMME, SPENDING
from matcher.decisions.purchases.sheet_answers import sheet_defaults
from matcher.decisions.purchases.spending_document import spending_document, spending_object
from matcher.decisions.purchases.verification import (
    MOST_NUMBERS,
    InclusiveStanding,
    check_numbers,
    verification_document,
    verification_object,
)
from matcher.domain.french import count
from matcher.erasure import FOLDERS
from matcher.jobs.resume import KeptAnswers, forget_old, name_of
from matcher.reading.trade.model import current_model
from matcher.render.described_file import jsonl_file
from matcher.render.table import table_csv
from matcher.render.terminal import print_document


@command("programme", epilog="entremise programme achats_2027.csv --montants ht -o avis_2027.xlsx")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@question_options(ProgrammeQuestion)
@question_options(Assumptions, into="assumed")
@mapping_option
@outlet_options("table", "json", "jsonl", "csv", "xlsx", file="programme")
@database_option
def programme_command(
    path: Path,
    question: ProgrammeQuestion,
    mapping: Path | None,
    outlet: Outlet,
    database: str | None,
    assumed: Assumptions,
) -> None:
    """Donne l’avis sur chaque ligne d’un programme d’achats.

    FICHIER est un CSV ou un classeur de 2 000 lignes au plus ; il revient avec levier, candidats, doutes et totaux. Les montants sont ramenés en HT
    sur la durée entière ; celui dont on ne sait pas s’il est HT, ou par an, n’entre dans aucun total : les options le disent pour tous.
    Interrompu, il reprend où il en était.
    """
    try:
        check_buyer(question.buyer, question.place)
    except DecisionRefused as refusal:
        raise click.BadParameter(str(refusal), param_hint=f"--{refusal.field}") from refusal
    engine = catalogue(database)
    sheet = purchase_sheet(engine, PROGRAMME, path, line.MOST_LINES, mapping)
    shelf, today = filled_shelf(engine), clock.today()
    whose, defaults = owner(engine), sheet_defaults(question.buyer, question.place, sheet.titles, path.name)
    with resumable(path, engine, programme.FORM, shelf.version, assumed, today, sheet.understood) as saved:
        with counting("Programme") as progress:
            answer = answer_sheet(
                engine,
                whose,
                shelf,
                sheet,
                defaults,
                question.line_facts,
                assumed,
                today,
                saved,
                lambda *counts: progress("avis", *counts),
            )
        outlet.send_document(
            programme_document(answer),
            json=lambda: programme_object(answer),
            jsonl=lambda: jsonl_file(programme_lines(answer)),
            csv=lambda: table_csv(lines_table(answer)),
        )


@contextmanager
def resumable(path: Path, engine: Engine, *parameters: object) -> Iterator[KeptAnswers]:
    """Context manager: the answers of an interrupted run on the same file, catalogue and parameters, stored in the cache folder until all is written."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    work = name_of(
        digest, engine.url.render_as_string(), current_model().corpus, *parameters
    )  # the password of a catalogue is left out
    folder = FOLDERS["programmes"].path
    forget_old(folder)
    file_path = folder / f"{work}.jsonl"
    with KeptAnswers(file_path, work) as answers:
        if answers.held:
            done = count(len(answers.held), "ligne déjà faite", "lignes déjà faites")
            Console(stderr=True).print(f"Reprise : {done}.", highlight=False)
        try:
            yield answers
        except KeyboardInterrupt:
            Console(stderr=True).print("Ce qui est fait est gardé : la même commande reprendra là.", highlight=False)
            raise
    file_path.unlink(missing_ok=True)


@command("historique", epilog="entremise historique depenses_2025.csv --montants ht")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@question_options(SpendingQuestion)
@mapping_option
@outlet_options("table", "json", "xlsx", file="historique")
@database_option
def spending_command(
    path: Path, question: SpendingQuestion, mapping: Path | None, outlet: Outlet, database: str | None
) -> None:
    """Photographie des dépenses passées : leur part inclusive.

    Elle est dite par type, avec les lieux où un fournisseur inclusif semblable existe. FICHIER est un CSV ou un classeur : SIRET ou nom, montant, objet ou NAF.
    """
    engine = catalogue(database)
    sheet = purchase_sheet(engine, SPENDING, path, MOST_LINES, mapping)
    shelf, today = filled_shelf(engine), clock.today()
    with resumable(
        path, engine, "historique", spending.FORM, shelf.version, question.place, today, sheet.understood
    ) as answers:
        with counting("Historique") as progress:
            snapshot = spending_snapshot(
                engine,
                shelf,
                sheet,
                question.place,
                question.tax,
                today,
                answers,
                lambda *counts: progress("semblables", *counts),
            )
        outlet.send_document(spending_document(snapshot), json=lambda: spending_object(snapshot))


@command("familles", epilog="entremise familles achats_2027.csv --montants ht")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@question_options(FamiliesQuestion)
@mapping_option
@outlet_options("table", "json", "xlsx", file="familles")
@database_option
def families_command(
    path: Path, question: FamiliesQuestion, mapping: Path | None, outlet: Outlet, database: str | None
) -> None:
    """Réunit les lignes d’achats en familles de besoins semblables.

    Leurs montants comptent ensemble pour les seuils ; ce que plusieurs services achètent est dit. FICHIER est un programme ou un historique : objet ou
    CPV, montant, service, année. Les familles corrigées sur les pages sont reprises.
    """
    engine = catalogue(database, create=True)
    sheet = purchase_sheet(engine, PROGRAMME, path, MOST_LINES, mapping)
    shelf, today = load_shelf(engine), clock.today()
    group = group_families(engine, owner(engine), shelf, sheet, question.tax, question.nature, today)
    outlet.send_document(families_document(group), json=lambda: families_object(group))


@command("rapprocher", epilog="entremise rapprocher tiers_2025.csv -o tiers_2025.xlsx")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--par", "author", metavar="NOM", default="", help="Qui a répondu, si le tableau porte des réponses.")
@mapping_option
@outlet_options("table", "xlsx", "jsonl", file="rapprochement")
@database_option
def reconcile_command(path: Path, author: str, mapping: Path | None, outlet: Outlet, database: str | None) -> None:
    """Rapproche du catalogue un tableau de fournisseurs.

    FICHIER est un CSV ou un classeur : nom, commune ou code postal, SIRET.

    Le classeur rendu a une colonne « Votre réponse » : un SIRET ou « aucun ». Redonnez-le avec --par NOM : chaque réponse est gardée et
    sert aux tableaux suivants.
    """
    engine = catalogue(database)
    sheet = purchase_sheet(engine, SPENDING, path, MOST_LINES, mapping)
    shelf = filled_shelf(engine)
    answers, faults = read_sheet_answers(sheet.entries, load_recogniser(engine))
    if answers:
        if not author.strip():
            raise click.UsageError("Le tableau porte des réponses : dites qui les a données, avec --par NOM.")
        settle_names(engine, answers, author=author.strip(), now=clock.now())
    reconciliation = Reconciled(sheet, recognise_entries(sheet.entries, load_recogniser(engine)), faults)
    outlet.send(
        table=lambda out: print_document(reconciliation_document(reconciliation, shelf, clock.today()), out),
        xlsx=lambda: reconciliation_workbook(reconciliation, clock.today()),
        jsonl=lambda: jsonl_file(reconciled_lines(reconciliation)),
    )


@command("verifier", epilog="entremise verifier 00010101400017")
@click.argument("numbers", metavar="[SIRET]…", nargs=-1)
@click.option(
    "--fichier",
    "path",
    metavar="FICHIER",
    type=click.Path(path_type=Path),
    help="Un tableau (CSV ou classeur) qui a une colonne SIRET.",
)
@mapping_option
@outlet_options("table", "json", "xlsx", file="verification")
@database_option
def verify_command(
    numbers: tuple[str, ...], path: Path | None, mapping: Path | None, outlet: Outlet, database: str | None
) -> None:
    """Vérifie des SIRET : inclusif ou non, quels articles ouverts.

    Dit aussi quels types, depuis quand et selon quelle source.
    """
    engine = catalogue(database)
    wanted_numbers = list(numbers)
    if path is not None:
        sheet = purchase_sheet(engine, SPENDING, path, MOST_NUMBERS, mapping)
        wanted_numbers += [entry.text("siret") for entry in sheet.entries]
    if not any(map(str.strip, wanted_numbers)):
        raise click.UsageError("Donnez au moins un SIRET, ou un tableau qui en a une colonne (--fichier).")
    if not (suppliers := stats(engine)["suppliers"]):
        raise empty_catalogue(engine.url)
    verification = check_numbers(engine, wanted_numbers, clock.today())
    if path is None and all(one.standing is InclusiveStanding.UNREADABLE for one in verification.checked):
        raise RequestRefused("Aucun numéro n’est lisible : un SIRET a quatorze chiffres.")
    document = verification_document(verification, suppliers)
    outlet.send_document(document, json=lambda: verification_object(verification))
