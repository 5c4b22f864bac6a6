from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.catalogue.identity.compare import PairVerdict, RegisterState, Traits
from matcher.catalogue.identity.same_supplier import PairDecision, group_records
from matcher.domain.kinds import SupplierKind as K
from tests.factories import siret


def test_a_siret_makes_the_supplier_else_a_finess_number_else_the_reference() -> None:
    groups = group_records(
        [Traits("a", "1", "S1", "F1"), Traits("b", "1", "S1", ""), Traits("c", "1", "", "F2"), Traits("c", "2", "", "")]
    ).ids
    assert groups == {("a", "1"): "siret:S1", ("b", "1"): "siret:S1", ("c", "1"): "finess:F2", ("c", "2"): "c:2"}


def test_a_finess_number_alone_joins_the_siret_that_another_record_ties_it_to() -> None:
    groups = group_records([Traits("a", "1", "", "F1"), Traits("b", "1", "S1", "F1")]).ids
    assert set(groups.values()) == {"siret:S1"}


def test_a_finess_number_tied_to_two_sirets_joins_neither() -> None:
    groups = group_records([Traits("a", "1", "", "F1"), Traits("b", "1", "S1", "F1"), Traits("b", "2", "S2", "F1")]).ids
    assert groups["a", "1"] == "finess:F1"


NAMES = (
    "ASSOC LE PRE VERT",
    "Le Pré Vert",
    "ESAT LES ATELIERS",
    "LE PRE VRET",
    "Blanchisserie du Marais",
    "ATELIER PROTEGE",
)
DIRECTORY = st.builds(
    Traits,
    source=st.sampled_from("abc"),
    ref=st.text("123", min_size=1, max_size=2),
    siret=st.sampled_from(["", "", "S1", "S2", "S3", "S4"]),
    finess=st.sampled_from(["", "", "F1", "F2"]),
    siren=st.sampled_from(["", "100000001"]),
    doubtful=st.just(False),
    names=st.sampled_from(NAMES).map(lambda name: (name,)),
    kinds=st.sampled_from([(), (K.ESAT,), (K.EA,), (K.ACI,), (K.AI, K.ACI)]),
    address=st.sampled_from(["", "12 rue des Lilas", "12 R DES LILAS", "BP 45", "3 place du Marché"]),
    post_code=st.sampled_from(["59600", "62000"]),
    insee=st.sampled_from(["59392", "62041", ""]),
    city=st.just(""),
    phone=st.sampled_from(["", "+33320000000"]),
    website=st.just(""),
    registered=st.none(),
).map(lambda record: record._replace(doubtful=record.siret == "S2"))
REGISTER = st.builds(
    lambda **given: Traits(**given),
    source=st.sampled_from(["sirene", "recherche-entreprises"]),
    ref=st.text("123", min_size=1, max_size=2),
    siret=st.sampled_from(["S1", "S3", "S4"]),
    registered=st.builds(
        RegisterState,
        as_of=st.sampled_from([None, date(2026, 1, 1), date(2026, 2, 1)]),
        open=st.sampled_from([None, True, False]),
        closed=st.sampled_from([None, date(2025, 3, 12)]),
        successor=st.sampled_from(["", "S1", "S3", "S4"]),
    ),
)
RECORDS = st.lists(st.one_of(DIRECTORY, DIRECTORY, REGISTER), unique_by=lambda record: record.key, max_size=16)


@given(RECORDS, st.randoms(use_true_random=False), st.data())
def test_the_order_of_records_does_not_matter(records: list[Traits], random: Random, data: st.DataObject) -> None:
    keys = sorted(record.key for record in records)
    decided = st.builds(
        PairDecision,
        st.sampled_from(keys) if keys else st.nothing(),
        st.sampled_from(keys) if keys else st.nothing(),
        st.sampled_from([PairVerdict.SAME, PairVerdict.DIFFERENT]),
    ).filter(lambda decision: decision.subject != decision.other)
    decisions = data.draw(st.lists(decided, max_size=3)) if len(keys) > 1 else []
    shuffled = list(records)
    random.shuffle(shuffled)
    grouping = group_records(records, decisions)
    assert group_records(shuffled, decisions) == grouping
    assert sorted(grouping.ids) == keys
    apart = {frozenset((d.subject, d.other)) for d in decisions if d.verdict is PairVerdict.DIFFERENT}
    for one in records:
        for other in records:
            if one.siret == other.siret == "S1" and not decisions:
                assert grouping.ids[one.key] == grouping.ids[other.key]
            if frozenset((one.key, other.key)) in apart:
                assert grouping.ids[one.key] != grouping.ids[other.key]


