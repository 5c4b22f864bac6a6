"""A campaign of sixty in a real browser and on a real server of messages: made from its dossier, sent, killed in the middle, resumed, answered
on a telephone without scripts, bounced, one withdrawn; the campaign adds up, the dossier is ranked again and shows it. And one answer, two
installations: asked in A, given with its boxes ticked, exported, counted then accepted in B, whose list changes; taken back, nothing is left in B."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from matcher.answers.sharing import BOXES
from matcher.catalogue.store.read import find_supplier
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.app import main
from matcher.clock import on_day
from matcher.db import open_database
from matcher.dossiers.asking.store import create_campaign
from matcher.dossiers.asking.subject import of_lot
from matcher.dossiers.changes import AddLot
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import change_dossier, load_dossier
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.need.answer import answer_to
from matcher.need.fields import need_from
from matcher.ownership import FIRST_ORGANISATION
from tests.browser.conftest import follow, paper, served, sound
from tests.browser.test_calls import NEED
from tests.browser.test_dossiers import retain
from tests.conftest import ROOT
from tests.factories import siret, taking
from tests.matcher.dossiers.asking.campaigns import ADDRESS, BY, MONTHS, NOW, filled, say_controller, secrets, supplier
from tests.matcher.dossiers.kept import HEADER, WHO
from tests.matcher.mail.mailbox import Mailbox
from tests.waiting import awaited

COUNT, KILLED_AT = 60, 30
SMALLEST = {"width": 320, "height": 700}
TELEPHONE = {"width": 390, "height": 844}
# Of four suppliers, the one whose trade nothing tells; and a workforce that nobody else has.
UNKNOWN, WORKERS = "Atelier 4", "4321"
Command = Callable[..., str]
SEND = [sys.executable, "-c", "from matcher.cli.app import main; main()", "campagne", "send", "1"]


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a catalogue whose trade nothing tells: sixty to ask, one more to take out, one without an address; and a dossier."""
    path = tmp_path / "catalogue.sqlite"
    say_controller(monkeypatch)
    monkeypatch.setenv("ENTREMISE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ENTREMISE_DATABASE_URL", f"sqlite:///{path.as_posix()}")
    engine = open_database()
    filled(engine, tmp_path, COUNT + 1)
    frozen = answer_to(need_from({"objet": "Entretien des espaces verts", "lieu": "Maubeuge"}), load_shelf(engine), 10)
    open_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=NOW)
    kept = tuple(match.id for match in frozen.matches[:2])
    change_dossier(engine, FIRST_ORGANISATION, 1, [AddLot("", freeze(frozen), kept)], version=1, author=WHO, now=NOW)
    engine.dispose()
    return path


