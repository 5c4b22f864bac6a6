"""Gates refuse with a reason; what is not known of a supplier is said, not guessed."""

from datetime import date

from matcher.domain.supplier import Site, Supplier
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


def test_to_lack_the_quality_that_l2113_15_asks_for_is_not_known_and_said_so() -> None:
    (refusal,) = rank(ask("Formation", [supplier("a", "ACI")], levier="15")).refusals()
    assert "n’est pas connue" in refusal.reason
    assert "à vérifier" in refusal.reason
    (refusal,) = rank(ask("Formation", [supplier("a", "ACI")], levier="12")).refusals()
    assert refusal.reason.startswith("pas éligible")


def test_a_kind_asked_for_refuses_the_others() -> None:
    suppliers = [supplier("a", "EI"), supplier("b", "ESAT"), supplier("c", "")]
    assert refused("Nettoyage", suppliers, lieu="Maubeuge", kinds=("EI",)) == {"type": 1, "type non connu": 1}


def test_a_clause_refuses_nobody_even_of_unknown_kind() -> None:
    assert refused("Nettoyage", [supplier("c", "")], lieu="Maubeuge", levier="clause") == {}


def test_the_buyer_is_not_offered_itself() -> None:
    suppliers = [supplier("a", siren="265906578"), supplier("b", siren="215903923"), supplier("c")]
    assert refused("Nettoyage", suppliers, lieu="Maubeuge", acheteur_siret="26590657800017") == {"acheteur": 1}
    assert refused("Nettoyage", suppliers, lieu="Maubeuge") == {}


def test_a_commune_that_buys_is_not_offered_its_own_services() -> None:
    suppliers = [
        supplier("COMMUNE DE MAUBEUGE", siren="215903923"),
        supplier("CTRE COM ACTION SOCIAL DE MAUBEUGE", siren="265903922", sites=(Site(insee="59392"),)),
        supplier("COM DE MAUBEUGE", sites=(Site(insee="59392"),)),
        supplier("CCAS DE DENAIN", sites=(Site(insee="59172"),)),
        supplier("ASSOC D INSERTION"),
    ]
    assert refused("Nettoyage", suppliers, acheteur_siret="215903923") == {"acheteur": 3}
    assert refused("Nettoyage pour la commune de Maubeuge", suppliers) == {"acheteur": 3}
    assert refused("Nettoyage", suppliers, lieu="Maubeuge") == {}


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


SHUT = {"closed": date(2024, 3, 12), "closed_reason": "fermé depuis le 12/03/2024 d’après Sirene"}


def says(suppliers: list[Supplier], name: str) -> tuple[str, ...]:
    answer = rank(ask("Nettoyage", suppliers, lieu="Maubeuge")).why_not(f"essai:{name}")
    assert answer is not None
    return answer.refused


def test_a_closed_door_refuses_with_its_day() -> None:
    suppliers = [
        supplier("fermé", **SHUT),
        supplier("sans date", closed_reason="fermé d’après Sirene"),
        supplier("ouvert"),
    ]
    assert refused("Nettoyage", suppliers, lieu="Maubeuge") == {"ferme": 2}
    assert says(suppliers, "fermé") == ("fermé depuis le 12/03/2024 d’après Sirene",)
    assert says(suppliers, "sans date") == ("fermé d’après Sirene",)


def test_whoever_closed_later_could_answer_an_older_lot() -> None:
    assert rank(ask("Nettoyage", [supplier("fermé", **SHUT)], date(2019, 5, 1))).refusals() == ()


def test_the_successor_is_said_and_followed_to_the_end() -> None:
    old = supplier("ancien", siret="1", successor="2", **SHUT)
    absent = "absent du catalogue : importez un annuaire récent qui le liste, ou ajoutez-le"
    assert says([old], "ancien")[0].endswith(f"continue sous le SIRET 2 ({absent})")
    between = supplier("relais", id="siret:2", siret="2", successor="3", **SHUT)
    assert says([old, between], "ancien")[0].endswith(f"qui continue sous le SIRET 3, {absent})")
    new = supplier("neuf", id="siret:3", siret="3")
    assert says([old, between, new], "ancien")[0].endswith("(« neuf », au catalogue sous le SIRET 3)")
    last = supplier("neuf", id="siret:3", siret="3", **SHUT)
    assert "lui-même fermé depuis" in says([old, between, last], "ancien")[0]
    circle = supplier("relais", id="siret:2", siret="2", successor="2", **SHUT)
    assert "« relais », au catalogue sous le SIRET 2, lui-même fermé" in says([old, circle], "ancien")[0]
