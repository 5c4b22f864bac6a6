"""Command `entremise evaluate`: measure reading, ranking, identity… on suites (files of labelled cases) and print the figures of docs/evaluation.md."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import click

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.identity.records import CleanRecord
from matcher.catalogue.intake.intake import cleaned_records
from matcher.catalogue.store.read import load_suppliers
from matcher.catalogue.store.recognition import load_recogniser
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.admin.evaluate_view import print_bands, print_corpus, print_figures
from matcher.cli.frame.options import catalogue, command, database_option, existing
from matcher.clock import today
from matcher.decisions.assumptions import DEFAULT as ASSUMED
from matcher.domain.french import count
from matcher.evaluation import reservation
from matcher.evaluation.answers import DRAWS, answered_figures
from matcher.evaluation.backwards import DRAWS as BACKWARDS_DRAWS
from matcher.evaluation.backwards import SIZE as BACKWARDS_SIZE
from matcher.evaluation.backwards import read_backwards
from matcher.evaluation.contracts import contracts, won_by_another_branch
from matcher.evaluation.families import DRAWS as FAMILY_DRAWS
from matcher.evaluation.families import SIZE, family_figures
from matcher.evaluation.names import ledger, name_figures, noisy_ledger, outsider_counts, outsiders
from matcher.evaluation.needs import WITHIN_KM, need_figures, precision_by_evidence, read_needs
from matcher.evaluation.notices import notice_figures
from matcher.evaluation.plain import plain_ranks
from matcher.evaluation.reading import labelled_by_hand, open_half, reading_figures, reliability, sureness
from matcher.evaluation.rewriting import TRAPS, hidden_side, identity_figures, rewritten_side
from matcher.evaluation.suites import (
    LotToRank,
    SuiteLot,
    ask_all,
    differences,
    ranking_figures,
    read_suite,
    slices,
    winner_rank,
    winner_ranks,
)
from matcher.evaluation.trades import found_in_texts, lay_needs, precision_of_evidence, typed_figures
from matcher.evaluation.weights import FOLDS, TOTAL, WeightedLot, cross_validated_ranks, learn_weights
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.trade.corpus import shipped_corpus
from matcher.reference.backtests import ALL_AWARDED, COLUMNS, OUT_OF_REACH

# Simulated shares of suppliers that answer a campaign: nobody, few, many.
ANSWERED = (0.0, 0.3, 0.6)
# Suites of contracts that inclusive suppliers won, by origin.
WON = {
    "marchés attribués (DECP)": "ranking_dev.jsonl",
    "marchés attribués en ville dense": "ranking_dense_dev.jsonl",
    "marchés attribués (BOAMP)": "ranking_boamp_dev.jsonl",
}
# Pattern of the ranking suites: those of `WON`, and any other in the same folder.
RANKING = "ranking*_dev.jsonl"
# Suites of whole notices: with all labels, with only that of the reservation, and with a reserving sentence inserted.
NOTICES = {
    "notices_dev.jsonl": "étiquetés",
    "notices_reserved_dev.jsonl": "dont seule la réservation est étiquetée",
    "notices_reserved_made_dev.jsonl": "où une phrase qui réserve a été mise",
}
# Past contracts (DECP), for hand-labelled reading, random draws, and contracts that no inclusive supplier could win.
CONTRACTS = "decp_2018_2020.json"
TYPED = {
    "typed_dev.jsonl": "Besoins comme on les tape, moitié ouverte",
    "said_dev.jsonl": "Tournures des essais et du panorama",
}
# Directories for the suites of identity and names; the SIRET of « asp » are hidden.
DIRECTORIES = {
    "emplois": "les_emplois_marche.json",
    "finess": "finess_esat_ea_2021.csv",
    "asp": "2019_07_liste_siae.csv",
}


@dataclass(frozen=True)
class Ground:
    """Inputs of a suite: folder of the labelled lots, database of the catalogue, day, and file where the table of `reservation` is written (None: nowhere)."""

    folder: Path
    database: str | None
    today: date
    table: Path | None

    @property
    def sources(self) -> Path:
        """Return the folder of the directories and past contracts."""
        return self.folder.parent / "data" / "sources"

    @cached_property
    def shelf(self) -> Shelf:
        """Return the shelf: the catalogue's suppliers as arrays."""
        return load_shelf(catalogue(self.database))

    def directory(self, key: str) -> list[CleanRecord]:
        """Read the cleaned records of one of `DIRECTORIES`."""
        return cleaned_records(REGISTRY[key], Source(existing(self.sources / DIRECTORIES[key])))

    def suite(self, name: str, *labels: str) -> list[SuiteLot]:
        """Read a suite, whose lots must have these labels."""
        return read_suite(existing(self.folder / name), labels)


