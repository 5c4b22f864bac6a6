"""Evaluation suites (labelled lots with a scorer) that measure the reading and the ranking of lots. Only `entremise evaluate` calls them.

Shelf: the catalogue's suppliers loaded as arrays, for ranking.
"""
