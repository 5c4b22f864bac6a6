from dataclasses import replace
from datetime import date
from itertools import permutations

from matcher.catalogue.identity.merge import ANOTHERS_SIRET, GONE, StoredRecord, merge
from matcher.catalogue.identity.records import ClaimedActivity, CleanRecord
from matcher.catalogue.identity.sites import united_sites
from matcher.cleaning.limits import LIMITS
from matcher.domain.kinds import SupplierKind as K
from matcher.domain.supplier import Contact, Evidence, Origin, Supplier
from tests.factories import clean, siret

API = "recherche-entreprises"
TRUST = ("premier", "second", "essai", "sirene", API)
TWO = siret(2)


def merged(*records: CleanRecord) -> Supplier:
    return merge("siret:1", [StoredRecord(record) for record in records], TRUST).supplier


def test_the_most_trusted_source_speaks_first_and_others_fill_in() -> None:
    a = clean("1", source="second", name="ESAT du Marais", brand="Le Marais", as_of=date(2025, 1, 1))
    b = clean("9", source="premier", name="Les Ateliers du Marais", as_of=date(2020, 1, 1))
    supplier = merged(a, b)
    assert (supplier.name, supplier.brand) == ("Les Ateliers du Marais", "Le Marais")
    assert supplier.provenance is not None
    assert supplier.provenance["name"] == Origin("premier", "9", date(2020, 1, 1))
    assert supplier.provenance["brand"].source == "second"
    assert supplier.updated == date(2025, 1, 1)
    assert supplier.origins == (Origin("premier", "9", date(2020, 1, 1)), Origin("second", "1", date(2025, 1, 1)))


def test_of_one_source_the_latest_record_speaks_then_the_smaller_reference() -> None:
    assert (
        merged(clean("1", name="Ancien", as_of=date(2020, 1, 1)), clean("2", name="Neuf", as_of=date(2021, 1, 1))).name
        == "Neuf"
    )
    assert merged(clean("10", name="Dix"), clean("9", name="Neuf")).name == "Neuf"


def test_lists_are_united_and_unknown_stays_unknown() -> None:
    supplier = merged(
        clean("1", kinds=(K.ESAT,), finess="590000002", labels=("RSEi",), workers=0.0),
        clean("2", kinds=(K.EA, K.ESAT), finess="590000001", labels=("rsei", "ISO 9001")),
    )
    assert supplier.kinds == (K.EA, K.ESAT)
    assert supplier.finess == ("590000001", "590000002")
    assert supplier.labels == ("RSEi", "ISO 9001")
    assert supplier.workers == 0
    assert supplier.turnover is None
    assert supplier.active is None


def test_what_is_set_apart_from_the_supplier_of_its_siret_has_no_siret() -> None:
    line = StoredRecord(clean("1", source="tableur", siret=TWO, siren=TWO[:9]))
    supplier = merge("tableur:1", [line], TRUST).supplier
    assert (supplier.siret, supplier.siren, supplier.flags) == ("", "", (ANOTHERS_SIRET,))
    assert "siret" not in (supplier.provenance or {})
    assert merge(f"siret:{TWO}", [line], TRUST).supplier.flags == ()


def test_an_ended_convention_is_known() -> None:
    assert merged(clean("1", active=False)).active is False


def test_the_strongest_evidence_of_an_activity_is_kept() -> None:
    rome = ClaimedActivity("espaces-verts.entretien", "A1203", Evidence.ROME)
    said = ClaimedActivity("espaces-verts.entretien", "Espaces verts", Evidence.DECLARED)
    (activity,) = merged(clean("1", activities=(rome,)), clean("2", activities=(said,))).activities
    assert (activity.wording, activity.evidence, activity.source) == ("Espaces verts", Evidence.DECLARED, "essai")


def test_a_gone_record_speaks_last_and_gives_no_freshness() -> None:
    gone = StoredRecord(clean("1", source="premier", name="Ancien nom", as_of=date(2026, 1, 1)), gone=True)
    here = StoredRecord(clean("1", source="second", name="Nom", as_of=date(2024, 1, 1)))
    supplier = merge("siret:1", [gone, here], TRUST).supplier
    assert (supplier.name, supplier.updated, supplier.flags) == ("Nom", date(2024, 1, 1), ())
    alone = merge("siret:1", [gone], TRUST).supplier
    assert (alone.updated, alone.flags) == (None, (GONE,))


