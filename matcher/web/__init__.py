"""The web site (Flask): a page reads its address, calls the packages that compute (« rooms »: `matcher/<room>/`) and renders. No computation here.

One folder for each room, one file for each blueprint; templates are in `templates/<room>/`, tests in `tests/matcher/web/<room>/`.
"""

from matcher.web.app import create_app

__all__ = ["create_app"]
