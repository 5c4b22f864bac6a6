"""Understands a lot (a buyer's need): from its text, CPV code, places and buyer to a structured `Reading`. Pure: no database.

Lever: legal means by which a buyer reaches inclusive suppliers (reservation, social clause, subcontracting). `told`: in a `Reading`, the user chose the
activities; in a lot of a notice, its own parts. `most`: an upper limit on a number of results or values.
"""
