"""The web site (Flask): a page reads its address, calls the packages that compute (« rooms »: `matcher/<room>/`) and renders. No computation here.

One folder for each room, one file for each blueprint; templates are in `templates/<room>/`, tests in `tests/matcher/web/<room>/`.

Desk (`desk()`): state of the application that the pages read (database engine, shelf, clock, settings, jobs). Shelf: the catalogue's suppliers loaded as
arrays, for ranking. Lever: legal means by which a buyer reaches inclusive suppliers (reservation, social clause, subcontracting). `told` (of a template):
the document or message that it shows. `most`: an upper limit on a number of results or values.
"""

from matcher.web.app import create_app

__all__ = ["create_app"]
