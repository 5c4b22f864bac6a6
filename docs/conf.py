"""Settings of the documentation site, which `make site` builds of the documents as they are read in the repository."""

project = "Entremise"
language = "fr"
extensions = ["myst_nb"]
# The root of the repository is the source, so that a link works in a clone as on the site.
include_patterns = ["*.md", "examples/README.md", "data/*/README.md", "docs/**"]
root_doc = "docs/index"
# The notebook is run by tests/matcher/test_api.py, and carries the outputs that `python -m tests.matcher.notebook` writes.
nb_execution_mode = "off"
myst_heading_anchors = 6
html_theme = "furo"
html_title = "Entremise"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_search_summary = False  # it asks for pages, which a browser refuses to those opened from a disk
html_extra_path = ["site"]
