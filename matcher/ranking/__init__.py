"""Ranks inclusive suppliers for a lot (a buyer's need): gates exclude some with a reason, weighted signals add up to a score. Pure: no database.

The catalogue's suppliers are loaded as arrays (the shelf), so that a lot is compared with all of them at once.
"""