def known(ref: str, name: str, **fields: Any) -> Traits:
    """A record of a directory that gives SIRETs."""
    given = {"source": "annuaire", "siret": siret(int(ref)), "post_code": "59600", "insee": "59392"} | fields
    return Traits(ref=ref, names=(name,), **({"siren": given["siret"][:9]} | given))


def sheet(name: str, ref: str = "x", **fields: Any) -> Traits:
    """A line of a sheet without SIRET."""
    return Traits(
        **({"source": "tableur", "ref": ref, "names": (name,), "post_code": "59600", "insee": "59392"} | fields)
    )


def answer(line: Traits, *others: Traits) -> tuple[str, str]:
    """`same`, `review` or `different`, and the supplier of the line."""
    grouping = group_records([line, *others])
    supplier = grouping.ids[line.key]
    linked = supplier in group_records(others).ids.values()
    return ("same" if linked else "review" if line.key in grouping.in_review else "different"), supplier


ATELIERS = known("1", "LES ATELIERS DU VAL DE SAMBRE", kinds=(K.ESAT,), address="37 RUE DE L'EGALITE")
COIN = known(
    "2", "ASSOC LE COIN FAMILIAL", kinds=(K.ACI,), address="1 Rue Victor Leroy", insee="62041", post_code="62000"
)
NAMELESS = known("3", "ATELIER PROTEGE", kinds=(K.EA,), address="8 AVENUE DU PORT", insee="80021")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (sheet("Le Coin Familial", kinds=(K.ACI,), insee="62041", post_code="62000"), "same"),
        (sheet("ESAT ATELIERS VAL SAMBRE", kinds=(K.ESAT,), address="BP 12"), "same"),
        (sheet("ESAT Les Atleiers du Val de Sambre", address="37 r. de l’Égalité"), "same"),
        (sheet("ENTREPRISE ADAPTEE", kinds=(K.EA,), address="8 av. du Port", insee="80021"), "same"),
        (sheet("Les Ateliers du Val de Sambre", kinds=(K.EA,)), "different"),
        (sheet("Les Ateliers du Val de Sambre", kinds=(K.ESAT,), insee="62041", post_code="62000"), "different"),
        (sheet("Les Ateliers", kinds=(K.ESAT,)), "different"),
        (sheet("Blanchisserie du Port", kinds=(K.ESAT,)), "different"),
        (sheet("Le Coin Familial", kinds=(K.AI,), insee="62041", post_code="62000"), "review"),
        (sheet("A.V.S.", kinds=(K.ESAT,)), "review"),
        (sheet("Atelier protégé", kinds=(K.EA,), insee="80021"), "review"),
        (sheet("Services de la Sambre", kinds=(K.ESAT,), address="37 rue de l’Égalité"), "review"),
    ],
)
def test_three_answers(line: Traits, expected: str) -> None:
    assert answer(line, ATELIERS, COIN, NAMELESS)[0] == expected


def test_two_candidates_as_good_are_left_to_a_person() -> None:
    twins = [known("1", "JONQUILLE SAS", kinds=(K.ETTI,)), known("2", "JONQUILLE SAS", kinds=(K.ETTI,))]
    line = sheet("Jonquille", kinds=(K.ETTI,))
    assert answer(line, *twins)[0] == "review"
    assert len(group_records([line, *twins]).pairs) == 2
    by_address = [twin._replace(address=f"{rank} rue Haute") for rank, twin in enumerate(twins, start=1)]
    assert answer(line._replace(address="2 r Haute"), *by_address) == ("same", f"siret:{siret(2)}")


def test_a_name_inside_another_is_asked_about_and_never_joined() -> None:
    geiq = known("5", "GEIQ BTP PICARDIE", kinds=(K.GEIQ,), phone="+33322000000", siren=siret(5)[:9])
    for more in ({}, {"phone": "+33322000000"}, {"siren": geiq.siren}):
        assert answer(sheet("GEIQ BTP", kinds=(K.GEIQ,), **more), geiq)[0] == "review"
    assert answer(sheet("GEIQ BTP", kinds=(K.GEIQ,), insee="80021", post_code="80000"), geiq)[0] == "different"


