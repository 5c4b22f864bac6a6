"""Gates refuse with a reason; what is not known of a supplier is said, not guessed."""

from matcher.ranking.engine import rank
from tests.factories import DENAIN, MARSEILLE, MAUBEUGE, ask, supplier


def refused(objet: str, suppliers: list[object], **lot: object) -> dict[str, int]:
    return {r.gate: r.count for r in rank(ask(objet, suppliers, **lot)).refusals()}  # type: ignore[arg-type]


def test_a_reserved_lot_keeps_its_family_only() -> None:
    kinds = ["EI", "ACI", "AI", "ETTI", "EITI", "EA", "EATT", "ESAT", "GEIQ", "SEP", "TIH", "ESS"]
    suppliers = [supplier(kind, kind) for kind in kinds]

    def kept(levier: str) -> set[str]:
        return {match.name for match in rank(ask("Nettoyage", suppliers, lieu="Maubeuge", levier=levier)).top(20)}

    assert kept("12") == {"EA", "EATT", "ESAT"}
    assert kept("13") == {"EI", "ACI", "AI", "ETTI", "EITI"}
    assert kept("13-1") == {"SEP"}
    assert kept("14") == {"EA", "EATT", "ESAT", "EI", "ACI", "AI", "ETTI", "EITI"}
    assert kept("15") == {"ESS"}
    assert kept("clause") == kept("") == set(kinds)


def test_a_kind_asked_for_refuses_the_others() -> None:
    suppliers = [supplier("a", "EI"), supplier("b", "ESAT"), supplier("c", "")]
    assert refused("Nettoyage", suppliers, lieu="Maubeuge", kinds=("EI",)) == {"type": 1, "type non connu": 1}


def test_a_clause_refuses_nobody_even_of_unknown_kind() -> None:
    assert refused("Nettoyage", [supplier("c", "")], lieu="Maubeuge", levier="clause") == {}


def test_an_ended_convention_refuses() -> None:
    suppliers = [supplier("a", active=False), supplier("b", active=None), supplier("c", active=True)]
    assert refused("Nettoyage", suppliers, lieu="Maubeuge") == {"inactif": 1}


def test_its_own_declared_area_refuses_a_far_place_and_no_near_one() -> None:
    suppliers = [
        supplier("du Nord", at=MAUBEUGE, area_codes=("dep:59",)),
        supplier("de l’Aisne", at=DENAIN, area_codes=("dep:02",)),
        supplier("de l’Aisne, à côté", at=MAUBEUGE, area_codes=("dep:02",)),
        supplier("de France", at=MARSEILLE, area_codes=("pays:FR",)),
        supplier("à 20 km", at=MARSEILLE, area_codes=("km:20",)),
        supplier("à 80 km", at=DENAIN, area_codes=("km:80",)),
        supplier("ne dit rien", at=MARSEILLE),
    ]
    ranking = rank(ask("Nettoyage", suppliers, lieu="Maubeuge"))
    kept = {match.name for match in ranking.top(20)}
    assert kept == {"du Nord", "de l’Aisne, à côté", "de France", "à 80 km", "ne dit rien"}


def test_without_a_place_nobody_is_out_of_reach() -> None:
    assert refused("Nettoyage de locaux", [supplier("a", area_codes=("dep:02",))]) == {}
