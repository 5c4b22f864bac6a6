"""Parameter type of the option `--departement`: the code of a French département (62, 2A, 974…)."""

from matcher.cli.frame.options import Written
from matcher.reference.geography.territories import departement

DEPARTEMENT = Written("departement", departement, "n’est pas le code d’un département (62, 2A, 974…).")
