"""The team's own source: above all others, dated, validated, withdrawn; imports never overwrite it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Claim, Item, Source
from matcher.catalogue.identity.merge import GONE
from matcher.catalogue.identity.trust import SHARED, STATED, STRUCTURE, TEAM, TRUST
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.lookups import shipped_lookups
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.steward.corrections import add_supplier, correct_supplier, corrections_of, withdraw_correction
from matcher.catalogue.steward.stated_record import CHAMPS, CorrectionRefused, stated_record
from matcher.catalogue.store.contacts import load_contacts
from matcher.catalogue.store.opt_outs import follow_anchors
from matcher.catalogue.store.read import catalogue_version, find_supplier, load_suppliers
from matcher.db import open_database
from matcher.domain.kinds import SupplierKind as K
from matcher.domain.supplier import Origin, RefusedActivity, Supplier
from tests.factories import importer, raw, siret

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 3, 2, tzinfo=UTC)
GREEN = "espaces-verts.creation-entretien"
OWN = (TEAM, "essai", "autre")
LOOKUPS = shipped_lookups()

Take = Callable[..., ImportReport]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    yield engine
    engine.dispose()


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Take:
    path = tmp_path / "annuaire.csv"
    path.write_text("fictif", encoding="utf-8")

    def run(*items: Item, key: str = "essai", complete: bool = False) -> ImportReport:
        return run_import(engine, importer(items, key), [Source(path)], now=NOW, complete=complete, trust=OWN)

    return run


def write(engine: Engine, key: str, now: datetime = NOW, **said: str | list[str]) -> int:
    """Correct a supplier; an underscore stands for a hyphen."""
    given = {champ.replace("_", "-"): value if isinstance(value, list) else [value] for champ, value in said.items()}
    return correct_supplier(engine, key, given, author="Léa", motive="appel", now=now, trust=OWN).id


def known(engine: Engine, key: str) -> Supplier:
    found = find_supplier(engine, key)
    assert found is not None
    return found


def test_the_team_is_first_then_the_establishment_and_no_directory_has_their_keys() -> None:
    assert (TEAM, STRUCTURE, SHARED, *REGISTRY) == TRUST
    assert REGISTRY.keys().isdisjoint(STATED)


def test_a_correction_beats_every_source_survives_imports_and_is_withdrawn(take: Take, engine: Engine) -> None:
    item = raw("1", siret=siret(1), workers="12", phone="03 27 00 00 00", labels="RSEi")
    take(item)
    number = write(engine, siret(1), nom="Bon nom", effectif="32", type="EA", telephone="03 20 00 00 00", labels="Bio")
    assert catalogue_version(engine) == 2
    corrected = known(engine, siret(1))
    assert (corrected.name, corrected.workers, corrected.kinds, corrected.labels) == ("Bon nom", 32, (K.EA,), ("Bio",))
    assert corrected.provenance is not None
    assert corrected.provenance["name"] == Origin(TEAM, "1", date(2026, 3, 1))
    assert [(c.value, c.origin.source) for c in load_contacts(engine, corrected.id)] == [("+33320000000", TEAM)]
    take(raw("1", "Autre nom", siret=siret(1), workers="50"), raw("2", siret=siret(2)), complete=True)
    assert (known(engine, siret(1)).name, known(engine, siret(1)).workers) == ("Bon nom", 32)
    (kept,) = corrections_of(engine, corrected.id)
    assert (kept.who, kept.motive, kept.given, kept.withdrawn) == ("Léa", "appel", NOW.replace(tzinfo=None), None)
    assert withdraw_correction(engine, number, now=LATER, trust=OWN).supplier_id == corrected.id
    back = known(engine, siret(1))
    assert (back.name, back.workers, back.kinds) == ("Autre nom", 50, (K.ESAT,))
    assert corrections_of(engine, back.id) == ()
    with pytest.raises(CorrectionRefused, match="déjà retirée"):
        withdraw_correction(engine, number, now=LATER, trust=OWN)


def test_before_and_after_the_import_give_the_same_supplier(take: Take, engine: Engine, tmp_path: Path) -> None:
    take(raw("1", siret=siret(1)))
    write(engine, siret(1), nom="Bon nom", effectif="5")
    take(raw("A", "ESAT du Marais", source="autre", siret=siret(1), workers="40"), key="autre")
    other = open_database(f"sqlite:///{(tmp_path / 'autre.sqlite').as_posix()}")
    path = tmp_path / "annuaire.csv"
    for key, item in (
        ("essai", raw("1", siret=siret(1))),
        ("autre", raw("A", "ESAT du Marais", source="autre", siret=siret(1), workers="40")),
    ):
        run_import(other, importer([item], key), [Source(path)], now=NOW, trust=OWN)
    write(other, siret(1), nom="Bon nom", effectif="5")
    assert load_suppliers(other) == load_suppliers(engine)
    other.dispose()


def test_of_two_corrections_the_last_speaks_and_the_first_comes_back(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1)))
    for rank in range(1, 11):
        write(engine, siret(1), nom=f"Nom {rank}")
    assert known(engine, siret(1)).name == "Nom 10"
    withdraw_correction(engine, 10, now=LATER, trust=OWN)
    assert known(engine, siret(1)).name == "Nom 9"


def test_what_it_does_not_do_disappears_until_the_team_says_otherwise(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1), claims=(Claim("libre", "Blanchisserie ; Nettoyage de locaux"),)))
    before = {activity.code for activity in known(engine, siret(1)).activities}
    assert "linge.blanchisserie" in before
    write(engine, siret(1), ne_fait_pas="linge")
    refused = known(engine, siret(1))
    assert {a.code for a in refused.activities} == {code for code in before if not code.startswith("linge")}
    assert [(r.code, r.date) for r in refused.refused_activities] == [("linge", date(2026, 3, 1))]
    assert load_suppliers(engine)[0].refused_activities == refused.refused_activities
    write(engine, siret(1), activite="linge", now=LATER)
    assert known(engine, siret(1)).refused_activities == ()
    assert "linge" in {activity.code for activity in known(engine, siret(1)).activities}


def test_a_corrected_place_replaces_the_main_site_and_keeps_what_still_holds(take: Take, engine: Engine) -> None:
    here = {"city": "Maubeuge", "post_code": "59600", "address": "12 rue des Lilas"}
    take(raw("1", siret=siret(1), **here, x="3.97", y="50.28", projection="WGS84"))
    take(raw("A", source="autre", siret=siret(1), finess="620000018", city="Arras", post_code="62000"), key="autre")
    assert [site.insee for site in known(engine, siret(1)).sites] == ["59392", "62041"]
    write(engine, siret(1), commune="Maubeuge (59)")
    same = known(engine, siret(1)).sites[0]
    assert (same.address, same.lat, same.approximate) == ("12 rue des Lilas", 50.28, False)
    write(engine, siret(1), adresse="3 rue du Pont")
    assert (known(engine, siret(1)).sites[0].address, known(engine, siret(1)).sites[0].insee) == (
        "3 rue du Pont",
        "59392",
    )
    write(engine, siret(1), commune="59300 Valenciennes")
    moved = known(engine, siret(1)).sites
    assert [site.insee for site in moved] == ["59606", "62041"]
    assert (moved[0].address, moved[0].approximate) == ("", True)
    write(engine, siret(1), latitude="50.36", longitude="3.52")
    assert (known(engine, siret(1)).sites[0].lat, known(engine, siret(1)).sites[0].insee) == (50.36, "59606")


def test_a_correction_follows_a_supplier_without_numbers(take: Take, engine: Engine) -> None:
    take(raw("1"), raw("2", "Autre", finess="590000011"))
    number = write(engine, "essai:1", nom="Bon nom")
    assert [(s.id, s.name) for s in load_suppliers(engine)] == [("essai:1", "Bon nom"), ("finess:590000011", "Autre")]
    take(raw("1", siret=siret(3)), raw("2", "Autre", finess="590000011"))
    assert known(engine, siret(3)).name == "Bon nom"
    withdraw_correction(engine, number, now=LATER, trust=OWN)
    write(engine, "590000011", siret=siret(4), effectif="8")
    assert (known(engine, siret(4)).name, known(engine, siret(4)).finess) == ("Autre", ("590000011",))
    assert len(load_suppliers(engine)) == 2


def test_the_siret_that_the_team_brings_names_the_supplier_until_withdrawn(take: Take, engine: Engine) -> None:
    take(raw("1"))
    number = write(engine, "essai:1", siret=siret(5))
    write(engine, siret(5), nom="Bon nom")
    assert [(s.id, s.siret, s.name) for s in load_suppliers(engine)] == [(f"siret:{siret(5)}", siret(5), "Bon nom")]
    withdraw_correction(engine, number, now=LATER, trust=OWN)
    assert [(s.id, s.siret, s.name) for s in load_suppliers(engine)] == [("essai:1", "", "Bon nom")]
    assert (
        follow_anchors({(TEAM, "1"): "siret:1", ("a", "1"): "siret:2"}, {(TEAM, "1"): ("a", "1")})[("a", "1")]
        == "siret:2"
    )


def test_a_supplier_added_lives_is_corrected_joined_and_withdrawn(take: Take, engine: Engine) -> None:
    said = {"nom": ["Neuf"], "type": ["EA"], "commune": ["Lille"], "activite": ["linge.blanchisserie"]}
    first = add_supplier(engine, said, author="Léa", motive="", now=NOW, trust=OWN)
    assert first.supplier_id == f"{TEAM}:{first.id}"
    added = known(engine, first.supplier_id)
    assert (added.name, added.kinds, added.sites[0].insee) == ("Neuf", (K.EA,), "59350")
    assert added.flags == ()
    second = write(engine, added.id, effectif="9")
    assert known(engine, added.id).workers == 9
    with pytest.raises(CorrectionRefused, match=f"retirez d’abord celles qui la suivent : {second}"):
        withdraw_correction(engine, first.id, now=LATER, trust=OWN)
    withdraw_correction(engine, second, now=LATER, trust=OWN)
    assert withdraw_correction(engine, first.id, now=LATER, trust=OWN).supplier_id is None
    assert load_suppliers(engine) == []
    with_siret = add_supplier(engine, said | {"siret": [siret(7)]}, author="Léa", motive="", now=NOW, trust=OWN)
    take(raw("1", siret=siret(7), workers="3"))
    assert (known(engine, siret(7)).name, known(engine, siret(7)).workers) == ("Neuf", 3)
    assert len(load_suppliers(engine)) == 1
    with pytest.raises(CorrectionRefused, match="déjà dans le catalogue"):
        add_supplier(engine, said | {"siret": [siret(7)]}, author="Léa", motive="", now=NOW, trust=OWN)
    withdraw_correction(engine, with_siret.id, now=LATER, trust=OWN)
    assert known(engine, siret(7)).name == "Les Ateliers du Marais"


def test_a_supplier_that_left_its_directory_is_still_said_gone_once_corrected(take: Take, engine: Engine) -> None:
    items = [raw("1", siret=siret(1)), raw("2", siret=siret(2))]
    take(*items, complete=True)
    write(engine, siret(1), nom="Bon nom")
    take(items[1], complete=True)
    assert GONE in known(engine, siret(1)).flags


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"effectif": ["beaucoup"]}, "« effectif=beaucoup » : nombre illisible"),
        ({"effectif": ["5 à 10"]}, "fourchette"),
        ({"telephone": ["12"]}, "téléphone illisible"),
        ({"courriel": ["lea chez exemple"]}, "adresse électronique illisible"),
        ({"naf": ["bois"]}, "code NAF illisible"),
        ({"type": ["fabrique"]}, "type de structure inconnu"),
        ({"commune": ["Ville-qui-n’existe-pas"]}, "Précisez la commune"),
        ({"actif": ["peut-être"]}, "« actif=peut-être » : .*ni oui ni non"),
        ({"latitude": ["50.2"]}, "latitude et longitude ensemble"),
        ({"latitude": ["10"], "longitude": ["10"]}, "coordonnées hors de France"),
        ({"nom": [""]}, "« nom » est vide"),
        ({"nom": ["A", "B"]}, "deux fois"),
        ({"couleur": ["vert"]}, "Champ inconnu : « couleur »"),
        ({"activite": ["espasse vert"]}, "Vouliez-vous dire : Création et entretien des espaces verts"),
        ({"ne-fait-pas": ["zzz"]}, "Activité non reconnue : « zzz »"),
        ({"siret": ["12345678901234"]}, "SIRET invalide"),
    ],
)
def test_what_cannot_be_understood_is_refused_and_nothing_is_written(
    said: dict[str, list[str]], message: str, take: Take, engine: Engine
) -> None:
    take(raw("1"))
    with pytest.raises(CorrectionRefused, match=message):
        correct_supplier(engine, "essai:1", said, author="Léa", motive="", now=NOW, trust=OWN)
    assert catalogue_version(engine) == 1
    assert corrections_of(engine, "essai:1") == ()


def test_a_wrong_request_says_what_to_do(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1)))
    for key, said, who, message in (
        ("inconnu", {"nom": ["A"]}, "Léa", "entremise catalogue add"),
        (siret(1), {"nom": ["A"]}, " ", "--par NOM"),
        (siret(1), {}, "Léa", "--champ nom"),
        (siret(1), {"siret": [siret(2)]}, "Léa", "ne se corrige pas"),
    ):
        with pytest.raises(CorrectionRefused, match=message):
            correct_supplier(engine, key, said, author=who, motive="", now=NOW, trust=OWN)
    with pytest.raises(CorrectionRefused, match="type, commune"):
        add_supplier(engine, {"nom": ["A"]}, author="Léa", motive="", now=NOW)
    with pytest.raises(CorrectionRefused, match="Aucune correction"):
        withdraw_correction(engine, 99, now=NOW)


def test_every_champ_writes_a_field() -> None:
    values = {
        "nom": "A",
        "enseigne": "B",
        "type": "EA",
        "siret": siret(1),
        "finess": "590000011",
        "naf": "81.30Z",
        "adresse": "1 rue A",
        "code-postal": "59600",
        "commune": "Maubeuge",
        "latitude": "50.28",
        "longitude": "3.97",
        "telephone": "0320000000",
        "courriel": "contact@exemple.fr",
        "site": "exemple.fr",
        "presentation": "P",
        "effectif": "3",
        "chiffre-affaires": "350 k€",
        "capacite": "C",
        "zone": "Nord",
        "labels": "L",
        "actif": "non",
    }
    assert set(values) | {"activite", "faux-numero"} <= set(CHAMPS)
    record = stated_record(1, {champ: [value] for champ, value in values.items()}, on=date(2026, 1, 1), lookups=LOOKUPS)
    assert (record.turnover, record.active, record.area_codes, record.flags) == (350_000, False, ("dep:59",), ())
    assert (record.as_of, record.insee, record.lat) == (date(2026, 1, 1), "59392", 50.28)
    refusing = stated_record(2, {"ne-fait-pas": [GREEN, GREEN]}, on=date(2026, 1, 1), lookups=LOOKUPS)
    assert refusing.refused == (GREEN,)
    assert RefusedActivity(GREEN, "x", None).code == GREEN


def test_a_wrong_number_is_shown_no_more_until_its_directory_changes_it(take: Take, engine: Engine) -> None:
    key = f"siret:{siret(1)}"

    def phones() -> list[str]:
        return [contact.value for contact in load_contacts(engine, key) if contact.type == "phone"]

    take(raw("1", siret=siret(1), phone="03 20 00 00 00"))
    assert phones() == ["+33320000000"]
    number = write(engine, key, faux_numero="+33 (0)3.20.00.00.00")
    assert phones() == []
    take(raw("1", siret=siret(1), phone="0320000000", name="Autre nom"))
    assert phones() == [], "the same value, imported again"
    assert [(each.id, each.who, each.given) for each in corrections_of(engine, key)] == [
        (number, "Léa", NOW.replace(tzinfo=None))
    ]
    take(raw("1", siret=siret(1), phone="0320000001"))
    assert phones() == ["+33320000001"]
    take(raw("1", siret=siret(1), phone="0320000000"))
    withdraw_correction(engine, number, now=LATER, trust=OWN)
    assert phones() == ["+33320000000"]
    with pytest.raises(CorrectionRefused, match="n’est pas un numéro de téléphone"):
        write(engine, key, faux_numero="12")


def test_the_team_may_give_a_number_that_it_had_said_wrong(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1), phone="0320000000"))
    key = f"siret:{siret(1)}"
    write(engine, key, faux_numero="0320000000")
    write(engine, key, telephone="0320000000")
    assert [contact.value for contact in load_contacts(engine, key)] == ["+33320000000"]
