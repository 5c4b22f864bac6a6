"""A dossier in a real browser: from the candidates to the paper, by keyboard, on a phone, in the dark, without scripts; a team's door."""

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from matcher.accounts.roles import Role
from matcher.accounts.store import add_account
from matcher.clock import now
from matcher.db import open_database
from matcher.ownership import FIRST_ORGANISATION
from tests.browser.conftest import follow, paper, served, sound_at_every_width, violations
from tests.matcher.web.conftest import OPENED, PASSWORD, WRONG

NEED = urlencode(
    {
        "besoin": "Entretien des espaces verts et des berges de la Sambre",
        "lieu": "Maubeuge (59)",
        "levier": "12",
        "montant": "180000",
        "duree": "12",
        "rayon": "tous",
    }
)
ME = "C. Exemple"


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Iterator[str]:
    """The pages over a copy of the sample, for this test alone."""
    shutil.copyfile(built, tmp_path / "catalogue.sqlite")
    with served(tmp_path / "catalogue.sqlite") as address:
        yield address


@pytest.fixture
def team_site(built: Path, tmp_path: Path) -> Iterator[str]:
    """The same for a team."""
    shutil.copyfile(built, tmp_path / "equipe.sqlite")
    engine = open_database(f"sqlite:///{(tmp_path / 'equipe.sqlite').as_posix()}")
    for role in (Role.ADMINISTRATOR, Role.READER):
        add_account(
            engine, role.value, PASSWORD, role, FIRST_ORGANISATION, name=f"Léa {role.value}", author="essai", now=OPENED
        )
    engine.dispose()
    with served(tmp_path / "equipe.sqlite") as address:
        yield address


def retain(page: Page, most: int = 3, need: str = NEED) -> None:
    """From the candidates to a dossier of `most` suppliers."""
    page.goto(f"/candidats?{need}")
    follow(page.get_by_role("button", name="Créer le dossier"))
    for box in page.locator("[name=retenu]").all()[:most]:
        box.check()
    page.get_by_label("Titre").fill("Entretien des berges de la Sambre")
    page.get_by_label(re.compile("^Acheteur")).fill("Commune de Valbrune")
    if page.get_by_label("Votre nom").count():  # who signs in has one
        page.get_by_label("Votre nom").fill(ME)
    follow(page.get_by_role("button", name="Figer la liste et retenir"))
    assert page.url.endswith("/dossiers/1")


def note_progress(page: Page, place: int, status: str, note: str = "") -> None:
    """Say where the supplier of a place stands."""
    entry = page.locator(".entry").nth(place - 1)
    entry.locator("summary").click()
    entry.get_by_label("Où en est-on").select_option(status)
    entry.get_by_label("Note").fill(note)
    follow(entry.get_by_role("button", name="Enregistrer le suivi"))


def test_from_the_candidates_to_the_workbook_and_the_paper(page: Page) -> None:
    retain(page)
    expect(page.locator(".entry")).to_have_count(3)
    boxes = [entry.bounding_box() or {} for entry in page.locator(".entry").all()]
    assert {box["x"] for box in boxes} == {boxes[0]["x"]}  # one below the other, as wide as the list
    assert boxes[0]["width"] > 700
    note_progress(page, 1, "intéressé", "Équipe libre dès mars.")
    note_progress(page, 2, "contacté")
    expect(page.locator(".entry").nth(0).locator(".entry-status")).to_contain_text("intéressé")
    expect(page.locator(".entry").nth(0).locator(".entry-status")).to_contain_text(ME)
    expect(page.locator(".todo")).to_contain_text("Contacter")
    with page.expect_download() as taken:
        page.get_by_role("link", name="XLSX").click()
    assert taken.value.suggested_filename == f"dossier-{now().year}-0001.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(Path(taken.value.path()).read_bytes()))
    rows = [[cell.value for cell in row] for row in book["Liste"].iter_rows()]
    assert rows[0][2:5] == ["Fournisseur", "Statut", "Depuis le"]
    assert [row[3] for row in rows[1:]] == ["intéressé", "contacté", "à contacter"]
    assert rows[1][6] == "Équipe libre dès mars."
    follow(page.get_by_role("link", name="Imprimer"))
    told = paper(page)
    assert len(told) <= 3, "a summary of two pages, and one more for its lot"
    for number, text in enumerate(told, start=1):
        assert f"{number}/{len(told)}" in text.splitlines()[-1].replace(" ", "")
        assert f"Dossier {now().year}-0001 · figé le" in text
        assert "Entremise" in text.splitlines()[0]
    whole = "\n".join(told)
    assert "Revenir au dossier" not in whole
    assert whole.index("L’avis") < whole.index("Qui a été consulté") < whole.index("Décision à prendre")
    assert "Préparé par" in whole
    assert "Annexe A" not in whole, "no annex but those that are chosen"
    page.get_by_label("Structures retenues").check()
    page.get_by_label("Avis en entier").check()
    follow(page.get_by_role("button", name="Joindre ces annexes"))
    assert page.url.endswith("/imprimer?annexe=listes&annexe=avis")
    joined = "\n".join(paper(page))
    assert joined.index("Décision à prendre") < joined.index("Annexe A") < joined.index("Annexe B")


