"""One lot as one supplier reads it: reasons that say « vous », what is missing, why not, alone or with whom."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from matcher.domain.supplier import Reference, Supplier
from matcher.notices.matching import READ, matches
from matcher.notices.supplier_side import SupplierSide, supplier_side
from matcher.notices.supplier_words import SELDOM_KIND
from matcher.ranking.ask import LotOnShelf
from tests.factories import DENAIN, LILLE, MARSEILLE, MAUBEUGE, ask, declares, siret, supplier

GREEN, CLEANING = "espaces-verts.creation-entretien", "proprete.locaux"
BUYER = siret(900, "2")


def side(objet: str, me: Supplier, *others: Supplier, **lot: Any) -> SupplierSide:
    lot = {"lieu": "Maubeuge"} | lot
    asked = ask(objet, [me, *others], **lot)
    row = asked.shelf.find(me.id)
    assert row is not None
    return supplier_side(asked, row)


def plain(said: tuple[str, ...]) -> list[str]:
    return [text.replace("\u00a0", " ").replace("\u202f", " ") for text in said]


def test_it_says_what_the_supplier_declares_how_far_the_lot_is_and_what_is_not_known() -> None:
    its = side(
        "Entretien des espaces verts", supplier(at=DENAIN, activities=declares(GREEN)), montant=120_000.0, duree=12.0
    )
    assert plain(its.suits)[0] == f"Vous déclarez « dit {GREEN} »."
    assert plain(its.against) == ["Le lot est à 41 km (Maubeuge)."]
    (missing,) = plain(its.missing)
    assert missing.startswith("Effectif demandé : environ ")
    assert missing.endswith(" ETP. Le vôtre n’est pas connu.")
    assert (its.refused, its.lacks, its.partners, its.wanted) == ((), (), (), False)


def test_a_workforce_that_suffices_is_said_and_one_of_a_reserved_lot_is_wanted() -> None:
    me = supplier(activities=declares(GREEN), workers=60)
    its = side("Entretien des espaces verts", me, montant=60_000.0, duree=12.0, levier="12")
    assert its.wanted
    assert any(text.endswith("le vôtre, d’après sa source : 60.") for text in plain(its.suits))
    named = side("Entretien des espaces verts, marché réservé aux ESAT", me)
    assert "Le lot demande votre type de structure (ESAT)." in named.suits


def test_a_kind_that_is_asked_and_seldom_answers_such_needs_is_not_told_as_a_strength() -> None:
    me = supplier(activities=declares(GREEN))
    its = side("Assurance des véhicules, marché réservé", me, levier="12")
    assert SELDOM_KIND + "." in its.against
    assert not any("demande votre type" in text for text in (*its.suits, *its.against))


def test_a_contract_with_this_buyer_is_said_to_the_one_that_held_it() -> None:
    won = Reference("decp", "1", True, "Tonte", GREEN, buyer=BUYER, notified=date(2024, 3, 1), buyer_name="Ville")
    me = supplier(activities=declares(GREEN), references=(won,))
    lot = {"acheteur_siret": BUYER, "date": date(2026, 11, 1)}
    said = plain(side("Entretien des espaces verts", me, **lot).suits)
    assert "Vous avez déjà travaillé pour cet acheteur : « Tonte » (1ᵉʳ mars 2024, Ville)." in said
    assert "Vous avez tenu « Tonte » (1ᵉʳ mars 2024, Ville)." in said
    other = replace(me, references=(replace(won, own=False),))
    assert any(
        text.startswith("Votre organisation (même SIREN) a") for text in side("Espaces verts", other, **lot).suits
    )


# Declared by a source that does not list all the trades of a supplier.
ONE_OF_ITS_TRADES = (replace(declares(GREEN)[0], source="emplois"),)


def test_a_trade_that_is_not_known_is_asked() -> None:
    its = side("Entretien des espaces verts", supplier("Sans métier connu", "ACI"))
    assert its.refused == ()
    assert plain(its.missing)[0].endswith("Votre métier n’est pas connu : est-ce bien le vôtre ?")


@pytest.mark.parametrize(
    ("me", "lot", "why"),
    [
        (supplier(kind="ACI"), {"levier": "12"}, "Le lot est réservé (L2113-12) : EA, EATT, ESAT."),
        (supplier(), {"levier": "15"}, "Le lot est réservé (L2113-15) aux entreprises de l’économie sociale et solidaire : que vous en soyez une n’est pas connu."),
        (supplier(kind=""), {"levier": "12"}, "Le lot est réservé, et votre type de structure n’est pas connu."),
        (supplier(kind="ACI"), {"kinds": ("ESAT",)}, "Le lot demande un autre type de structure : ESAT."),
        (supplier(active=False), {}, "Votre conventionnement est terminé d’après sa source."),
        (supplier(siren=BUYER[:9]), {"acheteur_siret": BUYER}, "Vous êtes l’acheteur, ou un service de la commune qui achète."),
        (supplier(closed_reason="fermé"), {}, "Le répertoire Sirene, ou une liste, dit votre établissement fermé."),
        (supplier(at=LILLE, area_codes=("dep:62",)), {}, "Le lieu est hors de la zone d’intervention que vous déclarez."),
        (supplier(activities=declares(CLEANING)), {}, "Les métiers que l’on vous connaît sont autres."),
        (supplier(kind="GEIQ", activities=declares(GREEN)), {}, "Vous mettez du personnel à disposition, et le lot n’en demande pas."),
        (supplier("Jardin", activities=ONE_OF_ITS_TRADES), {"objet": "Nettoyage de bureaux"}, "Les métiers que l’on vous connaît sont autres."),
        (supplier(at=MARSEILLE, activities=declares(GREEN)), {}, "Le lot est hors de votre portée, à 784 km."),
        (supplier(), {"objet": "Achat de véhicules neufs"}, "Votre métier n’est pas connu, et votre type de structure répond rarement à ce besoin."),
        (supplier(activities=declares(GREEN)), {"lieu": ()}, "Le métier ou le lieu du lot n’est pas compris."),
        (supplier(), {"objet": "Prestations à définir", "lieu": ()}, "Le métier ou le lieu du lot n’est pas compris."),
    ],
)  # fmt: skip
def test_it_says_why_a_lot_is_not_told(me: Supplier, lot: dict[str, Any], why: str) -> None:
    its = side(me=me, **{"objet": "Entretien des espaces verts"} | lot)
    assert plain(its.refused) == [why]
    assert (its.lacks, its.partners) == ((), ())


def test_another_site_or_others_before_are_told() -> None:
    number = siret(1)[:9]
    near = supplier("Près", id=f"siret:{number}00018", siren=number, activities=declares(GREEN))
    far = supplier("Loin", id=f"siret:{number}00026", siren=number, at=(50.5, 3.9), activities=declares(GREEN))
    assert plain(side("Entretien des espaces verts", far, near).refused) == [
        "Un autre de vos sites est mieux placé : Près, Ville."
    ]
    crowd = [supplier(f"{n}", at=(MAUBEUGE[0] + n / 10_000, MAUBEUGE[1])) for n in range(READ)]
    last = supplier("Dernier", at=DENAIN)
    assert plain(side("Entretien des espaces verts", last, *crowd).refused) == [
        f"D’autres passent devant : vous êtes {READ + 1}ᵉ de la liste du lot."
    ]


def test_it_is_refused_exactly_where_the_lot_is_not_told() -> None:
    them = [
        supplier("A", activities=declares(GREEN)),
        supplier("B", "ACI"),
        supplier("C", "ETTI", at=LILLE),
        supplier("D", activities=declares(CLEANING)),
        supplier("E", at=MARSEILLE, activities=declares(GREEN)),
        supplier("F", "EI", naf="0130Z"),
        supplier("G", active=False),
    ]
    for objet in ("Entretien des espaces verts", "Nettoyage de bureaux", "Réactifs de laboratoire"):
        asked = ask(objet, them, lieu="Maubeuge")
        said = {row for row in range(len(them)) if not supplier_side(asked, row).refused}
        assert said == set(matches(asked).rows.tolist())


def two_trades(*suppliers: Supplier) -> LotOnShelf:
    return ask("Entretien des espaces verts et nettoyage des bureaux", suppliers, lieu="Maubeuge")


def test_where_a_trade_is_lacking_the_nearest_known_for_it_completes() -> None:
    me = supplier("Jardins", activities=declares(GREEN))
    near = supplier("Propreté du Val", at=(50.32, 3.97), activities=declares(CLEANING))
    far = supplier("Propreté de Denain", at=DENAIN, activities=declares(CLEANING))
    asked = two_trades(me, near, far)
    its = supplier_side(asked, asked.shelf.find(me.id) or 0)
    (lack,) = plain(its.lacks)
    assert lack.endswith("» : ce métier n’est pas connu chez vous.")
    (partner,) = its.partners
    assert (partner.id, round(partner.km or 0)) == (near.id, 5)
    assert str(partner).replace("\u00a0", " ").startswith("Propreté du Val, à 5 km de vous : ")
    alone = two_trades(me)
    nobody = supplier_side(alone, 0)
    assert (len(nobody.lacks), nobody.partners) == (1, ())
    both = two_trades(supplier("Les deux", activities=declares(GREEN, CLEANING)), near)
    assert supplier_side(both, both.shelf.find("essai:Les deux") or 0).lacks == ()


def test_a_lot_beyond_its_workforce_is_carried_with_another_that_is_large_enough() -> None:
    me = supplier("Petite", activities=declares(GREEN), workers=4)
    large = supplier("Grande", at=DENAIN, activities=declares(GREEN), workers=80)
    small = supplier("Petite aussi", activities=declares(GREEN), workers=1)
    its = side("Entretien des espaces verts", me, large, small, montant=400_000.0, duree=12.0)
    assert plain(its.lacks) == ["Le lot demande plus que ce que votre effectif connu laisse libre."]
    assert [(one.name, one.part) for one in its.partners] == [("Grande", "le reste du lot")]
