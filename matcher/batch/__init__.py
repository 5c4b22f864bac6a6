"""Matches thousands of lots with the catalogue, in partitions computed in parallel on this machine or a Dask cluster; a run can be resumed.

Shelf: the catalogue's suppliers loaded as arrays, for ranking.
"""
