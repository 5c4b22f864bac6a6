"""One need through every door: command line, files, page, programme, dossier, Club. The same faults in the same words, the same headline; and
every verb of the API as its command and the Python API answer it."""

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from sqlalchemy import Engine
from werkzeug.datastructures import MultiDict

from matcher import OpenCatalogue, open_catalogue
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.meeting_day.meeting_day import Participant, ParticipantRole
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.store import create_day as open_event
from matcher.club.registration.workbook import read_spreadsheets
from matcher.club.timetable.affinity import rank_need
from matcher.db import open_database
from matcher.domain.match import Band
from matcher.dossiers.dossier import DossierHeader
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.need.answer import answer_from, answer_to
from matcher.need.fields import need_from
from matcher.need.listing import BANDS, WORDS
from matcher.notices.intake import take_notice_files
from matcher.ownership import FIRST_ORGANISATION
from matcher.ranking.bands import BandedRanking, lay_out_bands
from matcher.render.described_file import SCHEMA_VERSION, json_text
from matcher.settings import DATABASE_VARIABLE
from matcher.web import create_app
from matcher.web.api.frame.endpoint import ENDPOINTS
from matcher.web.club.participant_form import ParticipantForm
from matcher.web.frame.problem import API_ROOT
from tests.every_verb import ALONE, FILES, VERBS, Verb, words_of
from tests.matcher.cli.conftest import Run, own, run  # noqa: F401 - the fixtures that call the command line
from tests.matcher.club import day
from tests.matcher.notices.written import importer, notice
from tests.matcher.web.reading import fill, read

TODAY = date(2026, 11, 25)
WRONG = {
    "objet": "Tonte des pelouses",
    "lieu": "Maubeuge",
    "cpv": "zzz",
    "montant": "environ",
    "duree": "longtemps",
    "date": "un jour",
    "levier": "peut-être",
}
NEEDS = (
    {"objet": "Entretien des espaces verts", "lieu": "Maubeuge"},
    {"objet": "Entretien des espaces verts", "lieu": ""},
    {"objet": "Prestations à définir", "lieu": "Lille"},
    {"objet": "Tonte des pelouses du stade", "lieu": "Maubeuge", "cpv": "77310000"},
)
HEADERS = {"objet": "Objet", "lieu": "Lieu", "cpv": "CPV", "montant": "Montant", "duree": "Durée", "date": "Date", "levier": "Levier"}  # fmt: skip

Fields = Mapping[str, str]
Ask = Callable[[Fields], str]


def plain(said: str) -> str:
    """A text with plain spaces, whatever typography or width it was set in."""
    return " ".join(said.split())


@pytest.fixture
def engine(own: Path) -> Engine:  # noqa: F811
    return open_database(f"sqlite:///{own.as_posix()}")


@pytest.fixture
def client(engine: Engine) -> FlaskClient:
    return create_app(engine, today=lambda: TODAY).test_client()


def options(fields: Fields) -> list[str]:
    return [word for name, value in fields.items() if value for word in (f"--{name}", value)]


def table(folder: Path, fields: Fields) -> Path:
    path = folder / "achats.csv"
    path.write_text(f"{';'.join(HEADERS[name] for name in fields)}\n{';'.join(fields.values())}\n", encoding="utf-8")
    return path


@pytest.fixture
def doors(run: Run, client: FlaskClient, tmp_path: Path) -> Mapping[str, Ask]:  # noqa: F811
    """What each door says of a need, by the name of the door."""

    def lots(fields: Fields) -> str:
        path = tmp_path / "lots.jsonl"
        path.write_text(json.dumps(dict(fields)) + "\n", encoding="utf-8")
        (answer,) = run("match", "--lots", path, "--format", "json").json()
        return " ".join([answer["answer"], *answer["lot"]["doubts"]])

    def dossier(fields: Fields) -> str:
        run("dossier", "create", "--titre", "Essai", "--par", "Léa")
        return str(run("dossier", "add-lot", 1, *options(fields), "--par", "Léa").said)

    def page(fields: Fields) -> str:
        names = {"objet": "besoin", "date": "debut"}
        return read(client, "/candidats", {names.get(name, name): value for name, value in fields.items()}).text

    return {
        "api": lambda fields: client.post("/api/v1/match", json=dict(fields)).get_data(as_text=True),
        "match": lambda fields: run("match", *options(fields)).said,
        "read": lambda fields: run("read", *options(fields)).said,
        "avis": lambda fields: run("avis", *options(fields)).said,
        "file": lots,
        "dossier": dossier,
        "page": page,
        "programme": lambda fields: json.dumps(
            run("programme", table(tmp_path, fields), "--format", "json").json(), ensure_ascii=False
        ),
    }


