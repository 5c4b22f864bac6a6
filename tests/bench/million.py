"""`python -m tests.bench.million`: a catalogue of a million, imported twice; the identity of its records alone; Sirene's stock in Parquet.

It takes two cores half an hour: `make bench` leaves it out. Each measure is in a process of its own, so that its peak memory is its own.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time

import click
import duckdb

from importers.importer import Source, SupplierRecord
from matcher.catalogue.identity.compare import Traits
from matcher.catalogue.identity.records import pack
from matcher.catalogue.intake.plan import Incoming, KnownRecord, plan_import
from matcher.catalogue.intake.read_apart import importer_in_subprocess
from matcher.catalogue.intake.spool import TupleFile
from matcher.domain.kinds import SupplierKind
from matcher.jobs.reader_process import COMMAND
from matcher.reference.tables import rows as reference_rows
from tests.bench.__main__ import apart
from tests.bench.rows import FIRST, KINDS, SECOND, STREETS, write_directory
from tests.factories import siret

MANY, STOCK, WANTED = 1_000_000, 2_000_000, 5_000
_KIB_IN_MIB, _BYTES_IN_MIB = 1024, 2**20


def identity(count: int) -> dict[str, float]:
    """Processor seconds to plan an import of `count` records, then one of the same again with nothing changed; peak memory, in MiB."""
    done = {}
    with TupleFile(Incoming._make) as incoming, TupleFile(KnownRecord._make) as known:
        for traits in _records(count):
            incoming.add(traits.key, Incoming(bytes(32), pack(traits)))
        started = process_time()
        plan = plan_import({}, incoming, source="tableur", complete=False)
        done |= {"first": process_time() - started, "suppliers": len(plan.touched), "peak_mib": _peak()}
        for number, (key, item) in enumerate(incoming.items()):
            known.add(key, KnownRecord(number, plan.supplier_ids[key], item.hash, False, item.traits))
        del plan
        started = process_time()
        plan = plan_import(known, incoming, source="tableur", complete=False)
        return done | {"again": process_time() - started, "changed": len(plan.touched), "peak_again_mib": _peak()}


def _records(count: int, seed: int = 1) -> Iterator[Traits]:
    """What identity compares of invented suppliers of two lists, each of which knows one in twenty of the other by name alone."""
    chance = random.Random(seed)  # noqa: S311  # invented, no secret
    towns = [town for town in reference_rows("communes") if town["codes_postaux"] and town["lat"]]
    last = Traits("", "")
    for rank in range(count):
        town, number = chance.choice(towns), siret(rank + 1) if chance.random() < 0.9 else ""
        its = Traits(
            *("tableur", f"liste-{rank % 2}:B{rank}", number, "", number[:9]),
            names=(f"{chance.choice(FIRST)} {chance.choice(SECOND)} {rank}",),
            kinds=(SupplierKind(chance.choice(KINDS)),),
            address=f"{chance.randint(1, 99)} {chance.choice(STREETS)}",
            post_code=town["codes_postaux"].split()[0],
            insee=town["code_insee"],
            city=town["nom"],
            phone=f"+333{rank:08d}",
            website=f"https://www.structure-{rank}.example",
        )
        if rank % 20 == 1:
            its = its._replace(ref=f"liste-1:C{rank}", names=last.names, siret="", siren="", insee=last.insee)
        last = its
        yield its


def stock(path: Path, count: int) -> None:
    """Write a stock of establishments of `count` invented rows, as Sirene publishes its own."""
    with duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "1GB"}) as database:
        database.sql(
            f"""
            SELECT lpad(i::VARCHAR, 14, '0') AS siret, if(i % 9 = 0, 'F', 'A') AS etatAdministratifEtablissement,
                DATE '2020-01-01' + (i % 2000)::INTEGER AS dateDebut,
                TIMESTAMP '2026-10-01 10:00:00' AS dateDernierTraitementEtablissement,
                (i % 99)::VARCHAR AS numeroVoieEtablissement, 'RUE' AS typeVoieEtablissement,
                md5(i::VARCHAR) AS libelleVoieEtablissement, '59000' AS codePostalEtablissement,
                'LILLE' AS libelleCommuneEtablissement, '59350' AS codeCommuneEtablissement,
                '81.30Z' AS activitePrincipaleEtablissement, 'NAFRev2' AS nomenclatureActivitePrincipaleEtablissement,
                (650000 + i % 1000)::DOUBLE AS coordonneeLambertAbscisseEtablissement,
                7000000.25::DOUBLE AS coordonneeLambertOrdonneeEtablissement, '11' AS trancheEffectifsEtablissement
            FROM range({count}) t(i)
            """  # noqa: S608  # a number of this file
        ).write_parquet(str(path), compression="zstd")


def sirene(path: Path, count: int) -> dict[str, float]:
    """Seconds, processor seconds and peak memory, in MiB, of the reader process that takes WANTED establishments out of a stock."""
    wanted = frozenset(f"{rank * (count // WANTED):014d}" for rank in range(WANTED))
    started = perf_counter()
    found = [*importer_in_subprocess("sirene", limits=COMMAND).read(Source(path, wanted=wanted))]
    assert sum(isinstance(item, SupplierRecord) for item in found) == WANTED
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds, processor = perf_counter() - started, used.ru_utime + used.ru_stime
    return {"seconds": seconds, "processor": processor, "peak_mib": used.ru_maxrss / _KIB_IN_MIB}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_IN_MIB


def _in_a_process(name: str, *given: object) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.million", name, *map(str, given)]
    done: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return done


def compare(folder: Path) -> None:
    """Print a line for each work, as it is measured."""
    path = folder / "stock.parquet"
    stock(path, STOCK)
    done = _in_a_process("sirene", path, STOCK)
    click.echo(
        f"Sirene, {WANTED} établissements parmi {STOCK} ({path.stat().st_size / _BYTES_IN_MIB:.0f} Mio de Parquet) : "
        f"{done['seconds']:.1f} s, dont {done['processor']:.1f} de processeur, {done['peak_mib']:.0f} Mio"
    )
    done = _in_a_process("identity", MANY)
    click.echo(
        f"identité de {MANY} fiches : {done['first']:.0f} s de processeur, {done['peak_mib']:.0f} Mio ; la même sans rien de changé : "
        f"{done['again']:.0f} s, {done['peak_again_mib']:.0f} Mio"
    )
    rows, base = write_directory(folder / "lignes.csv", MANY), folder / "catalogue.sqlite"
    done = apart(f"sqlite:///{base.as_posix()}", rows)
    click.echo(
        f"import de {MANY} lignes, SQLite : {done['first'] / 60:.1f} min (but : 12), {done['peak_mib']:.0f} Mio (but : 1024) ; sans rien "
        f"de changé : {done['again'] / 60:.1f} min, {done['peak_again_mib']:.0f} Mio ; {base.stat().st_size / MANY:.0f} octets par ligne"
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["identity", number]:
            click.echo(json.dumps(identity(int(number))))
        case ["sirene", file, number]:
            click.echo(json.dumps(sirene(Path(file), int(number))))
        case _:
            with tempfile.TemporaryDirectory() as temporary:
                compare(Path(temporary))
