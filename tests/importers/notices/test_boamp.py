"""Records of the BOAMP: each form, each oddity of what is published, and a bad notice that stops no other. All of them are fictional."""

import json
from pathlib import Path
from typing import Any

import pytest

from importers.importer import RefusedRow, SourceError
from importers.notices import NOTICES
from importers.notices.importer import NoticeItem, NoticeRecord, PlaceWritten, WinnerWritten
from tests.conftest import ROOT

FIXTURE = ROOT / "tests" / "fixtures" / "boamp" / "boamp.json"
TITLE = "Entretien des espaces verts"
CALL = {"natureMarche": {"intitule": TITLE, "description": "Tonte", "dureeMois": "48"}}


def record(idweb: str = "26-1", form: object = None, **envelope: object) -> dict[str, object]:
    form = {"FNSimple": {"initial": CALL}} if form is None else form
    return {"idweb": idweb, "objet": "Entretien", "nature": "APPEL_OFFRE", "donnees": json.dumps(form), **envelope}


def simple(**body: object) -> dict[str, Any]:
    return record(form={"FNSimple": {"initial": CALL | body}})


def read(tmp_path: Path, *records: object, text: str | None = None) -> list[NoticeItem]:
    path = tmp_path / "boamp.json"
    path.write_text(json.dumps({"total_count": 9, "results": records}) if text is None else text, encoding="utf-8")
    return list(NOTICES["boamp"].read(path))


def one(tmp_path: Path, given: object) -> NoticeRecord:
    (found,) = read(tmp_path, given)
    assert isinstance(found, NoticeRecord), found
    return found


@pytest.fixture(scope="module")
def sample() -> dict[str, NoticeRecord]:
    items = list(NOTICES["boamp"].read(FIXTURE))
    return {item.source_ref: item for item in items if isinstance(item, NoticeRecord)}


def test_every_key_of_the_sample_is_read_and_no_person_enters(sample: dict[str, NoticeRecord]) -> None:
    assert len(sample) == 9
    assert {notice.unread for notice in sample.values()} == {()}
    assert "Camille" not in repr(sample)
    assert "camille@" not in repr(sample)


def test_a_european_form_inside_is_read_as_a_european_form(sample: dict[str, NoticeRecord]) -> None:
    notice = sample["26-900001"]
    assert (notice.shape, notice.nature) == ("ContractNotice", "cn-standard/APPEL_OFFRE")
    assert notice.title.endswith("en deux lots"), "the title of the envelope is cut at 200 signs"
    assert [(lot.number, lot.reserved) for lot in notice.lots] == [("LOT-0001", "res-ws"), ("LOT-0002", "none")]
    assert (notice.lots[0].deadline, notice.lots[0].deadline_time) == ("2026-12-15+01:00", "12:00:00+01:00")


def test_the_simple_form_tells_its_lots_and_what_holds_for_each(sample: dict[str, NoticeRecord]) -> None:
    notice = sample["26-900002"]
    assert notice.title.endswith("en deux lots")
    assert (notice.buyer, notice.documents) == ("20000101400014", "https://exemple.test/dce/2")
    assert [(lot.number, lot.title, lot.cpv, lot.amount) for lot in notice.lots] == [
        ("1", "Espaces verts", ("77310000",), "120000"),
        ("2", "Nettoyage des locaux", ("90910000",), ""),
    ]
    for lot in notice.lots:
        assert lot.places == (PlaceWritten(nuts="FRE12", text="Villefranche-sur-Test"),)
        assert (lot.duration, lot.duration_unit, lot.deadline) == ("48", "MONTH", "2026-12-14T12:00:00.000+01:00")
        assert "réservé aux ESAT et EA" in lot.conditions


def test_a_correction_follows_its_notice_and_tells_the_new_deadline(sample: dict[str, NoticeRecord]) -> None:
    notice = sample["26-900003"]
    assert (notice.nature, notice.earlier) == ("RECTIFICATIF", ("26-900002",)), "a date is no number of a notice"
    assert notice.deadline == "2026-12-21T12:00:00"


