"""Two organisations of one installation: what each sees, who switches, who is removed while writing; and what the foot of a page says."""

import io
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert

from matcher.accounts import audit
from matcher.accounts.organisations import (
    OrganisationProfile,
    add_member,
    create_organisation,
    describe_organisation,
    list_organisations,
    remove_member,
)
from matcher.accounts.roles import Role
from matcher.accounts.store import add_account
from matcher.accounts.store import list_accounts as accounts
from matcher.catalogue.steward.corrections import correct_supplier
from matcher.catalogue.store import shelf_cache
from matcher.catalogue.store.sample import SAMPLE_NOTICE, mark_sample
from matcher.club.meeting_day.store import create_day as open_event
from matcher.club.meeting_day.store import list_days as events
from matcher.db import open_database, reading, writing
from matcher.decisions.coverage.network import Network
from matcher.decisions.lots_work import COVER, CUT, FILE, coverage_asked
from matcher.decisions.purchases.batch import Studies
from matcher.decisions.purchases.study import StudyKind
from matcher.dossiers.asking.store import list_campaigns as campaigns
from matcher.dossiers.asking.tables import CampaignRow
from matcher.dossiers.dossier import DossierHeader
from matcher.dossiers.files.transfer import BRING
from matcher.dossiers.store import DossierFilter
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.dossiers.store import list_dossiers as dossiers
from matcher.jobs.works import DroppedFile
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from matcher.rows import table_of
from matcher.tender.work import TENDER
from matcher.web import create_app
from matcher.web.frame.app_state import EXTENSION
from matcher.web.frame.page_actions import NEEDS, OPEN
from tests.matcher.club import day
from tests.matcher.web.conftest import INSTALLATION, MAY, OPENED, PASSWORD, TODAY, signed_in
from tests.matcher.web.reading import Read, fill, read
from tests.waiting import awaited

CHANGING = "le catalogue vient de changer"