def _reading(on: Ground) -> None:
    cases, contracts_path = open_half(on.suite("reading_dev.jsonl", "objet", "group", "sector")), on.sources / CONTRACTS
    print_figures(
        f"Lecture, moitié ouverte : {len(cases)} objets",
        {"objet seul": reading_figures(cases), "avec CPV": reading_figures(cases, with_cpv=True)},
    )
    if not contracts_path.is_file():
        click.echo(f"« {contracts_path.name} » est absent : rien à mesurer sur des marchés mis de côté.")
        return
    draws = labelled_by_hand(contracts_path)
    for draw, hand in draws.items():
        print_figures(
            f"Lecture, {count(len(hand), 'marché')} étiquetés à la main, tirage {draw} : aucun mot n’en est appris",
            {"objet seul": reading_figures(hand), "avec CPV": reading_figures(hand, with_cpv=True)},
        )
    every_draw = [case for hand in draws.values() for case in hand]
    print_figures(
        "Le doute : part des lectures sûres, et part juste des unes et des autres",
        {"étiquetés à la main": sureness(every_draw)},
        decimals=3,
    )
    print_bands({"étiquetés à la main": reliability(every_draw)})


def _typed(on: Ground) -> None:
    for name, what in TYPED.items():
        suite = on.suite(name, "objet", "asked")
        print_figures(f"{what} : {count(len(suite), 'phrase')}", {"objet seul": typed_figures(suite)}, decimals=3)


def _ranking(on: Ground) -> None:
    """Print the figures of the ranking suites, then those of two suites on which no weight was tuned."""
    existing(on.folder / next(iter(WON.values())))
    files = [path.name for path in sorted(on.folder.glob(RANKING))]
    _print_ranking({name: ask_all(on.suite(name, "gold_sirets"), on.shelf, on.today) for name in files})
    # needs of another origin, compared with distance alone; one half (« gardée ») is never looked at
    halves = lay_needs(on.shelf, on.today)
    if not halves:
        click.echo("Aucun fournisseur du catalogue n’est dans la table des réalisations.")
    for half, suite in sorted(halves.items(), reverse=True):
        print_figures(
            f"Réalisations racontées, moitié {half} : {count(len(suite), 'besoin')}",
            {
                "poids en usage": ranking_figures(winner_ranks(suite)),
                "distance seule": ranking_figures([winner_rank(lot, {"proximity": TOTAL}) for lot in suite]),
            },
        )
    _branches(on.sources / CONTRACTS, on.shelf, on.today)


def _print_ranking(suites: Mapping[str, list[LotToRank]]) -> None:
    """Print, for each suite and for all lots, the figures of the weights in use, of the baseline, and of learned weights (cross-validated)."""
    lots = [lot for suite in suites.values() for lot in suite]
    choices = [WeightedLot(lot) for lot in lots]
    ways = {
        "poids en usage": winner_ranks(lots),
        "distance, type et NAF": plain_ranks(lots),
        f"appris, validés en {FOLDS} plis": cross_validated_ranks(lots, choices),
    }
    begin = 0
    for name, suite in {**suites, "ensemble": lots}.items():
        part = slice(0, None) if name == "ensemble" else slice(begin, begin + len(suite))
        begin += len(suite)
        print_figures(
            f"Classement, {name} : {count(len(suite), 'lot')}, {count(len(lots[0].ask.shelf), 'fournisseur')}",
            {label: ranking_figures(ranks[part]) for label, ranks in ways.items()},
            decimals=3,
        )
    in_use, *others = ways
    print_figures(
        "Ce que les poids en usage gagnent sur l’ensemble (± une erreur type, par gagnant)",
        {f"sur « {other} »": differences(lots, ways[in_use], ways[other]) for other in others},
        decimals=3,
    )
    weights = ", ".join(f"{key} {weight}" for key, weight in sorted(learn_weights(choices).items()))
    click.echo(f"Appris sur tout : {weights}")
    parts = {
        f"{name} ({len(positions)})": ranking_figures([ways[in_use][position] for position in positions])
        for name, positions in slices(lots).items()
    }
    print_figures("Par tranche, poids en usage", parts)


