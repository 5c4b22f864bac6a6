"""The organisation that a command reads and writes for: asked (`entremise --organisation`) only where there are several."""

import click
from sqlalchemy import Engine

from matcher.accounts.organisations import listed, named
from matcher.cli.frame.options import RequestRefused
from matcher.ownership import OrganisationId


def owner(engine: Engine) -> OrganisationId:
    """Return the organisation that was asked for, else the only one. Raises RequestRefused, AccountRefused."""
    context = click.get_current_context(silent=True)
    if wanted := context.find_root().obj if context else None:
        return named(engine, wanted).id
    every = listed(engine)
    if len(every) > 1:
        names = ", ".join(f"« {one.its.name} »" for one in every)
        raise RequestRefused(
            f"Il y a plusieurs organisations ici : {names}. Dites laquelle, avant la commande : entremise --organisation NOM …"
        )
    return every[0].id
