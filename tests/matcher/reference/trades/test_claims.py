"""Claims: labels that hold commas, glued labels, ROME codes and free text become codes, with the source's own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.reference.trades.activities import claim_targets, taxonomy
from matcher.reference.trades.claims import unread_trades


def test_group_labels_that_hold_commas_are_not_split() -> None:
    found = claim_targets(
        "marche-groupe", "Restauration, Communication, Marketing, Ameublement, déco, textile & Artisanat"
    )
    assert found == (
        ("restauration", "Restauration"),
        ("communication", "Communication, Marketing"),
        ("ameublement", "Ameublement, déco, textile & Artisanat"),
    )


@pytest.mark.parametrize("as_label", [True, False])
def test_every_sector_is_read_by_slug_and_by_label(as_label: bool) -> None:
    for sector in taxonomy().sectors:
        text = sector.label if as_label else sector.slug
        assert claim_targets("marche-secteur", text) == ((sector.target, text),)


def test_all_groups_joined_in_any_order_are_found() -> None:
    groups = taxonomy().groups
    text = ", ".join(group.label for group in reversed(groups))
    assert [code for code, _ in claim_targets("marche-groupe", text)] == [group.code for group in reversed(groups)]


def test_hosmoz_trades_with_commas_and_glued_poles() -> None:
    assert claim_targets("hosmoz", "Mise sous pli, mailing, routage, Conditionnement, travaux à façon") == (
        ("administratif.mise-sous-pli", "Mise sous pli, mailing, routage"),
        ("industrie.conditionnement", "Conditionnement, travaux à façon"),
    )
    assert claim_targets("hosmoz", "Espaces verts et paysagersNettoyage et entretien") == (
        ("espaces-verts", "Espaces verts et paysagers"),
        ("proprete", "Nettoyage et entretien"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jardinier / Jardinière (A1203)", (("espaces-verts.creation-entretien", "Jardinier / Jardinière"),)),
        ("K2204", (("proprete.locaux", "K2204"),)),
        (
            "A1203 Jardinier, F1703 Maçon",
            (("espaces-verts.creation-entretien", "Jardinier"), ("batiment.gros-oeuvre", "Maçon")),
        ),
        (
            "Agent de propreté (K2204) | Peintre (F1606)",
            (("proprete.locaux", "Agent de propreté"), ("batiment.peinture", "Peintre")),
        ),
        ("Maçon", (("batiment.gros-oeuvre", "Maçon"),)),
        ("Z0000", ()),
    ],
)
def test_rome(text: str, expected: tuple[tuple[str, str], ...]) -> None:
    assert claim_targets("rome", text) == expected


def test_free_text_gives_what_is_certain_piece_by_piece() -> None:
    found = claim_targets("libre", "Fauchage, débroussaillage | Légumerie\nPeinture ; nous sommes une équipe engagée")
    assert found == (
        ("espaces-verts.debroussaillage", "Fauchage, débroussaillage"),
        ("agroalimentaire.legumerie", "Légumerie"),
        ("batiment.peinture", "Peinture"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Espaces verts", [("espaces-verts.creation-entretien", "Espaces verts")]),
        ("Nettoyage", [("proprete", "Nettoyage")]),
        (
            "Espaces verts, blanchisserie",
            [("espaces-verts.creation-entretien", "Espaces verts"), ("linge.blanchisserie", "blanchisserie")],
        ),
        ("espaces verts / nettoyage", [("espaces-verts.creation-entretien", "espaces verts"), ("proprete", "nettoyage")]),
        ("Plomberie et électricité", [("batiment.plomberie", "Plomberie"), ("batiment.electricite", "électricité")]),
        ("Nettoyage, nettoyage de locaux", [("proprete.locaux", "nettoyage de locaux")]),
        ("nettoyage, vitrerie", [("proprete", "nettoyage"), ("proprete.vitrerie", "vitrerie")]),
        ("peinture, sols", [("batiment.peinture", "peinture"), ("batiment.sols", "sols")]),
        ("maraichage, EV", [("agroalimentaire.maraichage", "maraichage"), ("espaces-verts.creation-entretien", "EV")]),
        ("D3E, électroménager", [("dechets.deee", "D3E"), ("recyclage.deee", "électroménager")]),
    ],
)  # fmt: skip
def test_what_a_column_of_activities_says_in_two_words_is_read(text: str, expected: list[tuple[str, str]]) -> None:
    assert list(claim_targets("libre", text)) == expected


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("menuiserie; palettes", ("palettes",)),
        ("nettoyage, vitrerie / EV", ()),
        ("Nettoyage de locaux, zzz", ("zzz",)),
        ("Plomberie et électricité", ()),
        ("", ()),
    ],
)
def test_the_part_of_a_cell_that_tells_nothing_is_told(text: str, left: tuple[str, ...]) -> None:
    assert unread_trades(text) == left


def test_empty_and_unknown() -> None:
    assert claim_targets("libre", " ; | ") == ()
    assert claim_targets("marche-groupe", "zzz") == ()
    with pytest.raises(ValueError, match="Vocabulaire"):
        claim_targets("autre", "Nettoyage")


@given(st.sampled_from(["marche-secteur", "marche-groupe", "hosmoz", "rome", "libre"]), st.text(max_size=80))
def test_any_text_gives_known_codes_once(vocabulary: str, text: str) -> None:
    codes = [code for code, _ in claim_targets(vocabulary, text)]
    assert set(codes) <= set(taxonomy().codes)
    assert len(set(codes)) == len(codes)
    assert all(wording.strip() for _, wording in claim_targets(vocabulary, text))
