"""Ranks inclusive suppliers for a lot (a buyer's need): gates exclude some with a reason, weighted signals add up to a score. Pure: no database.

The catalogue's suppliers are loaded as arrays (the shelf), so that a lot is compared with all of them at once.

Lever: legal means by which the lot reaches inclusive suppliers (a reserving article admits some kinds of supplier only). `told`: French description of a
gate or signal. `most`: an upper limit on a number of results or values.
"""
