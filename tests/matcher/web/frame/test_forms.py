"""Fields of the pages' forms: what they read of French writing, what they refuse and how, what they show again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from matcher.cleaning.readers import figure_reader
from matcher.domain.french import number
from matcher.paths import shipped_path
from matcher.web.frame.forms import (
    Area,
    Line,
    Lines,
    OneOf,
    PageForm,
    Yes,
    amount,
    calendar_date,
    email,
    hour,
    hours_of_work,
    integer_field,
    phone_number,
    siret,
)
from matcher.web.frame.typography import FILTERS, FrenchSpaces, without_terminal_hints


class OneOfEach(PageForm):
    """A form of every kind of field."""

    title = Line("Titre", needed="Donnez un titre.", hint="Par exemple « Tonte ».", most=40)
    words = Area("Mots", most=2_000)
    sites = Lines("Sites", most=3)
    state = OneOf("État", [("", "tous"), ("clos", "clos")])
    agreed = Yes("D’accord")
    share = Line(
        "Part", figure_reader("Part", 1, 100, share=True), empty=None, unit="%", shown=lambda it: number(100 * it)
    )
    euros = amount("Estimation", "L’estimation")
    tables = integer_field("Tables", 0, 5_000, empty=0)
    hours = hours_of_work("Heures")
    start = hour("Début")
    on = calendar_date("Jour")
    siret = siret("SIRET")
    phone = phone_number("Téléphone")
    email = email("Courriel")

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield a fault of two fields."""
        if self.start.data is not None and not self.hours.data:
            yield "hours", "Dites combien d’heures."
        if self.tables.data:
            yield "title", "Jamais dit d’un titre qui manque."


@dataclass(frozen=True)
class Room:
    """A dataclass that two fields fill."""

    title: str
    tables: int = 3
    other: str = "rien"


def sent(**typed: str) -> OneOfEach:
    return OneOfEach(MultiDict({"title": "Tonte", **typed}))


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("title", "  deux\n mots\u202e ", "deux mots"),
        ("euros", "12 500,50", 12_500.5),
        ("euros", "12 k€", 12_000),
        ("share", "60 %", 0.6),
        ("tables", "1 200", 1_200),
        ("tables", "", 0),
        ("hours", "1 200 h", 1_200),
        ("start", "9 h 20", 560),
        ("on", "3/12/2026", date(2026, 12, 3)),
        ("on", "2026-12-03", date(2026, 12, 3)),
        ("on", "", None),
        ("phone", "03 20 00 00 01", "+33320000001"),
        ("agreed", "oui", True),
        ("agreed", "on", False),
        ("state", "clos", "clos"),
        ("sites", "Maubeuge\n\n Hautmont \nMaubeuge\na\nb", ("Maubeuge", "Hautmont", "a")),
    ],
)
def test_what_french_people_write_is_read(name: str, typed: str, value: object) -> None:
    form = sent(**{name: typed})
    assert form[name].data == value
    assert name not in form.faults


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("title", "", "Donnez un titre."),
        ("title", "x" * 41, "C’est trop long : 40 caractères au plus."),
        (
            "euros",
            "environ",
            "L’estimation : un montant hors taxes (nombre illisible), par exemple 180 000. Vous avez écrit « environ ».",
        ),
        ("share", "0", "Part : un nombre de 1 à 100. Vous avez écrit « 0 »."),
        ("tables", "2,5", "Tables : un nombre entier de 0 à 5 000. Vous avez écrit « 2,5 »."),
        ("tables", "3 à 5", "Tables : un nombre entier de 0 à 5 000. Vous avez écrit « 3 à 5 »."),
        ("tables", "−1", "Tables : un nombre entier de 0 à 5 000. Vous avez écrit « −1 »."),
        ("hours", "1e9", "Un nombre d’heures, par exemple 1 200 ou 48h30. Vous avez écrit « 1e9 »."),
        ("start", "demain", "« demain » n’est pas une heure, par exemple 9 h 20."),
        ("on", "32/12/2026", "« 32/12/2026 » n’est pas une date, par exemple 03/12/2026."),
        ("state", "ailleurs", "Choisissez dans la liste."),
        ("siret", "123", "Un SIRET compte 14 chiffres, dont une clé ; vérifiez-les, ou laissez vide."),
        ("phone", "12", "Un numéro de téléphone, par exemple 03 20 00 00 00."),
        ("email", "x@", "Une adresse de courriel, par exemple prenom.nom@exemple.fr."),
    ],
)
def test_what_cannot_be_used_is_said_in_french_and_stays_typed(name: str, typed: str, said: str) -> None:
    form = sent(**{name: typed})
    assert form.faults[name].replace("\u202f", " ").replace("\xa0", " ") == said
    if isinstance(field := form[name], Line):
        assert field.shown_text == typed


def test_fields_are_held_against_each_other_after_what_each_says_alone() -> None:
    assert sent(start="9 h").faults == {"hours": "Dites combien d’heures."}
    assert sent(start="9 h", hours="x").faults["hours"].startswith("Un nombre d’heures")
    assert sent(title="", tables="2").faults == {"title": "Donnez un titre."}


def test_a_form_that_was_not_sent_has_no_faults_and_shows_what_fills_it() -> None:
    form = OneOfEach.showing(Room("Tonte", 12), start=560)
    assert form.faults == {}
    assert (form.title.shown_text, form.tables.shown_text, form.on.shown_text) == ("Tonte", "12", "")
    assert sent(tables="7").make(Room, other="tout") == Room("Tonte", 7, "tout")


@pytest.fixture
def pages() -> Flask:
    app = Flask("pages", template_folder=str(shipped_path("templates")))
    app.jinja_options = {"extensions": [FrenchSpaces], "finalize": without_terminal_hints}
    app.jinja_env.filters.update(FILTERS)
    return app


def drawn(pages: Flask, form: PageForm, name: str) -> str:
    source = '{% import "_macros.html" as m %}{{ m.field(form, name, "wide") }}'
    with pages.test_request_context():
        return render_template_string(source, form=form, name=name)


def test_a_field_is_drawn_with_its_label_its_hint_and_its_fault(pages: Flask) -> None:
    refused = drawn(pages, sent(title='"><script>' + "x" * 40), "title")
    assert '<label for="title">Titre</label>' in refused
    assert 'aria-describedby="title-faute title-aide"' in refused
    assert 'aria-invalid="true"' in refused
    assert 'id="title-aide"' in refused
    assert 'id="title-faute"' in refused
    assert "<script>" not in refused
    fine = drawn(pages, sent(share="60"), "share")
    assert "facultatif" in fine
    assert "aria-invalid" not in fine
    assert '<span class="unit" aria-hidden="true">%</span>' in fine


@given(st.dictionaries(st.sampled_from([its.name for its in OneOfEach()]), st.text(max_size=60), max_size=15))
def test_nothing_typed_breaks_a_form(typed: dict[str, str]) -> None:
    form = OneOfEach(MultiDict(typed))
    assert set(form.faults) <= {its.name for its in form}
    assert all(form.faults.values())