def test_the_same_faults_are_told_in_the_same_words(doors: Mapping[str, Ask], tmp_path: Path) -> None:
    faults = need_from(WRONG).faults
    assert {fault.field for fault in faults} == WRONG.keys() - {"objet", "lieu"}
    unsaid = {
        (door, fault.field)
        for door, ask in doors.items()
        for said in [plain(ask(WRONG))]
        for fault in faults
        if plain(fault.says) not in said
    }
    assert unsaid == set()


def test_the_file_tells_where_a_fault_stands(doors: Mapping[str, Ask]) -> None:
    (fault,) = need_from({"objet": "Tonte", "montant": "environ"}).faults
    wrong = {"objet": "Tonte", "montant": "environ"}
    assert f"« lots.jsonl », ligne 1, champ « montant » : {fault.says}" in doors["file"](wrong)
    assert f"Colonne « Montant » : {fault.says}" in doors["programme"](wrong)
    assert f"--montant : {fault.says}" in doors["match"](wrong)


def test_an_amount_is_refused_in_the_same_words_by_the_club(tmp_path: Path) -> None:
    (fault,) = need_from({"objet": "Tonte", "montant": "environ"}).faults
    path = tmp_path / "acheteurs.csv"
    path.write_text("Structure;Besoin;Lieu;Montant\nVille de Valbrune;Tonte;Maubeuge;environ\n", encoding="utf-8")
    assert [its.text for its in read_spreadsheets(path, ParticipantRole.BUYER)[0].faults] == [fault.says]
    typed = {"sort": "acheteur", "name": "Ville de Valbrune", "need_1": "Tonte", "need_1_amount": "environ"}
    assert ParticipantForm(MultiDict(typed)).faults == {"need_1_amount": fault.says}


@pytest.mark.parametrize("fields", NEEDS, ids=lambda fields: fields["objet"][:12] + fields["lieu"])
def test_the_same_headline_is_told(doors: Mapping[str, Ask], engine: Engine, fields: dict[str, str]) -> None:
    shelf = load_shelf(engine)
    answer = answer_to(need_from(fields), shelf, 20)
    few, why = answer.headline
    for door in ("match", "file", "dossier"):
        assert plain(answer.text) in plain(doors[door](fields)), door
    page = plain(doors["page"](fields))
    assert plain(few) in page
    assert plain(answer.beside_bands) in page
    buyer = Participant(1, ParticipantRole.BUYER, "Ville de Valbrune")
    if "cpv" not in fields:  # the Club asks for no code
        of_club = rank_need(buyer, ParticipantNeed(fields["objet"], fields["lieu"]), shelf, TODAY)
        assert answer_from(lay_out_bands(of_club), ()).headline == (few, why)


@pytest.mark.parametrize("fields", NEEDS[:1] + NEEDS[3:], ids=lambda fields: fields["objet"][:12])
def test_the_same_organisations_are_known_at_every_door(
    run: Run,  # noqa: F811
    client: FlaskClient,
    engine: Engine,
    tmp_path: Path,
    fields: dict[str, str],
) -> None:
    answer = answer_to(need_from(fields), load_shelf(engine), 100, BandedRanking.first)
    known = {match.id for match in answer.matches if match.band is Band.CONNU}
    assert answer.counts is not None
    assert answer.counts.connu == len(known) == sum(match.credible for match in answer.matches)

    told = run("match", *options(fields), "--format", "json").json()
    assert told["counts"]["connu"] == len(known)
    assert {line["id"] for line in told["matches"] if line["band"] == "connu" and line["place"]} == known
    table_of = list(csv.DictReader(io.StringIO(run("match", *options(fields), "--format", "csv").out), delimiter=";"))
    assert {row["Identifiant"] for row in table_of if "connu" in row.values()} == known

    query = {"besoin": fields["objet"], "lieu": fields["lieu"], "cpv": fields.get("cpv", "")}
    page = read(client, "/candidats", query)
    assert page.all(".band-head .count")[0].get_text() == str(len(known))
    assert len(page.all("section.band")[0].select(".candidate")) == len(known)
    kept = read(client, "/dossiers/retenir", query)
    assert {str(box["value"]) for box in kept.all("[aria-labelledby=retenus-connu] [name=retenu]")} == known
    frozen = json.loads(client.get(page.link("JSON")).data)["matches"]
    assert {match["id"] for match in frozen if match["credible"]} == known

    opinion = run("avis", *options(fields), "--format", "json").json()
    clause = next(one for one in opinion["levers"] if one["levier"] == "clause")
    assert clause["credible"] == len(known)
    line = run("programme", table(tmp_path, fields), "--format", "json").json()["lines"][0]
    of_line = next(one for one in opinion["levers"] if one["levier"] == line["lever"])
    assert line["credible"] == of_line["credible"]
    buyer = Participant(1, ParticipantRole.BUYER, "Ville de Valbrune")
    of_club = rank_need(buyer, ParticipantNeed(fields["objet"], place=fields["lieu"]), load_shelf(engine), TODAY)
    if "cpv" not in fields:
        assert int(of_club.credible.sum()) == len(known)


