"""The pages of renewals and of a territory: what is listed with its doubts, their files, what they refuse."""

import pytest

from tests.factories import siret
from tests.matcher.notices.watching.followed import take
from tests.matcher.notices.written import lot, notice, won
from tests.matcher.web.notices.conftest import Follower
from tests.matcher.web.reading import EACH_NASTY, harmless, nasty_fields, read

PAGE = "/annonces/renouvellements"


def test_what_ends_soon_leads_to_its_holder_and_to_who_could_answer_next(follower: Follower) -> None:
    its = lot(
        duration="36",
        duration_unit="MONTH",
        deadline="",
        awarded="9000",
        awarded_on="2024-02-15",
        winners=won(siret(1)),
    )
    take(follower.engine, notice("24-1", its, nature="ATTRIBUTION", published="2024-03-01"))
    page = read(follower.client, f"{PAGE}?metier=espaces+verts")
    assert "1 marché finit d’ici le 27 mai 2027, dont 1 tenu par un fournisseur du catalogue" in page.text
    assert page.link("Jardin 1") == f"/fournisseurs/siret:{siret(1)}"
    assert "Jardin 2" in read(follower.client, page.link("Entretien des espaces verts")).text
    for form in ("XLSX", "JSON", "CSV"):
        assert follower.client.get(page.link(form)).status_code == 200


TERRITORY = "/annonces/territoire"


def test_a_lot_that_could_have_been_reserved_leads_to_who_could_answer_it(follower: Follower) -> None:
    page = read(follower.client, f"{TERRITORY}?lieu=Nord+%2859%29")
    assert "1 lot publié" in page.text
    assert page.link("Entretien des espaces verts") == "/annonces/1"
    (credible,) = [str(link["href"]) for link in page.all("a[href*='candidats?levier=12']")]
    assert "Jardin 2" in read(follower.client, credible).text
    for form in ("XLSX", "JSON", "CSV des lots à réserver"):
        assert follower.client.get(page.link(form)).status_code == 200


@pytest.mark.parametrize(
    ("page", "asked", "fault"),
    [
        *((PAGE, asked, asked.partition("=")[0]) for asked in ("mois=100", "metier=qzx", "lieu=Nullepart+les+Bains", "acheteur=x")),
        *((TERRITORY, asked, asked.partition("=")[0]) for asked in ("lieu=", "lieu=Nullepart+les+Bains")),
        *((TERRITORY, f"lieu=Nord&{asked}", "depuis") for asked in ("depuis=2026-12-01&jusqu=2026-11-01", "depuis=hier")),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_under_its_field(follower: Follower, page: str, asked: str, fault: str) -> None:
    answer = read(follower.client, f"{page}?{asked}")
    assert answer.status == 422
    assert answer.all(f"#{fault}-faute")
    assert follower.client.get(f"{page}/{page.rpartition('/')[2]}.json?{asked}").status_code == 400


def test_it_asks_for_a_territory_where_none_is_known(follower: Follower) -> None:
    assert read(follower.client, TERRITORY).status == 200


@EACH_NASTY
@pytest.mark.parametrize("page", [PAGE, TERRITORY])
def test_whatever_is_sent_is_answered(follower: Follower, page: str) -> None:
    for name, nasty in nasty_fields("lieu", "metier", "acheteur", "mois", "depuis", "jusqu"):
        harmless(read(follower.client, page, {"lieu": "Nord", name: nasty}), name, nasty)
