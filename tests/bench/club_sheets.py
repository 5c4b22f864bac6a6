"""`python -m tests.bench.club_sheets URL`: made-up sheets of suppliers of this catalogue taken in and planned, on it and on an empty one:
meetings that answer a written need, seconds of the processor, and what a checker of its own finds wrong."""

import sys
import tempfile
from pathlib import Path
from time import process_time

import click

from matcher.db import open_database
from tests.matcher.club.made_day import answered, faults, made_day
from tests.matcher.club.played_day import listed, played

SIZES = ((40, 120), (60, 170))
EVENTS = 25


def compare(url: str, folder: Path, events: int) -> None:
    """Print a line an event and a catalogue, then what they add up to."""
    catalogue, empty = open_database(url), open_database(f"sqlite:///{(folder / 'vide.sqlite').as_posix()}")
    known = listed(catalogue)
    for buyers, suppliers in SIZES:
        total = {"catalogue": [0, 0, 0], "vide": [0, 0, 0]}
        for seed in range(events):
            made = made_day(seed, buyers, suppliers, known)
            for name, engine in (("catalogue", catalogue), ("vide", empty)):
                started = process_time()
                event, people = played(engine, made, folder)
                wrong = list(faults(event, people, made))
                found = answered(event, people, made), len(event.bookings), len(wrong)
                total[name] = [held + more for held, more in zip(total[name], found, strict=True)]
                click.echo(
                    f"{buyers} × {suppliers}, n° {seed}, {name:<9} : {found[0]} répondent sur {found[1]} rendez-vous,"
                    f" {found[2]} fautes ; {process_time() - started:.1f} s"
                )
                for fault in wrong[:5]:
                    click.echo(f"    {fault}")
        for name, (answers, meetings, wrong_ones) in total.items():
            click.echo(f"{buyers} × {suppliers}, {name} : {answers} sur {meetings}, {wrong_ones} fautes")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        compare(sys.argv[1], Path(temporary), int(sys.argv[2]) if len(sys.argv) > 2 else EVENTS)