def test_contacts_are_kept_apart_with_their_origin() -> None:
    record = clean("1", phone="+33327000000", website="http://www.exemple.fr", email="contact@exemple.fr")
    contacts = merge("siret:1", [StoredRecord(record)], TRUST).contacts
    assert contacts[0] == Contact("phone", "+33327000000", Origin("essai", "1", None))
    assert {contact.type for contact in contacts} == {"phone", "email", "website"}


def test_every_telephone_of_a_record_is_a_contact() -> None:
    record = clean("1", phone="+33327000000", other_contacts=(("phone", "+33612345678"), ("email", "b@exemple.fr")))
    contacts = merge("siret:1", [StoredRecord(record)], TRUST).contacts
    assert [(contact.type, contact.value) for contact in contacts] == [
        ("phone", "+33327000000"),
        ("phone", "+33612345678"),
        ("email", "b@exemple.fr"),
    ]
    team = replace(clean("2", wrong_numbers=("+33612345678",)), source="premier")
    left = merge("siret:1", [StoredRecord(record), StoredRecord(team)], TRUST).contacts
    assert [contact.value for contact in left] == ["+33327000000", "b@exemple.fr"], "a second number may be wrong too"


def test_a_supplier_without_a_name_takes_its_brand_or_its_id() -> None:
    assert merged(clean("1", name="", brand="Le Marais")).name == "Le Marais"
    assert merged(clean("1", name="")).name == "siret:1"


MAUBEUGE = {"city": "Maubeuge", "post_code": "59600", "insee": "59392"}


def test_two_towns_are_two_sites_and_two_spellings_are_one() -> None:
    here = clean("1", **MAUBEUGE, address="12 RUE DES LILAS", lat=50.28, lon=3.97)
    spelt = clean("2", **MAUBEUGE | {"city": "MAUBEUGE"}, address="12, rue des Lilas", lat=50.30, lon=3.99)
    near = clean("3", **MAUBEUGE, address="Zone du Pont", lat=50.281, lon=3.971)
    far = clean("4", **MAUBEUGE, address="Route de Mons", lat=50.30, lon=3.97)
    vague = clean("5", **MAUBEUGE, address="AV DE LA GARE", lat=50.278, lon=3.973, approximate=True)
    elsewhere = clean("6", city="Arras", post_code="62000", insee="62041")
    sites = united_sites([here, spelt, near, far, vague, elsewhere])
    assert [(site.insee, site.address) for site in sites] == [
        ("59392", "12 RUE DES LILAS"),
        ("59392", "Route de Mons"),
        ("62041", ""),
    ]


def test_an_exact_point_replaces_the_centre_of_the_commune() -> None:
    vague = clean("1", **MAUBEUGE, lat=50.278, lon=3.973, approximate=True)
    exact = clean("2", **MAUBEUGE, address="12 rue des Lilas", lat=50.28, lon=3.97)
    (site,) = united_sites([vague, exact])
    assert (site.lat, site.lon, site.approximate, site.address) == (50.28, 3.97, False, "12 rue des Lilas")


def test_a_record_without_a_place_gives_no_site() -> None:
    assert united_sites([clean("1")]) == ()


def test_the_order_of_records_does_not_matter() -> None:
    records = [
        clean("1", source="premier", name="A", **MAUBEUGE, address="1 rue A", lat=50.28, lon=3.97),
        clean("2", source="second", brand="B", **MAUBEUGE, kinds=(K.ACI,)),
        clean("3", source="second", brand="C", city="Arras", labels=("x",), as_of=date(2020, 1, 1)),
    ]
    assert len({repr(merged(*order)) for order in permutations(records)}) == 1


def test_a_supplier_of_too_many_records_is_made_of_the_most_trusted_and_says_so() -> None:
    most = LIMITS["sources"].most
    places = [
        clean(f"{rank:04d}", siret=siret(1), finess=f"59{rank:07d}", insee="59392", lat=48 + rank / 100, lon=4.0)
        for rank in range(3 * most)
    ]
    kept, crowded = merged(*places[:most]), merged(*places)
    assert crowded == replace(kept, flags=(LIMITS["sources"].flag,))
    assert (len(kept.sites), len(kept.origins), kept.flags) == (most, most, ())


def test_an_old_address_of_a_less_trusted_source_is_no_second_site() -> None:
    now = clean("1", source="premier", siret="1", city="Arras", insee="62041")
    old = clean("A", source="second", siret="1", city="Maubeuge", insee="59392")
    own = clean("B", source="second", siret="1", finess="590000001", city="Amiens", insee="80021")
    sites = merge("siret:1", [StoredRecord(r) for r in (now, old, own)], ("premier", "second")).supplier.sites
    assert [site.insee for site in sites] == ["62041", "80021"]


