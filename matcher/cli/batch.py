"""Command `entremise batch`: rank suppliers for thousands of lots (file, folder or period), in resumable partitions, on local processes or a Dask cluster."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import click
from click.exceptions import Exit
from rich.console import Console
from sqlalchemy import Engine

from matcher.batch.compute import WHOLE, BatchRequest, BatchShare, partitions
from matcher.batch.folder import BatchFolder, alone_in
from matcher.batch.given import lots_published
from matcher.batch.local import local_workers, processors
from matcher.batch.pack import temporary_pack
from matcher.batch.parquet import check_parquet
from matcher.batch.row_format import FORMS
from matcher.batch.run import BatchReport, Workers, manifest_head, run_batch
from matcher.cli.frame.options import (
    DAY,
    RequestRefused,
    WholeNumber,
    Written,
    catalogue,
    command,
    database_option,
    existing,
    mapping_option,
    top_option,
)
from matcher.cli.frame.outlet import counting, format_option
from matcher.cli.need.match import NO_SHEET, given_lots, printing_faults
from matcher.clock import today
from matcher.domain.french import count, number
from matcher.domain.need import Need

# Exit codes: some partitions were set aside, because they could not be computed; the user interrupted the batch.
SET_ASIDE, INTERRUPTED = 4, 130
_INTERRUPTED = "Interrompu. Ce qui est fini est gardé : relancez la même commande, elle reprend où elle en était."
_WITHOUT_DASK = (
    'Un calcul sur un cluster demande Dask : pip install ".[cluster]" dans un clone d’Entremise, ou '
    'pip install "./entremise-X.Y.Z-py3-none-any.whl[cluster]" avec sa roue.'
)
_SHARE = re.compile(r"(\d{1,4}) ?(?:/|sur) ?(\d{1,4})")


def _share(text: str) -> BatchShare | None:
    match = _SHARE.fullmatch(text.strip())
    share = BatchShare(int(match[1]), int(match[2])) if match else WHOLE
    return share if match and 1 <= share.number <= share.of else None


def _folder(_ctx: click.Context, param: click.Parameter, path: Path) -> Path:
    if path.exists() and not path.is_dir():
        raise click.BadParameter(f"« {path} » est un fichier : donnez un dossier.", param=param)
    return path


@command("batch", epilog="entremise batch --lots lots.jsonl --format jsonl -o nuit")
@click.option(
    "--lots",
    type=click.Path(path_type=Path),
    metavar="FICHIER|DOSSIER",
    help="Les lots : fichier JSON lines, tableau (CSV, classeur), DECP (JSON, XML), ou dossier de Parquet.",
)
@mapping_option
@click.option(
    "--depuis", "since", type=DAY, metavar="DATE", help="Au lieu de --lots : les lots publiés depuis ce jour."
)
@click.option("--jusqu-au", "until", type=DAY, metavar="DATE", help="Jusqu’à ce jour compris ; sinon, aujourd’hui.")
@click.option(
    "--titulaires", "incumbents_first", is_flag=True, help="Place plus haut qui a déjà travaillé pour l’acheteur."
)
@top_option(10)
@click.option(
    "--partition",
    "size",
    type=WholeNumber(),
    metavar="NOMBRE",
    default=100,
    show_default=True,
    help="Lots par partition : ce qui est écrit, repris ou mis de côté d’un bloc.",
)
@click.option(
    "--processus",
    "processes",
    type=WholeNumber(),
    metavar="NOMBRE",
    help="Processus de cette machine ; sinon, un par cœur.",
)
@click.option(
    "--part",
    "share",
    type=Written("part", _share, "n’est pas une part : la troisième de huit s’écrit 3/8."),
    metavar="N/TOTAL",
    default=WHOLE,
    help="Ne calcule que cette part, par exemple 3/8 : d’autres machines font les autres, dans le même dossier.",
)
@click.option("--cluster", metavar="ADRESSE", help="Calcule sur ce cluster Dask, par exemple tcp://10.0.0.1:8786.")
@format_option(*FORMS)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DOSSIER",
    required=True,
    callback=_folder,
    help="Écrit dans ce dossier, neuf ou vide ; celui d’un calcul interrompu est complété.",
)
@database_option
def batch_command(
    lots: Path | None,
    mapping: Path | None,
    since: date | None,
    until: date | None,
    incumbents_first: bool,
    top: int,
    size: int,
    processes: int | None,
    share: BatchShare,
    cluster: str | None,
    fmt: str,
    output: Path,
    database: str | None,
) -> None:
    """Classe les fournisseurs de milliers de lots, et reprend.

    Par partitions, dont les lignes sont celles de « match --format jsonl », et ce qui est compris du lot. Interrompu, le calcul reprend où il en
    était : relancez la même commande.
    """
    if until is not None and since is None:
        raise click.UsageError("--jusqu-au va avec --depuis.")
    if cluster and processes:
        raise click.UsageError("--processus et --cluster ne vont pas ensemble : le cluster a ses propres ouvriers.")
    if fmt == "parquet":
        check_parquet()
    with _announcing_resumption():
        engine = catalogue(database)
        # fields that cannot be used are printed first; their lots are ranked without them
        parts = list(partitions(printing_faults(_needs(engine, lots, mapping, since, until)), size))
        if not parts:
            raise RequestRefused(
                "Aucun lot : rien à classer. Vérifiez le fichier ou la période, ou importez des avis : « entremise fetch boamp »."
            )
        # the pack: a snapshot of the catalogue, in files that all workers read
        with alone_in(output, share), temporary_pack(engine) as pack:
            request = BatchRequest(pack.digest, today(), top, incumbents_first, fmt)
            folder = BatchFolder.of(output, manifest_head(pack, parts, size, request), share)
            with counting("Classement des lots") as progress:
                workers: Callable[[], AbstractContextManager[Workers]]
                if cluster:
                    try:
                        from matcher.batch.cluster import cluster_workers
                    except ImportError as error:
                        raise RequestRefused(_WITHOUT_DASK) from error
                    workers = partial(cluster_workers, pack, cluster)
                else:
                    workers = partial(local_workers, pack, min(processes or processors(), len(parts)))
                report = run_batch(folder, parts, workers, progress)
        _print_report(report, folder)


@contextmanager
def _announcing_resumption() -> Iterator[None]:
    """On Ctrl+C, announce that finished partitions are kept and the same command resumes, and exit with `INTERRUPTED`."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(_INTERRUPTED, err=True)
        raise Exit(INTERRUPTED) from None


