"""Pages of the marché as a browser saves them: what is a card, and what is none."""

from pathlib import Path

import pytest

from importers.importer import SourceError
from tests.importers.reading import FIXTURES, items_of, records


def test_what_the_page_does_not_know_is_left_empty(tmp_path: Path) -> None:
    page = (FIXTURES / "marche_fiche.html").read_text("utf-8").replace("900 000 118 00018", "non disponible")
    path = tmp_path / "fiche.html"
    path.write_text(page, encoding="utf-8")
    (sheet,) = records(items_of("marche", path))
    assert (sheet.siret, sheet.post_code) == ("", "59600")


@pytest.mark.parametrize(
    "body", ["<h1>Accueil</h1>", '<div class="siae-card"><h2>Publicité</h2></div>', "<div>" * 5000]
)
def test_another_page_is_refused(body: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    with pytest.raises(SourceError, match="page HTML"):
        items_of("marche", path)
