"""What every page shares: theme, keyboard, nothing that axe-core finds wrong."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import violations


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation_in_light_and_dark(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto("/")
    assert violations(page) == []


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
