"""Lots are proposed with the sentence that says each value; two pieces that disagree are both shown."""

from datetime import date

import pytest

from importers.documents.page import row_line
from matcher.domain.reading import DoubtKind, Lot
from matcher.journal.change import build, plain
from matcher.reading.insertion_hours import insertion_hours
from matcher.reading.reader import lots_of_notice, read
from matcher.tender import proposal
from matcher.tender.proposal import AMOUNT, DURATION, HOURS, LEVER, MAXIMUM, NEED, PLACE, Proposal, propose_lots
from tests.matcher.tender.pieces import RC, dce, piece, technical


def test_the_lots_are_those_of_the_surest_piece_that_lists_them() -> None:
    found = propose_lots(dce())
    assert (found.told_by, found.more) == ("RC.pdf", 0)
    assert [(lot.number, lot.place_names, lot.euros, lot.months, lot.lever) for lot in found.lots] == [
        ("1", ("Valenciennes",), 90_000.0, 24.0, ""),
        ("2", ("Denain",), 40_000.0, None, "12"),
        ("3", ("Anzin",), 60_000.0, None, ""),
    ]


def test_each_value_has_its_sentence_its_piece_and_its_page() -> None:
    first, second, third = propose_lots(dce()).lots
    told = first.said[AMOUNT][0]
    assert "90 000 € HT" in told.sentence
    assert (told.value, told.piece, told.where) == ("90\u202f000\xa0€ HT sur toute la durée", "RC.pdf", "page 2")
    assert "L. 2113-12" in second.said[LEVER][0].sentence
    assert "Denain" in second.said[PLACE][0].sentence
    assert third.said[AMOUNT][0].piece == "ccap_2026.pdf"
    assert all(lot.said[NEED][0].where == "page 2" for lot in (first, second, third))


def test_the_sentence_of_an_amount_that_two_lots_have_is_that_of_each() -> None:
    told = (
        "Objet : fourniture de décorations à Lille.\nLot 1 : guirlandes en bois : 20 000 € HT ; Lot 2 : sapins en bois : "
        "35 000 € HT ; Lot 3 : étoiles en bois : 20 000 € HT"
    )
    lots = propose_lots([piece("avis.pdf", told)]).lots
    assert [lot.said[AMOUNT][0].sentence[:5] for lot in lots] == ["Lot 1", "Lot 2", "Lot 3"]


def test_two_pieces_that_disagree_are_both_shown() -> None:
    told = propose_lots(dce()).lots[0].said[DURATION]
    assert [(one.value, one.piece) for one in told] == [("24\xa0mois", "RC.pdf"), ("36\xa0mois", "ccap_2026.pdf")]


def test_one_need_without_lots_is_one_lot() -> None:
    text = "Objet : nettoyage des vitres de l’hôtel de ville de Denain, 12 000 € HT."
    (lot,) = propose_lots(
        [piece("cctp.docx", text), piece("ae.docx", "La durée du marché est de 12 mois à compter de sa notification.")]
    ).lots
    assert (lot.number, lot.place_names, lot.euros, lot.months) == ("", ("Denain",), 12_000.0, 12.0)
    assert lot.said[DURATION][0].piece == "ae.docx"


def test_a_maximum_is_said_beside_the_estimate_and_goes_with_the_need() -> None:
    rules = (
        "Objet : nettoyage des bureaux de la mairie de Denain, montant estimé 180 000 € HT. Durée du marché : 48 mois."
    )
    clauses = "Accord-cadre sans minimum.\nMontant maximum : 240 000 € HT (deux cent quarante mille euros)"
    (lot,) = propose_lots([piece("RC.pdf", rules), piece("ccap.pdf", "Clauses administratives", clauses)]).lots
    (told,) = lot.said[MAXIMUM]
    assert (lot.euros, told.value, told.piece) == (180_000.0, "240\u202f000\xa0€ HT sur toute la durée", "ccap.pdf")
    assert "240 000 € HT" in told.sentence
    again = read(Lot(lot.need, montant=lot.euros, duree=lot.months))
    assert (again.euros, again.maximum and again.maximum.euros) == (180_000.0, 240_000.0)
    assert not [doubt for doubt in again.doubts if doubt.kind is DoubtKind.AMOUNT]


def test_the_maximum_of_a_lot_is_its_own() -> None:
    rules = (
        "Objet : entretien des bâtiments de Denain.\nLot 1 : nettoyage des vitres, montant maximum 90 000 € HT\n"
        "Lot 2 : nettoyage des bureaux, montant estimé 40 000 € HT"
    )
    first, second = propose_lots([piece("RC.pdf", rules)]).lots
    assert [one.value for one in first.said[MAXIMUM]] == ["90\u202f000\xa0€ HT sur toute la durée"]
    assert (MAXIMUM in second.said, "maximum" in second.need) == (False, False)


