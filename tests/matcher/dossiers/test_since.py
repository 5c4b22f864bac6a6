"""A list frozen, then the catalogue a year later: who closed, who is new, whose record says something else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import Engine

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.domain.match import BandCounts
from matcher.domain.need import Need
from matcher.domain.reading import Lot, RawPlace
from matcher.domain.supplier import Origin, Supplier
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.answering import keep_answer
from matcher.dossiers.changes import AddLot
from matcher.dossiers.dossier import SavedLot, Status
from matcher.dossiers.entry_changes import Add, SetStatus
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.since import GONE, Since, answers_since, compare_with_today, lot_supplier_ids, news_of
from matcher.dossiers.store import change_dossier, create_dossier
from matcher.dossiers.withdrawn import withdraw_suppliers
from matcher.journal.change import append
from matcher.need.answer import answer_to
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.ranking.lay_out import build_shelf
from matcher.ranking.profiles import weights_of
from matcher.ranking.shelf.shelf import Shelf
from tests.factories import DENAIN, declares, siret, supplier
from tests.matcher.dossiers.asking.campaigns import NOW, asked, filled, say_controller, secrets
from tests.matcher.dossiers.kept import AT, HEADER, IDS, SHORTLIST, WHO, opened

GREEN = "espaces-verts.creation-entretien"
LOT = Lot("Entretien des espaces verts", lieux=(RawPlace("Maubeuge"),), montant=180_000.0, duree=12.0)
THEN, TODAY = date(2026, 11, 16), date(2027, 11, 16)


def green(number: int, **fields: Any) -> Supplier:
    given: dict[str, Any] = {
        "id": f"siret:{siret(number)}",
        "siret": siret(number),
        "activities": declares(GREEN),
        "workers": 40.0,
        "updated": date(2026, 5, 1),
    }
    return supplier(f"Atelier {number}", **(given | fields))


OTHER_SITE_OF_1 = "90000001900027"
CATALOGUE = [green(1), green(2, at=DENAIN), green(3, at=DENAIN)]


def frozen(suppliers: Sequence[Supplier] = CATALOGUE) -> SavedLot:
    shortlist = answer_to(Need(replace(LOT, date=THEN)), build_shelf(suppliers, 1), 10)
    kept = tuple(match.id for match in shortlist.matches)
    return append(opened(), AddLot("", freeze(shortlist), kept), at=AT, author=WHO).lot(1)


def compared(lot: SavedLot, shelf: Shelf, ids: Mapping[str, str] | None = None) -> Since:
    """The comparison of today, where every supplier keeps the id it had unless `ids` says another."""
    kept = {key: key for key in lot_supplier_ids(lot) if shelf.find(key) is not None}
    return compare_with_today(lot, shelf, TODAY, kept if ids is None else ids)


def test_days_gone_by_alone_change_nothing() -> None:
    found = compared(frozen(), build_shelf(CATALOGUE, 1))
    assert (found.lost, found.updated, found.candidates, found.method_changed) == ((), (), (), False)
    assert found.sentence == "rien n’a changé"


def test_a_value_that_moved_without_a_word_that_changes_is_no_news() -> None:
    lot = frozen()
    entry = lot.entries[0]
    moved = tuple(
        structs.replace(one, value=one.value * 0.99) if one.value else one for one in entry.match.contributions
    )
    same = replace(
        lot, entries=(replace(entry, match=structs.replace(entry.match, contributions=moved)), *lot.entries[1:])
    )
    assert compared(same, build_shelf(CATALOGUE, 1)).updated == ()


def test_what_has_changed_is_told_apart() -> None:
    today = [
        green(1, workers=2.0, updated=date(2027, 3, 4)),
        green(2, at=DENAIN, closed=date(2027, 1, 31), closed_reason="fermé"),
        green(4),
        green(5, activities=()),
    ]
    found = compared(frozen(), build_shelf(today, 9))
    lost = {one.match.name: one.reasons for one in found.lost}
    assert lost["Atelier 3"] == (GONE,)
    assert "fermé" in lost["Atelier 2"][0]
    (updated,) = found.updated
    assert updated.match.name == "Atelier 1"
    assert updated.differences[-1] == "fiche mise à jour le 4 mars 2027"
    assert any(said.startswith("capacité : ") for said in updated.differences)
    assert [match.name for match in found.candidates] == ["Atelier 4"]
    assert found.catalogue_version == 9
    assert found.sentence == "2 structures à écarter, 1 fiche mise à jour, 1 nouveau candidat possible"


def test_another_site_and_the_rest_of_a_list_cut_short_are_no_news() -> None:
    """An organisation stands once in a list, which stops somewhere: the same catalogue says nothing new."""
    number = OTHER_SITE_OF_1
    sites = [green(1), green(1, id=f"siret:{number}", siret=number, at=DENAIN), green(2), green(3, at=DENAIN)]
    shelf = build_shelf(sites, 1)
    whole = frozen(sites)
    assert compared(whole, shelf).candidates == ()
    short = replace(whole, frozen=replace(whole.frozen, matches=whole.frozen.matches[:1]), entries=whole.entries[:1])
    assert compared(short, shelf).candidates == ()
    narrowed = replace(short, frozen=replace(short.frozen, counts=BandCounts(1, 0, 0, 0, 0), whole=whole.frozen.counts))
    assert compared(narrowed, shelf).candidates == ()
    new = build_shelf([*sites[:2], green(4), *sites[2:]], 2)
    assert [match.name for match in compared(whole, new).candidates] == ["Atelier 4"]


def test_a_supplier_is_followed_when_its_id_changes() -> None:
    """It had no SIRET when it was frozen, and has one now."""
    old = [green(1, id="finess:590000011", siret=""), green(2, id="essai:12", siret="")]
    lot = frozen(old)
    today = [green(1, finess=("590000011",)), green(2, origins=(Origin("essai", "12", None),))]
    found = compared(lot, build_shelf(today, 2), {"finess:590000011": today[0].id, "essai:12": today[1].id})
    assert (found.lost, found.candidates) == ((), ())
    assert {one.differences[0][:5] for one in found.updated} == {"SIRET"}


def test_the_reasons_known_when_it_was_added_are_no_news() -> None:
    closed = green(6, closed=date(2020, 1, 1), closed_reason="fermé")
    shelf = build_shelf([*CATALOGUE, closed], 1)
    asked = answer_to(Need(replace(LOT, date=THEN)), shelf, 10)
    match = structs.replace(asked.matches[0], id=closed.id, siret=closed.siret, name=closed.name, rank=None)
    dossier = append(opened(), AddLot("", freeze(asked)), at=AT, author=WHO)
    known = compared(dossier.lot(1), shelf)
    assert known.lost == ()
    unknown = append(dossier, Add(1, match, "connu"), at=AT, author=WHO)
    (lost,) = compared(unknown.lot(1), shelf).lost
    told = append(dossier, Add(1, match, "connu", lost.reasons), at=AT, author=WHO)
    assert compared(told.lot(1), shelf).lost == ()


def test_another_way_to_score_is_said_and_a_withdrawn_supplier_is_not_compared() -> None:
    lot = frozen()
    first = lot.frozen.matches[0]
    heavier = structs.replace(first.contributions[0], weight=first.contributions[0].weight + 1)
    other = structs.replace(first, contributions=(heavier, *first.contributions[1:]))
    changed = replace(lot, frozen=replace(lot.frozen, matches=(other, *lot.frozen.matches[1:])))
    found = compared(changed, build_shelf(CATALOGUE, 1))
    assert found.method_changed
    published = rank(
        LotOnShelf(lot.frozen.reading, build_shelf(CATALOGUE, 1), TODAY), weights_of(without_distance=True)
    )
    asked_so = replace(lot, frozen=replace(lot.frozen, matches=tuple(published.top(5))))
    assert not compared(asked_so, build_shelf(CATALOGUE, 1)).method_changed, (
        "a list may be made without distance today too"
    )
    assert found.sentence == "le calcul du score a changé"
    shortlist = lot.frozen
    dossier = append(opened(), AddLot("", freeze(shortlist), tuple(m.id for m in shortlist.matches)), at=AT, author=WHO)
    left = withdraw_suppliers(dossier, {CATALOGUE[2].id}).lot(1)
    assert compared(left, build_shelf(CATALOGUE[:2], 2)).lost == ()


def test_what_is_due_is_told_and_what_is_waited_for_is_not(engine: Engine) -> None:
    dossier = create_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=AT)
    kept = [AddLot("Berges", freeze(SHORTLIST), IDS[:1], date(2026, 11, 10)), SetStatus(1, IDS[0], Status.CONTACTED)]
    change_dossier(engine, FIRST_ORGANISATION, dossier.id, kept, version=dossier.version, author=WHO, now=AT)
    shelf = load_shelf(engine)
    assert news_of(engine, FIRST_ORGANISATION, dossier.id, shelf, AT.date()).due == ()
    (due,) = news_of(engine, FIRST_ORGANISATION, dossier.id, shelf, AT.date() + timedelta(days=8)).due
    assert due.startswith("Relancer Atelier A")


def test_a_structure_that_a_register_says_closed_is_named(engine: Engine) -> None:
    dossier = create_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=AT)
    kept = [AddLot("Berges", freeze(SHORTLIST), IDS[:3], date(2026, 11, 10))]
    change_dossier(engine, FIRST_ORGANISATION, dossier.id, kept, version=dossier.version, author=WHO, now=AT)
    shelf = build_shelf(
        [
            supplier("Atelier A", id=IDS[0], siret=siret(1)),
            supplier("Atelier B", id=IDS[1], siret=siret(2), closed=date(2026, 11, 20), closed_reason="fermé"),
        ],
        1,
    )
    assert news_of(engine, FIRST_ORGANISATION, dossier.id, shelf, AT.date()).closed == ("Atelier B",)


def test_answers_are_counted_from_their_day_and_for_their_organisation(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_controller(monkeypatch)
    filled(engine, tmp_path)
    campaign = asked(engine)
    assert answers_since(engine, FIRST_ORGANISATION, NOW.date()) == 0
    secret = secrets(engine, campaign.campaign.id)[siret(1)]
    keep_answer(engine, secret, GivenAnswer(workers="12"), now=NOW)
    assert answers_since(engine, FIRST_ORGANISATION, NOW.date()) == 1
    assert answers_since(engine, FIRST_ORGANISATION, NOW.date() + timedelta(days=1)) == 0
    assert answers_since(engine, OrganisationId(2), NOW.date()) == 0
