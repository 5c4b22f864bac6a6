"""Web pages, served by Flask: a page reads its address, calls the rooms below and renders. No computation here.

One file here is one blueprint, one folder of `templates/` and one test file under `tests/matcher/web/`.
"""

from matcher.web.app import create_app

__all__ = ["create_app"]