def test_nothing_read_proposes_nothing() -> None:
    assert propose_lots([]) == propose_lots([piece("scan.pdf")]) == Proposal()


def test_lots_beyond_the_most_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposal, "MOST_LOTS", 2)
    found = propose_lots(dce())
    assert (len(found.lots), found.more) == (2, 1)


def test_a_proposal_is_kept_as_json() -> None:
    found = propose_lots(dce())
    assert build(Proposal, plain(found), "proposition") == found


def test_a_piece_proposes_what_it_says_as_a_text() -> None:
    wanted = [one.reading for one in lots_of_notice(Lot("\n".join(RC)))]
    assert [(its.euros, list(its.places)) for its in propose_lots([piece("RC.pdf", *RC)]).lots] == [
        (its.euros, [place.key for place in its.places]) for its in wanted
    ]


def test_what_a_piece_says_of_all_lots_is_of_those_that_it_says_nothing_of() -> None:
    said = "La durée de chaque marché est de 48 mois."
    found = propose_lots(
        [piece("RC.pdf", "Lot 1 : tonte à Denain, pour 12 mois\nLot 2 : vitres à Anzin"), piece("CCAP.pdf", said)]
    )
    assert [lot.months for lot in found.lots] == [12.0, 48.0]
    assert [len(lot.said[DURATION]) for lot in found.lots] == [2, 1]


def test_lines_of_a_table_of_prices_are_no_need_of_their_own() -> None:
    assert (
        propose_lots([piece("DPGF.xlsx", "Bordereau des prix\nTonte : 12 ; passages"), piece("RC.pdf", *RC)]).told_by
        == "RC.pdf"
    )


def test_what_the_technical_clauses_say_of_each_lot_completes_it() -> None:
    first, second, third = propose_lots(technical()).lots
    assert [lot.euros for lot in (first, second, third)] == [194_000.0, 104_000.0, 296_000.0]
    assert [lot.months for lot in (first, second, third)] == [48.0] * 3
    amount = second.said[AMOUNT][0]
    assert (amount.piece, amount.sentence) == ("CCTP.docx", "2 : Nettoyage des locaux ; 26 000 €")
    assert third.place_names == ("Kersaint-Plabennec",)
    assert (third.said[PLACE][0].piece, first.place_names) == ("CCTP.docx", ("Guipavas",))
    assert "tilleuls" in first.need
    assert "Consistance" not in first.need
    assert "Pénalités" not in third.need


def test_staff_that_the_clauses_transfer_is_in_the_need_of_its_lot() -> None:
    rules = "\n".join(map(row_line, (("Lot", "Objet"), ("1", "Nettoyage des locaux"), ("2", "Tonte des pelouses"))))
    kept = "Le personnel en place est repris selon la convention collective"
    work = f"Le titulaire nettoie {', '.join(f'la salle {number}' for number in range(20))}"
    clauses = f"CCTP\nLot n° 1 – Nettoyage\n{work}. {kept}.\nLot n° 2 – Tonte\nLe titulaire tond."
    first, second = propose_lots([piece("RC.docx", _OBJECT + rules), piece("CCTP.docx", clauses)]).lots
    assert (kept in first.need, kept in second.need) == (True, False)


def test_hours_of_insertion_are_of_the_lot_that_names_them_and_of_its_need() -> None:
    first, second, _ = propose_lots(technical()).lots
    assert (first.hours, second.hours) == (None, 560.0)
    assert second.said[HOURS][0].value.replace("\u00a0", " ") == "140 heures par an"
    assert "140 heures" in second.need
    assert insertion_hours(second.need, second.months) == 560.0
    assert HOURS not in first.said


_TWO = "Objet : Rénovation d’un collège à Lens\nLot 1 : Gros œuvre\nLot 2 : Peinture\nDurée : 14 mois.\n"


