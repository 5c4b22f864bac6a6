"""DECP: two layouts, groups of winners, numbers that are not French, and what a broken file gives."""

import json
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from importers.formats.limits import LONGEST_VALUE
from importers.importer import Item, SourceError
from tests.importers.reading import awards, items_of, refusals, remarks

CONTRACT = {
    "id": "2024-1",
    "acheteur": {"id": "20000101400014"},
    "objet": "Entretien des berges",
    "codeCPV": "77310000",
    "dateNotification": "2024-02-15",
    "montant": 90000,
}
WINNER = {"typeIdentifiant": "SIRET", "id": "90000201500015"}


def read(tmp_path: Path, document: object) -> list[Item]:
    path = tmp_path / "decp.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return list(items_of("decp", path))


def test_a_group_gives_an_award_each_and_no_name(tmp_path: Path) -> None:
    other = {"typeIdentifiant": "SIRET", "id": "90000202300019", "denominationSociale": "Camille Dupontel"}
    found = awards(read(tmp_path, {"marches": [CONTRACT | {"titulaires": [WINNER, other]}]}))
    assert [award.winner for award in found] == ["90000201500015", "90000202300019"]
    assert {award.line for award in found} == {1}
    assert "Dupontel" not in repr(found)


@pytest.mark.parametrize(
    "winners",
    [
        [WINNER],
        [[WINNER]],
        [{"titulaire": WINNER}],
        {"titulaire": [WINNER]},
        {"titulaire": WINNER},
        WINNER,
        [WINNER, WINNER],
    ],
)
def test_the_winner_is_found_however_deep(tmp_path: Path, winners: object) -> None:
    found = awards(read(tmp_path, {"marches": {"marche": [CONTRACT | {"titulaires": winners}]}}))
    assert [(award.winner, award.winner_type) for award in found] == [("90000201500015", "SIRET")]


@pytest.mark.parametrize("winners", [None, [], [None], ["90000201500015"], {}, [{}], 3])
def test_without_a_winner_a_contract_is_refused(tmp_path: Path, winners: object) -> None:
    items = read(tmp_path, {"marches": [CONTRACT | {"titulaires": winners}]})
    assert awards(items) == []
    assert [refused.reason for refused in refusals(items)] == ["marché sans titulaire : personne à qui le rattacher"]


def test_a_new_column_is_said_once(tmp_path: Path) -> None:
    contracts = [CONTRACT | {"id": str(n), "titulaires": [WINNER], "nouveauté": "x"} for n in range(3)]
    assert [remark.line for remark in remarks(read(tmp_path, {"marches": contracts}))] == [1]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("acheteur;objet\n1;2", "Il faut un fichier des DECP en JSON ou en XML, ou leur table"),
        ('{"resultats": []}', "ne contient pas de liste « marches »"),
        ('{"marches": [{"id": 1', "interrompu"),
        ("<html><body>Erreur</body></html>", "page HTML"),
        ("<marches><marche><id>1</id>", "interrompu ou fautif"),
        ("<?xml version='1.0'?><ContractNotice/>", "sa racine est « ContractNotice »"),
        ("<?xml version='1.0'?><!DOCTYPE marches [<!ENTITY a 'b'>]><marches/>", "refusé par prudence"),
        (f"<marches>\n<marche>{'<a>' * 200}", "ligne 2 : .*niveaux"),
        (f"<?xml version='1.0'?>\n<{'x' * 300}/>", f"ligne 2 : .*racine est « {'x' * 60} »"),
        (f"<marches><marche><objet>{'x' * (LONGEST_VALUE + 1)}", "signes"),
    ],
)
def test_a_wrong_file_is_said(tmp_path: Path, document: str, said: str) -> None:
    path = tmp_path / "decp.json"
    path.write_text(document, encoding="utf-8")
    with pytest.raises(SourceError, match=said):
        items_of("decp", path)


