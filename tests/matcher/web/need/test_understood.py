"""Chips of what was understood: those that one line holds, the others folded and counted."""

from flask.testing import FlaskClient

from matcher.web.need.understood import PLACE_LABEL, Chip, in_one_line
from tests.matcher.web.reading import Read, read

RESERVED = {"lieu": "Maubeuge", "levier": "12", "montant": "180000", "duree": "12"}


def chips(page: Read) -> dict[str, str]:
    """The value that takes each chip off, by what it says."""
    return {
        " ".join(chip.get_text(" ").split()).removesuffix("×").strip(): str(button["value"]) if (button := chip.select_one("button")) else ""
        for chip in page.all(".chip")
    }  # fmt: skip


def test_chips_that_a_line_does_not_hold_are_folded_and_counted(client: FlaskClient) -> None:
    page = read(client, "/candidats", {**RESERVED, "besoin": "Entretien des espaces verts, lot réservé aux EA et ESAT"})
    folded = page.all(".more-chips .chip")
    assert folded
    assert f"+ {len(folded)}" in page.one(".more-chips summary").get_text()
    assert not read(client, "/candidats", {"besoin": "Traiteur", "lieu": "Maubeuge"}).all(".more-chips")


LONG = {"besoin": "Tonte et taille de haies, 38 000 € HT par an, 12 mois", "lieu": "CC du Pays de Lumbres"}


def test_the_place_is_seen_however_long_the_rest_is(client: FlaskClient) -> None:
    page = read(client, "/candidats", LONG)
    assert not any("lieu" in chip.text for chip in page.all(".more-chips .chip"))
    assert (
        page.one(".understood-line")
        .get_text()
        .strip()
        .startswith("Communauté de communes du Pays de Lumbres · Création")
    )
    without = read(client, "/candidats", {"besoin": LONG["besoin"]})
    assert without.one(".understood-line").get_text().strip().startswith("lieu non connu")
    chips_read = [Chip("activité", "x" * 90, ""), Chip(PLACE_LABEL, "y" * 90, ""), Chip("durée lue", "12 mois", "")]
    assert in_one_line(chips_read) == 2
    assert in_one_line(chips_read[:1]) == 1


def test_a_town_that_others_are_named_as_is_shown_with_its_departement(client: FlaskClient) -> None:
    need = {"besoin": "Nettoyage de bureaux à Saint-Denis"}
    assert "Saint-Denis (93)" in read(client, "/candidats", need).one(".chips").get_text()
    assert "Saint-Denis (974)" in read(client, "/candidats", {**need, "ou": "insee:97411"}).one(".chips").get_text()
    assert "Maubeuge×" in read(client, "/candidats", {**need, "lieu": "Maubeuge"}).one(".chips").get_text()


SIZED = "Entretien des espaces verts, montant estimé : 120 000 € HT par an, durée de 12 mois reconductible trois fois"


def test_the_size_that_the_text_says_is_shown_with_its_words(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": SIZED, "lieu": "Maubeuge"})
    assert {
        "montant lu 120 000 € HT par an × 4 ans = 480 000 € HT",
        "durée lue 48 mois, dont 36 de reconduction",
    } <= chips(page).keys()
    words = " ".join(page.one(".read-in").get_text(" ").split())
    assert "« montant estimé : 120 000 € HT par an »" in words
    assert "« durée de 12 mois reconductible trois fois »" in words


def test_the_size_read_gives_way_to_what_is_typed_and_can_be_taken_off(client: FlaskClient) -> None:
    query = {"besoin": SIZED, "lieu": "Maubeuge"}
    typed = read(client, "/candidats", {**query, "montant": "80 000", "duree": "24"})
    assert {"montant 80 000 € HT", "durée 24 mois"} <= chips(typed).keys()
    assert not typed.all(".read-in")
    without = read(client, "/candidats", {**query, "retirer": "montant"})
    assert not any(said.startswith("montant") for said in chips(without))
    assert "durée lue 48 mois, dont 36 de reconduction" in chips(without)
    form = read(client, without.link("Modifier le besoin"))
    assert form.one("#montant")["value"] == ""
    sent = read(client, "/candidats", form.values(form.one("form.need-form")))
    assert sent.path == "/candidats"
    assert not any(said.startswith("montant") for said in chips(sent))
    for field, typed_as, said in (("montant", "90 000", "montant 90 000 € HT"), ("duree", "18", "durée 18 mois")):
        its_form = next(one for one in sent.all(".add-forms form") if one.select_one(f"#ajout-{field}"))
        values = [(name, value) for name, value in sent.values(its_form) if name != field]
        assert said in chips(read(client, "/candidats", [*values, (field, typed_as)]))
        left_empty = read(client, "/candidats", sent.values(its_form))
        assert chips(left_empty) == chips(sent)
    again = read(client, "/candidats", {**query, "montant": "80 000", "retirer": "montant"})
    assert "montant lu 120 000 € HT par an × 4 ans = 480 000 € HT" in chips(again)


def test_a_notice_is_titled_by_its_object_and_a_long_one_loses_its_usual_clauses(client: FlaskClient) -> None:
    clauses = "Les pénalités de retard sont de 100 € par jour. " * 80
    need = f"AVIS\nPouvoir adjudicateur : Ville de Lille\nObjet : Entretien des espaces verts du parc de Maubeuge.\n{clauses}{'Tonte et taille. ' * 30}"
    page = read(client, "/candidats", {"besoin": need})
    assert " ".join(page.one("h1").get_text().split()).startswith("« Entretien des espaces verts du parc de Maubeuge")
    assert "n’en garde que 3 000 caractères" not in page.text
    assert (
        "Avis de réservation · Entretien des espaces verts du parc de Maubeuge"
        in read(client, "/avis", {"besoin": need}).text
    )
    kept = read(client, "/dossiers/retenir", {"besoin": need})
    assert str(kept.one("#title")["value"]) == "Entretien des espaces verts du parc de Maubeuge"
    assert "lieu Maubeuge" in chips(page)
