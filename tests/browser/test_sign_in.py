"""Signing in by an identity provider in a real browser, from one site to another and back, by keyboard, and out of both."""

import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

from matcher.accounts.identity_provider import IdentityProvider
from matcher.accounts.roles import Role
from matcher.accounts.store import add_account
from matcher.db import open_database
from matcher.ownership import FIRST_ORGANISATION
from matcher.web import create_app
from matcher.web.frame.app_state import EXTENSION
from tests.browser.conftest import sound_at_every_width
from tests.matcher.accounts import local_provider
from tests.matcher.accounts.local_provider import LEA
from tests.matcher.web.conftest import OPENED, TODAY, serving
from tests.waiting import LONGEST_S


def test_a_person_enters_by_the_provider_and_out_of_both(
    browser: Browser, built: Path, tmp_path: Path, troubles: list[str]
) -> None:
    shutil.copyfile(built, tmp_path / "equipe.sqlite")
    engine = open_database(f"sqlite:///{(tmp_path / 'equipe.sqlite').as_posix()}")
    add_account(engine, LEA["email"], None, Role.ADMINISTRATOR, FIRST_ORGANISATION, author="essai", now=OPENED)
    app = create_app(engine, today=lambda: TODAY)
    with local_provider.serving() as local, serving(app) as server:
        local.pages = f"http://localhost:{server.port}"  # another site than the provider's 127.0.0.1
        app.extensions[EXTENSION].identity_provider = IdentityProvider(local.settings)
        context = browser.new_context(base_url=local.pages, viewport={"width": 1280, "height": 800}, locale="fr-FR")
        context.set_default_timeout(LONGEST_S * 1000)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        sound_at_every_width(page, "/connexion")
        page.goto("/dossiers")
        page.get_by_role("button", name="S’identifier avec ProConnect").press("Enter")
        page.wait_for_url(re.compile("/dossiers$"))
        assert "/api/v2/authorization" in local.asked
        expect(page.locator(".masthead-end")).to_contain_text("Léa Exemple")
        for address in ("/mon-compte", "/comptes"):
            sound_at_every_width(page, address, unfold=True)
        page.set_viewport_size({"width": 1280, "height": 800})
        page.get_by_role("button", name="Se déconnecter").click()
        page.wait_for_url(re.compile("/connexion"))
        assert urlsplit(page.url).hostname == "localhost"
        assert local.person == {}
        local.person = {**LEA, "sub": "une autre"}
        page.get_by_role("button", name="S’identifier avec ProConnect").click()
        expect(page.get_by_role("alert")).to_contain_text("une autre identité")
        assert [one for one in troubles if "401" not in one] == []
        context.close()
    engine.dispose()
