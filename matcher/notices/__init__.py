"""Public procurement notices (calls for tenders, corrections, awards): cleaned, grouped by contract into lots, and matched with the suppliers.

Lever: legal means by which a buyer reaches inclusive suppliers (reservation, social clause, subcontracting). Shelf: the catalogue's suppliers loaded as
arrays, for ranking. `LotTold`, `ToldLot`: a lot as a message of a watch presents it, or last presented it.
"""