def _needs(
    engine: Engine, lots: Path | None, mapping: Path | None, since: date | None, until: date | None
) -> Iterator[Need]:
    if lots is not None and since is None:
        return given_lots(lots if lots.is_dir() else existing(lots, piped=True), mapping, lambda: engine)
    if mapping is not None and lots is None:
        raise click.UsageError(NO_SHEET)
    if lots is None and since is not None:
        return lots_published(engine, since, until or today())
    raise click.UsageError("Dites quels lots : --lots, ou --depuis, l’un des deux.")


def _print_report(report: BatchReport, folder: BatchFolder) -> None:
    out = Console(stderr=True, highlight=False, soft_wrap=True)
    for failure in report.set_aside:
        out.print(f"Mis de côté : {failure.part} : {failure.why}.", markup=False)
    already = f", {count(report.already, 'déjà faite', 'déjà faites')}" if report.already else ""
    out.print(
        f"{count(report.done, 'partition calculée', 'partitions calculées')}{already} : "
        f"{number(report.rows)} lignes dans « {folder.path} ».",
        markup=False,
    )
    if folder.share != WHOLE:
        done, whole = folder.all_done(), folder.head.partitions
        sentence = "toutes sont faites" if done == whole else f"{number(done)} sur {number(whole)} sont faites"
        out.print(f"Partitions de toutes les parts : {sentence}.", markup=False)
    if report.set_aside:
        raise Exit(SET_ASIDE)
