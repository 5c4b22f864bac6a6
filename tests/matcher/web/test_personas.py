"""Every page, message, paper and file of a small real dossier, read as each persona: none finds a word of another."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from matcher.accounts.organisations import describe_organisation, load_organisation
from matcher.domain.persona import Persona
from matcher.dossiers.dossier import DossierHeader, Stage, Status
from matcher.dossiers.entry_changes import SetStatus
from matcher.dossiers.files.annexes import TITLES
from matcher.dossiers.store import change_dossier, load_dossier
from matcher.ownership import FIRST_ORGANISATION
from matcher.reference.wordings import wordings
from tests.matcher.web.conftest import OPENED, TODAY
from tests.matcher.web.dossier_pages import RESERVED, opened
from tests.matcher.web.reading import Read, contracts, fill, read, send

# Words of a buyer that no table has.
BUYERS = ("R2111-1", "consultation préalable", "prépare un achat", *(Stage.DRAFTING, Stage.TENDER), "demander l’avis")
# A dictionary defines the words of all.
DICTIONARY = "help.terms"
LONG = 4  # words from which a wording is looked for inside a sentence; a shorter one is a label, of a dossier alone
PLAN = contracts(
    {"objet": "Entretien des espaces verts", "lieu": "Maubeuge", "mois": "24", "heures": "12000", "debut": "03/2027"},
    {"objet": "Travaux de voirie", "lieu": "Arras", "mois": "12", "heures": "8000", "debut": "09/2027"},
)


def plain(text: str) -> str:
    """A text as it is compared: one space for any, no capital."""
    return " ".join(text.replace("’", "'").split()).casefold()


def parts(wording: str) -> list[str]:
    """The pieces of a wording that stand on a page as they are: without what is put between its braces."""
    pieces = re.split(r"\{\w+\}| \| ", wording)
    return [plain(piece.strip(" .:,;")) for piece in pieces if piece.strip(" .:,;")]


def foreign(persona: Persona) -> tuple[list[str], list[str]]:
    """Wordings that are of other personas alone: those looked for in any sentence, then the labels."""
    own = " | ".join(plain(wording) for wording in wordings(persona).values())
    pieces = dict.fromkeys(
        piece
        for other in Persona
        for key, wording in wordings(other).items()
        if key != "qui" and wording != wordings(persona)[key]
        for piece in parts(wording)
        if piece not in own
    )
    buyers = (
        []
        if persona is Persona.BUYER
        else [plain(word) for word in BUYERS[: len(BUYERS) if persona is Persona.WINNER else 3]]
    )
    sentences = [piece for piece in pieces if len(piece.split()) >= LONG]
    return [*sentences, *buyers], [piece for piece in pieces if len(piece.split()) < LONG]


def texts_of(answer: TestResponse) -> tuple[str, list[str]]:
    """The text of an answer, and its labels: of a page, of a workbook, of any other file."""
    if answer.mimetype == "text/html":
        page = Read(answer.status_code, answer.text)
        named = [str(tag[name]) for name in ("aria-label", "data-label", "title") for tag in page.all(f"[{name}]")]
        labels = [tag.get_text(" ") for tag in page.all("label, dt, th, legend, h1, h2, h3, button, a")]
        return plain(f"{page.soup.get_text(' ')} {' '.join(named)}"), [*map(plain, (*labels, *named))]
    if answer.mimetype.endswith("sheet"):
        book = load_workbook(io.BytesIO(answer.data))
        cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
        return plain(" ".join(cells)), [*map(plain, cells)]
    text = answer.text if answer.mimetype.startswith("text/") else ""
    return plain(text), [plain(cell) for cell in text.replace('"', "").split(";")]


def addresses(client: FlaskClient, supplier_id: str) -> Iterator[tuple[str, str]]:
    """Every address that the pages answer to a link, with the endpoint of each."""
    values = {
        "number": "1",
        "lot": "1",
        "decision": "1",
        "supplier_id": supplier_id,
        "what": "lieux",
        "participant": "1",
    }
    for rule in client.application.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static" or rule.endpoint.startswith("api."):
            continue
        forms = re.findall(r"any\(([^)]*)\):form", rule.rule)
        for form in forms[0].split(", ") if forms else [""]:
            given = {**values, "form": form}
            yield (
                rule.endpoint,
                re.sub(r"<(?:[^:<>]*(?:\([^)]*\))?:)?(\w+)>", lambda m, its=given: its.get(m[1], "x"), rule.rule),
            )


def walk(client: FlaskClient, supplier_id: str, what: str) -> Iterator[tuple[str, str, str, list[str]]]:
    """(endpoint, address, text, labels) of every page and file, with arguments that fill what each asks."""
    asked = [
        *RESERVED.items(),
        *PLAN,
        ("quoi", what),
        ("q", "Lille"),
        ("objet", "Traiteur"),
        ("site", "Denain"),
        ("site", "Maubeuge"),
    ]
    for endpoint, address in addresses(client, supplier_id):
        more = [("annexe", key) for key in TITLES] if endpoint == "dossiers.printed" else []
        about = [("dossier", "1"), ("lot", "1")] if endpoint.startswith("campaigns.") else []
        pairs = [] if endpoint in ("dossiers.index", "hours.index") else [*asked, *more, *about]
        answer = client.get(address, query_string=pairs)
        assert answer.status_code < 500, address
        yield (endpoint, address, *texts_of(answer))
        answer.close()
    yield ("form.form", "/", *texts_of(client.get("/")))


def keep_dossier(own: Engine, client: FlaskClient, persona: Persona) -> str:
    """Open a dossier as a persona does, of a plan of clauses where it buys nothing, with a structure chosen; return the id of one of its structures."""
    profile = load_organisation(own, FIRST_ORGANISATION).its
    its = replace(profile, name="Maison Exemple", siret="", place="Maubeuge", persona=persona.value)
    describe_organisation(own, FIRST_ORGANISATION, its, author="essai", now=OPENED)
    if persona is Persona.BUYER:
        opened(client, keep=4)
    else:
        page = read(client, "/decisions/garder", [("quoi", "plan-clause"), *PLAN])
        fill(client, page, "main form", qui="C. Exemple", buyer="Ville de Valbrune", territory="Avesnois", listes="oui")
        read(client, "/dossiers/1")
    dossier = load_dossier(own, FIRST_ORGANISATION, 1)
    first = dossier.lot(1).entries[0].match.id
    chosen = Status.INTERESTED if persona is Persona.BUYER else Status.CHOSEN
    change_dossier(
        own, FIRST_ORGANISATION, 1, [SetStatus(1, first, chosen, TODAY)], version=None, author="essai", now=OPENED
    )
    return first


def foreign_words(own: Engine, client: FlaskClient, persona: Persona, reader: Persona) -> dict[str, list[str]]:
    """The words of the pages of a persona that are foreign to a reader, by endpoint."""
    sentences, labels = foreign(reader)
    first = keep_dossier(own, client, persona)
    faults: dict[str, list[str]] = {}
    for endpoint, _, text, its in walk(client, first, "avis" if persona is Persona.BUYER else "plan-clause"):
        here = [word for word in sentences if word in text]
        if endpoint.partition(".")[0] in ("dossiers", "calls", "messages", "hours", "follow"):
            here += [word for word in labels if word in its]
        if here and endpoint != DICTIONARY:
            faults.setdefault(endpoint, []).extend(here)
    return faults


@pytest.mark.slow(reason="every page of the application")
@pytest.mark.parametrize("persona", Persona)
def test_no_page_says_a_word_of_another(own: Engine, writer: FlaskClient, persona: Persona) -> None:
    assert foreign_words(own, writer, persona, persona) == {}


@pytest.mark.slow(reason="every page of the application")
def test_what_is_shown_to_a_buyer_is_foreign_to_a_winner(own: Engine, writer: FlaskClient) -> None:
    """So that the walk is known to see words where there are some."""
    faults = foreign_words(own, writer, Persona.BUYER, Persona.WINNER)
    assert {
        "form.form",
        "dossiers.show",
        "dossiers.printed",
        "messages.prepare",
        "calls.show",
        "candidates.show",
    } <= faults.keys()


HEADINGS: Mapping[Persona, str] = {
    Persona.BUYER: "Que voulez-vous acheter",
    Persona.WINNER: "Que voulez-vous confier",
    Persona.FACILITATOR: "Quel besoin voulez-vous couvrir",
    Persona.NETWORK: "À quel besoin vos structures",
}


def test_who_one_is_is_asked_until_it_is_said_by_one_tap(own: Engine, writer: FlaskClient) -> None:
    assert HEADINGS[Persona.BUYER] in read(writer, "/").text
    for persona in reversed(Persona):
        page = read(writer, "/")
        asked = page.all("form.persona button")
        assert len(asked) == (4 if persona is Persona.NETWORK else 0)
        where = "/mon-organisation/personne"
        assert HEADINGS[persona] in send(writer, "/mon-organisation", where, {"persona": persona.value}).text
        assert load_organisation(own, FIRST_ORGANISATION).its.persona == persona
    assert send(writer, "/mon-organisation", "/mon-organisation/personne", {"persona": "roi"}).status == 400
    page = read(writer, "/mon-organisation")
    assert fill(writer, page, "main form.ledger", persona="").status == 200
    assert read(writer, "/").all("form.persona")


def test_a_winner_writes_its_part_and_declares_whom_it_chose(own: Engine, writer: FlaskClient) -> None:
    keep_dossier(own, writer, Persona.WINNER)
    text = " ".join(read(writer, "/dossiers/1/lots/1/messages").one("#texte").get_text().split())
    for words in ("Maison Exemple a gagné", "Client : Ville de Valbrune", "dès mars 2027", "à partager", "À quel prix"):
        assert words in text
    dossier = load_dossier(own, FIRST_ORGANISATION, 1)
    assert dossier.header == DossierHeader(dossier.header.title, buyer="Ville de Valbrune", territory="Avesnois")
    hints = [tag.get_text() for tag in read(writer, "/dossiers/1/lots/1/appels").all(".call-question legend .soft")]
    assert any("en tout" in hint for hint in hints)
    promise = read(writer, "/dossiers/1/heures").one("#promesse + form").get_text()
    assert "Client de ce marché" in promise
    assert "Acheteur" not in promise


def test_a_plan_kept_by_who_said_it_buys_is_told_as_a_buyer_does(own: Engine, writer: FlaskClient) -> None:
    its = replace(load_organisation(own, FIRST_ORGANISATION).its, name="CA de Valbrune", persona=Persona.BUYER.value)
    describe_organisation(own, FIRST_ORGANISATION, its, author="essai", now=OPENED)
    page = read(writer, "/decisions/garder", [("quoi", "plan-clause"), *PLAN])
    fill(writer, page, "main form", qui="C. Exemple", listes="oui")
    text = read(writer, "/dossiers/1/lots/1/messages").one("#texte").get_text()
    assert "CA de Valbrune prépare" in text
    assert "gagné" not in text


def test_a_winner_is_offered_no_reservation_of_what_it_subcontracts_but_keeps_the_one_chosen(
    own: Engine, writer: FlaskClient
) -> None:
    send(writer, "/mon-organisation", "/mon-organisation/personne", {"persona": Persona.WINNER.value})
    for address in ("/", "/groupement"):
        page = read(writer, address)
        codes = {str(option["value"]) for option in page.all("select[name=levier] option")}
        assert (codes - {"", "aucun"}, "L2113" in page.one("main").get_text()) == ({"clause"}, False)
        assert "Clause sociale" in page.one("label[for=levier]").get_text()
    chosen = read(writer, "/groupement", {"objet": "Nettoyage", "levier": "12"})
    assert chosen.one("select[name=levier] option[selected]")["value"] == "12"


@pytest.mark.parametrize(("persona", "frozen"), [(Persona.BUYER, True), (Persona.WINNER, False)])
def test_the_dossier_of_a_winner_has_no_opinion_on_awarding_the_contract(
    own: Engine, writer: FlaskClient, persona: Persona, frozen: bool
) -> None:
    profile = load_organisation(own, FIRST_ORGANISATION).its
    its = replace(profile, persona=persona.value)
    describe_organisation(own, FIRST_ORGANISATION, its, author="essai", now=OPENED)
    opened(writer)
    assert (load_dossier(own, FIRST_ORGANISATION, 1).lot(1).opinion is not None) is frozen
    assert ("suivre l’avis" in read(writer, "/dossiers/1/imprimer").text) is frozen
