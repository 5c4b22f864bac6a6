"""What every page shares: theme, keyboard, nothing that axe-core finds wrong."""

from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sound_at_every_width, violations, visit
from tests.matcher.web.test_queries import PLAIN

ASKED = urlencode(
    {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge", "q": "Lille", "objet": "Tonte", "site": "Lens"}
)


def test_the_theme_is_chosen_and_kept(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/")
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_role("button", name="Thème sombre").click()
    assert page.evaluate(background) != light
    page.reload()
    assert page.evaluate(background) != light
    page.get_by_role("button", name="Thème clair").click()
    assert page.evaluate(background) == light


def test_a_link_skips_to_the_content(page: Page) -> None:
    page.goto("/")
    page.locator(".skip").focus()
    box = page.locator(".skip").bounding_box()
    assert box is not None
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


def test_on_a_phone_the_menu_unfolds_and_escape_folds_it(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    menu, fold = page.locator(".menu"), page.get_by_role("button", name="Menu", exact=True)
    expect(menu).to_be_hidden()
    assert page.evaluate("document.querySelector('.masthead').offsetHeight") < 56
    fold.focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="Dossiers")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(fold).to_be_focused()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(menu).to_be_visible()
    expect(fold).to_be_hidden()


def test_on_a_phone_the_menu_needs_no_script(browser: Browser, site: str) -> None:
    context = browser.new_context(
        base_url=site, java_script_enabled=False, viewport={"width": 320, "height": 700}, locale="fr-FR"
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(page.locator(".menu").get_by_role("link", name="Aide")).to_be_visible()
    context.close()


def test_a_word_of_art_is_explained_by_keyboard_and_by_touch(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    for address in ("/groupement", "/allotissement", "/plan-clause"):
        visit(page, address)
        word = page.locator(".term").first
        expect(word.locator(".tip")).to_be_hidden()
        word.locator("button").tap()
        expect(word.locator(".tip")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("h1").tap()
        expect(word.locator(".tip")).to_be_hidden()
        word.locator("button").focus()
        expect(word.locator(".tip")).to_be_visible()
        assert violations(page) == []
        page.locator(".words > summary").press("Enter")
        expect(page.locator(".words dd").first).to_be_visible()
    context.close()


def test_every_page_that_needs_no_argument_is_sound(page: Page, troubles: list[str]) -> None:
    """All of them, so that a new page is looked at from its first day; those with an argument have their own walks."""
    walked = set()
    for address in PLAIN:
        answer = page.request.get(f"{address}?{ASKED}", max_redirects=0)
        if answer.ok and "text/html" in answer.headers["content-type"]:
            sound_at_every_width(page, f"{address}?{ASKED}")
            walked.add(address)
    assert {"/", "/candidats", "/calibrage", "/club", "/dossiers", "/groupement", "/programme"} <= walked
    assert {"/a-qui-parler", "/avis", "/catalogue", "/plan-clause"} <= walked, "which no other walk opens"
    assert troubles == []
