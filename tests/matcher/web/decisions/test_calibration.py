"""« La table de calage »: what is to be calibrated, a family filled with its source and date, refused, left as shipped."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from matcher.reference.calibration import follow
from tests.matcher.web.reading import fill, read

FAMILY = "Collecte des déchets"
SHEET = {"lot-1-objet": "Déchets", "lot-1-cpv": "90511000", "lot-1-montant": "400 000", "lot-1-mois": "12"}


@pytest.fixture(autouse=True)
def no_team() -> Iterator[None]:
    yield
    follow(())


def test_a_steward_fills_a_share_and_the_hours_are_known_at_once(writer: FlaskClient) -> None:
    assert "à caler" in read(writer, "/calage").text
    assert "Heures à caler" in read(writer, "/calibrage", SHEET).text
    form = read(writer, "/calage/famille", {"nom": FAMILY})
    told = {"part_basse": "40", "part_haute": "50", "cout_bas": "28", "source": "relevé du service", "annee": "2026"}
    done = fill(writer, form, "main form", **told)
    assert done.path == "/calage"
    assert "relevé du service · 2026" in done.text
    assert "290 à 710" in read(writer, "/calibrage", SHEET).text.replace("\u00a0", " ")
    again = read(writer, "/calage/famille", {"nom": FAMILY})
    assert again.one("#part_basse")["value"] == "40"
    gone = writer.post(
        "/calage/famille",
        data={"nom": FAMILY, "faire": "retirer", "csrf_token": again.one("[name=csrf_token]")["value"]},
    )
    assert gone.status_code == 303
    assert "Heures à caler" in read(writer, "/calibrage", SHEET).text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"source": ""}, "source"),
        ({"annee": ""}, "annee"),
        ({"part_basse": "120"}, "part_basse"),
        ({"part_basse": "60", "part_haute": "40"}, "part_haute"),
        ({"cpv": "abc"}, "cpv"),
    ],
)
def test_what_cannot_be_used_is_said_under_its_field(writer: FlaskClient, typed: dict[str, str], field: str) -> None:
    form = read(writer, "/calage/famille", {"nom": FAMILY})
    page = fill(writer, form, "main form", **{"source": "relevé", "annee": "2026", **typed})
    assert page.status == 422
    assert page.one(f".faults a[href='#{field}']")