@pytest.mark.parametrize(
    "clause",
    [
        "Le titulaire du lot 1 réalise 1 820 heures d’insertion ; le titulaire du lot 2 réalise 420 heures d’insertion.",
        "Le titulaire du lot 1 réalise 1 820 heures d’insertion et le titulaire du lot 2 réalise 420 heures.",
        "Le lot 1 réalise 1 820 heures d’insertion et le lot 2, 420 heures.",
        "Clause d’insertion : 1 820 heures pour le lot 1 et 420 heures pour le lot 2.",
        "Clause d’insertion. Lot 1 : 1 820 heures d’insertion. Lot 2 : 420 heures d’insertion.",
        "Clause d’insertion :\n- Lot 1 : 1 820 h d’insertion\n- Lot 2 : 420 h d’insertion",
    ],
)
def test_hours_of_several_lots_in_one_clause_are_each_of_its_lot(clause: str) -> None:
    for pieces in ([piece("RC.docx", _TWO), piece("CCAP.docx", clause)], [piece("CCAP.docx", _TWO + clause)]):
        lots = propose_lots(pieces).lots
        assert [(lot.title, lot.hours) for lot in lots] == [("Gros œuvre", 1820.0), ("Peinture", 420.0)]
        assert [insertion_hours(lot.need, lot.months) for lot in lots] == [1820.0, 420.0]


@pytest.mark.parametrize(
    "clause", ["Les lots 1 et 2 réalisent chacun 420 h d’insertion.", "Lots 1 et 2 : 420 heures d’insertion chacun."]
)
def test_hours_that_several_lots_do_each_are_of_each(clause: str) -> None:
    lots = propose_lots([piece("RC.docx", _TWO), piece("CCAP.docx", clause)]).lots
    assert [lot.hours for lot in lots] == [420.0, 420.0]


def test_lots_named_again_after_their_list_keep_it_and_complete_it() -> None:
    again = "Estimation :\nLot 1 : 300 000 € HT\nLot 2 : 90 000 € HT\nLieux :\nLot 1 : Lens\nLot 2 : Arras"
    first, second = propose_lots(
        [piece("RC.docx", f"Travaux au collège\nLot 1 : Gros œuvre\nLot 2 : Peinture\n{again}")]
    ).lots
    assert (first.title, first.euros, first.place_names) == ("Gros œuvre", 300_000.0, ("Lens",))
    assert (second.title, second.euros, second.place_names) == ("Peinture", 90_000.0, ("Arras",))


def test_a_lot_said_not_to_be_reserved_says_so_with_its_sentence() -> None:
    first, second, third = propose_lots(technical()).lots
    assert [lot.lever for lot in (first, second, third)] == ["12", "clause", ""]
    assert third.said[LEVER][0].value == proposal.UNRESERVED
    assert "Lot non réservé" in third.said[LEVER][0].sentence


def test_the_day_that_offers_are_due_by_is_said_once_and_two_days_are_none() -> None:
    found = propose_lots(technical())
    assert found.deadline == date(2027, 1, 15)
    assert found.due[0].piece == "RC.pdf"
    two = (
        "Objet : tonte à Denain.\nRemise des offres avant le 15/01/2027.\nDate limite de remise des plis : 3 mars 2027."
    )
    assert propose_lots([piece("RC.pdf", two)]).deadline is None


@pytest.mark.parametrize(("months", "doubted"), [("12 mois", False), ("36 mois", True)])
def test_an_amount_is_doubted_only_where_the_duration_of_another_piece_leaves_a_choice(
    months: str, doubted: bool
) -> None:
    text = "Objet : nettoyage des vitres de l’hôtel de ville de Denain, 12 000 € HT."
    (lot,) = propose_lots([piece("cctp.docx", text), piece("ae.docx", f"La durée du marché est de {months}.")]).lots
    assert any("pour un an, ou pour toute la durée" in doubt for doubt in lot.doubts) is doubted


def test_an_amount_of_a_year_without_a_duration_is_asked() -> None:
    (lot,) = propose_lots([piece("RC.pdf", "Objet : tonte à Denain, montant estimé 20 000 € HT par an.")]).lots
    assert (lot.euros, lot.said[AMOUNT][0].value.replace("\u202f", " ")) == (None, "20 000\xa0€ HT par an")
    assert any("la durée n’est pas lue" in doubt for doubt in lot.doubts)


_OBJECT = (
    "Règlement de la consultation\nArticle 1 - Objet de la consultation\nLa présente consultation concerne l’entretien du patrimoine de la ville de Denain.\n"
    "Les prestations sont réparties en 4 lots désignés ci-dessous :\n"
)
_RESERVING = "\nLe lot 3 est réservé, en application de l’article L. 2113-12, aux EA et ESAT."
_ROWS = (
    ("1", "Nettoyage des bureaux", "95 000"),
    ("2", "Blanchisserie", "40 000 €"),
    ("3", "Ramassage de papiers", "38 000"),
    ("4", "Élagage", "60 000"),
)


