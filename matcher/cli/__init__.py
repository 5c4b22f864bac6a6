"""The command line `entremise`: each command reads its options, calls the packages of `matcher`, and prints or writes the answer. No computation here.

Shelf: the catalogue's suppliers loaded as arrays, for ranking. `most`: an upper limit. Lever: legal means by which a buyer reaches inclusive suppliers
(reservation, social clause, subcontracting).
"""

from matcher.cli.app import main

__all__ = ["main"]
