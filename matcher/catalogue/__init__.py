"""The catalogue of suppliers: `identity` (which records are one supplier), `store` (database), `intake` (imports), `steward` (care by a person).

Shelf: the catalogue's suppliers loaded as arrays, for ranking. `most`: an upper limit on a number of results or values.
"""
