"""Tools that help a buyer or a contract's winner decide: reserving a lot, joint bids, cutting into lots, social clauses, purchase programmes, coverage.

Lever: legal means by which a buyer reaches inclusive suppliers (reservation, social clause, subcontracting). Shelf: the catalogue's suppliers loaded as
arrays, for ranking. `told`, `Told…`: facts given by a person, not read or estimated; in an `Opinion`, the lever whose figures are shown. `most`: an upper
limit on a number of results or values.
"""
