"""Sourcing files (dossiers): for one tender, the frozen lists of suppliers, their follow-up, calls, messages, contracts and hours of insertion.

Lever: legal means by which a buyer reaches inclusive suppliers (reservation, social clause, subcontracting). Shelf: the catalogue's suppliers loaded as
arrays, for ranking. `RegisterLine`: a line of the register of messages and calls."""
