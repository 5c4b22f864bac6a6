"""eForms in XML: the published examples, and files that are none."""

from pathlib import Path

import pytest

from importers.importer import RefusedRow, SourceError
from importers.notices import tree
from importers.notices.importer import NoticeRecord
from tests.importers.notices.eforms import EXAMPLES, PREFIXES, read, record, root_of
from tests.importers.reading import written

NAMES = {prefix[:-1]: space for space, prefix in PREFIXES.items()}
LOTS = "cac:ProcurementProjectLot"
RESERVED = (
    "cac:TenderingTerms/cac:TendererQualificationRequest/cac:SpecificTendererRequirement"
    "/cbc:TendererRequirementTypeCode[@listName='reserved-procurement']"
)
BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]>\n<ContractNotice><ID>&c;</ID></ContractNotice>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>\n<ContractNotice><ID>&b;</ID></ContractNotice>'


def test_every_lot_of_the_valid_examples_is_found_and_none_is_falsely_reserved(shared: Path) -> None:
    paths = [path for path in sorted((shared / "data/notices/eforms").iterdir()) if "INVALID" not in path.name]
    told = {path.name: [*_lots(path)] for path in paths}
    assert sum(map(len, told.values())) > 120
    assert {path.name: [(lot.number, lot.reserved) for lot in record(path).lots] for path in paths} == told
    assert all(lot.title and lot.cpv and lot.places for path in paths for lot in record(path).lots)
    assert [path.name for path in paths if record(path).unread] == []


def _lots(path: Path) -> list[tuple[str, str]]:
    """The number of each lot of an example, and what it says of its reservation."""
    root = root_of(path)
    lots = [lot for lot in root.iterfind(LOTS, NAMES) if lot.find("cbc:ID[@schemeName='Lot']", NAMES) is not None]
    return [(lot.findtext("cbc:ID", "", NAMES), lot.findtext(RESERVED, "", NAMES)) for lot in lots]


def test_invalid_examples_give_what_can_be_read_or_a_refusal(shared: Path) -> None:
    found = {path.stem: read(path) for path in (shared / "data/notices/eforms").glob("INVALID*")}
    refused = RefusedRow(1, "avis sans identifiant : il ne serait pas reconnu la fois suivante.")
    assert found["INVALID_cn_24_empty"] == found["INVALID_cn_24_stage-1"] == refused
    several = found["INVALID_cn_24_multiple"]
    assert isinstance(several, NoticeRecord)
    assert [lot.number for lot in several.lots] == ["LOT-0001", "LOT-0002"]


def test_namespaces_of_the_boamp_are_read_too(tmp_path: Path) -> None:
    text = (EXAMPLES / "cn_24_FRA_comments.xml").read_text(encoding="utf-8")
    rebased = text.replace("urn:oasis:names:specification:ubl:", "urn:boamp:names:specification:ubl:")
    assert rebased != text
    assert record(written(tmp_path, rebased, "avis.xml")) == record(EXAMPLES / "cn_24_FRA_comments.xml")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (BOMB, "type de document"),
        (OUTSIDE, "type de document"),
        ('<?xml version="1.0" encoding="inconnu"?><ContractNotice/>', "un codage que les avis n’ont pas"),
        ("<ContractNotice><ID>1</ID>", "ligne 1 : le XML est interrompu"),
        ("", "interrompu"),
        ("<facture/>", "sa racine est « facture »"),
        ('{"EFORMS": {}}', "fautif"),
        ("<a>" * 101, "plus de 100 niveaux"),
    ],
)
def test_what_is_no_notice_is_refused_and_said(data: str, said: str, tmp_path: Path) -> None:
    error = read(written(tmp_path, data, "avis.xml"))
    assert isinstance(error, SourceError)
    assert str(error).startswith("« avis.xml »")
    assert said in str(error)


def test_a_notice_too_large_is_refused_before_it_takes_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, f"<ContractNotice>{'<a/>' * 200}</ContractNotice>", "avis.xml")
    monkeypatch.setattr(tree, "MOST_NODES", 200)
    assert "éléments : il est refusé par prudence" in str(read(path))
    monkeypatch.setattr(tree, "MOST_BYTES", 100)
    assert "Mio : il est refusé par prudence" in str(read(path))
