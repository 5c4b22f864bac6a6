"""Published lots in a real browser: from a supplier's page to tomorrow's lots, who would answer with it, and the dossier; and the same by the
link of its daily message, on a telephone without scripts."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from importers.importer import Claim, Source
from matcher.catalogue.intake.intake import run_import
from matcher.db import open_database
from tests.browser.conftest import follow, served, sound, sound_at_every_width
from tests.conftest import ROOT
from tests.factories import importer as directory
from tests.factories import raw, siret
from tests.matcher.dossiers.asking.campaigns import ADDRESS, say_controller
from tests.matcher.mail.mailbox import Mailbox
from tests.matcher.notices.watching.followed import take
from tests.matcher.notices.written import lot, notice

DESK, TELEPHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
NOW = datetime(2026, 11, 27, 5, tzinfo=UTC)
SEND = [sys.executable, "-c", "from matcher.cli.app import main; main()", "veille", "envoyer", "--jour", "2026-11-27"]


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A gardener and a cleaner at Maubeuge, and two lots there that close tomorrow: one of green spaces, one of both trades."""
    path = tmp_path / "catalogue.sqlite"
    say_controller(monkeypatch)
    monkeypatch.setenv("ENTREMISE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ENTREMISE_DATABASE_URL", f"sqlite:///{path.as_posix()}")
    engine = open_database()
    them = (("Jardins du Val", "Entretien des espaces verts"), ("Propreté du Val", "Nettoyage de bureaux"))
    records = [
        raw(str(number), name, siret=siret(number), claims=(Claim("libre", trade),))
        for number, (name, trade) in enumerate(them, start=1)
    ]
    run_import(engine, directory(records), [Source(Path(__file__))], now=NOW.replace(tzinfo=None))
    tomorrow = "2026-11-28T17:00:00+01:00"
    both = lot("2", "Entretien des espaces verts et nettoyage des bureaux", cpv=(), deadline=tomorrow)
    take(engine, notice("26-1", lot(deadline=tomorrow), both))
    engine.dispose()
    return path


def to_the_dossier(page: Page) -> None:
    """From the supplier's page to its lots, to the groupement of one, to the dossier that keeps it."""
    page.goto(f"/fournisseurs/siret:{siret(1)}")
    follow(page.get_by_role("link", name="Ses lots"))
    expect(page.get_by_role("heading", level=1)).to_have_text("2 lots pour Jardins du Val cette semaine")
    row = page.get_by_role("listitem").filter(has_text="nettoyage des bureaux")
    expect(row).to_contain_text("demain")
    expect(row).to_contain_text("Avec qui ? Propreté du Val")
    sound(page)
    follow(row.get_by_role("link", name="Voir qui répondrait à plusieurs"))
    expect(page.get_by_role("main")).to_contain_text("Propreté du Val")
    follow(page.get_by_role("link", name="Garder dans un dossier"))
    page.get_by_label("Votre nom").fill("Léa")
    follow(page.get_by_role("button", name="Figer et garder"))
    expect(page).to_have_url(re.compile(r"/dossiers/1"))
    expect(page.get_by_role("main")).to_contain_text("Propreté du Val")


def given_its_link(page: Page) -> None:
    """The supplier is given its link, and a message each day."""
    page.goto(f"/fournisseurs/siret:{siret(1)}/lots")
    page.get_by_label("Son courriel").fill("contact@jardins.example")
    name = page.get_by_label("Votre nom")
    if name.count():
        name.fill("Léa")
    follow(page.get_by_role("button", name="Donner son lien"))
    expect(page.get_by_label("Son lien", exact=True)).to_have_value(re.compile("/veille/"))
    page.goto("/annonces?place=Nord")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 lots ouverts")
    sound(page)


def followed_on_a_telephone(page: Page, secret: str) -> None:
    """By the link of the message: interest said, a lot set aside and looked for there, the messages stopped."""
    page.goto(f"/veille/{secret}")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 lots pour vous cette semaine")
    page.get_by_role("button", name=re.compile("^Dire mon intérêt")).first.click()
    expect(page.get_by_role("status")).to_contain_text("C’est noté")
    page.get_by_role("button", name=re.compile("^Pas pour moi")).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 lot pour vous cette semaine")
    page.get_by_role("link", name="Ce qui a été écarté").click()
    expect(page.get_by_role("button", name="Le remettre")).to_be_visible()
    page.goto(f"/veille/{secret}#retirer")
    page.get_by_role("button", name="Ne plus recevoir ces messages").click()
    expect(page.get_by_role("main")).to_contain_text("Nous ne vous écrivons plus.")


def test_from_a_supplier_to_tomorrows_lots_a_groupement_and_a_dossier(
    browser: Browser, catalogue: Path, mailbox: Mailbox
) -> None:
    with served(catalogue, NOW.date(), lambda: NOW) as site:
        office = browser.new_context(base_url=site, viewport=DESK)
        page = office.new_page()
        to_the_dossier(page)
        given_its_link(page)
        office.close()
        assert subprocess.run(SEND, cwd=ROOT, env=dict(os.environ), check=False).returncode == 0
        (letter,) = mailbox.taken
        (secret,) = set(re.findall(rf"{ADDRESS}/veille/([\w-]+)", letter.get_content()))
        telephone = browser.new_context(base_url=site, viewport=TELEPHONE, has_touch=True, java_script_enabled=False)
        followed_on_a_telephone(telephone.new_page(), secret)
        telephone.close()
        small = browser.new_context(base_url=site, viewport=TELEPHONE)
        page = small.new_page()
        for address in (f"/veille/{secret}", f"/veille/{secret}/ecartes", "/annonces"):
            page.goto(address)
            sound(page)
        for address in ("/annonces/1", "/annonces/territoire?lieu=Nord", "/annonces/renouvellements"):
            sound_at_every_width(page, address, unfold=True)
        small.close()
