"""termes_appris.csv: weights of words, learned from past public contracts that their CPV labels.

Only weights that matter are written, so that a person can read the table; no model is pickled. The contracts themselves stay where
they are, in a file of the DECP 2019 format beside the project.
"""

from pathlib import Path

from data.build.packages import REFERENCE, write_table
from matcher.evaluation.learning import examples, learn

CONTRACTS = REFERENCE.parents[2] / "shared/data/sources/decp_2018_2020.json"


def build(contracts: Path = CONTRACTS) -> None:
    """Learn from a DECP file and write termes_appris.csv: term, activity or group, weight to the hundredth."""
    facts = learn(examples(contracts))
    write_table(
        "termes_appris.csv", ("terme", "cible", "poids"), ((t, c, f"{w:.2f}") for (t, c), w in sorted(facts.items()))
    )