@pytest.mark.parametrize("heads", [("Lot", "Désignation", "Montant annuel HT"), ("Lot(s)", "Nature", "Montant annuel HT")])  # fmt: skip
@pytest.mark.parametrize("number", ["{}", "0{}", "Lot {}", "Lot n° {}"])
def test_numbered_rows_under_a_header_of_lots_are_its_lots(heads: tuple[str, ...], number: str) -> None:
    rows = [row_line(heads), *(row_line((number.format(row[0]), *row[1:])) for row in _ROWS)]
    rules = piece("RC.docx", f"{_OBJECT}" + "\n".join(rows) + _RESERVING)
    found = propose_lots([rules, piece("CCAP.docx", "La durée de chaque marché est de 24 mois.")])
    assert [(lot.number, lot.title, lot.euros, lot.lever) for lot in found.lots] == [
        ("1", "Nettoyage des bureaux", 190_000.0, ""),
        ("2", "Blanchisserie", 80_000.0, ""),
        ("3", "Ramassage de papiers", 76_000.0, "12"),
        ("4", "Élagage", 120_000.0, ""),
    ]
    assert found.lots[0].said[AMOUNT][0].sentence == rows[1]
    assert found.doubts == ()


def test_a_reservation_in_another_piece_is_of_its_lot_alone() -> None:
    rows = [row_line(("N° de lot", "Désignation")), *(row_line(row[:2]) for row in _ROWS)]
    clauses = f"Cahier des clauses administratives particulières{_RESERVING} Les lots 2 et 4 ne sont pas réservés."
    lots = propose_lots([piece("RC.docx", _OBJECT + "\n".join(rows)), piece("CCAP.docx", clauses)]).lots
    assert [lot.lever for lot in lots] == ["", "", "12", ""]
    assert [lot.said[LEVER][0].value for lot in (lots[1], lots[3])] == [proposal.UNRESERVED] * 2


def test_lots_announced_and_not_listed_are_said_and_one_is_not_the_whole() -> None:
    hours = "\nLe titulaire du lot 1 réserve 600 heures par an à des personnes en insertion."
    found = propose_lots([piece("RC.docx", f"{_OBJECT}{_RESERVING}{hours}")])
    (lot,) = found.lots
    assert (lot.lever, LEVER in lot.said, HOURS in lot.said) == ("", False, False)
    assert "annonce 4 lots, et aucun n’est délimité" in found.doubts[0]
    assert not any("annonce" in doubt for doubt in lot.doubts)
    listed = "\n".join(map(row_line, (("Lot", "Objet"), ("1", "Tonte"), ("2", "Vitres"))))
    assert "et 2 lots sont lus" in propose_lots([piece("RC.docx", _OBJECT + listed)]).doubts[0]


def test_a_column_that_denies_a_reservation_says_so_with_its_row() -> None:
    rows = (("Lot", "Désignation", "Montant HT", "Réservation"), *((*row, "Non") for row in _ROWS))
    text = _OBJECT + "\n".join(map(row_line, rows)) + _RESERVING.replace("lot 3", "lot 2")
    lots = propose_lots([piece("RC.docx", text)]).lots
    assert [lot.lever for lot in lots] == ["", "12", "", ""]
    first = lots[0].said[LEVER][0]
    assert (first.value, first.sentence, first.where) == (proposal.UNRESERVED, row_line(rows[1]), "page 1")
    assert any("Le texte réserve" in doubt for doubt in lots[1].doubts), "reserved by a sentence, and not by its row"


@pytest.mark.parametrize(
    ("text", "months", "quoted"),
    [
        ("Durée du marché : 24 mois, reconductible 2 fois 12 mois", 48.0, "24 mois, reconductible 2 fois 12 mois"),
        (
            "Le marché est conclu pour 24 mois à compter de la notification. Il est reconductible 2 fois pour 12 mois",
            48.0,
            "notification […] Il est reconductible 2 fois pour 12 mois",
        ),
        (
            "Durée : 24 mois, reconductible.\nNombre de reconductions : 2.\nDurée de chaque reconduction : 12 mois",
            48.0,
            "Durée : 24 mois, reconductible […] Nombre de reconductions : 2. […] Durée de chaque reconduction : 12 mois",
        ),
    ],
)
def test_a_duration_is_quoted_with_the_renewals_that_are_counted(text: str, months: float, quoted: str) -> None:
    (lot,) = propose_lots([piece("RC.pdf", f"Objet : tonte à Denain.\n{text}.")]).lots
    assert lot.months == months
    assert quoted in lot.said[DURATION][0].sentence
