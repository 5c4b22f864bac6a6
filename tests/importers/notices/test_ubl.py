"""Notices of the European forms from their tree, whichever way it is written: every value, every oddity."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from importers.importer import RefusedRow
from importers.notices.importer import LotWritten, NoticeRecord, WinnerWritten
from importers.notices.tree import TreeRefused, XmlTree, json_tree
from importers.notices.ubl import FORMS, read_ubl_notice
from importers.notices.ubl_awards import NoticeResults
from tests.importers.notices.eforms import EXAMPLES, as_json, record, root_of

VALID = [path for path in sorted(EXAMPLES.glob("*.xml")) if "INVALID" not in path.name]
EXTENSION = ("ext:UBLExtensions", "ext:UBLExtension", "ext:ExtensionContent", "efext:EformsExtension")


def extension(told: object) -> dict[str, Any]:
    for name in reversed(EXTENSION):
        told = {name: told}
    return told  # type: ignore[return-value]  # each turn makes a dict


def of(told: dict[str, Any], form: str = "ContractNotice", reference: str = "26-1") -> NoticeRecord:
    found = read_ubl_notice(form, json_tree(told), "boamp", 1, reference)
    assert isinstance(found, NoticeRecord)
    return found


def lot(number: str = "LOT-0001", **project: object) -> dict[str, Any]:
    return {"cbc:ID": {"@schemeName": "Lot", "#text": number}, "cac:ProcurementProject": {"cbc:Name": number} | project}


def only(told: dict[str, Any], **rest: object) -> LotWritten:
    (found,) = of({"cac:ProcurementProjectLot": told} | rest).lots
    return found


def euros(amount: str, currency: str = "EUR") -> dict[str, str]:
    return {"@currencyID": currency, "#text": amount}


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.name)
def test_the_json_of_a_notice_gives_what_its_xml_gives(path: Path) -> None:
    root = root_of(path)
    assert read_ubl_notice(root.tag.rpartition("}")[2], json_tree(as_json(root)), "eforms", 1) == record(path)


def test_what_a_call_says_is_read() -> None:
    told = record(EXAMPLES / "cn_24_FRA_comments.xml")
    assert (told.source_ref, told.nature) == ("da4d46e9-490b-41ff-a2ae-8166d356a619-01", "cn-standard")
    assert (told.folder, told.published) == ("e3cdabf1-e057-47a5-9210-b1f6fc757228", "2019-05-10+01:00")
    assert (told.buyer, told.buyer_name, told.buyer_post_code) == ("123 456 789", "Rouen Habitat", "76001")
    first = told.lots[0]
    assert (first.number, first.title, first.nature, first.cpv) == (
        "LOT-0001",
        "Agence centre",
        "services",
        ("77310000",),
    )
    assert (first.starts, first.ends, first.renewals[:4]) == ("2019-09-01+02:00", "2020-12-31+01:00", "3 ; ")
    assert (first.deadline, first.deadline_time, first.reserved) == ("2019-06-24Z", "16:00:00Z", "none")
    assert (first.places[0].nuts, first.places[0].country) == ("FRD22", "FRA")
    assert first.documents == "https://www.marches-publics.info/accueil.htm"


def test_a_reservation_and_social_aims_are_read_as_codes() -> None:
    (workshops,) = record(EXAMPLES / "pin-cfc-social_24.xml").lots
    assert (workshops.reserved, workshops.reserved_execution) == ("res-ws", "not-known")
    (social,) = record(EXAMPLES / "cn-social_25.xml").lots
    assert (social.reserved, social.reserved_execution, social.social) == ("none", "yes", ("opp", "acc-all"))


def test_a_cancellation_names_the_notice_that_it_ends() -> None:
    told = record(EXAMPLES / "change-cn_24_void.xml")
    assert (told.nature, told.earlier) == ("cn-standard/cancel", ("f42be27e-09cf-4f0e-a745-63ec689631e6-01",))
    assert record(EXAMPLES / "can_24_no_tenders.xml").nature == "can-standard/clos-nw"


def test_an_award_says_who_won_each_lot() -> None:
    told = record(EXAMPLES / "can_24_FRA_comments.xml")
    assert [(each.awarded, each.currency, each.awarded_on, each.winners) for each in told.lots] == [
        ("95414", "EUR", "2019-09-03+02:00", (WinnerWritten("326 912 557"),)),
        ("26500", "EUR", "2019-09-03+02:00", (WinnerWritten("339 609 661"),)),
    ]


def test_french_comes_first_then_the_language_of_the_notice() -> None:
    assert record(EXAMPLES / "cn_24_multilingual.xml").buyer_name == "Office des publications de l'Union européenne"
    said = [{"@languageID": "DEU", "#text": "eins"}, {"@languageID": "NLD", "#text": "twee"}]
    assert only(lot(**{"cbc:Name": said}), **{"cbc:NoticeLanguageCode": "NLD"}).title == "twee"
    assert only(lot(**{"cbc:Name": said}), **{"cbc:NoticeLanguageCode": "ITA"}).title == "eins"


def organization(rank: int, person: str) -> dict[str, Any]:
    company = {
        "cac:PartyIdentification": {"cbc:ID": f"ORG-{rank}"},
        "cac:PartyName": {"cbc:Name": f"Nom {rank}"},
        "cac:PartyLegalEntity": {"cbc:CompanyID": f"1234567890001{rank}"},
    }
    return {"efac:Company": company, "efbc:NaturalPersonIndicator": person}


def award(*offers: tuple[str, dict[str, str]], signed: tuple[str, ...] = ()) -> LotWritten:
    """The lot of a notice of award: its offers, each of the rank and the amount given; a group of two made the first."""
    told = {
        "efac:Organizations": {"efac:Organization": [organization(1, "false"), organization(2, "true")]},
        "efac:NoticeResult": {
            "efac:LotResult": {
                "cbc:TenderResultCode": "selec-w",
                "efac:TenderLot": {"cbc:ID": "LOT-0001"},
                "efac:LotTender": [{"cbc:ID": f"TEN-{n}"} for n in range(len(offers))],
                "efac:SettledContract": [{"cbc:ID": f"CON-{number}"} for number in signed],
            },
            "efac:LotTender": [
                {
                    "cbc:ID": f"TEN-{n}",
                    "cbc:RankCode": rank,
                    "cac:LegalMonetaryTotal": {"cbc:PayableAmount": amount},
                    "efac:TenderingParty": {"cbc:ID": "TPA-0" if n == 0 else "TPA-1"},
                }
                for n, (rank, amount) in enumerate(offers)
            ],
            "efac:TenderingParty": [
                {"cbc:ID": "TPA-0", "efac:Tenderer": [{"cbc:ID": "ORG-1"}, {"cbc:ID": "ORG-2"}, {"cbc:ID": "ORG-9"}]},
                {"cbc:ID": "TPA-1", "efac:Tenderer": {"cbc:ID": "ORG-2"}},
            ],
            "efac:SettledContract": [
                {"cbc:ID": f"CON-{number}", "cbc:AwardDate": "2026-01-01", "efac:LotTender": {"cbc:ID": number}}
                for number in signed
            ],
        },
    }
    (found,) = of(extension(told) | {"cac:ProcurementProjectLot": lot()}, "ContractAwardNotice").lots
    return found


def test_all_of_a_group_win_and_the_name_of_a_person_is_left() -> None:
    won = award(("1", euros("1000.50")), ("2", euros("900")))
    assert won.winners == (WinnerWritten("12345678900011", "Nom 1"), WinnerWritten("12345678900012"))
    assert (won.awarded, won.currency, won.tax) == ("1000.50", "EUR", "HT")


def test_the_offers_that_are_signed_are_added_up_in_one_currency() -> None:
    both = award(("1", euros("1000.50")), ("2", euros("900")), signed=("TEN-0", "TEN-1"))
    assert (both.awarded, both.awarded_on) == ("1900.50", "2026-01-01")
    second = WinnerWritten("12345678900012")
    assert both.winners == (WinnerWritten("12345678900011", "Nom 1", "1000.50", shared=True), second)
    alone = award(("1", euros("1")), ("2", euros("2")), ("3", euros("2")), signed=("TEN-1", "TEN-2"))
    assert (alone.awarded, alone.winners) == ("4", (second,)), "one company of two offers has the lot's"
    assert award(("1", euros("1")), ("2", euros("2", "USD")), signed=("TEN-0", "TEN-1")).awarded == ""
    assert award(("1", euros("beaucoup")), ("2", euros("2")), signed=("TEN-0", "TEN-1")).awarded == ""
    assert award(("1", euros("1")), ("2", euros("2")), signed=("TEN-1",)).winners == (WinnerWritten("12345678900012"),)


def test_what_the_whole_says_is_said_of_its_only_lot_never_of_one_of_several() -> None:
    amount = {"cac:RequestedTenderTotal": {"cbc:EstimatedOverallContractAmount": euros("900000")}}
    whole = {
        "cac:ProcurementProject": amount
        | {"cac:MainCommodityClassification": {"cbc:ItemClassificationCode": "77310000"}}
    }
    alone = of(whole | {"cac:ProcurementProjectLot": lot()}).lots
    several = of(whole | {"cac:ProcurementProjectLot": [lot(), lot("LOT-0002")]}).lots
    awarded = of(whole | {"cac:ProcurementProjectLot": lot()}, "ContractAwardNotice").lots
    assert [(each.amount, each.tax, each.cpv) for each in alone] == [("900000", "HT", ("77310000",))]
    assert {(each.amount, each.currency, each.cpv) for each in (*several, *awarded)} == {("", "", ())}


def test_a_framework_is_worth_at_most_what_it_says() -> None:
    most = extension({"efbc:FrameworkMaximumAmount": euros("50000")})
    assert only(lot(**{"cac:RequestedTenderTotal": most})).amount == "50000"
    estimate = {"cbc:EstimatedOverallContractAmount": euros("40000")}
    assert only(lot(**{"cac:RequestedTenderTotal": most | estimate})).amount == "40000"


def test_a_notice_without_lot_is_one_lot_where_it_says_what_is_bought() -> None:
    (whole,) = of({"cac:ProcurementProject": {"cbc:Name": "Entretien des espaces verts"}}).lots
    assert (whole.number, whole.title) == ("1", "Entretien des espaces verts")
    assert of({"cac:ProcurementProject": None, "cac:ProcurementProjectLot": None}).lots == ()


def test_three_hundred_lots_keep_their_order_and_their_numbers() -> None:
    lots = [lot(f"LOT-{rank:04}") for rank in range(1, 300)] + [lot("LOT-0001")]
    group = {"cbc:ID": {"@schemeName": "LotsGroup", "#text": "GLO-0001"}}
    found = of({"cac:ProcurementProjectLot": [group, *lots]}).lots
    assert [each.number for each in found] == [f"LOT-{rank:04}" for rank in range(1, 300)] + ["LOT-0001"]


@pytest.mark.parametrize(
    ("day", "hour"), [("2026-12-01+01:00", "24:00:00+01:00"), ("2026-12-01", "12:00:00"), ("2020-01-01Z", None)]
)
def test_a_deadline_is_passed_on_as_it_is_written(day: str, hour: str | None) -> None:
    told = {"cac:TenderingProcess": {"cac:TenderSubmissionDeadlinePeriod": {"cbc:EndDate": day, "cbc:EndTime": hour}}}
    found = only(lot() | told)
    assert (found.deadline, found.deadline_time) == (day, hour or "")


def test_an_object_where_a_list_was_expected_and_markup_are_read() -> None:
    codes = {
        "cbc:ItemClassificationCode": [{"#text": "77310000", "@listName": "cpv"}, {"#text": "X", "@listName": "autre"}]
    }
    found = only([[lot(**{"cac:MainCommodityClassification": codes, "cbc:Description": "<p>Tonte &amp; taille</p>"})]])  # type: ignore[arg-type]  # a list in a list
    assert (found.cpv, found.description) == (("77310000",), "<p>Tonte &amp; taille</p>")


def test_conditions_join_what_is_said_of_execution_of_its_aim_and_beside() -> None:
    aim = {
        "cbc:ProcurementTypeCode": {"@listName": "strategic-procurement", "#text": "soc-obj"},
        "cbc:ProcurementType": "Insertion",
    }
    terms = [
        {
            "cbc:ExecutionRequirementCode": {"@listName": "conditions", "#text": "performance"},
            "cbc:Description": "50 heures",
        },
        {"cbc:ExecutionRequirementCode": {"@listName": "einvoicing", "#text": "required"}, "cbc:Description": "Chorus"},
    ]
    told = lot(**{"cac:ProcurementAdditionalType": aim, "cbc:Note": "Visite obligatoire"})
    found = only(told | {"cac:TenderingTerms": {"cac:ContractExecutionRequirement": terms}})
    assert found.conditions == "50 heures\nInsertion\nVisite obligatoire"


def test_what_is_neither_read_nor_left_on_purpose_is_named_once() -> None:
    told = [lot(number) | {"cac:Surprise": "1"} for number in ("LOT-0001", "LOT-0002")]
    told[0]["cac:ProcurementProject"]["efac:Reservation"] = "res-ws"
    assert of({"cac:ProcurementProjectLot": told}).unread == ("ProcurementProject/Reservation", "Surprise")


def test_a_notice_without_number_is_refused_unless_its_publisher_gives_one() -> None:
    refused = read_ubl_notice("ContractNotice", json_tree({"cbc:VersionID": None}), "eforms", 7)
    assert refused == RefusedRow(7, "avis sans identifiant : il ne serait pas reconnu la fois suivante.")
    assert of({}, reference="26-12345").source_ref == "26-12345"


def test_a_tree_too_deep_or_too_large_is_refused() -> None:
    deep: object = "x"
    for _ in range(200):
        deep = {"a": deep}
    with pytest.raises(TreeRefused, match="niveaux"):
        json_tree(deep)
    with pytest.raises(TreeRefused, match="éléments"):
        json_tree({"a": ["x"] * 500_001})


def many(lots: int, winners: int, *, results: int = 0) -> dict[str, object]:
    """An award of as many lots, each won by the same group; or of one number, with as many results."""
    ranks = range(results or lots)
    told = {
        "efac:Organizations": {"efac:Organization": [organization(rank, "true") for rank in range(winners)]},
        "efac:NoticeResult": {
            "efac:LotResult": [
                {
                    "efac:TenderLot": {"cbc:ID": f"LOT-{0 if results else rank}"},
                    "efac:LotTender": {"cbc:ID": f"TEN-{rank if results else 0}"},
                }
                for rank in ranks
            ],
            "efac:LotTender": [{"cbc:ID": f"TEN-{rank}", "efac:TenderingParty": {"cbc:ID": "TPA"}} for rank in ranks],
            "efac:TenderingParty": {
                "cbc:ID": "TPA",
                "efac:Tenderer": [{"cbc:ID": f"ORG-{rank}"} for rank in range(winners)],
            },
        },
    }
    every = [lot() | {"cbc:ID": f"LOT-{0 if results else rank}"} for rank in range(lots)]
    return extension(told) | {"cac:ProcurementProjectLot": every}


def test_a_forged_notice_of_too_many_lots_or_winners_is_refused() -> None:
    for forged, said in ((many(5_001, 0), "5000 lots"), (many(800, 800), "éléments")):
        with pytest.raises(TreeRefused, match=said):
            of(forged, "ContractAwardNotice")


def test_what_became_of_a_number_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, held = list[str](), NoticeResults._of
    monkeypatch.setattr(NoticeResults, "_of", lambda self, lot: asked.append(lot) or held(self, lot))
    assert len(of(many(50, 1, results=50), "ContractAwardNotice").lots) == 50
    assert asked == ["LOT-0"]


EXAMPLE = as_json(root_of(EXAMPLES / "can_24_FRA_comments.xml"))
NAMES = sorted({name for name in str(EXAMPLE).split("'") if name[:3] in ("cbc", "cac", "efa", "efb")})
SIGNS = st.text(st.characters(exclude_categories=("C",)), max_size=8)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(["LOT-0001", "1"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, "#text", "@listName", "@currencyID"]), inside, max_size=4)
    ),
    max_leaves=20,
)


def spoiled(value: Any, data: st.DataObject) -> Any:
    """The example with some of its values replaced by any others, at any depth."""
    if not isinstance(value, dict) or not value:
        return data.draw(VALUES)
    name = data.draw(st.sampled_from(sorted(value)))
    inside = value[name]
    stop = data.draw(st.integers(0, 5)) == 0
    return value | {
        name: data.draw(VALUES) if stop else spoiled(inside[0] if isinstance(inside, list) else inside, data)
    }


@given(form=st.sampled_from(FORMS), data=st.data())
def test_any_tree_gives_a_record_or_a_refusal(form: str, data: st.DataObject) -> None:
    told = data.draw(VALUES) if data.draw(st.booleans()) else spoiled(EXAMPLE, data)
    assert isinstance(read_ubl_notice(form, json_tree(told), "boamp", 1), NoticeRecord | RefusedRow)


ELEMENTS = st.recursive(
    st.tuples(SIGNS, st.just({}), st.just([])),
    lambda inside: st.tuples(
        SIGNS, st.dictionaries(st.sampled_from(["listName", "currencyID"]), SIGNS, max_size=2), st.lists(st.tuples(st.sampled_from(NAMES), inside), max_size=4)
    ),
    max_leaves=30,
)  # fmt: skip


@given(told=ELEMENTS)
def test_any_tree_is_the_same_in_xml_and_in_json(told: Any) -> None:
    root = element("ContractNotice", told)
    tree = XmlTree()
    tree.parse([etree.tostring(root)])
    assert tree.name == "ContractNotice"
    assert tree.root.inside == json_tree(as_json(root)).inside


def element(name: str, told: Any) -> etree._Element:
    text, attributes, inside = told
    made = etree.Element(name.rpartition(":")[2], attributes)
    made.text = text
    made.extend(element(each, held) for each, held in inside)
    return made