def test_the_adapted_form_has_no_cpv_and_its_departement_has_its_zero(sample: dict[str, NoticeRecord]) -> None:
    lot = sample["26-900004"].lots[0]
    assert (lot.title, lot.cpv, lot.nature) == ("Fourniture de décorations de Noël", (), "FOURNITURES")
    assert lot.places == (PlaceWritten(post_code="01990", city="Sainte-Fiction", text="Centre technique"),)
    award = sample["26-900005"]
    assert (award.nature, award.earlier) == ("ATTRIBUTION", ("26-900004",))
    assert award.lots[0].places == (PlaceWritten(code="01", code_type="Code département"),)
    assert award.lots[0].winners == (WinnerWritten("90000201500015", "Lumières du Nord SARL"),)
    assert (award.lots[0].awarded, award.lots[0].amount) == ("18000", "")


def test_a_concession_is_read(sample: dict[str, NoticeRecord]) -> None:
    lot = sample["26-900006"].lots[0]
    assert (lot.cpv, lot.amount, lot.starts, lot.ends) == (("55510000",), "300000", "2027-01-01", "2031-12-31")
    assert lot.deadline == "2026-12-18T24:00:00"


def test_the_form_of_before_2023_tells_what_is_reserved_what_was_won_and_what_is_cancelled(
    sample: dict[str, NoticeRecord],
) -> None:
    call, award, cancelled = sample["22-900007"], sample["22-900008"], sample["22-900009"]
    assert (call.lots[0].reserved, call.lots[0].renewals, call.lots[0].amount) == ("oui", "0", "50000")
    assert award.earlier == cancelled.earlier == ("22-900007",)
    assert [(lot.title, lot.awarded, lot.winners) for lot in award.lots] == [
        ("Mise sous pli", "21000", (WinnerWritten("90000201500015", "ESAT des Tests"),)),
        ("Colis", "9000", ()),
    ]
    assert (cancelled.nature, cancelled.why, cancelled.lots) == ("ANNULATION", "Déclaration sans suite", ())


@pytest.mark.parametrize("text", ["[{}, {}]", "{}\n{}\n", '{{"total_count": 2, "results": [{}, {}]}}'])
def test_an_export_a_line_a_record_and_a_page_are_the_same(tmp_path: Path, text: str) -> None:
    given = [json.dumps(record(idweb)) for idweb in ("26-1", "26-2")]
    items = read(tmp_path, text=text.format(*given))
    assert [item.source_ref for item in items if isinstance(item, NoticeRecord)] == ["26-1", "26-2"]


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        (
            {"donnees": '{"FNSimple": {'},
            "« donnees » ne peut pas être lu, le JSON est interrompu ou fautif à la colonne",
        ),
        ({"donnees": "[" * 100_000}, "imbriqué sur trop de niveaux"),
        ({"donnees": '{"a":' * 200 + "1" + "}" * 200}, "plus de 100 niveaux"),
        ({"donnees": "[1, 2]"}, "« donnees » n’est pas un objet JSON"),
        ({"donnees": json.dumps({"FNSimple": {"lots": {"lot": [{}] * 5_001}}})}, "plus de 5000 lots"),
        ({"gestion": "{"}, "« gestion » ne peut pas être lu"),
        ({"annonces_anterieures": "oups"}, "« annonces_anterieures » ne peut pas être lu"),
        ({"idweb": None}, "avis sans numéro"),
    ],
)
def test_a_bad_notice_is_refused_alone_and_said(tmp_path: Path, spoiled: dict[str, object], said: str) -> None:
    first, bad, last = read(tmp_path, record("26-1"), record("26-2") | spoiled, record("26-3"))
    assert isinstance(first, NoticeRecord)
    assert isinstance(last, NoticeRecord)
    assert isinstance(bad, RefusedRow)
    assert said in bad.reason
    assert bad.line == 2


