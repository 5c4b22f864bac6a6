"""`--departement`: the code of a département, as people write it."""

from matcher.cli.frame.options import Written
from matcher.reference.geography.territories import departement

DEPARTEMENT = Written("departement", departement, "n’est pas le code d’un département (62, 2A, 974…).")
