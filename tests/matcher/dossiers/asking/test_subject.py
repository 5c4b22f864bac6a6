"""Subject of a campaign: a lot, a territory, a meeting; a closed dossier asks nobody."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.domain.supplier import Activity, Evidence, Site
from matcher.dossiers.asking.subject import ids_to_ask, of_lot, of_meeting, of_territory, territory_reading, within
from matcher.dossiers.changes import AddLot, Close
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import change_dossier, create_dossier
from matcher.journal.change import ChangeRefused
from matcher.ownership import FIRST_ORGANISATION
from matcher.ranking.lay_out import build_shelf
from matcher.reference.geography.territories import departement, departements
from tests.factories import DENAIN, MARSEILLE, siret, supplier
from tests.matcher.dossiers.asking.campaigns import BY, GREEN, NOW, filled
from tests.matcher.dossiers.kept import HEADER, SHORTLIST, WHO

TODAY = NOW.date()


def test_a_lot_asks_those_whose_trade_is_not_known_while_its_dossier_is_open(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path)
    create_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=NOW)
    dossier = change_dossier(
        engine, FIRST_ORGANISATION, 1, [AddLot("Berges", freeze(SHORTLIST))], version=1, author=WHO, now=NOW
    )
    shelf = load_shelf(engine)
    subject = of_lot(dossier, 1, shelf, TODAY)
    assert {f"siret:{siret(1)}", f"siret:{siret(3)}"} <= set(subject.ids)
    draft = subject.draft(BY, objet="Tonte des talus", title="sans effet")
    assert (draft.dossier_id, draft.lot, draft.title) == (1, 1, "Tonte des talus")
    with pytest.raises(ChangeRefused, match="pas de lot"):
        of_lot(dossier, 7, shelf, TODAY)
    closed = change_dossier(
        engine, FIRST_ORGANISATION, 1, [Close("fini")], version=dossier.version, author=WHO, now=NOW
    )
    with pytest.raises(ChangeRefused, match="rouvrez-le"):
        of_lot(closed, 1, shelf, TODAY)


def test_a_territory_asks_those_who_are_in_it(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path)
    shelf, found = load_shelf(engine), departements()
    subject = of_territory(engine, shelf, [GREEN], found["59"], TODAY)
    assert len(subject.ids) == 4
    assert subject.draft(BY).title == "Création et entretien des espaces verts, Nord"
    assert of_territory(engine, shelf, [GREEN], found["62"], TODAY).ids == ()


def test_a_meeting_asks_its_suppliers() -> None:
    subject = of_meeting("Club de Maubeuge", ["siret:1"])
    assert (subject.ids, subject.dossier_id) == (("siret:1",), None)
    assert "avant « Club de Maubeuge »" in subject.draft(BY).text.replace("\u202f", " ").replace("\u00a0", " ")


ON = date(2026, 11, 27)


def test_who_is_known_or_far_is_not_asked_and_a_clue_comes_first() -> None:
    suppliers = [
        supplier("Inconnu"),
        supplier("Connu", activities=(Activity(GREEN, "", Evidence.ANSWER, "structure"),)),
        supplier(
            "Paysages du Nord", at=DENAIN, naf="81.29B", activities=(Activity(GREEN, "", Evidence.NAME, "essai"),)
        ),
        supplier("Loin", at=MARSEILLE),
    ]
    assert ids_to_ask(territory_reading([GREEN], "59"), build_shelf(suppliers, 1), ON) == (
        "essai:Paysages du Nord",
        "essai:Inconnu",
    )


def test_a_departement_is_that_of_a_site() -> None:
    inside = supplier("A", sites=(Site(insee="62041"), Site(insee="59392")))
    other = supplier("B", sites=(Site(post_code="62000"),))
    island = supplier("C", sites=(Site(post_code="20000"),))
    of = {
        code: within([inside, other, island], place)
        for code in ("59", "62", "2A", "2B")
        if (place := departement(code))
    }
    assert of == {"59": {"essai:A"}, "62": {"essai:A", "essai:B"}, "2A": {"essai:C"}, "2B": frozenset()}