def test_of_the_kinds_of_siae_the_most_trusted_source_speaks_alone() -> None:
    now = [clean(ref, source="premier", kinds=(kind,)) for ref, kind in (("1", K.ACI), ("2", K.ETTI))]
    old = clean("A", source="second", kinds=(K.EI, K.EA))
    kinds = merge("siret:1", [StoredRecord(r) for r in (*now, old)], ("premier", "second")).supplier.kinds
    assert kinds == (K.ACI, K.ETTI, K.EA)


def state(source: str, **fields: object) -> CleanRecord:
    return clean("r", source=source, name="", **fields)


def test_a_closed_door_is_believed_with_its_day_whatever_directories_say() -> None:
    directory = clean("1", active=True, as_of=date(2026, 6, 1))
    closed = state("sirene", open=False, closed=date(2024, 3, 12), as_of=date(2026, 11, 1), successor=TWO)
    supplier = merged(directory, closed)
    assert (supplier.closed, supplier.successor) == (date(2024, 3, 12), TWO)
    assert supplier.closed_reason == "fermé depuis le 12/03/2024 d’après Sirene"
    assert supplier.updated == date(2026, 6, 1), "a closed door gives no freshness"
    assert supplier.provenance is not None
    assert supplier.provenance["closed"] == Origin("sirene", "r", date(2026, 11, 1))
    assert merged(directory, state("sirene", open=False)).closed_reason == "fermé d’après Sirene"


def test_a_list_that_gives_the_day_of_a_closure_is_believed_until_a_later_state() -> None:
    listed = clean("veille:1", source="tableur", closed=date(2024, 3, 12), open=False, as_of=date(2026, 6, 1))
    assert merged(listed).closed_reason == "fermé depuis le 12/03/2024 d’après la liste « veille »"
    opened = state("sirene", open=True, as_of=date(2026, 11, 1))
    assert (merged(listed, opened).closed, merged(listed, opened).closed_reason) == (None, "")
    announced = replace(listed, closed=date(2026, 12, 31))
    assert merged(announced).closed_reason == "fermé à partir du 31/12/2026 d’après la liste « veille »"


def test_of_two_registers_the_latest_is_believed() -> None:
    closed = state("sirene", open=False, closed=date(2024, 3, 12), as_of=date(2026, 1, 1))
    opened = state(API, open=True, as_of=date(2026, 11, 20))
    for records in permutations([clean("1"), closed, opened]):
        supplier = merged(*records)
        assert (supplier.closed, supplier.closed_reason) == (None, "")
        assert supplier.updated == date(2026, 11, 20), "an open door is a day of life"
    reopened = replace(closed, as_of=date(2026, 11, 21))
    assert merged(clean("1"), opened, reopened).closed_reason


def test_a_register_names_last_fills_the_rest_and_raises_no_doubt() -> None:
    supplier = merged(
        clean("1", name="ESAT du Marais", city="Maubeuge", insee="59392", lat=50.278, lon=3.973, approximate=True),
        clean("r", source=API, name="ASSOC MARAIS", naf="8810C", headcount="12", city="MAUBEUGE", insee="59392",
              address="12 rue A", lat=50.281, lon=3.971, open=True),
    )  # fmt: skip
    assert (supplier.name, supplier.naf, supplier.headcount, supplier.workers) == (
        "ESAT du Marais",
        "8810C",
        "12",
        None,
    )
    assert [(site.lat, site.approximate, site.address) for site in supplier.sites] == [(50.281, False, "12 rue A")]


def test_the_legal_address_makes_no_second_site_but_a_first_one() -> None:
    legal = clean("r", source="sirene", name="", city="Arras", insee="62041")
    assert [s.insee for s in merged(clean("1", city="Maubeuge", insee="59392"), legal).sites] == ["59392"]
    assert [s.insee for s in merged(clean("1"), legal).sites] == ["62041"]


def test_a_supplier_its_directory_lists_no_more_says_so_even_where_the_door_is_open() -> None:
    gone = StoredRecord(clean("1", as_of=date(2025, 1, 1)), gone=True)
    supplier = merge(
        "siret:1", [gone, StoredRecord(state("sirene", open=True, as_of=date(2026, 1, 1)))], TRUST
    ).supplier
    assert (supplier.flags, supplier.updated) == ((GONE,), date(2026, 1, 1))
