"""The pages served for real on loopback, and a real browser to open them."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect, sync_playwright
from playwright.sync_api import Error as BrowserError

from matcher.db import open_database
from matcher.web import create_app
from matcher.web.frame.serve import Server
from tests.matcher.web.conftest import TODAY
from tests.waiting import LONGEST_S, awaited

# The shell has no window to draw beside the page: a test takes two thirds of the time.
CHROMIUM = os.environ.get("ENTREMISE_TEST_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None
)
# A busy machine may take longer than the few seconds of the library to show what a page promises.
expect.set_options(timeout=LONGEST_S * 1000)
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")


@contextmanager
def served(path: Path, today: date = TODAY, clock: Callable[[], datetime] | None = None) -> Iterator[str]:
    """The address of the pages over a catalogue of SQLite, without its last slash; where there is a `clock`, it says the day too."""
    engine = open_database(f"sqlite:///{path.as_posix()}")
    server = Server(create_app(engine, today=lambda: clock().date() if clock else today, clock=clock), "127.0.0.1", 0)
    server.listen()
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.url.rstrip("/")
    finally:
        server.close()
        thread.join(LONGEST_S)
        engine.dispose()


class Wall:
    """The clock on the wall, which a test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 12, 2, 18, 0)  # noqa: DTZ001  # the hour of the room

    def __call__(self) -> datetime:
        return self.at.replace(tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture(scope="session")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages over a copy of the sample: a decision that takes its time is kept there as a work."""
    path = tmp_path_factory.mktemp("pages") / "catalogue.sqlite"
    shutil.copyfile(built, path)
    with served(path) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window; the tests that ask for it are skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("navigateur absent : installez le paquet « chromium »")
    # On a later day (`make later`) it keeps the day of the machine: under libfaketime it hangs.
    environment: dict[str, str | float | bool] = {
        key: value for key, value in os.environ.items() if key != "LD_PRELOAD"
    }
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], env=environment)
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
    context.set_default_timeout(LONGEST_S * 1000)
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert troubles == []


def visit(page: Page, address: str) -> None:
    """Open a page and wait for all that its scripts ask for as it opens, the outlines of a map, and for what they draw of it: « networkidle »
    is half a second longer on each page."""
    asked: set[Request] = set()

    def begins(request: Request) -> None:
        asked.add(request)

    def ends(request: Request) -> None:
        asked.discard(request)

    def waits() -> set[Request]:
        page.wait_for_timeout(1)  # what happens in the page is heard here
        return asked

    page.on("request", begins)
    page.on("requestfinished", ends)
    page.on("requestfailed", ends)
    page.goto(address)
    awaited(waits, lambda left: not left)
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))")
    page.remove_listener("request", begins)
    page.remove_listener("requestfinished", ends)
    page.remove_listener("requestfailed", ends)


def follow(control: Locator) -> None:
    """Click a link or a button and wait for the whole page that it opens: the paper, a count or the source of a page, unlike what is
    expected of an element, take the page as far as it has come."""
    with control.page.expect_event("load"):
        control.click()


def paper(page: Page) -> list[str]:
    """Print a page, once it is whole, and return the text of each sheet as poppler reads it, the empty ones left out."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext absent : installez le paquet « poppler-utils »")
    page.wait_for_load_state()
    printed = page.pdf(prefer_css_page_size=True)
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=printed, capture_output=True, check=True)
    return [text.strip() for text in done.stdout.decode().split("\f") if text.strip()]


# In the dark the style sheet changes colours alone (`light-dark()`), which these rules judge.
RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"]


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds wrong in the page as it stands, by all its rules or by these: « rule: first element »."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE)
    found = page.evaluate(
        """async (rules) => (await axe.run({ resultTypes: ["violations"], ...(rules && { runOnly: rules }) }))
            .violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" , ")}`)""",
        rules,
    )
    return [str(line) for line in found]


def fits(page: Page) -> None:
    """Assert that the page holds in the width of its screen."""
    size = page.viewport_size
    assert size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url


def run_together(page: Page) -> list[str]:
    """Words of two elements on one line with no room between them: « Hirson|registre public »."""
    found = page.evaluate(
        """() => {
            const ends = (node) => { const range = document.createRange(); range.selectNodeContents(node); return [...range.getClientRects()].filter((one) => one.width > 1) }
            const read = (node) => node.data.trim() && node.parentElement.checkVisibility({ visibilityProperty: true }) && !node.parentElement.closest("svg, script, option, textarea, .visually-hidden")
            const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
            for (let before = null, node; (node = walk.nextNode());) {
                if (!read(node)) continue
                if (before && before.parentElement !== node.parentElement && before.parentElement.closest("td, th") === node.parentElement.closest("td, th")
                    && /[\\p{L}\\p{N}]$/u.test(before.data) && /^[\\p{L}\\p{N}]/u.test(node.data)) {
                    const left = ends(before).at(-1), right = ends(node)[0]
                    if (left && right && Math.abs(left.bottom - right.bottom) < 12 && Math.abs(right.left - left.right) < 2) found.push(`${before.data.slice(-20)}|${node.data.slice(0, 20)}`)
                }
                before = node
            }
            return found
        }"""
    )
    return [str(line) for line in found]


def cut_texts(page: Page) -> list[str]:
    """The texts to copy that their box does not show whole."""
    cut = "(all) => all.filter((one) => one.clientHeight && one.scrollHeight > one.clientHeight + 2).map((one) => one.value)"
    return [str(text) for text in page.locator("textarea[readonly]").evaluate_all(cut)]


def holds(page: Page) -> None:
    """Assert that the page as it stands holds in its screen, and that no words run together nor are cut."""
    fits(page)
    assert cut_texts(page) == [], (page.url, page.viewport_size)
    assert run_together(page) == [], (page.url, page.viewport_size)


def sound(page: Page) -> None:
    """Assert that the page as it stands `holds`, and that axe finds nothing in it, in the light then in the dark."""
    holds(page)
    page.emulate_media(color_scheme="light")
    assert violations(page) == [], (page.url, page.viewport_size)
    page.emulate_media(color_scheme="dark")
    assert violations(page, RULES_OF_COLOURS) == [], (page.url, page.viewport_size, "dark")
    page.emulate_media(color_scheme="light")


def sound_at_every_width(page: Page, address: str, *, unfold: bool = False) -> None:
    """Assert that the page at `address` holds on a desk, on a telephone and zoomed four times, and that axe finds nothing in it: on a desk in
    the light, on a telephone in the dark, for only colours change with the light and nothing is laid out otherwise below 600 px.

    `unfold` opens what is folded. A page is loaded anew where its scripts would do something else, at 640 px.
    """
    for width, scheme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a str of these two
        visit(page, address)
        if unfold:
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        holds(page)
        assert violations(page) == [], (page.url, width, scheme)
    page.set_viewport_size({"width": 320, "height": 800})
    holds(page)
    page.emulate_media(color_scheme="light")