def sheet_of(workbook: bytes, title: str) -> list[dict[str, Any]]:
    """The lines of a sheet, by the labels of its head."""
    head, *lines = load_workbook(io.BytesIO(workbook), read_only=True)[title].iter_rows(values_only=True)
    return [dict(zip(map(str, head), line, strict=True)) for line in lines]


def in_bands(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, bool]]:
    """The band that each line of a file says and whether it shows a score, by id."""
    label, score = "Connu pour ce métier", "Score (sur 100)"
    return {str(row["Identifiant"]): (str(row[label]), row[score] not in (None, "")) for row in rows}


def test_each_stands_in_the_same_band_and_shows_its_score_or_not_at_every_door(
    run: Run,  # noqa: F811
    client: FlaskClient,
    engine: Engine,
) -> None:
    fields = NEEDS[0]
    found = answer_to(need_from(fields), load_shelf(engine), 100, BandedRanking.first).matches
    asked = {match.id: (WORDS[match.band].one, match.scored) for match in found if match.band}
    assert {band for band, _ in asked.values()} == {WORDS[band].one for band in BANDS}
    scored = {match.name: match.scored for match in found}
    assert len(scored) == len(asked)

    told = run("match", *options(fields), "--format", "json").json()["matches"]
    bands = {line["id"]: WORDS[Band(line["band"])].one for line in told if line["place"]}
    assert bands == {one: band for one, (band, _) in asked.items()}
    printed = run("match", *options(fields), "--format", "csv").out.lstrip("\ufeff")
    assert in_bands(csv.DictReader(io.StringIO(printed), delimiter=";")) == asked

    query = {"besoin": fields["objet"], "lieu": fields["lieu"]}
    of_file = in_bands(sheet_of(client.get("/candidats/liste.xlsx", query_string=query).data, "Candidats"))
    other = {one: told for one, told in of_file.items() if told[0] == WORDS[Band.AUTRE].one}
    assert of_file == {**asked, **other}
    assert len(other) == len(read(client, "/candidats", {**query, "bande": "autre"}).all(".candidate")) > 0
    for band in BANDS:
        lines = read(client, "/candidats", {**query, "bande": band.value}).all(".candidate")
        assert len(lines) == [said for said, _ in asked.values()].count(WORDS[band].one)

    kept = read(client, "/dossiers/retenir", query)
    everyone = [str(box["value"]) for box in kept.all("[name=retenu]")]
    dossier = fill(client, kept, "main form", retenu=everyone, title="Essai", qui="Léa")
    assert in_bands(sheet_of(client.get(dossier.link("XLSX")).data, "Liste")) == asked
    followed = {
        plain(name.get_text(" ")): entry for entry in dossier.all(".entry") for name in entry.select(".entry-name")
    }
    assert followed.keys() == scored.keys(), "what is followed has its evidence; its score is in the files"
    paper = read(client, f"{dossier.link('Imprimer')}?annexe=listes").all(".part-list tbody tr")
    assert len(paper) == len(asked)
    for row in paper:
        name, *under = (text for cell in row.select("th") for text in cell.stripped_strings)
        ((band, has_score),) = [asked[match.id] for match in found if match.name == name]
        assert band in under
        assert ("non classé" not in row.get_text()) == has_score

    buyer = Participant(1, ParticipantRole.BUYER, "Ville de Valbrune")
    of_club = lay_out_bands(
        rank_need(buyer, ParticipantNeed(fields["objet"], place=fields["lieu"]), load_shelf(engine), TODAY)
    )
    assert {match.id: (WORDS[match.band].one, match.scored) for match in of_club.first(100) if match.band} == asked