def test_the_foot_says_that_the_catalogue_has_changed_since(
    own: Engine, writer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CHANGING not in writer.get("/").text
    may_end, real = Event(), shelf_cache.lay_out

    def lay_out(*given: object) -> object:
        may_end.wait()
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(shelf_cache, "lay_out", lay_out)
    monkeypatch.setattr(shelf_cache, "PATIENCE_S", 0)
    with reading(own) as connection:
        supplier = next(shelf_cache.each_supplier(connection)).id
    correct_supplier(own, supplier, {"nom": ["Le Grand Relais"]}, author="Jeanne", motive="", now=OPENED)
    assert CHANGING in writer.get("/").text
    may_end.set()
    awaited(lambda: writer.get("/").text, lambda page: CHANGING not in page)


THEIRS = "Agglomération d’Outremont"
SWITCH = ".masthead form[action='/organisation']"
# What an organisation owns, by the beginning of its address; what follows names the page.
OWNED = re.compile(
    r"/(?:dossiers/importer|dossiers|campagnes|club|achats|allotissement|couverture|dce)/<[^>]*(?:number|key)>"
)
_NUMBER = re.compile(r"[0-9a-f]{16}|\d+")
_PLACE = {"lot": "1", "participant": "1", "decision": "1", "form": "xlsx", "key": "x", "number": "1"}


@dataclass(frozen=True, slots=True)
class Held:
    """One thing of each kind that an organisation has, by the beginning of its address."""

    owner: OrganisationId
    keys: dict[str, str]


def held(app: Flask, owner: OrganisationId) -> Held:
    """Have an organisation own one of each."""
    its, engine = app.extensions[EXTENSION], app.extensions[EXTENSION].engine
    its.works.wake = lambda: None  # what is asked waits: nothing of it is read here
    dossier = open_dossier(engine, owner, DossierHeader("Berges"), author="essai", now=OPENED)
    event = open_event(engine, owner, day.HEADER, day.SCHEDULE, day.RULES, author="essai", now=OPENED)
    row = {"organisation_id": owner, "title": "Qui fait quoi", "trades": [], "subject": "Objet", "text": "Texte"}
    with writing(engine) as connection:
        campaigns_of = table_of(CampaignRow)
        values = {**row, "who": "essai", "created": OPENED.replace(tzinfo=None)}
        campaign = connection.execute(insert(campaigns_of).returning(campaigns_of.c.id), values).scalar_one()
    study = Studies(its.works, owner, lambda: TODAY).drop(StudyKind.PROGRAMME, "achats.csv", io.BytesIO(b"x"))
    cut = {"needs": [], "pasted": "", "file_name": "sites.csv", "unit": "", "lever": "", "wanted": 1, "lot_km": 10}
    cover = {**coverage_asked(Network((), ""), None, TODAY), "file_name": "sites.csv", "form": {}}
    files = {FILE: DroppedFile("sites.csv", io.BytesIO(b"x\ny\n"))}
    return Held(
        owner,
        {
            "/dossiers": str(dossier.id),
            "/club": str(event.id),
            "/campagnes": str(campaign),
            "/achats": study.key,
            "/dce": its.works.put(
                owner, TENDER.name, {}, files={"piece 1": DroppedFile("rc.pdf", io.BytesIO(b"x"))}
            ).key,
            "/allotissement": its.works.put(owner, CUT.name, cut, files=files).key,
            "/couverture": its.works.put(owner, COVER.name, cover, files=files).key,
            "/dossiers/importer": its.works.put(owner, BRING.name, {"who": "essai"}).key,
        },
    )


def two(team: Flask) -> tuple[Held, Held]:
    """What ours has, and what another organisation has."""
    other = create_organisation(
        team.extensions[EXTENSION].engine, OrganisationProfile(THEIRS), author="essai", now=OPENED
    )
    return held(team, FIRST_ORGANISATION), held(team, other.id)


def owned_pages(app: Flask) -> list[tuple[str, str, str, str]]:
    """(endpoint, method, beginning of the address, the rest of it) of every page about one thing that an organisation owns."""
    found = []
    for rule in app.url_map.iter_rules():
        if (its := OWNED.match(rule.rule)) and rule.endpoint not in OPEN:
            rest = re.sub(r"<(?:[^:<>]*(?:\([^)]*\))?:)?(\w+)>", lambda m: _PLACE[m[1]], rule.rule[its.end() :])
            begins = its[0].partition("/<")[0]
            methods = set(rule.methods or ()) - {"HEAD", "OPTIONS"}
            found += [(rule.endpoint, method, begins, rest) for method in methods]
    return found


def everything(engine: Engine, owner: OrganisationId) -> list[object]:
    """What an organisation has, with the version of each."""
    return [*dossiers(engine, owner, DossierFilter()), *events(engine, owner), *campaigns(engine, owner)]


@pytest.mark.parametrize("login", MAY)
def test_each_page_opens_what_is_ours_and_says_of_theirs_what_it_says_of_nothing(team: Flask, login: str) -> None:
    ours, theirs = two(team)
    engine = team.extensions[EXTENSION].engine
    client, before = signed_in(team, login), everything(engine, theirs.owner)
    team.config["WTF_CSRF_ENABLED"] = False
    asked = owned_pages(team)
    assert len(asked) > 60
    for endpoint, method, begins, rest in sorted(asked, key=lambda page: page[1] != "GET"):
        own, other, none = (f"{begins}/{key}{rest}" for key in (ours.keys[begins], theirs.keys[begins], "987654"))
        answers = [client.open(address, method=method, buffered=True) for address in (other, none)]
        assert len({_NUMBER.sub("…", Read(0, answer.text).text) for answer in answers}) == 1, endpoint
        assert answers[0].status_code == answers[1].status_code >= 300, endpoint
        assert (answers[0].status_code == 403) is (NEEDS[endpoint] not in MAY[login]), endpoint
        if method == "GET" and NEEDS[endpoint] in MAY[login]:
            assert answers[0].status_code == 404 or not theirs.keys[begins].isdigit(), endpoint
            found = client.get(own)
            assert found.status_code < 400 or rest, endpoint
    assert everything(engine, theirs.owner) == before
    works = team.extensions[EXTENSION].works
    assert works.get(theirs.owner, theirs.keys["/achats"]) is not None


def test_lists_hold_what_is_ours_alone(team: Flask) -> None:
    two(team)
    client = signed_in(team, Role.BUYER)
    for address, once in (("/dossiers", "Berges"), ("/campagnes", "Qui fait quoi"), ("/programme", "achats.csv")):
        assert read(client, address).text.count(once) == 1, address


# What one account is asked to be or to have; the first two are of its membership alone.
ASKED: tuple[dict[str, str], ...] = (
    {"faire": "role", "role": "lecteur"},
    {"faire": "retirer"},
    {"faire": "mot-de-passe", "password": "trop court"},
    {"faire": "fermer"},
    {"faire": "desactiver"},
    {"faire": "activer"},
)


def peopled(team: Flask) -> tuple[Engine, OrganisationId, dict[str, str]]:
    """The database, another organisation with a person of its own, and the address of accounts by login: somebody is of both."""
    engine = team.extensions[EXTENSION].engine
    other = create_organisation(engine, OrganisationProfile(THEIRS), author="essai", now=OPENED).id
    add_account(engine, "eux", PASSWORD, Role.ADMINISTRATOR, other, name="Zoé Ailleurs", author="essai", now=OPENED)
    add_account(engine, "des deux", PASSWORD, Role.BUYER, FIRST_ORGANISATION, author="essai", now=OPENED)
    add_member(engine, other, "des deux", Role.ADMINISTRATOR, author="essai", now=OPENED)
    return engine, other, {one.login: f"/comptes/{one.id}" for one in accounts(engine)}


@pytest.mark.parametrize("login", MAY)
@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked["faire"])
def test_an_account_is_changed_by_who_administers_all_that_it_opens(
    team: Flask, login: str, asked: dict[str, str]
) -> None:
    engine, _, addresses = peopled(team)
    addresses["personne"] = "/comptes/987654"
    client = signed_in(team, login)
    team.config["WTF_CSRF_ENABLED"] = False
    done, refused, unknown = {303, 422}, {403}, {404}
    shared = done if asked["faire"] in ("role", "retirer") else refused
    expected = dict.fromkeys(("lecteur", "des deux", INSTALLATION, "eux", "personne"), refused)
    if login == Role.ADMINISTRATOR:
        expected = {"lecteur": done, "des deux": shared, INSTALLATION: shared, "eux": unknown, "personne": unknown}
    if login == INSTALLATION:
        expected = {"lecteur": done, "des deux": done, "eux": done, "personne": unknown}
    before, texts = {one.login: one for one in accounts(engine)}, {}
    for whom, statuses in expected.items():
        answer = client.post(addresses[whom], data=asked)
        assert answer.status_code in statuses, whom
        texts[whom] = _NUMBER.sub("…", Read(0, answer.text).text)
    after = {one.login: one for one in accounts(engine)}
    assert all(after[whom] == before[whom] for whom in expected if whom in before and expected[whom] != done)
    if login != INSTALLATION:
        assert texts["eux"] == texts["personne"]


