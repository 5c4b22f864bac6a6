"""Faults of the lots of a file, told on standard error: these lots are taken without what cannot be used."""

from collections.abc import Iterable, Iterator

import click

from matcher.domain.french import count
from matcher.domain.need import Need

_SHOWN = 5


def telling_faults(needs: Iterable[Need]) -> Iterator[Need]:
    """Yield needs; tell the first of their faults, and how many others there are, after the last."""
    faults: list[str] = []
    for need in needs:
        faults.extend(map(str, need.faults))
        yield need
    for fault in faults[:_SHOWN]:
        click.echo(fault, err=True)
    if more := len(faults[_SHOWN:]):
        click.echo(f"… et {count(more, 'autre champ inutilisable', 'autres champs inutilisables')}.", err=True)
