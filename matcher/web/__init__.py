"""Top floor: the pages, served by Flask. Thin, like the command line: a page reads its address, calls the floors below and renders.

One file here is one blueprint, one folder of `templates/` and one test file under `tests/matcher/web/`.
"""

from matcher.web.app import create_app

__all__ = ["create_app"]