def test_who_administers_one_sees_nothing_of_another_nor_enters_it(team: Flask) -> None:
    engine, other, addresses = peopled(team)
    client, before = signed_in(team, Role.ADMINISTRATOR), list_organisations(engine)
    team.config["WTF_CSRF_ENABLED"] = False
    for address in ("/comptes", "/comptes/journal", "/mon-organisation", "/mon-compte"):
        shown = client.get(address).text
        for word in (THEIRS, "eux", "Zoé Ailleurs", "Outremont"):
            assert not re.search(rf"\b{re.escape(word)}\b", shown.replace("&#39;", "'")), (address, word)
    for number in (str(other), "1", "987654"):
        for sent in (
            {"faire": "ajouter", "login": "administrateur", "role": "administrateur"},
            {"faire": "renommer", "name": "À nous"},
            {"faire": "retirer", "login": "eux"},
        ):
            assert client.post(f"/organisations/{number}", data=sent).status_code == 403
    assert client.post("/organisations", data={"name": "À nous"}).status_code == 403
    taken = {"login": "eux", "role": "acheteur", "password": PASSWORD}
    refused = client.post("/comptes", data=taken)
    assert (refused.status_code, "Zoé" in refused.text) == (422, False)
    assert client.post(addresses["eux"], data={"faire": "role", "role": "lecteur"}).status_code == 404
    assert list_organisations(engine) == before
    assert [one.owner for one in next(one for one in accounts(engine) if one.login == "eux").memberships] == [other]


