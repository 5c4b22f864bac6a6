"""Establishments that carry on under another SIRET: who is asked about, what joining gives, and that it can be undone."""

from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import Engine
from stdnum import luhn

from importers.importer import Scope, SupplierRecord
from matcher.catalogue.identity.compare import PairVerdict, RegisterState
from matcher.catalogue.identity.conflicts import source_conflicts
from matcher.catalogue.identity.merge import StoredRecord, merge
from matcher.catalogue.identity.records import traits_of
from matcher.catalogue.identity.succession import OpenState, SuccessionLink, doors, doors_of_moved, order_of_sirets
from matcher.catalogue.intake.registers import known_sirets
from matcher.catalogue.steward.corrections import add_supplier
from matcher.catalogue.steward.fiche import fiche
from matcher.catalogue.steward.privacy import opt_out
from matcher.catalogue.steward.readings import read_fiche
from matcher.catalogue.steward.review import decide, pairs, undo_decisions
from matcher.catalogue.store.followed import follow_ids
from matcher.catalogue.store.read import find_supplier, load_suppliers
from matcher.db import open_database
from matcher.domain.french import NARROW, NO_BREAK
from tests.engines import dump
from tests.factories import Take, clean, lookups, raw, siret, taking

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
OLD, NEW, FAR = siret(1), siret(2), siret(3)
TRUST = ("essai", "autre", "sirene", "recherche-entreprises")
SCOPES = {"sirene": Scope.ESTABLISHMENT, "recherche-entreprises": Scope.ESTABLISHMENT}
MOVED = f"Sirene{NO_BREAK}: le SIRET {OLD} continue sous {NEW} depuis le 12/03/2024."


def sister(number: str, rank: int) -> str:
    """Another establishment of the same SIREN, whose SIRET passes the check."""
    establishment = f"{number[:9]}{rank:04d}"
    return establishment + luhn.calc_check_digit(establishment)


def register(number: str, state: str = "A", key: str = "sirene", **fields: object) -> SupplierRecord:
    blank = {"kind": "", "post_code": "", "city": "", "as_of": "2026-10-30"}
    return raw(number, "", source=key, siret=number, state=state, **(blank | fields))


CLOSED = register(OLD, "F", closed="2024-03-12", successor=NEW)
FILES: dict[str, list[SupplierRecord]] = {
    "essai": [
        raw("1", "Les Ateliers du Marais", siret=OLD, address="12 rue des Lilas", phone="0327000000", as_of="2026-05-01"),
        raw("9", "Les Jardins de la Sambre", siret=sister(FAR, 1), kind="ACI"),
    ],
    "autre": [
        raw("A", "ATELIERS DU MARAIS", source="autre", siret=NEW, address="8 avenue du Port", workers="40"),
        raw("B", "Les Jardins de la Sambre", source="autre", siret=sister(FAR, 2), kind="ACI", address="3 place Verte"),
    ],
    "panneau": [raw("x", "Ateliers du Marais", source="panneau", siret=OLD, website="https://marais.example")],
}  # fmt: skip
REGISTER = [
    CLOSED,
    register(NEW, naf="81.30Z"),
    register(sister(FAR, 1), "F", closed="2025-06-30"),
    register(sister(FAR, 2)),
]


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Take:
    return taking(engine, tmp_path, NOW, TRUST, SCOPES)


def homes(engine: Engine) -> dict[str, str]:
    return {f"{o.source}:{o.ref}": supplier.id for supplier in load_suppliers(engine) for o in supplier.origins}


# What registers say


def test_of_two_registers_the_latest_speaks_of_the_door_and_every_link_is_kept() -> None:
    said = [
        ("S1", "recherche-entreprises", RegisterState(date(2026, 1, 1), open=True)),
        ("S1", "sirene", RegisterState(date(2026, 2, 1), open=False, closed=date(2024, 3, 12))),
        ("S1", "sirene", RegisterState(date(2024, 3, 11), successor="S2")),
        ("S2", "sirene", RegisterState(date(2024, 3, 11), successor="S3")),
        ("", "sirene", RegisterState(date(2026, 2, 1), open=False)),
    ]
    expected = {
        "S1": OpenState(False, date(2024, 3, 12), "Sirene", (SuccessionLink("S2", date(2024, 3, 12), "Sirene"),)),
        "S2": OpenState(None, None, "", (SuccessionLink("S3", date(2024, 3, 11), "Sirene"),)),
    }
    for order in permutations(said):
        assert doors(order) == expected