def _branches(path: Path, shelf: Shelf, day: date) -> None:
    """Print the figures of contracts on which no weight was tuned: those won by another branch of a supplier's organisation."""
    if not path.is_file():
        click.echo(f"« {path.name} » est absent : pas de marché gagné par une autre implantation.")
        return
    suite = won_by_another_branch(path, shelf, day)
    ranks = ranking_figures(winner_ranks(suite))
    print_figures("Témoin : aucun poids n’y a été choisi", {f"gagnés par une autre implantation ({len(suite)})": ranks})


def _identity(on: Ground) -> None:
    records = {key: on.directory(key) for key in DIRECTORIES}
    known = [*records["emplois"], *records["finess"]]
    side = rewritten_side(known)
    hidden = hidden_side(known, records["asp"])
    print_figures(
        f"Identité : {count(len(known), 'fiche connue', 'fiches connues')}, SIRET caché",
        {
            f"{len(side)} fiches récrites, dont {TRAPS} pièges": identity_figures(known, side),
            f"{len(hidden)} fiches de l’ASP, 2019": identity_figures(known, hidden),
        },
        decimals=4,
    )


def _names(on: Ground) -> None:
    recogniser = load_recogniser(catalogue(on.database))
    brands = {record.siret: record.brand for record in on.directory("emplois") if record.brand}
    lines, noisy = ledger(on.directory("asp"), brands), noisy_ledger(on.directory("emplois"))
    figures = {
        count(len(lines), "ligne"): name_figures(lines, recogniser),
        f"{count(len(noisy), 'ligne')}, avec les mots que les comptes ajoutent": name_figures(noisy, recogniser),
    }
    print_figures("Noms : SIAE sans leur SIRET, écrites comme le font les comptes", figures, decimals=4)
    firms = outsiders(contracts(existing(on.sources / CONTRACTS)), recogniser)
    title = "Noms : titulaires de marchés que le catalogue n’a pas, par leur nom seul"
    print_figures(title, {count(len(firms), "entreprise"): outsider_counts(firms, recogniser)}, decimals=0)


def _notices(on: Ground) -> None:
    for name, what in NOTICES.items():
        suite = on.suite(name, "objet")
        print_figures(
            f"Avis entiers {what} : {len(suite)}",
            {name: {"part": share} for name, share in notice_figures(suite).items()},
        )


def _needs(on: Ground) -> None:
    """Print the figures of typed needs against suppliers labelled by hand, and the precision of each kind of evidence."""
    needs = read_needs(on.suite("needs_dev.jsonl", "established"), on.shelf)
    print_figures(
        f"Besoins tapés : {len(needs)}, établis à {WITHIN_KM} km au plus", {"premier écran": need_figures(needs)}, 3
    )
    print_figures("Justesse par sorte de preuve, structures à portée", precision_by_evidence(needs))


def _trades(on: Ground) -> None:
    """Print how well suppliers' trades are inferred from their records and read in public texts; then the rank of winners if a share of all suppliers had
    stated their trades (simulation)."""
    suite = [lot.labels for lot in on.suite("trades_dev.jsonl", "supplier", "activities")]
    print_figures(
        f"Métiers de {count(len(suite), 'fournisseur')}, par la fiche seule", precision_of_evidence(suite, on.shelf)
    )
    print_figures("Métiers lus dans leur texte", found_in_texts(suite))
    suppliers = load_suppliers(catalogue(on.database))
    for name, file in WON.items():
        lots = ask_all(on.suite(file, "gold_sirets"), on.shelf, on.today)
        print_figures(
            f"Classement, {name}, selon la part des structures qui auraient dit leurs métiers (simulé, borne haute, {DRAWS} tirages)",
            {f"{share:.0%}": answered_figures(suppliers, lots, share) for share in ANSWERED},
            decimals=3,
        )


def _backwards(on: Ground) -> None:
    """Print the rank of the lot won in the list that its winner would be shown."""
    suites = {file: on.suite(file, "gold_sirets") for file in WON.values()}
    lots = [lot for suite in suites.values() for lot in suite]
    read = read_backwards(lots, existing(on.sources / CONTRACTS), on.shelf, on.today)
    begin = 0
    for name, suite in {**suites, "ensemble": lots}.items():
        part = read if suite is lots else read.part(slice(begin, begin + len(suite)))
        begin += len(suite)
        print_figures(
            f"À rebours, {name} : le lot gagné ({len(suite)}) parmi {BACKWARDS_SIZE} tirés au sort, {BACKWARDS_DRAWS} tirages",
            part.figures(),
            decimals=3,
        )
    print_figures(
        "Ce que l’ordre en usage gagne sur l’ensemble (± une erreur type, par gagnant)", read.gains(), decimals=3
    )