def test_lines_of_the_audit_are_read_by_whose_they_are(team: Flask) -> None:
    engine, other, _ = peopled(team)
    for login in ("eux", "des deux"):
        client = team.test_client()
        fill(client, read(client, "/connexion"), "main form", login=login, password=PASSWORD)
        client.get("/dossiers/1/dossier.csv")
    own = read(signed_in(team, Role.ADMINISTRATOR), "/comptes/journal").text
    assert "administrateur se connecte" in own
    assert "eux se connecte" not in own
    every = read(signed_in(team, INSTALLATION), "/comptes/journal").text
    assert "eux se connecte" in every
    assert {line.organisation for line in audit.read_journal(engine, other)} == {THEIRS}
    assert [line.who for line in audit.read_journal(engine, other)] == ["eux", "essai", "essai", "essai"]


def facilitator(team: Flask) -> tuple[FlaskClient, OrganisationId]:
    """The browser of somebody who reads for ours and buys for another, with the other's number."""
    engine = team.extensions[EXTENSION].engine
    other = create_organisation(engine, OrganisationProfile(THEIRS), author="essai", now=OPENED).id
    add_account(engine, "facilitateur", PASSWORD, Role.READER, FIRST_ORGANISATION, author="essai", now=OPENED)
    add_member(engine, other, "facilitateur", Role.BUYER, author="essai", now=OPENED)
    client = team.test_client()
    fill(client, read(client, "/connexion"), "main form", login="facilitateur", password=PASSWORD)
    return client, other


def test_a_facilitator_switches_and_writes_where_they_are(team: Flask) -> None:
    client, other = facilitator(team)
    engine = team.extensions[EXTENSION].engine
    assert client.get("/dossiers/nouveau").status_code == 403
    page = read(client, "/")
    assert [option.text for option in page.all("#organisation option")] == [
        one.its.name for one in list_organisations(engine)
    ]
    fill(client, page, SWITCH, organisation=str(other))
    form = read(client, "/dossiers/nouveau")
    fill(client, form, "main form", title="Voirie")
    assert [one.header.title for one in dossiers(engine, other, DossierFilter())] == ["Voirie"]
    assert dossiers(engine, FIRST_ORGANISATION, DossierFilter()) == []
    written = next(line for line in audit.read_whole_journal(engine) if line.target == "/dossiers/nouveau")
    assert (written.who, written.organisation) == ("facilitateur", THEIRS)


def test_a_form_that_was_open_before_one_switched_is_good_no_more(team: Flask) -> None:
    client, other = facilitator(team)
    fill(client, read(client, "/"), SWITCH, organisation=str(other))
    former = read(client, "/dossiers/nouveau")
    fill(client, read(client, "/"), SWITCH, organisation=str(FIRST_ORGANISATION))
    assert fill(client, former, "main form", title="Voirie").status in (400, 403)
    engine = team.extensions[EXTENSION].engine
    assert [dossiers(engine, one.id, DossierFilter()) for one in list_organisations(engine)] == [[], []]


def test_nobody_enters_an_organisation_that_is_not_theirs(team: Flask) -> None:
    _, theirs = two(team)
    client = signed_in(team, Role.ADMINISTRATOR)
    team.config["WTF_CSRF_ENABLED"] = False
    for wanted in (str(theirs.owner), "99", "", "x"):
        assert client.post("/organisation", data={"organisation": wanted}).status_code == 404
    assert client.get(f"/dossiers/{theirs.keys['/dossiers']}").status_code == 404


