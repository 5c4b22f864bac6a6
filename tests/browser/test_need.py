"""The list in a real browser: completion, chips, filters and map follow each other; by keyboard, on a phone, in the dark, without scripts."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import follow, sound_at_every_width, violations, visit

GREEN = urlencode(
    {
        "besoin": "Entretien des espaces verts et des berges de la Sambre, lot réservé aux EA et ESAT",
        "lieu": "Maubeuge (59)",
    }
)
RESERVED = f"{GREEN}&levier=12&montant=180000&duree=12"
# A word of several trades, none of which is sure.
DOUBTFUL = urlencode({"besoin": "Collecte", "lieu": "Maubeuge (59)"})
PAGES = {
    "besoin": "/",
    "liste": f"/candidats?{GREEN}",
    "réservé": f"/candidats?{RESERVED}",
    "acheteur": f"/candidats?{urlencode({'besoin': 'Tonte des pelouses', 'acheteur': '215903923'})}",
    "vide": f"/candidats?{urlencode({'besoin': 'Traiteur', 'lieu': 'Brest (29)', 'rayon': '10'})}",
    "métier à confirmer": f"/candidats?{DOUBTFUL}",
    "pourquoi ce métier": f"/candidats?{DOUBTFUL}&pourquoi=metier",
    "flou": f"/candidats?{urlencode({'besoin': 'Prestations à définir'})}",
    "écartés": f"/candidats/ecartes?{RESERVED}&gate=famille",
    "pourquoi": f"/pourquoi?{RESERVED}&qui=00010101400017",
    "pourquoi pas": f"/pourquoi?{RESERVED}&qui=00010001600013",
    "lequel": f"/pourquoi?{RESERVED}&qui=esat",
}


def unreserve(page: Page) -> None:
    """Take off what reserves the lot, among the chips that a line does not hold."""
    if page.locator(".more-chips").count():
        page.locator(".more-chips summary").click()
    page.get_by_role("button", name=re.compile("Retirer réservé")).click()


@pytest.mark.parametrize("name", PAGES)
def test_no_violation_and_no_sideways_scroll(page: Page, name: str) -> None:
    sound_at_every_width(page, PAGES[name])


def test_a_need_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    expect(page.locator("#besoin")).to_be_focused()
    page.keyboard.type("Entretien des espaces verts")
    page.keyboard.press("Tab")
    page.keyboard.type("maubeug")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#lieu")).to_have_attribute("aria-activedescendant", re.compile(".+"))
    while "commune, Nord" not in str(page.locator("[role=option][aria-selected=true]").text_content()):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#lieu")).to_have_value("Maubeuge (59)")
    expect(options.first).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/candidats"))
    expect(page.locator(".candidate").first).to_contain_text("LES ATELIERS DES BORDS DE SAMBRE")


def test_completion_closes_on_escape_and_keeps_what_was_typed(page: Page) -> None:
    page.goto("/")
    page.locator("#lieu").press_sequentially("lill")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option").first).to_be_hidden()
    expect(page.locator("#lieu")).to_have_value("lill")


def test_a_second_place_is_completed_after_the_first(page: Page) -> None:
    page.goto("/")
    page.locator("#lieu").press_sequentially("Lille (59) ; arras")
    page.get_by_role("option", name="Arras commune, Pas-de-Calais").click()
    expect(page.locator("#lieu")).to_have_value("Lille (59) ; Arras (62)")


def test_a_chip_taken_off_changes_list_address_and_title_without_reloading(page: Page) -> None:
    page.goto(f"/candidats?{RESERVED}")
    page.evaluate("window.kept = true")
    before = page.locator("#les-candidats").inner_text()
    unreserve(page)
    expect(page.locator("#les-candidats")).not_to_have_text(before)
    assert "levier=aucun" in page.url
    assert page.evaluate("window.kept") is True
    expect(page.locator("#annonce")).to_contain_text("pour ce métier")
    page.go_back()
    expect(page.locator(".chips").first).to_contain_text("L2113-12")


def test_a_name_leads_to_the_page_of_the_supplier(page: Page) -> None:
    visit(page, f"/candidats?{RESERVED}")
    page.get_by_role("link", name="LES ATELIERS DES BORDS DE SAMBRE", exact=True).click()
    page.wait_for_url(re.compile("/fournisseurs/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("LES ATELIERS DES BORDS DE SAMBRE")


@pytest.mark.parametrize(
    "words", ["répondre à plusieurs", "découper en lots", "plan de clause", "Réserver ce lot", "Modifier le besoin"]
)
def test_a_link_that_leaves_the_list_shows_its_page(page: Page, words: str) -> None:
    visit(page, f"/candidats?{RESERVED}")
    page.get_by_role("link", name=words).first.click()
    page.wait_for_url(lambda url: "/candidats" not in url)
    expect(page.locator("main h1, main #besoin").first).to_be_visible()


def test_what_cannot_be_answered_in_place_is_shown_whole(page: Page, troubles: list[str]) -> None:
    page.goto("/candidats?cpv=77310000")
    page.get_by_role("button", name="Retirer CPV").click()
    expect(page.get_by_role("alert")).to_contain_text("Décrivez le besoin en une phrase")
    troubles.clear()  # the browser notes the 422 by itself


def test_a_server_that_is_gone_is_said(page: Page, troubles: list[str]) -> None:
    visit(page, f"/candidats?{RESERVED}")
    page.route("**/candidats?*", lambda route: route.abort())
    unreserve(page)
    expect(page.get_by_role("alert")).to_contain_text("Entremise ne répond pas")
    expect(page.locator(".candidate").first).to_be_visible()
    troubles.clear()


def test_a_filter_follows_at_once_and_keeps_the_focus(page: Page) -> None:
    visit(page, f"/candidats?{GREEN}")
    page.evaluate("window.kept = true")
    page.get_by_text("Carte", exact=True).click()
    page.get_by_text("Filtrer", exact=True).click()
    box = page.locator("#type-EA")
    box.focus()
    page.keyboard.press("Space")
    page.wait_for_url(re.compile("type=EA"))
    expect(page.locator(".candidate .badge").first).to_have_text(re.compile(r"^EA\b"))
    expect(page.locator("#type-EA")).to_be_focused()
    assert page.evaluate("window.kept") is True
    expect(page.locator(".map-marker").first).to_be_visible()


def test_on_a_phone_filters_start_folded_and_say_how_many_are_on(page: Page) -> None:
    filtered = f"/candidats?{GREEN}&type=EA&rayon=50"
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, filtered)
    summary = page.locator(".filters > summary")
    expect(summary).to_contain_text("2 filtres")
    expect(page.locator("#type-EA")).to_be_hidden()
    expect(page.locator(".candidate").first).to_be_in_viewport()
    summary.click()
    page.locator("#type-ESAT").check()
    expect(summary).to_contain_text("3 filtres")
    expect(page.locator("#type-ESAT")).to_be_visible()  # whoever opened it goes on
    page.set_viewport_size({"width": 1280, "height": 900})
    visit(page, filtered)
    expect(page.locator("#type-EA")).to_be_visible()


def test_list_and_map_follow_each_other(page: Page) -> None:
    visit(page, f"/candidats?{RESERVED}")
    page.get_by_text("Carte", exact=True).click()
    rows, discs = page.locator(".candidate"), page.locator(".map-marker")
    expect(discs.first).to_be_visible()
    assert discs.count() == page.locator(".candidate[data-at]").count() > 1
    rows.nth(1).hover()
    expect(page.locator(".map-marker.lit")).to_have_text("2")
    page.mouse.move(0, 0)  # the page may scroll under the mouse as the map takes the focus
    discs.nth(0).focus()
    expect(page.locator(".candidate.lit")).to_have_attribute("data-rank", "1")
    discs.nth(0).press("Enter")
    assert page.evaluate("document.activeElement.closest('.candidate')?.dataset.rank") == "1"


def test_nothing_moves_once_drawn(page: Page) -> None:
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shift += entry.value; })"
        ".observe({ type: 'layout-shift', buffered: true });"
    )
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        visit(page, f"/candidats?{RESERVED}")
        page.wait_for_timeout(200)
        assert page.evaluate("window.shift") < 0.01, width


def test_the_page_weighs_less_than_300_kilobytes(page: Page) -> None:
    visit(page, f"/candidats?{RESERVED}")
    weight = page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce((sum, one) => sum + one.transferSize, 0)"
    )
    assert 100_000 < weight < 300_000


def test_nothing_is_asked_of_anyone_else(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visit(page, f"/candidats?{RESERVED}")
    assert len(asked) > 5
    assert all(url.startswith((site, "data:")) for url in asked)


@pytest.fixture
def plain(browser: Browser, site: str) -> Iterator[Page]:
    """A tab where scripts are off."""
    context = browser.new_context(base_url=site, java_script_enabled=False, locale="fr-FR")
    yield context.new_page()
    context.close()


def test_the_whole_road_without_scripts(plain: Page) -> None:
    plain.goto("/")
    plain.locator("#besoin").fill("Entretien des espaces verts")
    plain.locator("#lieu").fill("Maubeuge")
    plain.locator(".need-more > summary").click()
    plain.locator("#levier").select_option("12")
    plain.get_by_role("button", name="Voir les candidats").click()
    expect(plain.locator(".candidate").first).to_contain_text("LES ATELIERS DES BORDS DE SAMBRE")
    expect(plain.locator(".map")).to_be_hidden()
    plain.get_by_text("Filtrer", exact=True).click()
    plain.locator("#type-ESAT").check()
    plain.get_by_role("button", name="Affiner").click()
    expect(plain.locator(".candidate .badge").first).to_have_text(re.compile(r"^ESAT\b"))
    unreserve(plain)
    expect(plain.locator(".chips").first).not_to_contain_text("L2113-12")
    plain.get_by_text("Pourquoi ?").first.click()
    plain.get_by_role("link", name=re.compile("Le calcul")).first.click()
    expect(plain.locator(".waterfall")).to_be_visible()
    plain.go_back()
    with plain.expect_download() as download:
        plain.get_by_role("link", name="CSV", exact=True).click()
    assert download.value.suggested_filename == "candidats-2026-11-25.csv"


def test_printed_it_is_the_list_and_its_reasons(page: Page) -> None:
    visit(page, f"/candidats?{RESERVED}")
    page.emulate_media(media="print")
    expect(page.locator(".candidate").first).to_be_visible()
    for hidden in (".masthead", ".filters", ".map-fold", ".button.main", ".picks", ".why > summary"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_from_a_need_to_why_not(page: Page) -> None:
    """What was understood is corrected, the list follows, and a supplier that one expected is asked about."""
    page.goto("/")
    page.fill("#besoin", "Entretien des espaces verts et des berges de la Sambre")
    page.fill("#lieu", "Maubeuge")
    page.keyboard.press("Escape")
    page.locator(".need-more > summary").click()
    page.select_option("#levier", "12")
    page.get_by_role("button", name="Voir les candidats").click()
    page.wait_for_url(re.compile("/candidats"))
    headline = page.locator("#les-candidats")
    reserved = headline.inner_text()
    unreserve(page)
    expect(headline).not_to_have_text(reserved)
    page.go_back()
    expect(headline).to_have_text(reserved)
    page.fill("#qui", "00010001600013")
    page.get_by_role("button", name="Chercher").click()
    page.wait_for_url(re.compile("/pourquoi"))
    expect(page.locator("main")).to_contain_text("Pas éligible à ce lot")
    expect(page.locator("main")).to_contain_text("L2113")


def test_a_doubtful_trade_is_answered_by_keyboard_and_the_list_follows(page: Page) -> None:
    page.goto(f"/candidats?{DOUBTFUL}")
    headline = page.locator("#les-candidats")
    expect(headline).to_contain_text("Métier à confirmer")
    answers = page.locator(".question.trade a.answer")
    expect(answers).to_have_count(3)
    page.locator(".add > summary").focus()
    labels = []
    for place in range(3):
        page.keyboard.press("Tab")
        expect(answers.nth(place)).to_be_focused()
        labels.append(answers.nth(place).locator(".answer-label").inner_text())
    page.keyboard.press("Tab")
    expect(page.locator(".other-answer summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#autre-metier")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".question.trade")).to_have_count(0)
    expect(headline).not_to_contain_text("Métier à confirmer")
    expect(headline).to_be_focused()
    expect(page.locator(".chips")).to_contain_text(labels[1])
    assert "activite=" in page.url
    page.go_back()
    expect(answers).to_have_count(3)
    page.locator("body").press("3")
    expect(page.locator(".chips")).to_contain_text(labels[2])


def test_the_buyer_is_asked_under_the_options_and_its_town_confirmed_in_one_click(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Le besoin").fill("Tonte des pelouses")
    page.locator(".need-more > summary").click()
    page.get_by_label("Votre SIRET (acheteur)").fill("21590392300017")
    page.get_by_role("button", name="Voir les candidats").click()
    expect(page.get_by_text("le lot s’exécute-t-il à Maubeuge ?")).to_be_visible()
    page.locator(".question").get_by_role("link", name="Maubeuge").click()
    expect(page.get_by_text("le lot s’exécute-t-il")).to_have_count(0)
    assert "acheteur=21590392300017" in page.url


def test_a_first_visit_opens_the_example_and_finds_it_again(page: Page) -> None:
    for width in (1280, 390):
        page.context.clear_cookies()
        page.set_viewport_size({"width": width, "height": 844})
        visit(page, "/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Que voulez-vous acheter\u202f?")
        expect(page.locator(".home-recent")).to_have_count(0)
        said = page.locator("section[aria-labelledby=exemple]").inner_text()
        known = re.search(r"(\d+) structures? connues?", said)
        assert known is not None
        follow(page.get_by_role("link", name="Ouvrir l’exemple"))
        expect(page.locator("#les-candidats")).to_contain_text(f"{known[1]} structure")
        expect(page.locator(".candidate").first).to_be_visible()
        visit(page, "/")
        expect(page.locator(".home-recent a")).to_have_count(1)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        follow(page.locator(".home-recent a").first)
        expect(page.locator(".candidate").first).to_be_visible()


def test_the_first_page_weighs_little(page: Page) -> None:
    visit(page, "/")
    weight = page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce((sum, one) => sum + one.transferSize, 0)"
    )
    assert weight < 100_000