def test_a_dossier_goes_away_and_comes_back_as_it_was(page: Page, tmp_path: Path) -> None:
    retain(page)
    note_progress(page, 1, "intéressé", "Équipe libre dès mars.")
    follow(page.get_by_role("link", name="Dire où en est le dossier"))
    page.get_by_label("Étape", exact=True).select_option("avant publication")
    page.get_by_label("Remise des offres le").fill("2027-01-22")
    page.get_by_label(re.compile("^Suivi par")).fill(ME)
    page.get_by_label(re.compile("^Prochaine étape")).fill("Relancer")
    follow(page.get_by_role("button", name="Enregistrer"))
    figures, opinion = page.locator(".dossier-figures").inner_text(), page.locator(".lot .opinion").inner_text()
    lines = page.locator(".entry").all_inner_texts()
    assert "avant publication, remise des offres le 22 janvier 2027" in figures.replace("\u00a0", " ")
    for number, kind in enumerate(("XLSX", "JSON"), start=2):
        page.goto("/dossiers/1")
        with page.expect_download() as taken:
            page.get_by_role("link", name=kind).click()
        path = tmp_path / taken.value.suggested_filename
        taken.value.save_as(path)
        page.goto("/dossiers/importer")
        page.get_by_label("Le fichier").set_input_files(path)
        page.get_by_role("button", name="Reprendre ce dossier").click()
        expect(page.locator(".dossier-figures")).to_be_visible(timeout=30_000)
        page.goto(f"/dossiers/{number}")
        assert page.locator(".lot .opinion").inner_text() == opinion
        assert page.locator(".entry").all_inner_texts() == lines
        assert page.locator(".dossier-figures").inner_text() == figures
        page.goto("/dossiers?etape=avant+publication&tri=-suivi")
        expect(page.locator("tbody tr")).to_have_count(number)
        expect(page.locator("th[aria-sort=descending]")).to_have_text(re.compile("Suivi par"))


def test_the_head_of_a_long_table_is_repeated_on_each_page(page: Page) -> None:
    retain(page, 40, "besoin=Conditionnement&lieu=France+enti%C3%A8re")
    page.goto("/dossiers/1/imprimer?annexe=listes")
    pages = [text for text in paper(page) if text.count("SIRET") > 1]  # of the rows of the list
    assert len(pages) >= 2
    for text in pages[:2]:
        assert "sur données" in text


NEEDS = (
    NEED,
    "besoin=Nettoyage+des+locaux+et+de+la+vitrerie&lieu=Lille&montant=90000&duree=36",
    "besoin=Blanchisserie,+40+000+pi%C3%A8ces,+160+000+%E2%82%AC+HT&lieu=Roubaix&levier=12",
)


def test_the_paper_of_dossiers_of_one_to_three_lots_is_two_sheets_and_one_a_lot_at_most(page: Page) -> None:
    for lots, need in enumerate(NEEDS, start=1):
        page.goto(f"/candidats?{need}")
        follow(page.get_by_role("button", name="Créer le dossier"))
        for box in page.locator("[name=retenu]").all():
            box.check()
        if lots == 1:
            page.get_by_label("Titre").fill("Berges de la Sambre, 180 000 € HT")
            page.get_by_label("Votre nom").fill(ME)
        else:
            page.locator("#dossier").select_option("1")
        follow(page.get_by_role("button", name="Figer la liste et retenir"))
        page.goto("/dossiers/1/imprimer")
        sheets = paper(page)
        assert len(sheets) <= 2 + lots, lots
        expect(page.get_by_role("heading", level=1)).to_have_text("Berges de la Sambre")
        words = [" ".join(line.split()) for line in "\n".join(sheets).splitlines()]
        long = [line for line in words if len(line) > 75]
        assert len(long) == len(set(long)), "no line twice"


ADDRESSES = {
    "dossier": "/dossiers/1",
    "fiche": "/dossiers/1/fiche",
    "depuis": "/dossiers/1/depuis",
    "messages": "/dossiers/1/lots/1/messages",
    "ajouter": "/dossiers/1/lots/1/ajouter?qui_chercher=atelier",
    "imprimer": "/dossiers/1/imprimer?annexe=listes&annexe=avis&annexe=besoin&annexe=methode",
    "retenir": f"/dossiers/retenir?{NEED}",
}


def test_no_violation_and_no_sideways_scroll(page: Page) -> None:
    retain(page)
    note_progress(page, 1, "intéressé", "Équipe libre dès mars.")
    for address in ADDRESSES.values():
        sound_at_every_width(page, address, unfold=True)