@pytest.mark.parametrize("objet", ["zzz qqq", "Prestations à définir", "Hautmont zzz"])
def test_neither_trade_nor_place_is_one_question_and_no_list(
    run: Run,  # noqa: F811
    doors: Mapping[str, Ask],
    engine: Engine,
    client: FlaskClient,
    tmp_path: Path,
    objet: str,
) -> None:
    fields = {"objet": objet}
    question = answer_to(need_from(fields), load_shelf(engine), 20).question
    assert question.startswith("Quel métier, et dans quelle commune ?")
    for door in ("match", "avis", "file", "dossier", "page"):
        assert plain(question) in plain(doors[door](fields)), door
    alone = run("match", "--objet", objet, "--format", "jsonl")
    assert (alone.code, json.loads(alone.out)) == (3, {"lot_id": "", "question": question})
    for command in (("match",), ("avis",), ("explain", "--siret", "1"), ("dossier", "add-lot", 1, "--par", "Léa")):
        assert run(*command, "--objet", objet).code == 3, command
    lots = tmp_path / "two.jsonl"
    lots.write_text(
        "".join(json.dumps({"lot_id": name, "objet": name}) + "\n" for name in (objet, "Tonte")), encoding="utf-8"
    )
    among = run("match", "--lots", lots, "--top", 1, "--format", "jsonl")
    assert among.code == 0
    first, *others = among.lines()
    assert first == {"lot_id": objet, "question": question}
    assert {line["lot_id"] for line in others} == {"Tonte"}
    page = read(client, "/candidats", {"besoin": objet})
    assert not page.all(".candidate, .filters")
    assert len(page.all(".question")) == 1
    assert json.loads(client.get("/candidats/liste.json", query_string={"besoin": objet}).data)["matches"] == []


@pytest.mark.parametrize("fields", NEEDS, ids=lambda fields: fields["objet"][:12] + fields["lieu"])
def test_a_line_of_a_programme_has_the_opinion_of_its_need_alone(
    run: Run,  # noqa: F811
    tmp_path: Path,
    own: Path,  # noqa: F811
    fields: dict[str, str],
) -> None:
    (line,) = run("programme", table(tmp_path, fields), "--format", "json").json()["lines"]
    alone = run("avis", *options(fields), "--format", "json").json()
    assert (line["headline"], line["doubts"]) == (alone["headline"], alone["lot"]["doubts"])


@pytest.fixture(scope="module")
def kept(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with a dossier, an event and a published lot; its folder has the files that commands read."""
    folder = tmp_path_factory.mktemp("verbes")
    path = Path(shutil.copy(built, folder / "catalogue.sqlite"))
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    engine = open_database(f"sqlite:///{path.as_posix()}")
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    open_dossier(engine, FIRST_ORGANISATION, DossierHeader("Entretien des berges"), author="essai", now=at)
    open_event(engine, FIRST_ORGANISATION, day.HEADER, day.SCHEDULE, day.RULES, author="essai", now=at)
    take_notice_files(engine, importer(notice()), [Path(__file__)], now=at.replace(tzinfo=None))
    engine.dispose()
    return path


def described(file: Path, values: Sequence[Any]) -> None:
    """Check that the JSON Schema beside a file is one, says its version, and holds these values of the file."""
    schema = json.loads(file.with_name(f"{file.name}.schema.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    assert schema["schema_version"] == SCHEMA_VERSION
    for value in values:
        Draft202012Validator(schema).validate(value)


def test_every_verb_of_the_api_says_which_command_and_which_method_ask_the_same() -> None:
    told = [verb.door for verb in VERBS]
    assert {f"api.{name}" for name in (*told, *ALONE)} == ENDPOINTS.keys()
    assert not ALONE.keys() & set(told)
    methods = {name for name in vars(OpenCatalogue) if not name.startswith("_")} - {"close", "rank_lots", "search"}
    assert {verb.call[0] for verb in VERBS if verb.call} == methods


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.words.split(" -")[0])
def test_every_verb_answers_the_same_by_command_api_and_python(
    verb: Verb,
    kept: Path,
    run: Run,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = f"sqlite:///{kept.as_posix()}"
    monkeypatch.setenv(DATABASE_VARIABLE, address)
    engine, door, sent = open_database(address), ENDPOINTS[f"api.{verb.door}"], dict(verb.sent)
    path = re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda part: str(sent.pop(part[1])), door.rule)
    given = {"json": sent, "query_string": verb.query} if door.method == "POST" else {"query_string": sent}
    answer = create_app(engine).test_client().open(f"{API_ROOT}{path}", method=door.method, **given)
    engine.dispose()
    assert answer.status_code in (200, 201), answer.text
    file = tmp_path / "sortie.json"
    assert run(*words_of(verb, kept.parent.as_posix()), "-o", file).code == 0
    lines = file.read_text(encoding="utf-8").split("\n")[:-1] if "jsonl" in verb.words else []
    written = [json.loads(line) for line in lines] or json.loads(file.read_bytes())
    described(file, written if lines else [written])
    printed = json_text(verb.printed(written))
    assert json_text(verb.same(answer.json)) == printed
    if verb.call:
        name, told, more = verb.call
        with open_catalogue(address) as catalogue:
            assert json_text(verb.printed(getattr(catalogue, name)(*told, **more))) == printed
