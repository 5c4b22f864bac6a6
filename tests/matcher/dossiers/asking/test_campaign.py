"""The message of a campaign: the same for all, never an amount, and what the law has each one told."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.domain.reading import Lot
from matcher.dossiers.asking.campaign import about_lot, about_trades, reminder, written_to
from matcher.dossiers.changes import AddLot
from matcher.dossiers.dossier import Dossier
from matcher.journal.change import ChangeRefused, append
from matcher.mail.outbox import LINK
from matcher.reference.clauses import modalities
from matcher.render.document import ColumnKind, DocumentColumn, DocumentKind, DocumentRow, DocumentTable
from tests.matcher.dossiers.asking.campaigns import BY, GREEN
from tests.matcher.dossiers.kept import AT, HEADER, SHORTLIST, WHO, with_list
from tests.matcher.dossiers.report.year import kept


def of(objet: str) -> Dossier:
    reading = SHORTLIST.reading
    return with_list(shortlist=replace(SHORTLIST, reading=replace(reading, lot=replace(reading.lot, objet=objet))))


def test_a_lot_is_told_without_its_amount_and_with_one_link() -> None:
    dossier = of("Entretien des berges")
    draft = about_lot(dossier, 1, BY, signature="Léa")
    assert (draft.title, draft.dossier_id, draft.lot) == (HEADER.title, 1, 1)
    assert draft.trades == tuple(guess.code for guess in SHORTLIST.reading.activities)
    assert draft.text.count(LINK) == 1
    for said in (
        "CA de Valbrune prépare un achat",
        "Objet : Entretien des berges",
        "R2111-1",
        "Répondre ne vous engage à rien",
        "Léa",
    ):
        assert said in draft.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert "€" not in draft.text


def test_a_winner_titles_a_campaign_as_its_contract_and_offers_no_hours_that_it_hires_itself(
    winner: None,
) -> None:
    hired = next(way for way in modalities() if not way.kinds)
    hours = (DocumentColumn("Heures", ColumnKind.NUMBER),)
    tables = (
        DocumentTable("Les contrats", (DocumentColumn("Contrat"), *hours), (DocumentRow(("Berges", 1_000)),)),
        DocumentTable("Qui", (DocumentColumn("Modalité"), *hours), (DocumentRow((hired.label, 1_000)),)),
    )
    keep, added = kept(DocumentKind.PLAN, "Berges", tables=tables), with_list().journal[-1].change
    assert isinstance(added, AddLot)
    dossier = append(with_list(), keep, replace(added, title="Collège"), at=AT, author=WHO)
    first, second = (about_lot(dossier, lot, BY) for lot in (1, 2))
    assert (first.title, second.title) == ("Berges", "Collège")
    assert "à partager" not in first.text
    assert "acheteurs" not in first.text


@pytest.mark.parametrize(
    "objet", ["Berges, 40 000 € HT", "Berges (montant 40000 euros)", "Berges, 1,5 M€", "Berges 40 k€"]
)
def test_an_object_that_tells_an_amount_is_refused_until_it_is_told_otherwise(objet: str) -> None:
    assert isinstance(SHORTLIST.reading.lot, Lot)
    with pytest.raises(ChangeRefused, match="montant"):
        about_lot(of(objet), 1, BY)
    assert "Berges et noues" in about_lot(of(objet), 1, BY, objet="Berges et noues").text
    with pytest.raises(ChangeRefused, match="montant"):
        about_lot(replace(of("Berges"), header=replace(HEADER, title=objet)), 1, BY)
    with pytest.raises(ChangeRefused, match="montant"):
        about_trades(objet, [GREEN], BY)
    with pytest.raises(ChangeRefused, match="titre"):
        about_trades(" ", [GREEN], BY)


def test_each_is_told_whose_data_it_is_from_where_why_how_long_and_how_to_object() -> None:
    text = written_to("Bonjour", BY, "finess", date(2021, 1, 4), 36).replace("\u00a0", " ").replace("\u202f", " ")
    for said in (BY.name, BY.address, BY.contact, "Finess", "4 janvier 2021", "6.1.e", "36 mois", "opposer", "cnil.fr"):
        assert said.lower() in text.lower()


def test_a_reminder_says_when_the_first_was_sent_and_that_it_is_the_last() -> None:
    assert reminder("Bonjour", date(2026, 11, 27)).startswith("Rappel : nous vous avons écrit le 27")
