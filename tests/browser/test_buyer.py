"""A buyer's whole way in a real browser: first visit, need, comparison, dossier, calls with and without network, the list as it was; two organisations."""

import io
import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Source
from matcher.accounts.organisations import OrganisationProfile, create_organisation
from matcher.accounts.roles import Role
from matcher.accounts.store import add_account
from matcher.catalogue.intake.intake import run_import
from matcher.db import open_database
from matcher.dossiers.dossier import DossierHeader
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.ownership import FIRST_ORGANISATION
from tests.browser.conftest import follow, paper, served, violations, visit
from tests.importers.reading import FIXTURES
from tests.matcher.web.conftest import OPENED, PASSWORD

ME = "Claire Exemple"
NEXT_WEEK = OPENED + timedelta(days=7)
NEED = urlencode({"besoin": "Entretien des espaces verts et des berges de la Sambre", "lieu": "Maubeuge (59)"})
OUTSIDE = "Agglomération d’Outremont"


@pytest.fixture
def path(built: Path, tmp_path: Path) -> Path:
    """A copy of the sample, for this test alone."""
    shutil.copyfile(built, tmp_path / "catalogue.sqlite")
    return tmp_path / "catalogue.sqlite"


@pytest.fixture
def site(path: Path) -> Iterator[str]:
    """The pages over it."""
    with served(path) as address:
        yield address


def opened(path: Path) -> Engine:
    return open_database(f"sqlite:///{path.as_posix()}")


def test_from_the_first_visit_to_a_list_that_stays_as_it_was(page: Page, path: Path, troubles: list[str]) -> None:
    page.goto("/")
    follow(page.get_by_role("link", name="Ouvrir l’exemple"))
    expect(page.locator(".candidate").first).to_be_visible()

    # Two side by side, then three of the list are kept in a dossier.
    visit(page, f"/candidats?{NEED}")
    for at in (0, 1):
        page.locator("[name=compare]").nth(at).check()
    follow(page.get_by_role("button", name="Comparer (2)"))
    expect(page.locator("main")).to_contain_text("À demander")
    page.go_back(wait_until="networkidle")
    for at in (0, 1, 2):
        page.locator("[name=retenu]").nth(at).check()
    follow(page.locator("[data-of=retenu]"))
    page.get_by_label("Votre nom").fill(ME)
    follow(page.get_by_role("button", name="Figer la liste et retenir"))
    opinion, frozen = page.locator(".lot .opinion").inner_text(), page.locator(".entry h3").all_inner_texts()
    assert len(frozen) == 3

    # One call without network, its page loaded again; one with it; the answers are of the dossier.
    page.goto("/dossiers/1/lots/1/appels")
    expect(page.locator("[data-ready]")).to_have_count(1)
    page.context.set_offline(True)
    page.goto("/dossiers/1/lots/1/appels#appel-1")
    page.locator("#appel-1").get_by_role("button", name="Rappeler").click()
    expect(page.locator("[data-net]")).to_contain_text("1 en attente")
    page.reload()
    expect(page.locator("#appel-1 .kept")).to_contain_text("Rappeler")
    page.context.set_offline(False)
    expect(page.locator("[data-net]")).to_have_text("Tout est enregistré.")
    second = page.locator(".call").nth(1)
    page.goto(f"/dossiers/1/lots/1/appels#{second.get_attribute('id')}")
    second.get_by_text("Oui", exact=True).first.click()
    second.get_by_role("button", name="Intéressé", exact=True).click()
    expect(second.locator(".call-said")).to_contain_text("enregistré")
    troubles.clear()  # the browser notes by itself each address that it could not reach

    # Another directory comes in: what was frozen stays word for word, and says that the catalogue has changed.
    engine = opened(path)
    came_in = run_import(engine, REGISTRY["hosmoz"], [Source(FIXTURES / "hosmoz_simple.csv")], now=NEXT_WEEK)
    engine.dispose()
    assert came_in.as_dict()["created"]
    visit(page, "/dossiers/1")
    assert page.locator(".lot .opinion").inner_text() == opinion
    assert page.locator(".entry h3").all_inner_texts() == frozen
    expect(page.locator(".entry-status").filter(has_text="intéressé")).to_have_count(1)
    expect(page.locator(".entry-status").filter(has_text="rappeler")).to_have_count(1)
    assert violations(page) == []

    # The same in files and on paper.
    files = {}
    for kind in ("XLSX", "JSON"):
        with page.expect_download() as taken:
            page.get_by_role("link", name=kind, exact=True).first.click()
        files[kind] = Path(taken.value.path()).read_bytes()
    rows = list(openpyxl.load_workbook(io.BytesIO(files["XLSX"]))["Liste"].values)
    assert {"Téléphone", "Courriel", "Adresse"} <= {str(cell) for cell in rows[0]}
    assert "intéressé" in [row[3] for row in rows[1:]]
    journal = json.loads(files["JSON"])["journal"]
    assert {line["who"] for line in journal} == {ME}
    assert len(journal) == 5, "opened, the list frozen, two calls, the second told to the catalogue"
    follow(page.get_by_role("link", name="Imprimer"))
    whole = "\n".join(paper(page))
    assert "intéressé" in whole
    assert "figé le" in whole


def test_two_people_of_two_organisations_never_meet(browser: Browser, path: Path) -> None:
    engine = opened(path)
    theirs = create_organisation(engine, OrganisationProfile(OUTSIDE), author="essai", now=OPENED).id
    for login, owner in (("ici", FIRST_ORGANISATION), ("ailleurs", theirs)):
        add_account(engine, login, PASSWORD, Role.BUYER, owner, name=login, author="essai", now=OPENED)
    number = open_dossier(engine, FIRST_ORGANISATION, DossierHeader("Berges d’ici"), author="ici", now=OPENED).id
    engine.dispose()
    with served(path) as site:
        for login, sees in (("ici", True), ("ailleurs", False)):
            context = browser.new_context(base_url=site, locale="fr-FR")
            page = context.new_page()
            page.goto("/dossiers")
            page.get_by_label("Nom de connexion ou courriel").fill(login)
            page.get_by_label("Mot de passe").fill(PASSWORD)
            follow(page.get_by_role("button", name="Se connecter"))
            expect(page.get_by_text("Berges d’ici")).to_have_count(1 if sees else 0)
            answer = page.goto(f"/dossiers/{number}")
            assert answer is not None
            assert answer.status == (200 if sees else 404)
            context.close()