def test_doors_are_kept_of_the_sirens_where_one_closed_or_moved_alone() -> None:
    """Of a catalogue that Sirene completes, nearly every door is open: what is kept of them would grow with it."""
    still = [clean(siret(n), source="sirene", siret=siret(n), open=True) for n in range(10, 60)]
    shut = clean(OLD, source="sirene", siret=OLD, open=False)
    beside = clean(sister(OLD, 2), source="recherche-entreprises", siret=sister(OLD, 2), open=True)
    traits = {record.key: traits_of(record) for record in (*still, shut, beside, clean("1", siret=siret(70)))}
    assert doors_of_moved(traits) == {
        OLD: OpenState(False, None, "Sirene"),
        sister(OLD, 2): OpenState(True, None, "Sirene"),
    }


def test_an_open_door_names_the_supplier_then_the_end_of_the_chain() -> None:
    chain = {
        "S1": OpenState(links=(SuccessionLink("S2", None, ""),)),
        "S2": OpenState(links=(SuccessionLink("S3", None, ""),)),
    }
    assert sorted(["S1", "S3", "S2"], key=order_of_sirets(chain)) == ["S3", "S2", "S1"]
    shut = chain | {"S3": OpenState(open=False)}
    assert sorted(["S1", "S3", "S2"], key=order_of_sirets(shut)) == ["S2", "S1", "S3"]
    circle = {
        "S1": OpenState(links=(SuccessionLink("S2", None, ""),)),
        "S2": OpenState(links=(SuccessionLink("S1", None, ""),)),
    }
    assert order_of_sirets(circle)("S1") == order_of_sirets(circle)("S2")


# Who is asked about


def test_a_succession_between_two_suppliers_of_the_catalogue_is_queued_by_itself(take: Take, engine: Engine) -> None:
    take(*FILES["essai"])
    take(*FILES["autre"], key="autre")
    assert pairs(engine) == []
    report = take(*REGISTER, key="sirene")
    assert report.pairs == 2
    assert report.as_dict()["updated"] + report.as_dict()["merged"] == 4, "a record of a certain SIRET waits for nobody"
    first, second = sorted(pairs(engine), key=lambda pair: pair.one.record.ref)
    assert (first.one.supplier_id, first.other.supplier_id) == (f"siret:{OLD}", f"siret:{NEW}")
    assert first.evidence.reason == MOVED
    assert first.evidence.says().startswith(f"{MOVED} Concordent{NO_BREAK}: nom, type, commune")
    assert second.evidence.reason == (
        f"Sirene{NO_BREAK}: le SIRET {sister(FAR, 1)} est fermé depuis le 30/06/2025{NARROW}; {sister(FAR, 2)}, de la même organisation, "
        "est ouvert à proximité."
    )


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (raw("B", "Autre enseigne", siret=sister(FAR, 2), kind="ACI"), register(sister(FAR, 2))),
        (raw("B", "Les Jardins de la Sambre", siret=sister(FAR, 2), kind="EI"), register(sister(FAR, 2))),
        (raw("B", "Les Jardins de la Sambre", siret=siret(4), kind="ACI"), register(siret(4))),
        (
            raw("B", "Les Jardins de la Sambre", siret=sister(FAR, 2), kind="ACI", post_code="62000", city="Arras"),
            register(sister(FAR, 2)),
        ),
        (
            raw("B", "Les Jardins de la Sambre", siret=sister(FAR, 2), kind="ACI"),
            register(sister(FAR, 2), "F", closed="2025-01-01"),
        ),
    ],
    ids=["another name", "another kind", "another SIREN", "far away", "closed too"],
)
def test_without_a_link_only_the_open_sister_next_door_is_asked_about(
    take: Take, engine: Engine, there: SupplierRecord, said: SupplierRecord
) -> None:
    take(FILES["essai"][1], there)
    take(register(sister(FAR, 1), "F", closed="2025-06-30"), said, key="sirene")
    assert pairs(engine) == []