def test_a_file_of_another_kind_is_refused_whole(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="page HTML"):
        read(tmp_path, text="<html><body>Erreur</body></html>")


def test_a_form_unknown_gives_what_its_envelope_tells_and_every_key_unread(tmp_path: Path) -> None:
    notice = one(
        tmp_path, record(form={"NOUVEAU": {"bloc": {"cle": "x"}}, "autre": "y"}, url_avis="https://exemple.test")
    )
    assert (notice.title, notice.lots, notice.shape) == ("Entretien", (), "NOUVEAU")
    assert notice.unread == ("NOUVEAU/bloc/cle", "NOUVEAU/autre")


def test_without_a_form_the_envelope_is_read(tmp_path: Path) -> None:
    notice = one(tmp_path, record() | {"donnees": None, "datelimitereponse": "2026-12-14T12:00:00+00:00"})
    assert (notice.title, notice.deadline, notice.lots) == ("Entretien", "2026-12-14T12:00:00+00:00", ())


def test_a_correction_that_lists_no_lot_speaks_of_all(tmp_path: Path) -> None:
    pair = {"rubDelais": "ReceptionOffres", "lireDate": "2026-12-21T12:00:00"}
    form = {"FNSimple": {"rectificatif": CALL | {"infosRectif": {"delais": pair}}}}
    notice = one(tmp_path, record(form=form, nature="RECTIFICATIF"))
    assert (notice.title, notice.deadline, notice.lots) == (TITLE, "2026-12-21T12:00:00", ())


@pytest.mark.parametrize(
    "deadline",
    [
        "2026-12-14T12:00:00",
        "2026-12-14T12:00:00+01:00",
        "2026-12-14T12:00:00.000+02:00",
        "2026-12-14T11:00:00Z",
        "2026-12-14T24:00:00",
        "2026-12-14",
        "2019-01-01T12:00:00-03:00",
    ],
)
def test_a_deadline_is_given_as_written_before_that_of_the_envelope(tmp_path: Path, deadline: str) -> None:
    given = simple(procedure={"dateReceptionOffres": deadline}) | {"datelimitereponse": "2026-12-14T09:00:00+00:00"}
    notice = one(tmp_path, given)
    assert (notice.deadline, notice.lots[0].deadline) == (deadline, deadline)


@pytest.mark.parametrize("count", [1, 300])
def test_lots_are_read_as_an_object_or_a_list_however_many(tmp_path: Path, count: int) -> None:
    lots = [{"numLot": str(n), "description": f"Lot {n}"} for n in range(1, count + 1)]
    notice = one(tmp_path, simple(lots={"lot": lots if count > 1 else lots[0]}))
    assert [lot.number for lot in notice.lots] == [str(n) for n in range(1, count + 1)]
    assert {lot.duration for lot in notice.lots} == {"48"}


def test_lots_written_as_texts_have_their_rank_and_two_of_one_number_are_told_apart(tmp_path: Path) -> None:
    lots = one(tmp_path, simple(lots={"lot": ["Tonte", "Taille"]})).lots
    assert [(lot.number, lot.title) for lot in lots] == [("1", "Tonte"), ("2", "Taille")]
    lots = one(
        tmp_path, simple(lots={"lot": [{"numLot": "1", "intitule": "A"}, {"numLot": "1", "intitule": "B"}]})
    ).lots
    assert [(lot.number, lot.title) for lot in lots] == [("1", "A"), ("1~2", "B")]


