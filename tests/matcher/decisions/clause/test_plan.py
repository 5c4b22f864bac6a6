"""The plan of clauses: each contract adds up, nobody carries more than it has room for, hosts are those of the trade, never the buyer."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.clause import plan_words as words
from matcher.decisions.clause.plan import ClausePlan, PlanContract, plan_contracts
from matcher.domain.reading import ActivityGuess
from matcher.domain.supplier import Supplier
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.bands import lay_out_bands
from matcher.ranking.engine import rank
from matcher.reference.clauses import HIRING, modalities, side_needs
from matcher.reference.trades.activities import taxonomy
from tests.factories import DENAIN, LILLE, MARSEILLE, ask, declares, supplier

CODES = [one.code for one in modalities()]
GREEN, ROADS = "Entretien des espaces verts", "Travaux de voirie et réseaux divers"
PEOPLE = [
    supplier("Chantier vert", kind="ACI", activities=declares("espaces-verts.creation-entretien")),
    supplier("Entreprise verte", kind="EI", activities=declares("espaces-verts.creation-entretien"), workers=40.0),
    supplier("Intérim du Nord", kind="ETTI"),
    supplier("GEIQ du Nord", kind="GEIQ"),
    supplier("Atelier de linge", kind="ESAT", activities=declares("linge.blanchisserie")),
    supplier("Ailleurs", kind="ACI", at=LILLE),
]


def contract(
    objet: str,
    hours: int,
    months: float | None = 12,
    people: list[Supplier] = PEOPLE,
    lieu: str = "Maubeuge",
    **more: Any,
) -> PlanContract:
    return PlanContract(objet, rank(ask(objet, people, lieu=lieu, levier="clause")), hours, months, **more)


def carried(its: ClausePlan, code: str) -> int:
    return next(one.hours for one in its.by_modality if one.modality.code == code)


def names(its: ClausePlan, code: str) -> list[str]:
    return called(its, 0, code)


def called(its: ClausePlan, at: int, code: str) -> list[str]:
    way = next(way for way in its.splits[at].ways if way.modality.code == code)
    return [host.candidate.name for host in way.hosts]


def test_hours_become_people_and_add_up() -> None:
    its = plan_contracts([contract(GREEN, 16_070, 24)], DEFAULT)
    assert its.etp == pytest.approx(10.0)
    assert its.contracts[0].etp(DEFAULT) == pytest.approx(5.0)
    assert sum(one.hours for one in its.by_modality) == its.hours == 16_070
    assert its.adds_up


def test_the_trade_decides_who_carries() -> None:
    green, roads = plan_contracts([contract(GREEN, 4_000)], DEFAULT), plan_contracts([contract(ROADS, 4_000)], DEFAULT)
    assert carried(green, "soustraitance-aci") > carried(green, "etti")
    assert carried(roads, "etti") > carried(roads, "soustraitance-aci")


def test_hours_alone_make_a_plan_and_what_needs_the_duration_is_not_known() -> None:
    its = plan_contracts([contract(GREEN, 3_214, None, start=date(2027, 3, 1))], DEFAULT)
    assert its.adds_up
    assert its.etp == pytest.approx(2.0)
    assert its.contracts[0].etp(DEFAULT) is None
    assert its.timeline is None
    assert words.plan_size(its).endswith("soit 2\u00a0ETP sur un an.")
    assert "durée non connue" in next(words.plan_request(its))
    assert "Durée non dite pour « Entretien des espaces verts »" in words.peak_sentence(its)
    assert any("celle d’un an" in said for said in words.plan_hypotheses(its))


def test_each_contract_has_its_own_split() -> None:
    its = plan_contracts([contract(GREEN, 1_000), contract(ROADS, 777)], DEFAULT)
    assert [one.placed_hours for one in its.splits] == [1_000, 777]
    for way in its.by_modality:
        assert way.by_contract == tuple(one.hours[way.modality.code] for one in its.splits)


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [
        ("EI", "soustraitance-ei", ["Indice", "Sur place", "Indice faible au loin", "Adresse non située"]),
        # Staff is of any trade: the nearest first.
        ("ETTI", "etti", ["Sur place", "Indice", "Indice faible au loin", "Adresse non située"]),
    ],
)
def test_works_are_called_for_by_their_evidence_and_staff_by_its_distance(
    kind: str, code: str, expected: list[str]
) -> None:
    far = supplier("Indice faible au loin", kind=kind, at=DENAIN, naf="8121Z")
    near, nowhere = (
        supplier("Sur place", kind=kind),
        supplier("Adresse non située", kind=kind, at=None, area_codes=("dep:59",)),
    )
    hinted = supplier("Indice", kind=kind, at=DENAIN, activities=declares("espaces-verts.elagage"))
    its = plan_contracts([contract(GREEN, 4_000, people=[far, nowhere, near, hinted])], DEFAULT)
    assert names(its, code) == expected


def test_each_contract_keeps_its_own_branches_and_order_beside_others() -> None:
    branches = [
        supplier("Intérim de Maubeuge", kind="ETTI", siret="42965615000019"),
        supplier("Intérim de Lille", kind="ETTI", at=LILLE, siret="42965615000027"),
        supplier("Intérim de Denain", kind="ETTI", at=DENAIN),
    ]
    people = [*PEOPLE, *branches]
    several = [contract(GREEN, 2_000, people=people), contract(ROADS, 2_000, people=people, lieu="Lille")]
    together = plan_contracts(several, DEFAULT)
    assert called(together, 0, "etti")[0] == "Intérim de Maubeuge"
    assert called(together, 1, "etti")[0] == "Intérim de Lille"
    for at, one in enumerate(several):
        (alone,) = plan_contracts([one], DEFAULT).splits
        assert alone.hours == together.splits[at].hours
        assert [[host.candidate for host in way.hosts] for way in alone.ways] == [
            [host.candidate for host in way.hosts] for way in together.splits[at].ways
        ]


def test_an_organisation_is_entrusted_with_no_more_than_it_has_room_for_in_all() -> None:
    one_team = [
        supplier("Petit chantier", kind="ACI", workers=2.0, activities=declares("espaces-verts.creation-entretien"))
    ]
    contracts = [contract(GREEN, 1_500, people=one_team, written={"soustraitance-aci": 1_500}) for _ in range(2)]
    its = plan_contracts(contracts, DEFAULT)
    (way,) = (way for way in its.by_modality if way.modality.code == "soustraitance-aci")
    assert way.hours == 3_000
    assert way.room is not None
    assert sum(host.hours for split in its.splits for way in split.carrying for host in way.hosts) <= way.room + 1
    assert any("chaque organisation comptée une fois" in said for said in words.plan_remarks(its))


def test_hours_of_a_way_are_entrusted_in_the_order_of_the_calls() -> None:
    (split,) = plan_contracts([contract(GREEN, 4_000)], DEFAULT).splits
    for way in split.carrying:
        if way.hosts:
            assert sum(host.hours for host in way.hosts) == way.hours
            assert way.hosts[0].hours


@pytest.mark.parametrize("kind", ["ESAT", "EA"])
def test_subcontracting_goes_to_who_is_known_for_the_trade_whatever_its_kind(kind: str) -> None:
    known = supplier("Légumerie", kind=kind, activities=declares("agroalimentaire.legumerie"))
    people = [*PEOPLE, supplier("Chantier de métier inconnu", kind="ACI"), known]
    (split,) = plan_contracts(
        [contract("Légumes et herbes lavés, épluchés, découpés", 2_000, people=people)], DEFAULT
    ).splits
    assert split.carrying[0].modality.code == "soustraitance-stpa"
    assert split.carrying[0].hosts[0].candidate.name == "Légumerie"
    assert split.carrying[0].hosts[0].hours == split.carrying[0].hours
    assert not split.hours["soustraitance-aci"]


def test_what_nobody_has_room_for_is_hired() -> None:
    its = plan_contracts([contract(GREEN, 2_000_000)], DEFAULT)
    assert carried(its, HIRING) > 0.8 * its.hours
    for one in its.by_modality:
        assert one.room is None or one.hours <= one.room + 1
    alone = plan_contracts([contract(GREEN, 100, people=[supplier("Loin", at=LILLE)])], DEFAULT)
    assert [(one.modality.code, one.hours) for one in alone.by_modality if one.hours] == [(HIRING, 100)]


def test_lines_of_a_few_hours_are_joined_and_told() -> None:
    (split,) = plan_contracts([contract(GREEN, 480)], DEFAULT).splits
    assert all(way.hours >= way.modality.least_hours for way in split.carrying)
    assert split.small
    assert split.placed_hours == 480
    # Temporary work and AI lend people for a week.
    people = [*PEOPLE, supplier("Association du Nord", kind="AI")]
    (few,) = plan_contracts([contract("Peinture intérieure", 600, people=people)], DEFAULT).splits
    assert 35 <= few.hours["ai"] < 134


def test_a_written_split_is_kept_as_it_is_and_what_it_changes_is_told() -> None:
    its = plan_contracts([contract(GREEN, 1_000, written={"geiq": 300, HIRING: 600})], DEFAULT)
    (split,) = its.splits
    assert split.is_edited
    assert split.lacking == 100
    assert not its.adds_up
    assert (carried(its, "geiq"), carried(its, HIRING), carried(its, "etti")) == (300, 600, 0)
    proposed = {way.modality.code: way.proposed for way in split.ways}
    assert f"GEIQ, 300\u00a0h au lieu de {proposed['geiq']}" in words.split_changes(split)
    as_proposed = plan_contracts([contract(GREEN, 1_000, written=proposed)], DEFAULT)
    assert not as_proposed.splits[0].is_edited
    assert words.split_changes(as_proposed.splits[0]) == ""
    assert plan_contracts([contract(GREEN, 1_000, written={"geiq": 1_200})], DEFAULT).splits[0].lacking == -200


@pytest.mark.parametrize(("start", "is_asked"), [(date(2026, 10, 1), True), (date(2026, 11, 1), False)])
def test_a_start_that_is_over_is_asked(start: date, is_asked: bool) -> None:
    said = [*words.plan_remarks(plan_contracts([contract(GREEN, 1_000, start=start)], DEFAULT))]
    assert any("est-ce le bon mois" in one for one in said) is is_asked


def test_equal_parts_go_to_hiring_and_to_whoever_has_someone() -> None:
    (split,) = plan_contracts([contract(GREEN, 1_000, equal=True)], DEFAULT).splits
    shares = {code: hours for code, hours in split.hours.items() if hours}
    assert HIRING in shares
    assert max(shares.values()) - min(shares.values()) <= 1
    assert sum(shares.values()) == 1_000


def test_the_buyer_is_no_host_and_a_geiq_of_another_branch_neither() -> None:
    siret = "42965615000019"
    buyer = supplier(
        "Chantier d’achat", kind="ACI", siret=siret, activities=declares("espaces-verts.creation-entretien")
    )
    home = supplier("GEIQ A DOMICILE", kind="GEIQ", activities=declares("personne.aide-menagere"))
    people = [*PEOPLE, buyer, home]
    assert names(plan_contracts([contract(ROADS, 2_000, people=people)], DEFAULT), "geiq") == ["GEIQ du Nord"]
    one = contract(GREEN, 2_000, people=people)
    lot = replace(one.reading.lot, acheteur_siret=siret)
    reading = replace(one.reading, lot=lot)
    bought = replace(one, ranking=rank(replace(one.ranking.ask, reading=reading)))
    assert "Chantier d’achat" in names(plan_contracts([one], DEFAULT), "soustraitance-aci")
    assert "Chantier d’achat" not in names(plan_contracts([bought], DEFAULT), "soustraitance-aci")


def test_side_needs_are_those_that_somebody_known_answers() -> None:
    its = plan_contracts([contract(GREEN, 100)], DEFAULT)
    assert [(one.need.activity, one.credible, [by.name for by in one.first]) for one in its.side] == [
        ("linge.blanchisserie", 1, ["Atelier de linge"])
    ]


def test_a_side_need_counts_what_the_list_that_it_opens_counts() -> None:
    siren = "123456782"
    people = [
        *(
            supplier(f"Linge {letter}", kind="ESAT", siren=siren, activities=declares("linge.blanchisserie"))
            for letter in "AB"
        ),
        *(supplier(f"Inconnu {letter}", kind="ESAT") for letter in "ABC"),
    ]
    (side,) = plan_contracts([contract(GREEN, 100, people=people)], DEFAULT).side
    typed = ask(side.need.label, people, lieu="Maubeuge")
    chosen = replace(typed.reading, activities=(ActivityGuess(side.need.activity, "", 1.0),), told=True)
    page = lay_out_bands(rank(LotOnShelf(chosen, typed.shelf, typed.on)))
    assert (side.credible, side.clues, side.to_call) == page.place_counts
    assert side.credible == 1, "two establishments of one organisation"


def test_an_ai_lends_480_hours_a_person() -> None:
    lending = {way.code: words.limit(way, 1_000, 12.0) for way in modalities()}
    assert [code for code, said in lending.items() if "3 personnes au moins" in said] == ["ai"]


@pytest.mark.parametrize(("hours", "months"), [(0, 12), (-5, 12), (100, 0)])
def test_hours_and_months_are_positive(hours: int, months: float) -> None:
    with pytest.raises(ValueError, match="positives"):
        plan_contracts([contract(GREEN, hours, months)], DEFAULT)


def test_the_tables_name_what_exists() -> None:
    assert HIRING in CODES
    assert sum(one.share for one in modalities()) <= 1
    assert all(one.source for one in modalities())
    assert {one.code for one in modalities() if one.of_a_branch} == {"geiq", "etti"}
    assert len(side_needs("batiment.vrd")) > len(side_needs("batiment.peinture")) >= 4
    for activity in ("batiment.vrd", "espaces-verts.elagage", "proprete.locaux"):
        assert {need.activity for need in side_needs(activity)} <= set(taxonomy().codes)
    assert side_needs("conseil.juridique") == ()


def test_a_modality_whose_suppliers_hardly_do_the_trade_is_not_without_anybody() -> None:
    masonry = "Gros œuvre et maçonnerie d’un lycée"
    near = [supplier("EA proche", kind="EA"), supplier("ESAT proche", kind="ESAT"), supplier("Intérim", kind="ETTI")]
    its = plan_contracts([contract(masonry, 2_100, people=near)], DEFAULT)
    way = next(one for one in its.by_modality if one.modality.code == "soustraitance-stpa")
    assert (way.hosts, len(way.unlikely)) == ((), 2)
    remarks = list(words.plan_remarks(its))
    assert (
        "À portée, mais peu probables pour ce métier (hypothèse) : Sous-traitance à une EA, un ESAT ou un TIH (2 structures)."
        in remarks
    )
    assert not any(remark.startswith("Personne à portée") and "TIH" in remark for remark in remarks)
    assert words.uncounted_words(way) == "2 structures à portée, peu probables"
    far = plan_contracts([contract(masonry, 2_100, people=[supplier("EA", kind="EA", at=MARSEILLE)])], DEFAULT)
    assert any(one.startswith("Personne à portée") and "TIH" in one for one in words.plan_remarks(far))


def test_asbestos_is_never_given_to_fixed_term_or_temporary_workers() -> None:
    asbestos = "Désamiantage d’une école"
    near = [*PEOPLE, supplier("Désamiante Insertion", kind="EI", activities=declares("batiment.desamiantage"))]
    its = plan_contracts([contract(asbestos, 600, people=near), contract(GREEN, 600, people=near)], DEFAULT)
    closed, other = its.splits
    assert closed.hours == {code: 600 if code == HIRING else 0 for code in CODES}
    assert [way.modality.code for way in closed.ways if not way.closed] == [
        code for code in CODES if code in (HIRING, "soustraitance-stpa")
    ]
    assert not any(way.hosts for way in closed.closed)
    assert not other.closed, "the other contract keeps all its ways"
    assert other.hours["etti"] > 0
    alone = plan_contracts([contract(asbestos, 600, people=near, written={"etti": 400, HIRING: 200})], DEFAULT)
    warned, *others = words.plan_remarks(alone)
    assert warned.startswith("« Désamiantage d’une école », désamiantage : retirer, confiner")
    for part in ("D4154-1", "400\u00a0heures y sont pourtant placées", "qu’en CDI"):
        assert part in warned
    assert not any("Personne à portée : " in one and "Intérim" in one for one in others), (
        "closed is not without anybody"
    )
