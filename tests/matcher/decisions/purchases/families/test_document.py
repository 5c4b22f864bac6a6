"""Families in words: what each says on its lines, what is left out, what services may pool."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.decisions.purchases.families.compute import form_families, lines_of_sheet
from matcher.decisions.purchases.families.document import (
    FamilySheet,
    families_document,
    families_headline,
    families_object,
)
from matcher.decisions.purchases.families.words import nature_asked, says
from matcher.decisions.purchases.sheet import PurchaseSheet
from matcher.reference.law import BuyerNature
from tests.matcher.decisions.purchases.test_line import entry

ON = date(2026, 11, 27)
CLEANING = "Nettoyage des locaux"


def grouped(*rows: dict[str, str], nature: BuyerNature | None = BuyerNature.OTHER, on: date = ON) -> FamilySheet:
    net = [{name: f"{text} HT" if text.isdigit() else text for name, text in row.items()} for row in rows]
    entries = tuple(replace(entry(**row), cells=(row.get("objet", ""),)) for row in net)
    sheet = PurchaseSheet(("Objet",), entries, (), (), ())
    return FamilySheet(sheet, form_families(lines_of_sheet(entries), {}, on, nature), on, 1, 12)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("amounts", "nature", "said"),
    [
        (("20000", "10000"), BuyerNature.OTHER, "2 lignes, 30 000 € HT : achat direct possible (R2122-8)"),
        (("20000", ""), BuyerNature.OTHER, "2 lignes, au moins 20 000 € HT : montants à compléter avant de conclure"),
        (("50000", "20000"), BuyerNature.OTHER, "2 lignes, 70 000 € HT : au-dessus de l’achat direct (60 000 € HT, R2122-8)"),
        (("200000", "20000"), BuyerNature.OTHER, "seuil européen atteint (216 000 € HT), condition sociale d’exécution obligatoire (L2112-2-1)"),
        (("200000", ""), None, "au-dessus de l’achat direct (60 000 € HT, R2122-8) ; seuil européen selon l’acheteur"),
        (("", ""), BuyerNature.OTHER, "2 lignes, montant non connu : montants à compléter"),
    ],
)  # fmt: skip
def test_a_family_says_its_sum_and_what_the_law_makes_of_it(
    amounts: tuple[str, str], nature: BuyerNature | None, said: str
) -> None:
    its = grouped(*({"objet": CLEANING, "montant": amount} for amount in amounts), nature=nature)
    (family,) = its.grouping.families
    assert said in plain(says(family, ON))
    lines = families_document(its).tables[-1]
    assert [plain(str(row.cells[-1])) for row in lines.rows] == [plain(says(family, ON))] * 2


@pytest.mark.parametrize(
    ("amount", "said", "unsaid"),
    [
        ("300000", "condition sociale à vérifier au-dessus du seuil des autres services (L2112-2-1)", "216 000"),
        (
            "800000",
            "seuil européen atteint (750 000 € HT, à vérifier), condition sociale",
            "condition sociale à vérifier",
        ),
    ],
)
def test_specific_services_are_judged_by_their_own_threshold(amount: str, said: str, unsaid: str) -> None:
    creche = {"objet": "Gestion d’une crèche", "cpv": "85312110", "montant": amount}
    (family,) = grouped(creche, nature=BuyerNature.OTHER).grouping.families
    told = plain(says(family, ON))
    assert said in told
    assert "procédure adaptée quel que soit le montant (R2123-1, 3°)" in told
    assert unsaid not in told


def test_who_buys_is_asked_once_and_the_amounts_that_depend_on_it_are_said_once() -> None:
    rows = ({"objet": CLEANING, "montant": "200000"}, {"objet": "Fourniture de repas", "montant": "200000"})
    its = grouped(*rows, nature=None)
    said = [plain(one) for one in families_object(its)["remarks"]]
    assert [one for one in said if "140 000 € HT (État)" in one] == said[:1]
    assert said[0].endswith("Donnez une fois votre SIRET.")
    assert not any("140 000" in plain(says(family, ON)) for family in its.grouping.families)
    assert not families_object(grouped(*rows))["remarks"], "it is known"


def test_who_buys_is_not_asked_of_a_known_buyer_whose_object_may_be_of_works() -> None:
    its = grouped({"objet": "Fourniture d’électricité", "montant": "800000"}, nature=BuyerNature.OTHER)
    assert its.grouping.families[0].law.above is None
    assert nature_asked(its.grouping) == ""


def test_works_are_counted_by_operation_and_a_day_without_table_concludes_nothing() -> None:
    (works,) = grouped({"objet": "Travaux de peinture", "montant": "20000"}).grouping.families
    assert "par opération (R2121-5)" in says(works, ON)
    before = date(2001, 1, 1)
    (old,) = grouped({"objet": CLEANING, "montant": "20000"}, on=before).grouping.families
    assert says(old, before).endswith("seuils de ce jour non connus")


def test_what_is_left_out_is_said_and_what_services_may_pool_adds_up() -> None:
    its = grouped(
        {"objet": CLEANING, "montant": "20000", "acheteur": "Mairie"},
        {"objet": CLEANING, "montant": "90000 TTC", "acheteur": "École"},
        {"montant": "5"},
    )
    told = families_object(its)
    assert (
        plain(families_headline(its.grouping))
        == "1 famille pour 2 lignes : 0 dépasse l’achat direct ; 1 est achetée par plusieurs services."
    )
    assert [plain(one) for one in told["remarks"]] == [
        "1 ligne n’a ni objet ni code CPV : dans aucune famille.",
        "1 montant TTC n’est pas compté aux seuils, qui sont hors taxes : les sommes de leurs familles sont « au moins ».",
    ]
    assert told["families"][0]["services"] == [
        {"name": "Mairie", "lines": 1, "amount": 20_000, "amounts_unknown": 0},
        {"name": "École", "lines": 1, "amount": 0.0, "amounts_unknown": 1},
    ]
    assert told["families"][0]["amount_with_tax"] == 90_000
