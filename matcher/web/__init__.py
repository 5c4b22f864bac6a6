"""Web pages, served by Flask: a page reads its address, calls the rooms below and renders. No computation here.

One folder a room, one file a blueprint; its templates are in `templates/<room>/`, its tests in `tests/matcher/web/<room>/`.
"""

from matcher.web.app import create_app

__all__ = ["create_app"]
