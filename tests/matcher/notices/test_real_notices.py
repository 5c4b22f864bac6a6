"""Nine notices of the BOAMP, against a table made by hand from their texts: as files of the flux and as records of the open API."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from importers.notices import NOTICES
from importers.notices.importer import NoticeRecord
from matcher.domain.notice import LotState, NoticeKind, ReservedFor
from matcher.notices.clean import awards_of, clean_notice
from matcher.notices.contract import StandingLot, ToldNotice, contracts_of, standing_lots
from matcher.reading.reader import read
from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "fixtures" / "boamp"
BY_FIELDS = ("26-88092", "26-88096", "26-88074", "26-00001", "26-88099", "26-88108", "26-88066", "26-88085")


@pytest.fixture(scope="module", params=[FOLDER, FOLDER / "boamp_real.json"], ids=["flux", "api"])
def records(request: pytest.FixtureRequest) -> dict[str, NoticeRecord]:
    path: Path = request.param
    return {item.source_ref: item for item in NOTICES["boamp"].read(path) if isinstance(item, NoticeRecord)}


def standing(records: dict[str, NoticeRecord], *refs: str) -> tuple[StandingLot, ...]:
    """The lots that these notices leave, of one contract."""
    notices = [clean_notice(records[ref]) for ref in refs]
    contracts = contracts_of(notices, {})
    assert len(set(contracts.values())) == 1
    return standing_lots(ToldNotice(rank, notice) for rank, notice in enumerate(notices))


def test_every_key_of_real_forms_is_read_or_left_with_a_reason(records: dict[str, NoticeRecord]) -> None:
    assert len(records) == 9
    assert {ref: record.unread for ref, record in records.items() if record.unread} == {}


def paris(day: str, hour: int) -> datetime:
    """A moment of a summer's day in Paris."""
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+02:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("ref", "deadline", "reserved", "denied", "places", "amount", "months", "renewals", "documents"),
    [
        ("26-88092", paris("2026-10-12", 17), None, True, {"insee:84007"}, None, 6, None, "https://www.marches-publics.gouv.fr"),
        ("26-88096", paris("2026-10-05", 12), None, True, {"insee:54528"}, 180_000, 48, 36, "https://www.xmarches.fr/entreprise/detailConsultation.php?key=41402"),
        ("26-88074", paris("2026-10-02", 10), None, True, {"dep:13"}, None, None, None, "https://sdis13.e-marchespublics.com/pack/annonce_marche_public_800_1181910.html"),
        ("26-00001", paris("2026-10-02", 10), ReservedFor.UNSAID, False, {"dep:13"}, None, None, None, "https://sdis13.e-marchespublics.com/pack/annonce_marche_public_800_1181910.html"),
        ("26-88099", paris("2026-10-01", 15), None, False, {"insee:66171"}, 20_000, 5, None, "https://www.marches-securises.fr"),
        ("26-72398", paris("2026-09-15", 12), None, True, {"insee:52448"}, None, None, None, ""),
    ],
)  # fmt: skip
def test_what_a_call_asks(
    records: dict[str, NoticeRecord],
    ref: str,
    deadline: datetime,
    reserved: ReservedFor | None,
    denied: bool,
    places: set[str],
    amount: float | None,
    months: float | None,
    renewals: float | None,
    documents: str,
) -> None:
    first = standing(records, ref)[0]
    lot = first.lot
    assert clean_notice(records[ref]).kind is NoticeKind.CALL
    assert first.state is LotState.CALLED
    assert lot.deadline is not None
    assert lot.deadline.at == deadline
    assert (lot.reserved, lot.not_reserved) == (reserved, denied)
    assert {place.key for place in read(lot.lot).places} == places
    assert (lot.lot.montant, lot.lot.duree, lot.renewals_months) == (amount, months, renewals)
    assert lot.documents == documents


def test_the_lots_of_a_contract_keep_their_numbers_titles_and_sums(records: dict[str, NoticeRecord]) -> None:
    works = standing(records, "26-88092")
    assert [one.lot.number for one in works] == ["1", "2", "3", "4", "5"]
    assert [one.lot.title for one in works][1:] == [
        "Façades",
        "Menuiseries - Serrurerie",
        "CVC Plomberie",
        "Electricité CFO/CFA",
    ]
    motifs = standing(records, "26-88099")
    assert [(one.lot.title, one.lot.lot.montant) for one in motifs] == [
        ("Motif 2D", 20_000),
        ("Petit motif 3D", 35_000),
        ("Motif 3D volume", 20_000),
    ]
    assert clean_notice(records["26-88099"]).title.startswith("Accord-cadre pour la fourniture de décorations de Noël")


def test_a_correction_in_words_moves_the_deadline_and_keeps_its_sentence(records: dict[str, NoticeRecord]) -> None:
    (corrected,) = standing(records, "26-72398", "26-88085")
    assert corrected.lot.deadline is not None
    assert corrected.lot.deadline.at == paris("2026-09-22", 12)
    assert "est reportée au mardi 22 septembre 2026 avant 12h00" in corrected.lot.doubts[-1]
    assert corrected.lot.lot.cpv == ("45210000",), "the rest is as it was called"


def test_a_procedure_that_found_nobody_ends_the_contract(records: dict[str, NoticeRecord]) -> None:
    (ended,) = standing(records, "26-88108")
    assert ended.state is LotState.CANCELLED
    assert ended.lot.title.startswith("Marché de maîtrise d’œuvre")
    assert "insee:59122" in {place.key for place in read(ended.lot.lot).places}, "Cambrai, not the buyer's town"
    assert "sans suite" in clean_notice(records["26-88108"]).why


def test_an_award_in_words_names_its_winners(records: dict[str, NoticeRecord]) -> None:
    (awarded,) = standing(records, "26-88066")
    assert (awarded.state, awarded.lot.lot.montant, awarded.lot.lot.duree) == (LotState.AWARDED, 82_600, 18)
    assert {place.key for place in read(awarded.lot.lot).places} & {"dep:75", "insee:75112"}
    won = list(awards_of(records["26-88066"]))
    assert [award.winner for award in won] == ["5620003492287", "43818186900035"], (
        "the first as written: refused later, and said"
    )
    assert {(award.amount, award.notified, award.months) for award in won} == {("82 600 Euros HT", "10/04/2026", "18")}


def test_the_two_ways_say_the_same(records: dict[str, NoticeRecord]) -> None:
    assert clean_notice(records["26-88085"]).published == date(2026, 9, 11)
    assert [clean_notice(records[ref]).url for ref in BY_FIELDS] == [
        f"https://www.boamp.fr/pages/avis/?q=idweb:{ref}" for ref in BY_FIELDS
    ]