def test_two_versions_side_by_side(page: Page, browser: Browser, site: str, troubles: list[str]) -> None:
    retain(page, 2)
    other = browser.new_context(base_url=site).new_page()
    other.goto("/dossiers/1")
    entry = other.locator(".entry").first
    entry.locator("summary").click()
    entry.get_by_label("Votre nom").fill("B. Modèle")
    entry.get_by_label("Note").fill("Leur note")
    follow(entry.get_by_role("button", name="Enregistrer le suivi"))
    note_progress(page, 1, "intéressé", "Ma note")
    troubles.clear()  # the browser notes the 409 by itself
    expect(page.get_by_role("heading", level=1)).to_contain_text("B. Modèle a modifié ce dossier")
    assert violations(page) == []
    page.get_by_role("button", name="Enregistrer la mienne par-dessus").click()
    expect(page.locator(".entry").first).to_contain_text("Ma note")
    expect(page.locator(".journal")).to_contain_text("Leur note")
    other.context.close()


def test_by_keyboard_alone(page: Page) -> None:
    retain(page, 2)
    page.locator(".entry summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".entry select").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    for _ in range(6):  # the three parts of the date and its button, then the note
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("Appelée ce matin")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".entry").first).to_contain_text("Appelée ce matin")
    expect(page.locator(".entry").first).to_contain_text("contacté")


def test_the_message_is_copied(page: Page) -> None:
    retain(page, 2)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/dossiers/1/lots/1/messages")
    page.get_by_label("Texte").fill("Bonjour, êtes-vous libres ?")
    page.get_by_role("button", name="Copier le texte").click()
    expect(page.get_by_text("Copié.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "Bonjour, êtes-vous libres ?"


def test_without_scripts(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    retain(page, 3)
    note_progress(page, 1, "sans réponse", "Répondeur")
    entry = page.locator(".entry").nth(1)
    entry.locator("summary").click()
    entry.get_by_label("Motif").fill("déjà vue")
    entry.get_by_role("button", name="Monter").click()
    expect(page.locator(".entry").nth(1)).to_contain_text("Répondeur")
    page.get_by_role("link", name="Préparer les messages").click()
    for box in page.locator("[name=a]").all():
        box.check()
    page.get_by_role("button", name="Noter comme envoyé").click()
    expect(page.get_by_role("status").first).to_contain_text("Le message est au dossier")
    page.go_back()
    page.get_by_role("button", name="Noter comme envoyé").click()
    expect(page.locator(".journal-lines li", has_text="envoie le même message")).to_have_count(1)
    context.close()


def test_a_team_signs_in_by_keyboard_and_out(browser: Browser, team_site: str) -> None:
    context = browser.new_context(base_url=team_site, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto("/dossiers")
    expect(page.get_by_label("Nom de connexion ou courriel")).to_be_focused()
    assert violations(page) == []
    page.keyboard.type("administrateur")
    page.keyboard.press("Tab")
    page.keyboard.type(WRONG)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("inconnu")
    expect(page.get_by_label("Mot de passe")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/dossiers$"))
    expect(page.locator(".masthead-end")).to_contain_text("Léa administrateur")
    for address in ("/comptes", "/comptes/journal", "/mon-compte", "/mon-compte/jetons"):
        sound_at_every_width(page, address, unfold=True)
    cookie = next(one for one in context.cookies() if one["name"] == "entremise")
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(re.compile("/connexion"))
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Se connecter")
    context.close()


def test_a_contract_that_is_noted_counts_in_the_report_of_its_year_on_paper_and_in_the_workbook(page: Page) -> None:
    retain(page)
    follow(page.get_by_role("link", name="Noter le marché attribué"))
    assert violations(page) == []
    page.get_by_label("Notifié le").fill("2026-11-10")
    page.get_by_label(re.compile("^Montant")).fill("180 000")
    page.get_by_label(re.compile("^Titulaire")).fill("ESAT Les Exemples")
    page.get_by_label("Clause sociale d’insertion").check()
    page.get_by_label("Lot réservé aux EA et ESAT (L2113-12)").check()
    follow(page.get_by_role("button", name="Noter le marché"))
    expect(page.locator(".dossier-figures")).to_contain_text("attribué")
    follow(page.get_by_role("navigation", name="Principal").get_by_role("link", name="Dossiers"))
    follow(page.get_by_role("link", name="Bilan de l’année"))
    expect(page.locator("h1")).to_contain_text("1 marché noté dans vos dossiers")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    with page.expect_download() as taken:
        page.get_by_role("link", name="XLSX").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(taken.value.path()).read_bytes()))
    rows = {row[0].value: [cell.value for cell in row[1:5]] for row in book["Marchés de vos dossiers"].iter_rows()}
    assert rows["Avec une clause sociale d’exécution"] == [1, 100, 180_000, 100]
    assert rows["Avec un critère social"] == [0, 0, 0, 0]
    told = "\n".join(paper(page)).replace("\u202f", " ").replace("\u00a0", " ")
    for said in ("180 000 € HT", "non suivies", "Ce que demande l’article L2111-3", "D’où viennent ces chiffres"):
        assert said in told
    assert "Faire le bilan" not in told