def _reservation(on: Ground) -> None:
    """Print the verdicts of the opinion on reserving, for contracts that inclusive suppliers won and for some that they could not, and its calibration."""
    won = {
        name: reservation.opinions(ask_all(on.suite(file, "gold_sirets"), on.shelf, on.today), ASSUMED)
        for name, file in WON.items()
    }
    drawn = reservation.out_of_reach(existing(on.sources / CONTRACTS), on.shelf, on.today)
    others = reservation.without_winner([ask for family in drawn.values() for ask in family], ASSUMED)
    every = [opinion for suite in won.values() for opinion in suite]
    judged = {**won, ALL_AWARDED: every, OUT_OF_REACH: others}
    print_figures(
        "Avis de réservation : part des lots par conclusion",
        {f"{name} ({len(opinions)})": reservation.verdict_shares(opinions) for name, opinions in judged.items()},
        decimals=3,
    )
    counted = {name: reservation.verdict_counts(opinions) for name, opinions in judged.items()}
    print_figures("Avis de réservation : lots par conclusion, et où est le gagnant", counted, decimals=0)
    print_figures(
        "Réserver, et à qui : part des lots",
        {name: reservation.named_shares(opinions) for name, opinions in judged.items()},
        decimals=3,
    )
    print_figures(
        "Chance de faire le métier : supposée, et mesurée par les gagnants", reservation.candidates_by_fit(every)
    )
    if on.table is not None:
        # the table that the opinion shows about its own reliability
        with on.table.open("w", encoding="utf-8", newline="") as file:
            written = csv.writer(file, delimiter=";", lineterminator="\n")
            written.writerow(COLUMNS)
            for name, figures in sorted(counted.items()):
                written.writerow([name, *figures.values(), on.today.isoformat(), "entremise evaluate reservation"])


# Run only when named explicitly, as it trains a model for each fold.
CORPUS = "corpus"
SUITES: Mapping[str, Callable[[Ground], None]] = {
    "ranking": _ranking,
    "reading": _reading,
    "typed": _typed,
    "notices": _notices,
    "needs": _needs,
    "trades": _trades,
    "identity": _identity,
    "names": _names,
    "reservation": _reservation,
    # Precision and recall of families of like needs, for past contracts whose CPV is hidden.
    "families": lambda on: print_figures(
        f"Familles de besoins : paires d’une même classe CPV, {FAMILY_DRAWS} tirages de {SIZE} marchés",
        family_figures(existing(on.sources / CONTRACTS)),
    ),
    "backwards": _backwards,
}


@command("evaluate", epilog="entremise evaluate reading --repertoire etiquettes")
@click.argument("suites", metavar="[SUITE]…", nargs=-1, type=click.Choice([*SUITES, CORPUS]))
@click.option(
    "--repertoire",
    "folder",
    metavar="DOSSIER",
    type=click.Path(path_type=Path),
    default=Path("../shared/eval"),
    show_default=True,
    help="Où sont les suites étiquetées (ranking_dev.jsonl, reading_dev.jsonl…) ; les annuaires de « identity » et « names », et les marchés, sont dans ../data/sources.",
)
@click.option(
    "--table",
    metavar="FICHIER",
    type=click.Path(path_type=Path),
    help="Écrit aussi l’épreuve de l’avis, telle que data/reference/epreuves_avis.csv la garde.",
)
@database_option
def evaluate_command(suites: tuple[str, ...], folder: Path, table: Path | None, database: str | None) -> None:
    """Mesure ce que valent les réponses, sur des cas connus.

    SUITE : ranking (le classement), reading (la lecture), typed (les besoins comme on les tape), notices (les avis entiers), needs (des besoins tapés), trades (les métiers des
    fournisseurs), identity (un fournisseur reconnu sans son SIRET), names (un nom tel que les comptes l’écrivent), reservation (l’avis de
    réservation), families (les familles de besoins) ou backwards (les lots que lit un fournisseur) ; toutes sinon.
    corpus (le lecteur, sur des plis de son corpus) se demande à part : un quart d’heure.
    """
    if not folder.is_dir():
        raise click.UsageError(f"« {folder} » n’existe pas : --repertoire dit où sont les suites étiquetées.")
    on = Ground(folder, database, today(), table)
    for suite in suites or SUITES:
        if suite == CORPUS:
            from matcher.evaluation import corpus  # it loads SciPy

            sentences = shipped_corpus()
            print_corpus(corpus.read_in_folds(sentences), corpus.learning_curve(sentences))
        else:
            SUITES[suite](on)
