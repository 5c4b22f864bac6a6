"""A campaign of sixty in a real browser and on a real server of messages: sent, killed in the middle, resumed, answered on a telephone without
scripts, bounced, one withdrawn; the dossier is ranked again and shows it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from matcher.catalogue.store.read import find
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.dossiers.asking.campaign import about_lot
from matcher.dossiers.asking.store import bounce, create, load
from matcher.dossiers.asking.wave import to_ask
from matcher.dossiers.changes import AddLot
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import change
from matcher.dossiers.store import create as open_dossier
from matcher.mail.outbox import MessageState
from matcher.need.answer import answer_to
from matcher.need.fields import need_from
from tests.browser.conftest import served, violations
from tests.conftest import ROOT
from tests.factories import siret
from tests.matcher.dossiers.asking.campaigns import ADDRESS, BY, CONTROLLER, MONTHS, NOW, filled
from tests.matcher.dossiers.kept import HEADER, WHO
from tests.matcher.mail.mailbox import SENDER, Mailbox, serving

COUNT, KILLED_AT = 60, 30
SMALLEST = {"width": 320, "height": 700}


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a catalogue of sixty whose trade nothing tells, and a dossier whose campaign waits."""
    path = tmp_path / "catalogue.sqlite"
    for name, value in CONTROLLER.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ENTREMISE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ENTREMISE_DATABASE_URL", f"sqlite:///{path.as_posix()}")
    engine = open_database()
    filled(engine, tmp_path, COUNT)
    shelf = load_shelf(engine)
    frozen = answer_to(need_from({"objet": "Entretien des espaces verts", "lieu": "Maubeuge"}), shelf, 10)
    open_dossier(engine, HEADER, who=WHO, now=NOW)
    kept = tuple(match.id for match in frozen.matches[:2])
    dossier = change(engine, 1, [AddLot("", freeze(frozen), kept)], version=1, who=WHO, now=NOW)
    ids = to_ask(frozen.reading, shelf, NOW.date())
    create(engine, about_lot(dossier, 1, BY), ids, BY, who=WHO, now=NOW, months=MONTHS)
    engine.dispose()
    return path


def sent(catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Send the campaign by the command, which is killed in the middle, then again; return the secret that each address received."""
    mailbox = Mailbox()
    with serving(mailbox) as server:
        for name, value in (
            ("HOST", server.host),
            ("PORT", str(server.port)),
            ("SECURITY", "aucune"),
            ("FROM", SENDER),
        ):
            monkeypatch.setenv(f"ENTREMISE_SMTP_{name}", value)
        command = [sys.executable, "-c", "from matcher.cli.app import main; main()", "campagne", "send", "1"]
        first = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ))

        def answer(number: int) -> str:
            if number == KILLED_AT:
                first.send_signal(signal.SIGKILL)
            return "250 OK"

        mailbox.data = answer
        assert first.wait() == -signal.SIGKILL
        assert subprocess.run(command, cwd=ROOT, env=dict(os.environ), check=False).returncode == 0
    assert len({one["Message-ID"] for one in mailbox.taken}) == len(mailbox.taken) == COUNT
    return {one["To"]: one.get_content().partition(f"{ADDRESS}/r/")[2].split()[0] for one in mailbox.taken}


def test_a_campaign_of_sixty(browser: Browser, catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links = sent(catalogue, monkeypatch)
    engine = open_database()
    states = [one.messages[0].state for one in load(engine, 1).asked]
    assert states.count(MessageState.SENDING) == 1
    assert states.count(MessageState.SENT) == COUNT - 1
    first, second = (links[f"contact@atelier-{number}.example"] for number in (1, 2))
    with served(catalogue, NOW.date()) as site:
        telephone = browser.new_context(base_url=site, viewport=SMALLEST, has_touch=True, java_script_enabled=False)
        page = telephone.new_page()
        page.goto(f"/r/{first}")
        page.get_by_role("group", name="Création et entretien des espaces verts").get_by_label("Oui").check(force=True)
        page.get_by_label("Personnes accompagnées").fill("32")
        page.get_by_label("30 km").check(force=True)
        page.get_by_label("Nom ou service").fill("Service commercial")
        page.get_by_role("group", name="Ce besoin").get_by_label("Oui").check(force=True)
        page.get_by_role("button", name="Envoyer mes réponses").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("C’est reçu, merci.")
        page.goto(f"/r/{second}")
        page.get_by_role("button", name="Ne plus figurer dans ce catalogue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("C’est fait.")
        page.goto(f"/r/{second}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien n’ouvre rien.")
        telephone.close()
        bounce(engine, 1, siret(3), "boîte pleine", now=NOW)

        context = browser.new_context(base_url=site, viewport=SMALLEST)
        page = context.new_page()
        for address in (f"/r/{links['contact@atelier-4.example']}", f"/r/{first}", f"/r/{second}"):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"], address
            assert violations(page) == [], address
        page.goto("/dossiers/1")
        expect(page.get_by_text("réponse").first).to_be_visible()
        expect(page.locator(".answers")).to_contain_text("Atelier 1")
        expect(page.locator(".answers")).to_contain_text("Service commercial")
        assert violations(page) == []
        page.goto("/dossiers/1/depuis")
        expect(page.get_by_role("main")).to_contain_text("a répondu faire")
        page.goto("/dossiers/1/imprimer")
        expect(page.get_by_role("heading", name="Informations communiquées au sourcing")).to_be_visible()
        context.close()
    assert find(engine, siret(2)) is None
    found = {one.supplier_id: one for one in load(engine, 1).structures}
    assert found[f"siret:{siret(3)}"].messages[0].state is MessageState.RETURNED
    assert found[f"siret:{siret(2)}"].answer is None
    engine.dispose()
