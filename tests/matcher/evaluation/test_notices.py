"""Suite 6: what is judged of a notice, and what is left out because no label says it."""

from typing import Any

from matcher.domain.need import Need
from matcher.domain.reading import Lot
from matcher.evaluation.notices import notice_figures
from matcher.evaluation.suites import SuiteLot

WHOLE = {
    "group": "Espaces verts & extérieurs",
    "alt_groups": [],
    "places": ["Lille"],
    "amount_total_ht": 30_000,
    "months_accepted": [12, 36],
    "lever": None,
    "lots": 1,
}


def labelled(objet: str, **labels: Any) -> SuiteLot:
    return SuiteLot(Need(Lot(objet)), labels)


def test_a_notice_labelled_whole_is_judged_on_each_label() -> None:
    figures = notice_figures(
        [labelled("Tonte des pelouses à Lille, 10 000 € HT par an, pour une durée de 3 ans", **WHOLE)]
    )
    assert figures.pop("montant faux") == figures.pop("durée fausse") == figures.pop("dits réservés à tort") == 0
    assert set(figures.values()) == {1.0}


def test_a_figure_without_a_label_is_not_counted() -> None:
    labels = {**WHOLE, "amount_total_ht": None, "months_accepted": []}
    figures = notice_figures([labelled("Tonte des pelouses à Lille, 10 000 € HT", **labels)])
    assert not {"montant juste", "durée juste"} & figures.keys()


def test_what_is_wrong_is_told_from_what_is_unread() -> None:
    wrong = labelled(
        "Lavage des vitres à Douai, réservé aux ESAT (L2113-12), 90 000 € HT, pour une durée de 6 mois", **WHOLE
    )
    figures = notice_figures([wrong, labelled("Tonte", **WHOLE)])
    assert (figures["montant juste"], figures["montant faux"]) == (0, 0.5)
    assert (figures["durée juste"], figures["durée fausse"]) == (0, 0.5)
    assert (figures["aucun lieu faux"], figures["lieux exacts"]) == (0.5, 0)
    assert figures["dits réservés à tort"] == 0.5


def test_a_reservation_is_found_with_its_article_or_told_in_error() -> None:
    figures = notice_figures(
        [
            labelled("Tonte. Marché réservé aux ESAT (L2113-12)", reserved=True, levers=["12"]),
            labelled("Tonte. Marché réservé aux SIAE (L2113-13)", reserved=True, levers=["12"]),
            labelled("Tonte. Marché réservé aux SIAE (L2113-13)", reserved=False),
            labelled("Tonte des pelouses", reserved=False),
        ]
    )
    assert figures["réservation trouvée"] == 1
    assert figures["article juste"] == 0.5
    assert figures["dits réservés à tort"] == 0.5