def test_a_link_alone_is_enough_and_an_open_door_contradicts_it(take: Take, engine: Engine) -> None:
    take(*FILES["essai"], *FILES["autre"])
    take(register(OLD, "", successor=NEW, as_of="2024-03-11"), key="sirene")
    (pair,) = pairs(engine)
    assert pair.evidence.reason.endswith(f"le SIRET {OLD} continue sous {NEW} depuis le 11/03/2024.")
    take(register(OLD, key="recherche-entreprises"), key="recherche-entreprises")
    assert pairs(engine) == []


# Joined under the open SIRET


def test_joined_they_are_one_supplier_of_the_open_siret_that_keeps_all_and_can_be_parted(
    take: Take, engine: Engine
) -> None:
    for key in ("essai", "autre", "panneau"):
        take(*FILES[key], key=key)
    take(*REGISTER, key="sirene")
    before = load_suppliers(engine)
    number = next(str(pair.number) for pair in pairs(engine) if pair.evidence.reason == MOVED)
    decide(engine, [number], PairVerdict.SAME, "Camille", NOW)
    joined = find_supplier(engine, NEW)
    assert joined is not None
    assert (joined.id, joined.siret, joined.siren) == (f"siret:{NEW}", NEW, NEW[:9])
    assert (joined.closed, joined.closed_reason, joined.successor) == (None, "", "")
    assert (joined.name, joined.workers, joined.naf) == ("ATELIERS DU MARAIS", 40, "8130Z")
    assert [site.address for site in joined.sites] == ["8 avenue du Port"], "the door that was left is no place of work"
    assert {origin.source for origin in joined.origins} == {"essai", "autre", "panneau", "sirene"}
    assert find_supplier(engine, OLD) == joined, "the former SIRET still finds it"
    assert follow_ids(engine, [f"siret:{OLD}"]) == {f"siret:{OLD}": joined.id}, "and the id that it made"
    assert known_sirets(engine) == sorted([OLD, NEW, sister(FAR, 1), sister(FAR, 2)])
    told = read_fiche(engine, OLD, trust=TRUST)
    assert told is not None
    story = {story.field.name: story for story in told.fields}["siret"]
    assert ([kept.value for kept in story.kept], [value.value for value in story.beaten]) == ([NEW], [OLD])
    assert told.conflicts == ()
    # A register that speaks of the former door again, later than of the new one, closes nothing.
    take(register(OLD, "F", closed="2024-03-12", successor=NEW, as_of="2026-11-20"), key="sirene")
    again = find_supplier(engine, NEW)
    assert again is not None
    assert again.closed_reason == ""
    take(*REGISTER, key="sirene", older=True)
    undo_decisions(engine, [number], NOW)
    assert load_suppliers(engine) == before
    assert {pair.evidence.reason == MOVED for pair in pairs(engine)} == {True, False}


def test_two_suppliers_said_to_be_different_are_not_asked_about_again(take: Take, engine: Engine) -> None:
    for key in ("essai", "autre"):
        take(*FILES[key], key=key)
    take(*REGISTER, key="sirene")
    decide(engine, [str(pair.number) for pair in pairs(engine)], PairVerdict.DIFFERENT, "Camille", NOW)
    report = take(*FILES["panneau"], key="panneau")
    assert (report.pairs, pairs(engine)) == (0, [])
    assert homes(engine)["essai:1"] == f"siret:{OLD}"


