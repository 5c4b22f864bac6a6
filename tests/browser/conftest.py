"""The pages served for real on loopback, and a real browser to open them."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from playwright.sync_api import Error as BrowserError

from matcher.db import open_database
from matcher.web import create_app
from matcher.web.serve import Server
from tests.matcher.web.conftest import TODAY

CHROMIUM = os.environ.get("ENTREMISE_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
# A busy machine may take longer than the five seconds of the library to show what a page promises.
expect.set_options(timeout=15_000)
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


@pytest.fixture(scope="session")
def site(built: Path) -> Iterator[str]:
    """The address of the pages over the sample, without its last slash."""
    engine = open_database(f"sqlite:///{built.as_posix()}")
    server = Server(create_app(engine, today=lambda: TODAY), "127.0.0.1", 0)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    yield server.url.rstrip("/")
    server.close()
    thread.join(timeout=5)
    engine.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window; the tests that ask for it are skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("navigateur absent : installez le paquet « chromium »")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except BrowserError as error:
            pytest.skip(f"navigateur impossible à lancer : {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def troubles() -> list[str]:
    """Errors of the scripts and of the content policy; a test that provokes one clears it."""
    return []


@pytest.fixture
def page(browser: Browser, site: str, troubles: list[str]) -> Iterator[Page]:
    """A tab at 1280 × 800 that fails the test on any error of a script or of the content policy."""
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 800}, locale="fr-FR")
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert troubles == []


def follow(control: Locator) -> None:
    """Click a link or a button and wait for the whole page that it opens: the paper, a count or the source of a page, unlike what is
    expected of an element, take the page as far as it has come."""
    with control.page.expect_event("load"):
        control.click()


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong in the page as it stands: « rule: first element »."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "async () => (await axe.run()).violations.map(v => `${v.id}: ${v.nodes.map(n => n.target).join(' , ')}`)"
    )
    return [str(line) for line in found]