def test_an_agency_of_one_company_is_that_of_its_town() -> None:
    agencies = [
        known(str(rank), "JONQUILLE INTERIM", kinds=(K.ETTI,), insee=insee, siret=f"{siret(1)[:9]}{rank:05d}")
        for rank, insee in enumerate(("59392", "62041"), start=1)
    ]
    assert (
        answer(sheet("Jonquille Intérim", kinds=(K.ETTI,), insee="62041"), *agencies)[1] == f"siret:{siret(1)[:9]}00002"
    )
    elsewhere = sheet("Jonquille Intérim", kinds=(K.ETTI,), insee="80021", post_code="80000")
    assert answer(elsewhere, *agencies)[0] == "different"


def test_a_siren_alone_finds_the_establishment_of_its_town() -> None:
    line = sheet("Val de Sambre", siren=ATELIERS.siren, kinds=(K.ESAT,))
    assert answer(line, ATELIERS) == ("same", f"siret:{siret(1)}")
    assert answer(line._replace(siren=siret(9)[:9]), ATELIERS)[0] == "different"


def test_two_certain_sirets_stay_two_suppliers_unless_a_person_says_so() -> None:
    twin = ATELIERS._replace(source="autre", siret=siret(8), siren=siret(8)[:9])
    grouping = group_records([ATELIERS, twin])
    assert grouping.ids[ATELIERS.key] != grouping.ids[twin.key]
    decided = group_records([ATELIERS, twin], [PairDecision(twin.key, ATELIERS.key, PairVerdict.SAME)])
    assert set(decided.ids.values()) == {f"siret:{siret(1)}"}


def test_a_siret_that_fails_its_check_does_not_join_two_names() -> None:
    one = sheet("Blanchisserie du Port", source="a", siret="12345678901234", doubtful=True)
    other = sheet("Jardins de la Sambre", source="b", siret="12345678901234", doubtful=True)
    grouping = group_records([one, other])
    assert len(set(grouping.ids.values())) == 2
    assert grouping.in_review == set(), "nothing but a number that is nobody's"
    (pair,) = group_records([record._replace(kinds=(K.EA,)) for record in (one, other)]).pairs
    assert "SIRET douteux" in pair.evidence.says()
    assert not pair.evidence.strong
    alike = other._replace(names=("BLANCHISSERIE PORT",))
    assert len(set(group_records([one, alike]).ids.values())) == 1


def test_records_of_one_finess_stay_together_where_a_siret_was_left_out() -> None:
    """Its key was wrong: the record has no SIRET, and is flagged all the same."""
    one, other = (
        sheet(name, name[:1], finess="590000001", doubtful=True) for name in ("ESAT du Port", "Les Trois Ponts")
    )
    assert set(group_records([one, other]).ids.values()) == {"finess:590000001"}


def test_a_doubtful_siret_gives_way_to_the_certain_one_of_the_same_supplier() -> None:
    doubtful = ATELIERS._replace(source="autre", siret="12345678901234", siren="123456789", doubtful=True)
    assert set(group_records([ATELIERS, doubtful]).ids.values()) == {f"siret:{siret(1)}"}


COPIED = sheet("Le Coin Familial", siret=siret(1), siren=siret(1)[:9], insee="62041", post_code="62000", city="Arras")


@pytest.mark.parametrize(
    "changed",
    [
        {"names": ("Ateliers du Val de Sambre",)},
        {"insee": "59392", "post_code": "59600", "city": "Maubeuge"},
        {"phone": "+33327000000"},
        {"names": ()},
        {"insee": "", "post_code": "", "city": ""},
        {"source": "annuaire", "ref": "9"},
    ],
)
def test_a_line_whose_siret_is_that_of_another_name_in_another_town_waits(changed: dict[str, Any]) -> None:
    """One of the two alone is a brand, or a move; and a directory gives a number for sure."""
    ateliers = ATELIERS._replace(city="Maubeuge", phone="+33327000000")
    grouping = group_records([ateliers, COPIED])
    assert grouping.ids == {ateliers.key: f"siret:{siret(1)}", COPIED.key: "tableur:x"}
    (pair,) = grouping.pairs
    assert (pair.subject, pair.other, pair.evidence.strong) == (COPIED.key, ateliers.key, False)
    assert "SIRET douteux" in pair.evidence.says()
    assert grouping.in_review == {COPIED.key}
    together = group_records([ateliers, COPIED], [PairDecision(COPIED.key, ateliers.key, PairVerdict.SAME)])
    assert set(together.ids.values()) == {f"siret:{siret(1)}"}
    assert together.pairs == []
    apart = group_records([ateliers, COPIED], [PairDecision(COPIED.key, ateliers.key, PairVerdict.DIFFERENT)])
    assert (apart.ids, apart.pairs) == (grouping.ids, [])
    assert set(group_records([ateliers, COPIED._replace(**changed)]).ids.values()) == {f"siret:{siret(1)}"}