def test_three_hundred_without_an_address_are_one_line_on_a_phone_and_on_paper(
    browser: Browser, catalogue: Path, tmp_path: Path
) -> None:
    engine = open_database()
    unreached = [supplier(number, email="") for number in range(901, 1201)]
    taking(engine, tmp_path, NOW)(*(supplier(number) for number in range(1, COUNT + 2)), *unreached)
    shelf = load_shelf(engine)
    subject = of_lot(load_dossier(engine, FIRST_ORGANISATION, 1), 1, shelf, NOW.date())
    create_campaign(engine, FIRST_ORGANISATION, subject.draft(BY), subject.ids, BY, author=WHO, now=NOW, months=MONTHS)
    engine.dispose()
    with served(catalogue, NOW.date()) as site:
        context = browser.new_context(base_url=site, viewport=TELEPHONE)
        page = context.new_page()
        page.goto("/dossiers/1")
        expect(page.get_by_text("301 pas interrogées, sans adresse")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollHeight") <= 3_000
        assert page.get_by_role("main").inner_text().count("aucune source ne donne de courriel") == 1
        page.goto("/dossiers/1/imprimer")
        sheets = paper(page)
        assert len(sheets) <= 3
        assert "\n".join(sheets).count("sans adresse") == 1
        context.close()


def counts(page: Page) -> dict[str, int]:
    """What the tabs of a campaign count; all of its structures are in one of them."""
    tabs = page.get_by_role("navigation", name="Où en sont les structures").get_by_role("link").all_text_contents()
    found = {words: int(number) for words, _, number in (tab.rpartition(" ") for tab in tabs)}
    assert found.pop("Toutes") == sum(found.values()) == COUNT + 2
    return found


def made_from_its_dossier(page: Page) -> None:
    """From the dossier to a campaign of sixty: one is taken out with its reason; nothing has left."""
    page.goto("/dossiers/1")
    follow(page.get_by_role("link", name=f"Interroger les {COUNT + 2} structures dont le métier reste à confirmer"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{COUNT + 1} structures à interroger, sur {COUNT + 2}")
    expect(page.get_by_role("main")).to_contain_text("Responsable du traitement")
    sound(page)
    page.get_by_label("Votre nom").fill("Léa")
    follow(page.get_by_role("button", name="Garder cette campagne"))
    last = page.get_by_role("listitem").filter(has_text=f"contact@atelier-{COUNT + 1}.example")
    follow(page.get_by_role("link", name="Suivants"))
    last.get_by_text("Ne pas l’interroger").click()
    last.get_by_label("Raison").fill("appelée hier")
    sound(page)
    follow(last.get_by_role("button", name="Retirer"))
    assert counts(page) == {"à envoyer": COUNT, "pas interrogée": 2}


def killed_in_the_middle(mailbox: Mailbox) -> None:
    """Send by the command, which is killed as the server takes the thirtieth text."""
    first = subprocess.Popen(SEND, cwd=ROOT, env=dict(os.environ))

    def answer(number: int) -> str:
        if number == KILLED_AT:
            first.send_signal(signal.SIGKILL)
        return "250 OK"

    mailbox.data = answer
    assert first.wait() == -signal.SIGKILL


def resumed(page: Page, mailbox: Mailbox) -> dict[str, str]:
    """Send what is left from the page; return the secret that each address received, never two."""
    page.goto("/campagnes/1")
    left = COUNT - KILLED_AT
    assert counts(page) == {
        "à envoyer": left,
        "sans réponse encore": KILLED_AT - 1,
        "peut-être envoyé": 1,
        "pas interrogée": 2,
    }
    page.get_by_role("button", name=f"Envoyer les {left} messages").click()
    expect(page.get_by_role("status")).to_contain_text(f"{left} messages envoyés, 0 différé, 0 refusé.")
    assert counts(page) == {"sans réponse encore": COUNT - 1, "peut-être envoyé": 1, "pas interrogée": 2}
    assert len({one["Message-ID"] for one in mailbox.taken}) == len(mailbox.taken) == COUNT
    return {one["To"]: one.get_content().partition(f"{ADDRESS}/r/")[2].split()[0] for one in mailbox.taken}


def answered(telephone: BrowserContext, first: str, second: str) -> None:
    """On a telephone without scripts: one structure answers, another leaves."""
    page = telephone.new_page()
    page.goto(f"/r/{first}")
    page.get_by_role("group", name="Création et entretien des espaces verts").get_by_label("Oui").check(force=True)
    page.get_by_label("Personnes accompagnées").fill("32")
    page.get_by_label("30 km").check(force=True)
    page.get_by_label("Nom ou service").fill("Service commercial")
    page.get_by_role("group", name="Ce besoin").get_by_label("Oui").check(force=True)
    page.get_by_role("button", name="Envoyer mes réponses").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est reçu, merci.")
    for group, said in (("Sa durée", "moins d’un an"), ("Sa saison", "printemps et été")):
        page.get_by_role("group", name=group).get_by_label(said).check(force=True)
    page.get_by_role("group", name="Sa taille").get_by_role("radio").nth(1).focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Dire quel marché m’irait").click()
    for said in ("Marché qui convient : 10 000 à 40 000 €", "Durée qui convient : moins d’un an", "printemps et été"):
        expect(page.get_by_role("main")).to_contain_text(said)
    page.goto(f"/r/{second}")
    page.get_by_role("button", name="Ne plus figurer dans ce catalogue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est fait.")
    page.goto(f"/r/{second}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien n’ouvre rien.")


def test_a_campaign_of_sixty(browser: Browser, catalogue: Path, mailbox: Mailbox) -> None:
    with served(catalogue, NOW.date()) as site:
        buyer = browser.new_context(base_url=site, viewport=TELEPHONE)
        page = buyer.new_page()
        made_from_its_dossier(page)
        killed_in_the_middle(mailbox)
        links = resumed(page, mailbox)
        first, second = (links[f"contact@atelier-{number}.example"] for number in (1, 2))
        telephone = browser.new_context(base_url=site, viewport=SMALLEST, has_touch=True, java_script_enabled=False)
        answered(telephone, first, second)
        telephone.close()

        page.goto("/campagnes/1")
        third = page.get_by_role("listitem").filter(has_text="contact@atelier-3.example")
        follow(third.get_by_role("button", name="Message revenu"))
        found = counts(page)
        assert (found["a répondu"], found["revenu"], found["retirée à sa demande"]) == (1, 1, 1)
        assert found["sans réponse encore"] + found.get("peut-être envoyé", 0) == COUNT - 3
        sound(page)
        follow(page.get_by_role("link", name=re.compile("^a répondu")))
        expect(page.get_by_role("main")).to_contain_text("Service commercial")
        follow(page.get_by_role("link", name="Le dossier"))
        expect(page.locator(".answers")).to_contain_text("Atelier 1")
        sound(page)
        page.goto("/dossiers/1/depuis")
        expect(page.get_by_role("main")).to_contain_text("a répondu faire")
        page.goto("/dossiers/1/imprimer?annexe=informations")
        expect(page.get_by_role("heading", name="Informations communiquées au sourcing").first).to_be_visible()
        buyer.close()

        context = browser.new_context(base_url=site, viewport=SMALLEST)
        page = context.new_page()
        for address in (f"/r/{links['contact@atelier-4.example']}", f"/r/{first}", f"/r/{second}", "/campagnes"):
            page.goto(address)
            sound(page)
        context.close()
    engine = open_database()
    assert find_supplier(engine, siret(2)) is None
    engine.dispose()


def test_a_winner_asks_for_a_part_of_its_contract_and_declares_whom_it_chose(
    browser: Browser, catalogue: Path, mailbox: Mailbox
) -> None:
    contract = (
        "contrat-1-objet=Entretien+des+espaces+verts&contrat-1-lieu=Maubeuge&contrat-1-heures=2000&contrat-1-mois=18"
    )
    with served(catalogue, NOW.date()) as site:
        context = browser.new_context(base_url=site)
        page = context.new_page()
        page.goto(f"/plan-clause?{contract}")
        follow(page.get_by_role("link", name="Garder dans un dossier"))
        page.get_by_label("Titre").fill("Parc de la Sambre")
        page.locator("[name=buyer]").fill("Ville de Maubeuge")
        page.get_by_label("Votre nom").fill("Léa")
        follow(page.get_by_role("button", name="Figer et garder"))
        follow(page.get_by_role("link", name=re.compile("^Interroger les ")))
        follow(page.get_by_role("button", name="Garder cette campagne"))
        page.get_by_role("button", name=re.compile("^Envoyer les ")).click()
        expect(page.get_by_role("status")).to_contain_text("messages envoyés")
        text = " ".join(mailbox.taken[0].get_content().split())
        for words in ("a gagné", "Ville de Maubeuge", "heures à partager"):
            assert words in text.replace("\u202f", " "), text
        assert "R2111-1" not in text

        page.goto("/dossiers/2")
        first = page.locator(".entry").first
        first.get_by_text("Suivre").click()
        first.get_by_label("Où en est-on").select_option("choisi")
        first.get_by_label("Depuis le").fill(NOW.date().isoformat())
        follow(first.get_by_role("button", name="Enregistrer le suivi"))
        expect(page.locator("#sous-traitance")).to_contain_text("à compléter")
        sound(page)
        page.goto("/dossiers/2/imprimer?annexe=sous-traitance")
        sheets = paper(page)
        assert len(sheets) <= 3
        for words in ("Client", "Ville de Maubeuge", "Sous-traitance à déclarer"):
            assert words in "\n".join(sheets)
        context.close()


@pytest.fixture
def in_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in an installation, « a » or « b », and return what it says; each has its catalogue of the same four suppliers and its key."""
    say_controller(monkeypatch)
    monkeypatch.setenv("ENTREMISE_CACHE", str(tmp_path / "cache"))
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        engine = open_database(f"sqlite:///{(tmp_path / name / 'catalogue.sqlite').as_posix()}")
        known = (supplier(number, naf="8130Z") for number in (1, 2, 3))
        taking(engine, tmp_path, NOW)(*known, supplier(4))
        engine.dispose()

    def run(name: str, *arguments: object) -> str:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / name / "data"))
        monkeypatch.setenv("ENTREMISE_DATABASE_URL", f"sqlite:///{(tmp_path / name / 'catalogue.sqlite').as_posix()}")
        with pytest.raises(SystemExit) as ended, on_day(NOW.date()):
            main(["reponses", *map(str, arguments)])
        assert not ended.value.code
        return " ".join("".join(capsys.readouterr()).split())

    return run


def ask_in_a_dossier(page: Page, path: Path) -> str:
    """From the list to a dossier and to a campaign about its lot; return the link of the one whose trade is not known."""
    retain(page, 3, NEED)
    follow(page.get_by_role("link", name=re.compile("^Interroger")))
    follow(page.get_by_role("button", name="Garder cette campagne"))
    engine = open_database(f"sqlite:///{path.as_posix()}")
    link = f"/r/{secrets(engine, 1)[siret(4)]}"
    engine.dispose()
    return link


def answer_and_share(page: Page, link: str) -> None:
    """On a telephone, say what one does and tick what others may have of it."""
    page.goto(link)
    page.get_by_role("group", name="Création et entretien des espaces verts").get_by_label("Oui").check(force=True)
    page.get_by_label("Personnes accompagnées").fill(WORKERS)
    page.get_by_label("30 km").check(force=True)
    for box in ("metiers", "effectif", "zone"):
        page.get_by_label(BOXES[box]).check()
    sound(page)
    follow(page.get_by_role("button", name="Envoyer mes réponses"))
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est reçu, merci.")


def test_an_answer_given_once_serves_another_installation_until_it_is_taken_back(
    browser: Browser, tmp_path: Path, in_: Command
) -> None:
    file, own = tmp_path / "reponses.jsonl", tmp_path / "b" / "catalogue.sqlite"
    key = re.search(r"[\w-]{43}", in_("a", "cle"))
    assert key is not None
    in_("b", "cle", "--croire", "CRESS", key[0], "--par", "Léa")
    with (
        served(tmp_path / "a" / "catalogue.sqlite", clock=lambda: NOW) as here,
        served(own, clock=lambda: NOW) as there,
    ):
        buyer = browser.new_context(base_url=there, viewport={"width": 1280, "height": 800}, locale="fr-FR").new_page()
        telephone = browser.new_context(base_url=here, viewport=TELEPHONE, locale="fr-FR").new_page()  # type: ignore[arg-type]

        def listed() -> str:
            buyer.goto(f"/candidats?{NEED}")
            return buyer.get_by_role("main").inner_text()

        before = listed()
        link = ask_in_a_dossier(telephone, tmp_path / "a" / "catalogue.sqlite")
        answer_and_share(telephone, link)
        assert "1 réponse, 0 retrait" in in_("a", "export", "-o", file)

        assert "1 ligne : 1 réponse, 0 retrait, 0 ligne refusée." in in_("b", "import", file)
        assert listed() == before, "counted, and nothing enters"
        assert "1 réponse prise" in in_("b", "import", file, "--accepter", "--par", "Léa")
        awaited(listed, lambda text: "A répondu ailleurs faire" in text)
        retain(buyer, 4, NEED)
        expect(buyer.locator(".entry").filter(has_text=UNKNOWN)).to_contain_text("A répondu ailleurs faire")

        telephone.goto(link)
        follow(telephone.get_by_role("button", name="Effacer mes réponses"))
        assert "0 réponse, 1 retrait" in in_("a", "export", "-o", file)
        assert "1 effacée" in in_("b", "import", file, "--accepter", "--par", "Léa")
        awaited(listed, lambda text: text == before)
        buyer.goto("/dossiers/1")
        expect(buyer.locator(".entry").filter(has_text=UNKNOWN)).to_contain_text("éponse reprise par la structure")
        expect(buyer.get_by_role("main")).not_to_contain_text("répondu ailleurs")
        sound(buyer)
        for page in (buyer, telephone):
            page.context.close()
    left = b"".join(path.read_bytes() for path in own.parent.rglob("*") if path.is_file())
    assert [word for word in (WORKERS, "répondu ailleurs", "a répondu à") if word.encode() in left] == []
