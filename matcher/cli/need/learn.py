"""Command `entremise apprendre`: retrain the reading of trades with needs that users corrected, keep it if cross-validation shows no loss, or undo it."""

from pathlib import Path
from time import monotonic

import click
from sqlalchemy import Engine

from matcher.catalogue.steward.own_reader import drop_reader
from matcher.cli.frame.options import catalogue, command, database_option, existing, owner
from matcher.cli.frame.outlet import output_option, write_answer
from matcher.db import database_label
from matcher.domain.french import count, number


@command("apprendre", epilog="entremise apprendre --corriges -o besoins.csv")
@click.argument("path", metavar="[FICHIER]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--corriges",
    "corrected",
    is_flag=True,
    help="Écrit les métiers que l’organisation a corrigés, sans rien apprendre.",
)
@click.option("--oublier", "forgetting", is_flag=True, help="Ôte ce qui a été appris ici : la lecture livrée revient.")
@output_option
@database_option
def learn_command(
    path: Path | None, corrected: bool, forgetting: bool, output: Path | None, database: str | None
) -> None:
    """Apprend des métiers corrigés ici à mieux lire les besoins.

    FICHIER est un CSV « activites;genre;objet » : --corriges l’écrit, relisez-le, ôtez ou ajoutez des lignes, puis donnez-le. Il prend la
    place de ce qui était appris. Un quart d’heure : la lecture est éprouvée sur des phrases mises de côté, et n’est changée, pour ce
    catalogue seul, que si elle n’y perd rien.
    """
    if (path is not None) + corrected + forgetting != 1:
        raise click.UsageError("Donnez un fichier, ou « --corriges », ou « --oublier » : l’un des trois.")
    if output is not None and not corrected:
        raise click.UsageError("« -o » va avec « --corriges ».")
    engine = catalogue(database, create=True)
    if corrected:
        from matcher.dossiers.corrected import corrected_needs
        from matcher.reading.trade.corpus import corpus_file

        needs = corrected_needs(engine, owner(engine))
        write_answer(corpus_file(needs), output)
        click.echo(f"{count(len(needs), 'besoin corrigé', 'besoins corrigés')}.", err=True)
        return
    if forgetting:
        dropped = drop_reader(engine)
        nothing = f"{database_label(engine.url)} n’a rien appris."
        click.echo("Oublié : la lecture livrée revient." if dropped else nothing)
        return
    if path is not None:
        _learn(engine, existing(path))


def _learn(engine: Engine, path: Path) -> None:
    from matcher.catalogue.steward.learning import learn_trades  # imported here: training libraries are slow to load

    begun = monotonic()
    learned = learn_trades(
        engine, path, lambda step: click.echo(f"{step} ({number(monotonic() - begun)} s)…", err=True)
    )
    click.echo(learned.figures)
    if learned.forgotten:
        skipped = count(learned.forgotten, "phrase laissée : elle contient", "phrases laissées : elles contiennent")
        click.echo(f"{skipped} ce qui a été oublié.")
    click.echo(
        f"Appris en {number(monotonic() - begun)} s : ce catalogue se lit désormais avec « {learned.model.name} ». Les phrases sont gardées dans "
        f"« {learned.sentences} ». Pour défaire : entremise apprendre --oublier"
    )