def test_a_successor_that_the_team_adds_is_queued(take: Take, engine: Engine) -> None:
    take(FILES["essai"][0])
    take(CLOSED, key="sirene")
    told = read_fiche(engine, OLD, trust=TRUST)
    assert told is not None
    assert told.door[0] == "fermé depuis le 12/03/2024 d’après Sirene."
    assert told.door[1].startswith(f"continue sous le SIRET {NEW}, absent du catalogue : importez un annuaire récent")
    said = {"nom": ["Ateliers du Marais"], "type": ["ESAT"], "commune": ["59600 Maubeuge"], "siret": [NEW]}
    add_supplier(engine, said, author="Camille", motive="", now=NOW, lookups=lookups(), trust=TRUST)
    (pair,) = pairs(engine)
    assert (pair.evidence.reason, pair.other.supplier_id) == (MOVED, f"siret:{NEW}")
    told = read_fiche(engine, OLD, trust=TRUST)
    assert told is not None
    assert told.door[1] == f"continue sous le SIRET {NEW}, au catalogue : « Ateliers du Marais » (siret:{NEW})."
    assert [waiting.number for waiting in told.waiting] == [pair.number]
    decide(engine, [str(pair.number)], PairVerdict.SAME, "Camille", NOW)
    joined = find_supplier(engine, NEW)
    assert joined is not None
    assert (joined.closed_reason, {o.source for o in joined.origins}) == ("", {"essai", "equipe", "sirene"})


def test_the_order_of_imports_does_not_matter(tmp_path: Path) -> None:
    catalogues = set()
    for rank, order in enumerate(permutations(FILES)):
        engine = open_database(f"sqlite:///{(tmp_path / f'{rank}.sqlite').as_posix()}")
        take = taking(engine, tmp_path, NOW, TRUST, SCOPES)
        for key in order:
            take(*FILES[key], key=key)
            take(
                *REGISTER, key="sirene"
            )  # a register is asked again after each directory, and keeps what it knows by then
        asked = sorted((p.one.record.key, p.other.record.key, p.evidence.says()) for p in pairs(engine))
        moved = next(str(pair.number) for pair in pairs(engine) if pair.evidence.reason == MOVED)
        apart = [row for row in dump(engine) if row[0] not in {"meta", "review_pair"}]
        decide(engine, [moved], PairVerdict.SAME, "Camille", NOW)
        joined = [row for row in dump(engine) if row[0] not in {"meta", "review_pair", "decision"}]
        catalogues.add(repr((apart, asked, joined)))
        engine.dispose()
    assert len(catalogues) == 1


def test_records_of_a_former_siret_speak_last_and_disagree_with_nobody() -> None:
    stored = [
        StoredRecord(clean("1", siret=OLD, phone="+33327000000", active=False, insee="62041")),
        StoredRecord(
            clean("A", source="autre", siret=NEW, phone="+33328000000", active=True, insee="59392"), gone=True
        ),
        StoredRecord(clean("r", source="sirene", name="", siret=OLD, open=False, successor=NEW)),
    ]
    for order in permutations(stored):
        merged = merge(f"siret:{NEW}", order, TRUST)
        assert merged.supplier.active is True
        assert [site.insee for site in merged.supplier.sites] == ["59392"]
        assert [contact.value for contact in merged.contacts] == ["+33328000000", "+33327000000"]
        assert source_conflicts(f"siret:{NEW}", order, TRUST) == ()
    silent = [stored[0], stored[2], StoredRecord(clean("A", source="autre", siret=NEW))]
    assert merge(f"siret:{NEW}", silent, TRUST).supplier.active is None, "the convention of the door that was left"
    story = {story.field.name: story for story in fiche(f"siret:{NEW}", silent, TRUST).fields}["active"]
    assert (story.kept, [value.value for value in story.beaten]) == ((), ["terminée"])


def test_who_asked_to_leave_does_not_come_back_under_the_next_siret(take: Take, engine: Engine) -> None:
    take(FILES["essai"][0])
    take(CLOSED, key="sirene")
    opt_out(engine, OLD, author="Camille", motive="", now=NOW, trust=TRUST)
    report = take(*FILES["autre"], key="autre")
    assert (report.refused, homes(engine)) == (1, {"autre:B": f"siret:{sister(FAR, 2)}"})