def test_the_amount_of_the_whole_is_nobodys_where_there_are_several_lots(tmp_path: Path) -> None:
    market = CALL["natureMarche"] | {"valeurEstimee": {"valeur": "160000", "@devise": "EUR"}}
    alone = one(tmp_path, simple(natureMarche=market)).lots
    several = one(tmp_path, simple(natureMarche=market, lots={"lot": ["Tonte", "Taille"]})).lots
    assert [(lot.amount, lot.currency) for lot in alone] == [("160000", "EUR")]
    assert [(lot.amount, lot.currency) for lot in several] == [("", ""), ("", "")]


def test_codes_and_html_pass_as_written(tmp_path: Path) -> None:
    code = {"objetPrincipal": {"classPrincipale": "CDL"}, "objetComplementaire": [{"classPrincipale": "98000000"}]}
    market = {"intitule": "<b>Tonte</b> &amp; taille", "codeCPV": code}
    (lot,) = one(tmp_path, simple(natureMarche=market)).lots
    assert (lot.title, lot.cpv) == ("<b>Tonte</b> &amp; taille", ("CDL", "98000000"))


def test_five_corrections_and_a_notice_published_twice_each_have_their_number(tmp_path: Path) -> None:
    corrections = [record(f"26-{n}", nature="RECTIFICATIF", annonce_lie=f"26-{n - 1}") for n in range(2, 7)]
    *items, again = read(tmp_path, record("26-1"), *corrections, record("26-1"))
    assert [item.earlier for item in items if isinstance(item, NoticeRecord)] == [
        (),
        *((f"26-{n}",) for n in range(1, 6)),
    ]
    assert again == RefusedRow(7, "l’avis 26-1 est déjà dans ce fichier : la première version est gardée")


def test_a_notice_said_to_be_cancelled_is(tmp_path: Path) -> None:
    assert one(tmp_path, record(etat="AVIS_ANNULE")).nature == "APPEL_OFFRE/AVIS_ANNULE"
    assert one(tmp_path, record(etat="INITIAL")).nature == "APPEL_OFFRE"


def test_a_winner_is_named_by_its_envelope_where_it_is_an_organisation(tmp_path: Path) -> None:
    notice = one(tmp_path, record(nature="ATTRIBUTION", titulaire=["Camille Dupontel", "Jardins de Test SCOP"]))
    assert notice.lots[0].winners == (WinnerWritten(name="Jardins de Test SCOP"),)


@pytest.mark.parametrize(
    ("amounts", "of_the_lot", "own"),
    [(("100", "200"), "", [("100", False), ("200", False)]), (("300", "300"), "300", [("", None), ("", None)])],
)
def test_decisions_of_one_lot_are_its_amount_or_each_its_own(
    tmp_path: Path, amounts: tuple[str, str], of_the_lot: str, own: list[tuple[str, bool | None]]
) -> None:
    decisions = [
        {
            "NUM_LOT": "1",
            "TITULAIRE": {"CODE_IDENT_NATIONAL": f"1234567890001{n}"},
            "MONTANT": {"@DEVISE": "EUR", "#text": amount},
        }
        for n, amount in enumerate(amounts, start=1)
    ]
    told = {"MAPA": {"ATTRIBUTION": {"DECISION": decisions}}}
    (lot,) = one(tmp_path, record(form=told, nature="ATTRIBUTION")).lots
    assert (lot.number, lot.awarded, lot.currency) == ("1", of_the_lot, "EUR")
    assert [(winner.awarded, winner.shared) for winner in lot.winners] == own


def test_the_shapes_at_hand_are_read(shared: Path, tmp_path: Path) -> None:
    given = json.loads((shared / "data/notices/boamp_inner_shapes.json").read_text(encoding="utf-8"))[1:]
    found = [item for item in read(tmp_path, *given) if isinstance(item, NoticeRecord)]
    assert [(notice.shape, notice.unread) for notice in found] == [
        ("ContractNotice", ()),
        ("FNSimple", ()),
        ("MAPA", ()),
    ]
    assert [(lot.amount, lot.duration) for notice in found for lot in notice.lots] == [
        ("900000", "12"),
        ("160000", "48"),
    ]
