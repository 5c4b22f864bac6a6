"""What importing the package settles for the process."""

import os
import subprocess
import sys

ASKED = """
import matcher.ranking.engine
from threadpoolctl import threadpool_info
print({its["num_threads"] for its in threadpool_info() if its["user_api"] == "blas"})
"""


def test_small_products_of_matrices_are_not_shared_between_threads() -> None:
    untold = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    said = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True, env=untold)
    assert said.stdout == "{1}\n"
