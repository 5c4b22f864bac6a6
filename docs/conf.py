"""Settings of the documentation site, which `make site` builds of the documents as they are read in the repository."""

from sphinx.application import Sphinx

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

# All others are in English, and say so to who came in by French.
FRENCH = {
    "README",
    *(
        f"docs/{name}"
        for name in ("index", "installation", "commands", "glossary", "openrefine", "answers", "privacy", "api")
    ),
}


def mark_english(_app: Sphinx, document: str, source: list[str]) -> None:
    """Say in French, under the title of a page in English, in which language it is."""
    if document not in FRENCH and not document.startswith(("data/", "docs/python-notebook")):
        title, _, text = source[0].partition("\n")
        source[0] = (
            f"{title}\n\n*Cette page est en anglais ; celles en français sont dans [l’accueil](/docs/index.md).*\n{text}"
        )


def setup(app: Sphinx) -> None:
    """Mark pages as they are read."""
    app.connect("source-read", mark_english)
