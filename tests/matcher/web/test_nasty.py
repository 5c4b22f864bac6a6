"""Every string that breaks programs, typed in the fields of each page: answered in French, never run, never an error of ours."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from matcher.web.decisions.opinion import SupposedForm
from matcher.web.need.address import NAMES
from tests.matcher.web.club.test_timetable import BAD
from tests.matcher.web.reading import EACH_NASTY, Read, contracts, fill, harmless, nasty_fields, read, settled

GREEN = "Entretien des espaces verts et des berges de la Sambre"
NEED = {"besoin": GREEN, "lieu": "Maubeuge", "levier": "12", "montant": "180000", "duree": "12"}
TYPED = {"besoin": "Traiteur", "gate": "famille"}
CONTRACT = {"objet": GREEN, "lieu": "Maubeuge", "mois": "24", "heures": "12 000", "debut": "03/2027"}
CALIBRATED = {
    "lot-1-objet": "Voirie",
    "lot-1-cpv": "45233222",
    "lot-1-montant": "1 250 000",
    "lot-1-mois": "24",
    "lieu": "Maubeuge",
}
SITES = "École A ; Maubeuge ; 0,5\nÉcole B ; Arras ; 1\n"
NEED_FIELDS = (*NAMES, "retirer", "ajouter", "valeur")
PLAQUETTE = ("lieu", "type", "metier", "usage")

# A page, what it is asked, and the fields that take each string in turn.
ASKED: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "/": (TYPED, NEED_FIELDS),
    "/candidats": (TYPED, NEED_FIELDS),
    "/candidats/liste.csv": (TYPED, NEED_FIELDS),
    "/candidats/ecartes": (TYPED, NEED_FIELDS),
    "/candidats/imprimer": (TYPED, NEED_FIELDS),
    "/pourquoi": (NEED, ("id", "qui", *NEED_FIELDS)),
    "/comparer": (NEED, ("compare", "retenu", "tout", "besoin")),
    "/completion/lieux": ({}, ("q",)),
    "/completion/cpv": ({}, ("q",)),
    "/completion/activites": ({}, ("q",)),
    "/avis": (NEED, tuple(field.name for field in SupposedForm())),
    "/groupement": ({"objet": GREEN, "site": "Maubeuge\nArras"}, ("objet", "site", "levier", "etp", "membres")),
    "/plan-clause": (
        dict(contracts(CONTRACT)),
        tuple(f"contrat-1-{name}" for name in ("objet", "lieu", "heures", "montant", "debut", "part-geiq")),
    ),
    "/calibrage": (CALIBRATED, (*CALIBRATED, "lot-1-pourcentage", "lot-2-postes")),
    "/plaquette": ({}, PLAQUETTE),
    "/plaquette/imprimer": ({}, PLAQUETTE),
    "/plaquette/impression.css": ({}, PLAQUETTE),
    "/plaquette/plaquette.csv": ({}, PLAQUETTE),
    "/a-qui-parler": ({}, ("lieu",)),
    "/a-qui-parler/ecrire": ({}, ("role", "territory", "name", "website", "numero")),
    "/bilan": ({}, ("annee", "annees")),
    "/catalogue": ({}, ("q", "type", "page")),
    "/catalogue/desaccords": ({}, ("champ", "page")),
    "/dossiers": ({}, ("acheteur", "territoire", "etat", "du", "au", "page")),
    "/dossiers/retenir": (NEED, ("retenu", "dossier")),
}
# A form of a page that writes, what is typed in it, and the fields that take each string in turn.
SENT: dict[str, tuple[str, dict[str, str], tuple[str, ...]]] = {
    "/allotissement": (
        "main form",
        {"objet": GREEN, "liste": SITES, "candidats": "1"},
        ("objet", "liste", "unite", "candidats", "levier", "km"),
    ),
    "/club/nouveau": ("main form", {}, (*BAD, "qui")),
    "/dossiers/nouveau": (
        "main form",
        {"title": "Entretien des berges", "qui": "Léa"},
        ("title", "buyer", "buyer_siret", "territory", "reference", "deadline", "cle", "qui"),
    ),
    "/fournisseurs/nouveau": ('form[action="/fournisseurs/nouveau"]', {}, ("nom", "type", "commune", "qui")),
    "/mon-organisation": ("form.ledger", {}, ("siret", "territory", "place", "families", "controller_name")),
    "/verifier": ('form[action="/verifier"]', {}, ("numeros",)),
}


@EACH_NASTY
@pytest.mark.parametrize("address", ASKED)
def test_a_page_answers_whatever_it_is_asked(client: FlaskClient, address: str) -> None:
    usual, fields = ASKED[address]
    for field, nasty in nasty_fields(*fields):
        answer = client.get(address, query_string={**usual, field: nasty}, follow_redirects=True)
        harmless(Read(answer.status_code, answer.text), field, nasty)


@EACH_NASTY
@pytest.mark.parametrize("address", SENT)
def test_a_form_answers_whatever_is_typed(writer: FlaskClient, address: str) -> None:
    selector, usual, fields = SENT[address]
    form = read(writer, address)
    for field, nasty in nasty_fields(*fields):
        typed: dict[str, Any] = {**usual, field: nasty}
        page = fill(writer, form, selector, **typed)
        harmless(page, field, nasty)
        if page.status == 200:
            harmless(settled(writer, page.path), field, nasty)
    assert read(writer, address).status == 200
