"""« Participants », without JavaScript: added, edited, removed by hand; wishes; questions; spreadsheets tried, then imported."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.club.meeting_day.meeting_day import Bond, Doubt, ParticipantRole, Tie
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.store import load_day, load_people
from matcher.ownership import FIRST_ORGANISATION
from matcher.paths import shipped_path
from tests.matcher.web.club_pages import BUYERS, ME, SUPPLIERS
from tests.matcher.web.reading import EACH_NASTY, Read, fill, harmless, nasty_fields, read, send, settled

pytestmark = pytest.mark.usefixtures("read_here")

NEW = "/club/1/participants/nouveau"
BUYER = {
    "sort": "acheteur",
    "name": "Commune de Valbrune",
    "need_1": "Entretien des espaces verts",
    "need_1_place": "Maubeuge",
    "need_1_amount": "180 000",
    "person_1": "Mme Témoin",
    "person_1_email": "temoin@valbrune.example",
    "person_1_phone": "03 27 00 00 09",
    "qui": ME,
}


def added(client: FlaskClient, **typed: str) -> Read:
    return fill(client, read(client, NEW), "main form", **typed)


def test_a_buyer_is_added_with_who_comes(organiser: FlaskClient, day: Engine) -> None:
    page = added(
        organiser, **BUYER, arrival="9 h 20", departure="11 h", least="1", most="3", people="2", step_free="oui"
    )
    assert page.status == 200
    assert "« Commune de Valbrune » est inscrit" in page.text
    event = load_day(day, FIRST_ORGANISATION, 1)
    one = event.participants[-1]
    assert (one.sort, one.needs) == (
        ParticipantRole.BUYER,
        (ParticipantNeed("Entretien des espaces verts", "Maubeuge", 180_000),),
    )
    assert (one.arrival, one.departure, one.most, one.least, one.people, one.step_free) == (560, 660, 3, 1, 2, True)
    assert load_people(day, FIRST_ORGANISATION, 1)[one.key][0].phone == "+33327000009"
    assert "Depuis que l’horaire est figé" in read(organiser, "/club/1").text


def test_the_same_form_sent_twice_adds_one(organiser: FlaskClient, day: Engine) -> None:
    page = read(organiser, NEW)
    for _ in range(2):
        assert fill(organiser, page, "main form", **BUYER).status == 200
    assert sum(one.name == BUYER["name"] for one in load_day(day, FIRST_ORGANISATION, 1).participants) == 1


def test_a_supplier_that_is_there_already_is_asked_about(organiser: FlaskClient, day: Engine) -> None:
    before = load_day(day, FIRST_ORGANISATION, 1)
    held = next(one for one in before.participants if one.siret)
    page = added(organiser, sort="fournisseur", name=held.name, siret=held.siret, qui=ME)
    assert page.status == 200
    event = load_day(day, FIRST_ORGANISATION, 1)
    assert len(event.participants) == len(before.participants) + 1
    assert event.open_questions[-1].doubt is Doubt.TWICE


def test_a_supplier_is_linked_to_the_catalogue_by_its_siret(organiser: FlaskClient, day: Engine) -> None:
    linked = next(one for one in load_day(day, FIRST_ORGANISATION, 1).participants if one.supplier_id)
    send(organiser, "/club/1/reglages", f"/club/1/participants/{linked.key}/retrait", {"qui": ME})
    page = added(organiser, sort="fournisseur", name="Un autre nom", siret=linked.siret)
    assert page.status == 200
    assert load_day(day, FIRST_ORGANISATION, 1).participants[-1].supplier_id == linked.supplier_id


BAD: dict[str, tuple[str, ...]] = {
    "sort": ("", "passant"),
    "name": ("", "x" * 400),
    "siret": ("123", "00010001600014"),
    "place": ("x" * 400,),
    "need_1": ("", "x" * 2_100),
    "need_1_amount": ("beaucoup", "50-100 k€", "40 000 € TTC", "12 €/m²"),
    "need_1_hours": ("beaucoup", "5 k€", "100 à 200"),
    "person_1_email": ("pas une adresse",),
    "person_1_phone": ("12",),
    "arrival": ("tôt",),
    "departure": ("tard", "8 h"),
    "least": ("-1", "x", "61"),
    "most": ("x", "61"),
    "people": ("0", "101", "x"),
    "abreast": ("0", "2", "x"),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_bad_input_is_said_under_its_field(organiser: FlaskClient, day: Engine, name: str, value: str) -> None:
    before = load_day(day, FIRST_ORGANISATION, 1).version
    page = added(organiser, **{**BUYER, "arrival": "9 h", name: value})
    assert page.status == 422
    assert f"#{name}" in [str(link["href"]) for link in page.all(".faults a")]
    assert page.all(f"#{name}-faute")
    assert load_day(day, FIRST_ORGANISATION, 1).version == before


@EACH_NASTY
def test_nothing_typed_breaks_the_forms(organiser: FlaskClient) -> None:
    for field, nasty in nasty_fields(*BAD, "qui"):
        harmless(added(organiser, **{"qui": ME, field: nasty}), field, nasty)
    forms = {
        "/club/1/participants/3/voeux": ("autre", "lien", "retirer"),
        "/club/1/participants/3/retrait": ("motif",),
        "/club/1/questions": ("reponse_1", "reponse_2"),
        "/club/1/issues": ("issue", "note"),
        "/club/1/imprevu": ("participant", "quoi", "heure", "depuis", "version"),
        "/club/1/inscriptions": ("inscrire", "refuser"),
    }
    for action, nasty in nasty_fields(*forms):
        page = send(organiser, "/club/1/reglages", action, dict.fromkeys(forms[action], nasty))
        harmless(page, action, nasty)


def test_a_participant_is_edited_and_what_another_person_wrote_is_not_lost(organiser: FlaskClient, day: Engine) -> None:
    page = read(organiser, "/club/1/participants/3")
    first = fill(organiser, page, "main form.ledger", place="Hautmont", qui="B. Modèle")
    assert "C’est enregistré" in first.text
    late = fill(organiser, page, "main form.ledger", place="Lille", qui=ME)
    assert late.status == 409
    assert "B. Modèle a changé cela" in late.text
    assert fill(organiser, late, "main form.ledger").status == 200
    one = load_day(day, FIRST_ORGANISATION, 1).by_key[3]
    assert one.place == "Lille"
    assert [need.text for need in one.needs] == [
        need.text for need in load_day(day, FIRST_ORGANISATION, 1).by_key[3].needs
    ]


def test_saving_without_a_change_writes_nothing(organiser: FlaskClient, day: Engine) -> None:
    before = load_day(day, FIRST_ORGANISATION, 1)
    for key in (1, 3, 22, 30, 55):
        page = fill(organiser, read(organiser, f"/club/1/participants/{key}"), "main form.ledger", qui=ME)
        assert page.status == 200
    assert load_day(day, FIRST_ORGANISATION, 1) == before
    assert load_people(day, FIRST_ORGANISATION, 1)[3] == load_people(day, FIRST_ORGANISATION, 1)[3]


def test_a_participant_is_withdrawn_with_its_wishes(organiser: FlaskClient, day: Engine) -> None:
    page = fill(
        organiser, read(organiser, "/club/1/participants/3"), "form[action$=retrait]", motif="ne vient plus", qui=ME
    )
    assert "n’est plus inscrit" in page.text
    event = load_day(day, FIRST_ORGANISATION, 1)
    assert 3 not in event.by_key
    assert 3 not in load_people(day, FIRST_ORGANISATION, 1)
    assert event.plan
    assert all(3 not in one.pair for one in event.plan.bookings)
    assert read(organiser, "/club/1/participants/3").status == 404


def test_a_wish_is_noted_once_and_taken_back(organiser: FlaskClient, day: Engine) -> None:
    bond = Bond(Tie.NEVER, 3, 30)
    action = "/club/1/participants/3/voeux"
    for _ in range(2):
        page = send(organiser, "/club/1/reglages", action, {"autre": "30", "lien": "NEVER", "qui": ME})
    assert load_day(day, FIRST_ORGANISATION, 1).bonds.count(bond) == 1
    assert "ne doivent pas se voir" in page.text
    send(organiser, "/club/1/reglages", action, {"retirer": "3.30.NEVER"})
    assert bond not in load_day(day, FIRST_ORGANISATION, 1).bonds
    assert (
        "lie un acheteur et un fournisseur"
        in send(organiser, "/club/1/reglages", action, {"autre": "4", "lien": "MUST"}).text
    )
    assert "Choisissez" in send(organiser, "/club/1/reglages", action, {"autre": "", "lien": "MUST"}).text


def test_questions_are_answered_on_the_page_the_others_wait(organiser: FlaskClient, day: Engine) -> None:
    asked = load_day(day, FIRST_ORGANISATION, 1).open_questions
    twice = next(one for one in asked if one.doubt is Doubt.TWICE)
    page = send(organiser, "/club/1/reglages", "/club/1/questions", {f"reponse_{twice.number}": "autre", "qui": ME})
    assert "1 réponse notée" in page.text
    assert load_day(day, FIRST_ORGANISATION, 1).by_key[twice.about].same_as == 0
    assert len(load_day(day, FIRST_ORGANISATION, 1).open_questions) == len(asked) - 1
    assert "Choisissez une réponse" in send(organiser, "/club/1/reglages", "/club/1/questions").text
    left = load_day(day, FIRST_ORGANISATION, 1).open_questions[0].number
    before = load_day(day, FIRST_ORGANISATION, 1)
    refused = send(organiser, "/club/1/reglages", "/club/1/questions", {f"reponse_{left}": "x"})
    assert "répondez par" in refused.text
    assert load_day(day, FIRST_ORGANISATION, 1) == before


def tried(client: FlaskClient, **files: tuple[bytes, str]) -> Read:
    page = read(client, "/club/1/import")
    sent: dict[str, Any] = dict(page.values(page.one("main form")))
    sent |= {name: (io.BytesIO(content), title) for name, (content, title) in files.items()}
    answer = client.post("/club/1/import", data=sent, follow_redirects=True)
    if "Lecture en cours" not in answer.text:
        return Read(answer.status_code, answer.text, answer.request.path)
    return settled(client, answer.request.path)


def samples() -> dict[str, tuple[bytes, str]]:
    return {
        "acheteurs": (shipped_path(BUYERS).read_bytes(), "inscrits acheteurs.csv"),
        "fournisseurs": (shipped_path(SUPPLIERS).read_bytes(), "inscrits fournisseurs.csv"),
    }


def test_two_spreadsheets_are_tried_then_imported_with_answers(writer: FlaskClient, own: Engine) -> None:
    fill(writer, read(writer, "/club/nouveau"), "main form", title="Club", qui=ME)
    trial = tried(writer, **samples())
    assert trial.status == 200
    assert "rien n’est encore écrit" in trial.text
    assert "inscrits acheteurs.csv" in trial.text
    assert load_day(own, FIRST_ORGANISATION, 1).participants == ()
    counts = [int(cell.get_text()) for cell in trial.all(".counts tbody .num")]
    total = int(trial.one(".counts tfoot .num").get_text())
    assert sum(counts) == total
    assert (counts[0], counts[1]) == (86, 0)
    asked = trial.all(".asked")
    options = {str(box["name"]): str(box["value"]) for group in asked for box in group.select("input")[:1]}
    done = fill(writer, trial, "main form", **options)
    assert done.path == "/club/1/participants"
    assert "86 inscrits" in done.text
    event = load_day(own, FIRST_ORGANISATION, 1)
    assert len(event.participants) == 86
    assert event.open_questions == ()
    assert load_people(own, FIRST_ORGANISATION, 1)
    gone = fill(writer, trial, "main form")
    assert "déjà été importés" in gone.text
    again = tried(writer, **samples())
    assert "il n’y a rien à importer" in again.text
    assert load_day(own, FIRST_ORGANISATION, 1).version == event.version


def test_files_that_cannot_be_read_are_said_and_nothing_is_kept(organiser: FlaskClient, day: Engine) -> None:
    before = load_day(day, FIRST_ORGANISATION, 1).version
    assert "Choisissez un fichier" in tried(organiser).text
    for content, name, words in (
        (b"%PDF-1.7 ...", "liste.pdf", "liste.pdf"),
        (b"", "vide.csv", "vide.csv"),
        (b"Structure;Besoin\n", "seul.csv", "aucun participant"),
    ):
        page = tried(organiser, acheteurs=(content, name))
        assert page.status == 422, name
        assert words in page.text
    assert load_day(day, FIRST_ORGANISATION, 1).version == before
    assert read(organiser, "/club/1/import/0123456789abcdef").status == 404
    assert read(organiser, "/club/1/import/..%2F..").status == 404
    assert organiser.get("/club/1/import/x").status_code == 404


def test_columns_that_are_not_known_are_said_by_hand(organiser: FlaskClient, day: Engine) -> None:
    before, rival = (
        len(load_day(day, FIRST_ORGANISATION, 1).participants),
        load_day(day, FIRST_ORGANISATION, 1).list_seats(suppliers=True)[0],
    )
    text = f"Qui;Quoi;Bête noire\nCommune Neuve;Tonte;{rival.name}\n"
    asked = tried(organiser, acheteurs=(text.encode(), "libre.csv"))
    assert asked.path.endswith("/colonnes")
    assert [label.get_text() for label in asked.all("main form label")] == ["Qui", "Quoi", "Bête noire"]
    again = fill(organiser, asked, "main form", acheteurs_1="needs")
    assert again.status == 422
    assert "dites quelle colonne donne le nom" in again.text
    assert again.one("#acheteurs_1 option[selected]")["value"] == "needs"
    told = fill(organiser, again, "main form", acheteurs_0="name", acheteurs_1="needs", acheteurs_2="never")
    trial = settled(organiser, told.path)
    assert "« Bête noire », qui ne pas rencontrer" in trial.text
    fill(organiser, trial, "main form", qui=ME)
    event = load_day(day, FIRST_ORGANISATION, 1)
    new = event.participants[before]
    assert (new.name, new.needs[0].text) == ("Commune Neuve", "Tonte")
    assert Bond(Tie.NEVER, new.key, rival.key) in event.bonds


def test_a_sheet_that_lacks_a_name_is_asked_about_then_may_be_left(organiser: FlaskClient, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Acheteurs"
    for row in (["Représenté par", "Vos besoins", "Ville"], ["Commune Neuve", "Tonte", "Lille"]):
        book.active.append(row)
    second = book.create_sheet("Offreurs ESS")
    for row in (["Raison sociale", "Savoir-faire"], ["Table Neuve", "Traiteur"]):
        second.append(row)
    book.save(tmp_path / "i.xlsx")
    asked = tried(organiser, acheteurs=((tmp_path / "i.xlsx").read_bytes(), "i.xlsx"))
    assert asked.path.endswith("/colonnes")
    assert "la feuille n’est pas lue tant qu’aucune colonne ne donne le nom" in asked.text
    left = settled(organiser, fill(organiser, asked, "main form").path)
    assert "non lue" in left.one(".notice.stop").get_text()
    assert "« i.xlsx » : Feuille « Acheteurs » non lue : aucune colonne n’y donne le nom" in left.text
    assert "le compte est bon" not in left.text
    again = read(organiser, str(left.one("a[href$='/colonnes']")["href"]))
    field = next(one["for"] for one in again.all("main form label") if one.get_text() == "Représenté par")
    trial = settled(organiser, fill(organiser, again, "main form", **{str(field): "name"}).path)
    assert "1 acheteur ou attributaire, 1 fournisseur" in trial.text
    assert "le compte est bon" in trial.text


def test_a_column_that_is_left_aside_can_be_given_a_meaning(organiser: FlaskClient) -> None:
    trial = tried(organiser, acheteurs=("Structure;Besoin;Bête noire\nCommune Neuve;Tonte;x\n".encode(), "un.csv"))
    assert (
        "« un.csv » : Colonne « Bête noire » (1 valeur, par exemple « x ») : non reprise ; dites ce qu’elle contient."
        in trial.text
    )
    assert "terminal" not in trial.text
    asked = read(organiser, str(trial.one("a[href$='/colonnes']")["href"]))
    assert asked.one("#acheteurs_0 option[selected]")["value"] == "name"
    told = fill(organiser, asked, "main form", acheteurs_2="never")
    assert "non reprise" not in settled(organiser, told.path).text


def test_a_trial_is_abandoned(organiser: FlaskClient) -> None:
    trial = tried(organiser, acheteurs=(b"Structure;Besoin\nCommune d'Essai;Nettoyage\n", "../../un.csv"))
    action = str(trial.one("button[formaction]")["formaction"])
    page = send(organiser, "/club/1/reglages", action)
    assert "oubliés" in page.text
    assert read(organiser, trial.path).status == 404


SHEET = b"""Structure;Besoin;Vos contraintes horaires;T\xc3\xa9l. direct;Montant
Ville de Fictive;tonte des pelouses + plateaux repas;sauf 10h-10h30 (visio);03 53 01 20 64;
Syndicat Fictif;tonte des pelouses;\xc3\xa0 confirmer;03 53 01 20 91;
"""


def test_what_a_sheet_leaves_unread_is_rung_until_nothing_is_left(organiser: FlaskClient, day: Engine) -> None:
    trial = tried(organiser, acheteurs=(SHEET, "acheteurs.csv"))
    assert "une case de 2 besoins, comptés un par un" in trial.text
    assert "iront dans « À rappeler »" in trial.text
    assert fill(organiser, trial, "main form", qui=ME).status == 200
    event = load_day(day, FIRST_ORGANISATION, 1)
    ville, syndicat = event.participants[-2:]
    mine = [one for one in event.to_ring if one.about in (ville.key, syndicat.key)]
    assert (len(ville.needs), ville.away, [one.about for one in mine]) == (2, ((600, 630),), [ville.key, syndicat.key])
    page = read(organiser, "/club/1/participants")
    assert f"À rappeler {len(event.to_ring)} restent, sur {len(event.points)}" in " ".join(page.text.split())
    assert page.all('#rappels a[href="tel:+33353012064"]')
    assert "Lu : absent de 10 h 00 à 10 h 30." in page.text.replace("\xa0", " ")
    assert "à rappeler : heures, personnes, besoins, métiers" in read(organiser, "/club/1").text.replace("\xa0", " ")
    send(organiser, "/club/1/participants", "/club/1/rappels", {"qui": ME, "point": mine[0].code})
    edited = read(organiser, f"/club/1/participants/{syndicat.key}")
    fill(organiser, edited, "form.event-form", arrival="9 h 40", away="10 h à 10 h 20", qui=ME)
    after = load_day(day, FIRST_ORGANISATION, 1)
    assert (len(event.to_ring) - len(after.to_ring), after.by_key[syndicat.key].away) == (2, ((600, 620),))
    for one in after.to_ring:
        send(organiser, "/club/1/participants", "/club/1/rappels", {"qui": ME, "point": one.code})
    assert "Rien à rappeler." in read(organiser, "/club/1/participants").text


def test_absences_that_say_no_hours_are_refused(organiser: FlaskClient) -> None:
    page = added(organiser, **BUYER, away="le temps d’un café")
    assert page.status == 422
    assert "ne dit pas d’heures" in page.text
