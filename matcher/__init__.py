"""Entremise: from the directories of inclusive suppliers to a ranked, explained list."""

import os

# The matrices here are small: of two threads that wait for one another, the product takes longer than of one, and four times as long
# on a machine that does something else. Set before numpy reads it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
