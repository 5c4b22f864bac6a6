"""`--departement`: the code of a département, as people write it."""

from typing import Any

import click

from matcher.reference.geography.territories import Departement, departement


class DepartementCode(click.ParamType[Departement]):
    """The code of a département, « 62 », « 2a » or « 974 »."""

    name = "departement"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Departement:
        found = value if isinstance(value, Departement) else departement(str(value))
        return found or self.fail(f"« {value} » n’est pas le code d’un département (62, 2A, 974…).", param, ctx)