def test_xml_says_what_json_says_whatever_its_root(tmp_path: Path) -> None:
    def element(name: str, value: object) -> str:
        """A value of JSON as the official schema writes it in XML."""
        if isinstance(value, list):
            return "".join(element(name, each) for each in value)
        inside = "".join(map(element, value, value.values())) if isinstance(value, dict) else escape(str(value))
        return f"<{name}>{inside}</{name}>"

    other = {"typeIdentifiant": "TVA", "id": "DE814864138"}
    social = {"considerationSociale": ["Marché réservé", "Clause sociale"]}
    contract = CONTRACT | {"titulaires": {"titulaire": [WINNER, other]}, "considerationsSociales": social}
    concession = {
        "id": "C1",
        "autoriteConcedante": {"id": "20000101400014"},
        "objet": "Halle & marché",
        "dateSignature": "2024-04-02",
        "valeurGlobale": "10.5",
        "concessionnaires": {"concessionnaire": WINNER},
        "considerationsSociales": {"considerationSociale": "Clause sociale"},
    }
    document: dict[str, object] = {"marche": [contract, contract | {"id": "2024-2"}], "contrat-concession": concession}
    told = read(tmp_path, {"marches": document | {"contrat-concession": [concession]}})
    path = tmp_path / "decp.xml"
    path.write_text(element("marches", document), encoding="utf-8")
    assert list(items_of("decp", path)) == told
    assert len(awards(told)) == 5
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{element("marche", contract)}', encoding="utf-8")
    assert list(items_of("decp", path)) == told[:2]
    for begins, encoding in (("<!-- export du 1er -->\n<!-- fin -->", "utf-8"), ("<?xml version='1.0'?>", "utf-16")):
        path.write_text(f"{begins}{element('marches', document)}", encoding=encoding)
        assert list(items_of("decp", path)) == told


def test_the_flat_table_gives_a_contract_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "decp.csv"
    path.write_text(
        "uid,id,acheteur_id,acheteur_nom,titulaire_id,titulaire_typeIdentifiant,titulaire_nom,objet,montant,codeCPV,dateNotification,"
        "lieuExecution_code,lieuExecution_typeCode,modification_id,donneesActuelles\n"
        "x1,2024-1,20000101400014,Ville,90000201500015,SIRET,Camille Dupontel,Berges,90000,77310000,2024-02-15,62,Code département,0,false\n"
        "x1,2024-1,20000101400014,Ville,90000201500015,SIRET,Camille Dupontel,Berges,95000,77310000,2024-02-15,62,Code département,1,true\n",
        encoding="utf-8",
    )
    items = list(items_of("decp", path))
    assert [refused.reason for refused in refusals(items)] == [
        "état ancien d’un marché modifié depuis : son état actuel est sur une autre ligne"
    ]
    assert [(award.number, award.amount, award.winner) for award in awards(items)] == [
        ("2024-1", "95000", "90000201500015")
    ]
    assert remarks(items) == []
    assert "Dupontel" not in repr(items)


def test_a_former_state_between_two_winners_parts_no_contract(tmp_path: Path) -> None:
    path = tmp_path / "decp.csv"
    rows = (
        f"2024-1,20000101400014,{winner},Berges,{amount},77310000,2024-02-15,{stands}"
        for winner in ("90000201500015", "90000301300012")
        for amount, stands in ((95000, "true"), (90000, "false"))
    )
    head = "id,acheteur_id,titulaire_id,objet,montant,codeCPV,dateNotification,donneesActuelles"
    path.write_text("\n".join((head, *rows)), encoding="utf-8")
    items = list(items_of("decp", path))
    assert [(award.line, award.winner, award.shared) for award in awards(items)] == [
        (2, "90000201500015", True),
        (2, "90000301300012", True),
    ]
    assert [refused.line for refused in refusals(items)] == [3, 5]


def test_the_real_file_is_read_whole(shared: Path) -> None:
    items = items_of("decp", shared / "data/sources/decp_2018_2020.json")
    found = awards(items)
    assert len(found) == 19_982
    assert len({award.source_ref for award in found}) == len(found)
    assert len(refusals(items)) == 213
    assert remarks(items) == []