def test_a_register_or_a_person_alone_sets_no_line_apart() -> None:
    for source in ("sirene", "equipe"):
        stated = ATELIERS._replace(source=source, city="Maubeuge")
        assert set(group_records([stated, COPIED]).ids.values()) == {f"siret:{siret(1)}"}


def test_two_lines_of_one_directory_are_two_suppliers() -> None:
    lines = [sheet("Le Pré Vert", ref, kinds=(K.EI,), source="annuaire") for ref in "12"]
    grouping = group_records(lines)
    assert len(set(grouping.ids.values())) == 2
    assert grouping.pairs == []
    both = group_records([*lines, known("5", "SARL LE PRE VERT", kinds=(K.EI,), source="autre")])
    assert set(both.ids.values()) == {f"siret:{siret(5)}"}


def test_a_double_inside_a_list_kept_by_hand_waits_for_a_person() -> None:
    lines = [
        sheet(name, ref, kinds=(K.EI,), phone="+33600000001")
        for name, ref in (("Bati'Somme Insertion", "1"), ("Bati Somme Insertion", "2"))
    ]
    grouping = group_records(lines)
    assert len(set(grouping.ids.values())) == 2
    assert [(pair.subject, pair.other) for pair in grouping.pairs] == [(lines[1].key, lines[0].key)]
    elsewhere = [lines[0], lines[1]._replace(insee="62041", post_code="62000", phone="")]
    assert group_records(elsewhere).pairs == []


@pytest.mark.parametrize("numbered", [True, False])
def test_a_record_that_another_line_of_the_list_has_may_be_asked_for_again(numbered: bool) -> None:
    """Whether the first line has it by its SIRET or by evidence."""
    jeunes = known("5", "ASSOC AVENIR JONQUILLE", kinds=(K.ACI,))
    first = sheet("Avenir Jonquille", "1", kinds=(K.ACI,), siret=siret(5) if numbered else "")
    again = sheet("Avenir Jonquille", "2", kinds=(K.ACI,))
    grouping = group_records([jeunes, first, again])
    assert grouping.ids[first.key] == f"siret:{siret(5)}"
    assert grouping.ids[again.key] == "tableur:2"
    assert grouping.in_review == {again.key}
    together = group_records([jeunes, first, again], [PairDecision(again.key, jeunes.key, PairVerdict.SAME)])
    assert set(together.ids.values()) == {f"siret:{siret(5)}"}


def test_a_decision_splits_and_unites() -> None:
    line = sheet("Les Ateliers du Val de Sambre", kinds=(K.ESAT,))
    apart = [PairDecision(line.key, ATELIERS.key, PairVerdict.DIFFERENT)]
    assert group_records([line, ATELIERS], apart).ids[line.key] == "tableur:x"
    one_siret = ATELIERS._replace(source="autre")
    split = group_records([one_siret, ATELIERS], [PairDecision(one_siret.key, ATELIERS.key, PairVerdict.DIFFERENT)])
    assert split.ids[one_siret.key] == "autre:1"
    stranger = sheet("Tout autre nom", insee="80021", post_code="80000")
    united = group_records([stranger, ATELIERS], [PairDecision(stranger.key, ATELIERS.key, PairVerdict.SAME)])
    assert united.ids[stranger.key] == f"siret:{siret(1)}"


def test_a_pair_says_what_agreed_differed_and_was_missing() -> None:
    (pair,) = group_records([sheet("Atelier protégé", kinds=(K.EA,), insee="80021"), NAMELESS]).pairs
    assert pair.evidence.verdict is PairVerdict.REVIEW
    assert pair.evidence.says() == (
        "Concordent\N{NO-BREAK SPACE}: type, commune ; manquent\N{NO-BREAK SPACE}: nom, adresse, téléphone, site web, SIREN."
    )
    address = next(compared for compared in pair.evidence.fields if compared.field == "adresse")
    assert (address.one, address.other) == ("", "8 AVENUE DU PORT")