def test_a_member_removed_while_writing_is_told_and_loses_no_word(team: Flask) -> None:
    engine = team.extensions[EXTENSION].engine
    client = signed_in(team, Role.BUYER)
    form = read(client, "/dossiers/nouveau")
    remove_member(engine, FIRST_ORGANISATION, "acheteur", author="essai", now=OPENED)
    refused = fill(client, form, "main form", title="Berges de la Sambre")
    assert refused.status == 403
    assert "plus membre" in refused.text
    assert "Berges de la Sambre" in refused.text
    assert dossiers(engine, FIRST_ORGANISATION, DossierFilter()) == []
    assert "aucune organisation" in read(client, "/dossiers").text


def test_removed_from_one_of_two_what_was_written_does_not_go_to_the_other(team: Flask) -> None:
    client, other = facilitator(team)
    engine = team.extensions[EXTENSION].engine
    add_member(engine, FIRST_ORGANISATION, "facilitateur", Role.BUYER, author="essai", now=OPENED)
    form = read(client, "/dossiers/nouveau")
    remove_member(engine, FIRST_ORGANISATION, "facilitateur", author="essai", now=OPENED)
    refused = fill(client, form, "main form", title="Berges de la Sambre")
    assert (refused.status, "Berges de la Sambre" in refused.text, THEIRS in refused.text) == (403, True, True)
    assert dossiers(engine, other, DossierFilter()) == []


def test_a_need_supposes_the_place_and_the_buyer_of_its_organisation(team: Flask) -> None:
    engine = team.extensions[EXTENSION].engine
    client, need = signed_in(team, Role.BUYER), {"besoin": "Entretien des espaces verts"}
    assert "Lieu supposé" not in read(client, "/candidats", need).text
    its = OrganisationProfile("Ville de Maubeuge", siret="21590392300013", place="Maubeuge")
    describe_organisation(engine, FIRST_ORGANISATION, its, author="essai", now=OPENED)
    page = read(client, "/candidats", need).text
    assert "Lieu supposé : Maubeuge, votre lieu par défaut" in page
    assert "acheteur, vous" in page
    assert "Lieu supposé" not in read(client, "/candidats", {**need, "lieu": "Lille"}).text


def test_one_person_alone_never_meets_the_word(writer: FlaskClient) -> None:
    for address in ("/", "/dossiers", "/mon-organisation", "/comptes"):
        assert "rganisation" not in re.sub(r'href="[^"]*"|action="[^"]*"', "", writer.get(address).text), address


def test_each_page_file_and_answer_of_the_sample_says_that_it_is_invented(built: Path, tmp_path: Path) -> None:
    path = tmp_path / "exemple.sqlite"
    shutil.copy(built, path)
    engine = open_database(f"sqlite:///{path.as_posix()}")
    with writing(engine) as connection:
        mark_sample(connection)
    asked = "besoin=Entretien+des+espaces+verts&lieu=Maubeuge"
    real, sample = (create_app(one).test_client() for one in (open_database(f"sqlite:///{built.as_posix()}"), engine))
    for address in ("/", f"/candidats?{asked}", "/catalogue", "/nulle-part"):
        assert f">{SAMPLE_NOTICE}</p></aside>" in sample.get(address).text, address
        assert "head-notice" not in real.get(address).text, address
    for address in ("/catalogue", "/aide/sources", "/fournisseurs/siret:00010101400017"):
        assert "xemple fictif" in sample.get(address).text, address
        assert "xemple fictif" not in real.get(address).text, address
    assert "annuaire-entreprises" not in sample.get("/fournisseurs/siret:00010101400017").text
    files = [client.get(f"/candidats/liste.csv?{asked}").text.lstrip("\ufeff") for client in (sample, real)]
    assert [file.startswith(SAMPLE_NOTICE) for file in files] == [True, False]
    for address in (f"/candidats/liste.json?{asked}", "/api/v1/health"):
        assert [client.get(address).json.get("exemple") for client in (sample, real)] == [SAMPLE_NOTICE, None], address
    engine.dispose()
