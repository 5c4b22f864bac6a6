"""A need read in doubt, asked by keyboard, corrected, taken out, learned from by the command, read right at once, and undone.

Learning takes minutes on the whole corpus: here the small corpus of the tests and its model stand for those shipped, in this process, where the
pages are served and the command is run alike.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from matcher.cli.app import main
from matcher.reading.trade.corpus import CorpusSentence, read_corpus
from matcher.reference.trades.taxonomy import taxonomy
from tests.browser.conftest import served, sound
from tests.matcher.catalogue.steward.small_corpus import GLASS, LINEN, ship_small_corpus
from tests.waiting import LONGEST_S

TYPED = "remise en ordre du vestiaire"
GLASS_LABEL, LINEN_LABEL = taxonomy().label(GLASS), taxonomy().label(LINEN)


@pytest.fixture
def own(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of its own, that a test may have learn."""
    ship_small_corpus(monkeypatch)
    return Path(shutil.copy(built, tmp_path / "catalogue.sqlite"))


@pytest.fixture
def tab(browser: Browser, own: Path, troubles: list[str]) -> Iterator[Page]:
    with served(own) as address:
        context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800}, locale="fr-FR")
        context.set_default_timeout(LONGEST_S * 1000)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        yield page
        context.close()
    assert troubles == []


def learned(own: Path, *arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["apprendre", *map(str, arguments), "--db", f"sqlite:///{own.as_posix()}"])
    return int(ended.value.code or 0)


def test_a_correction_is_taken_out_learned_from_and_undone(tab: Page, own: Path, tmp_path: Path) -> None:
    asked = f"/candidats?{urlencode({'besoin': TYPED, 'lieu': 'Maubeuge (59)'})}"
    tab.goto(asked)
    question = tab.locator(".question.trade")
    expect(question).to_contain_text("Le métier, c’est")
    answer = question.get_by_role("link", name=LINEN_LABEL)
    answer.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**activite={LINEN}*")
    expect(tab.locator(".candidate").first).to_be_visible()
    tab.get_by_role("button", name=re.compile("Retirer activité")).click()
    tab.wait_for_url("**activite=aucun*")
    tab.locator("details.add > summary").click()
    tab.get_by_label("Activité", exact=True).fill(GLASS_LABEL)
    tab.get_by_role("button", name="Ajouter l’activité").click()
    tab.wait_for_url(f"**activite={GLASS}*")
    expect(tab.locator(".chips")).to_contain_text(GLASS_LABEL)
    sound(tab)
    with tab.expect_download() as taken:
        tab.get_by_role("link", name="Garder cette correction").click()
    file = tmp_path / "besoins.csv"
    taken.value.save_as(file)
    assert read_corpus(file) == (CorpusSentence((GLASS,), "corrige", TYPED),)
    assert learned(own, file) == 0
    tab.goto(asked)
    expect(tab.locator(".chips")).to_contain_text(GLASS_LABEL)
    expect(tab.locator(".question.trade")).to_have_count(0)
    assert learned(own, "--oublier") == 0
    tab.goto(asked)
    expect(tab.locator(".question.trade")).to_contain_text("Le métier, c’est")
