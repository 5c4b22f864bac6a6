"""The inputs of a decision, declared once: a page's form, a command and a body of the API ask the same question, within the same bounds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import click
import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from matcher.cli.frame.question_options import question_options
from matcher.decisions.question import (
    DecisionQuestion,
    amount,
    choice,
    entry,
    figure,
    inputs_of,
    kinds,
    measure,
    month,
    reserving_lever,
    share,
    texts,
    whole,
    work_hours,
)
from matcher.domain.kinds import SupplierKind
from matcher.reference.law import BUYER_NATURES, BuyerNature
from matcher.web.api.frame.question_body import question_body, question_in
from matcher.web.frame.forms import PageForm
from matcher.web.frame.question_form import asks, faults_of, question_of


@dataclass(frozen=True, kw_only=True)
class Invented(DecisionQuestion):
    """An input of each sort."""

    needs: tuple[str, ...] = texts("objet", "Activités", "Une activité.", most=3, needed="Dites une activité.")
    places: tuple[str, ...] = texts("lieu", "Lieux", "Un lieu.", most=3, on_one_line=True)
    only: tuple[SupplierKind, ...] = kinds("type", "Un type.")
    lever: str = reserving_lever()
    size: str = entry("etp", "Taille", "Taille.", default="", most=50)
    unit: str = entry("unite", "Unité", "Unité.", default="ETP", offered=("ETP", "m²"))
    members: int = whole("membres", 2, 8, 4, "Membres au plus")
    part: float = share("part", "Part", 0.5)
    year: float | None = figure("euros-par-etp", 1_000, 9_000, "Par ETP", field="euros")
    length: float | None = measure("mois", 60, "Durée", "Durée.", units=("mois",))
    work: float | None = work_hours("heures", 5_000, "Heures", "Heures.")
    done: float | None = work_hours("faites", 5_000, "Heures faites", "Heures faites.", zero=True)
    worth: float | None = amount("montant", "Le montant", "Montant", "Montant.")
    start: date | None = month("debut", "Début", "Début.")
    nature: BuyerNature | None = choice(
        "nature", "Nature", "Nature.", BUYER_NATURES.items(), "", default=None, read=BuyerNature
    )
    charter: bool = entry("npnru", "Charte", "Charte.", default=False, flag=True)

    def faults(self) -> Iterator[tuple[str, str]]:
        """Refuse more places than members."""
        if len(self.places) > self.members:
            yield "places", "Trop de lieux."


@asks(Invented)
class InventedForm(PageForm):
    """The form of the question."""

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield the faults of the question as a whole."""
        yield from faults_of(question_of(self, Invented))


BODY = question_body("Invented", "Une question inventée.", Invented)
# The same values as each door takes them: typed on the page, words of the command, JSON.
FULL: Mapping[str, tuple[str, list[str], Any]] = {
    "needs": ("Tonte\nTaille", ["--objet", "Tonte", "--objet", "Taille"], ["Tonte", "Taille"]),
    "places": ("Lens ; Arras", ["--lieu", "Lens", "--lieu", "Arras"], ["Lens", "Arras"]),
    "only": ("ESAT", ["--type", "ESAT"], ["ESAT"]),
    "lever": ("13", ["--levier", "13"], "13"),
    "size": ("2,5", ["--etp", "2,5"], "2,5"),
    "unit": ("m²", ["--unite", "m²"], "m²"),
    "members": ("3", ["--membres", "3"], 3),
    "part": ("25 %", ["--part", "25 %"], 0.25),
    "year": ("4 000", ["--euros-par-etp", "4 000"], 4000),
    "length": ("18 mois", ["--mois", "18 mois"], 18),
    "work": ("48h30", ["--heures", "48h30"], 48.5),
    "done": ("0", ["--faites", "0"], 0),
    "worth": ("40 k€", ["--montant", "40 k€"], 40000),
    "start": ("03/2027", ["--debut", "03/2027"], "2027-03-01"),
    "nature": ("etat", ["--nature", "etat"], "etat"),
    "charter": ("oui", ["--npnru"], True),
}


def on_page(values: Mapping[str, str]) -> InventedForm:
    inputs = inputs_of(Invented)
    return InventedForm(MultiDict({inputs[name].field_name: text for name, text in values.items()}))


def at_command(*options: str) -> tuple[int, str, DecisionQuestion | None]:
    asked: list[DecisionQuestion] = []

    @click.command()
    @question_options(Invented)
    def command(question: DecisionQuestion) -> None:
        asked.append(question)

    done = CliRunner().invoke(command, options)
    return done.exit_code, done.output, asked[0] if asked else None


def in_body(values: Mapping[str, Any]) -> DecisionQuestion:
    return question_in(msgspec.convert(values, BODY), Invented)


@pytest.mark.parametrize("names", [tuple(FULL), ("needs",), *(("needs", name) for name in FULL if name != "needs")])
def test_three_doors_ask_one_question(names: tuple[str, ...]) -> None:
    form = on_page({name: FULL[name][0] for name in names})
    assert form.faults == {}
    code, output, asked = at_command(*(word for name in names for word in FULL[name][1]))
    assert code == 0, output
    assert question_of(form, Invented) == asked == in_body({name: FULL[name][2] for name in names})


@pytest.mark.parametrize(
    ("name", "typed", "sent", "says"),
    [
        ("members", "9", 9, "Membres au plus : un nombre entier de 2 à 8. Vous avez écrit « 9 »."),
        ("members", "1", 1, "Membres au plus : un nombre entier de 2 à 8. Vous avez écrit « 1 »."),
        ("part", "0", 0, "Part : un nombre de 1 à 100. Vous avez écrit « 0 »."),
        ("part", "120", 1.2, "Part : un nombre de 1 à 100. Vous avez écrit « 120 »."),
        ("year", "999", 999, "Par ETP : un nombre de 1 000 à 9 000. Vous avez écrit « 999 »."),
        ("length", "61", 61, "« 61 » n’est pas un nombre positif, 60 au plus."),
        ("work", "0", 0, "« 0 » n’est pas un nombre positif, 5 000 au plus."),
        ("done", "-1", -1, "« -1 » n’est pas un nombre positif, 5 000 au plus."),
        ("worth", "0", 0, "Le montant : un montant hors taxes, par exemple 180 000. Vous avez écrit « 0 »."),
        ("start", "mardi", "mardi", "« mardi » n’est pas un mois, par exemple 03/2027."),
    ],
)
def test_three_doors_refuse_alike(name: str, typed: str, sent: Any, says: str) -> None:
    field = inputs_of(Invented)[name].field_name
    assert _spaced(on_page({"needs": "Tonte", name: typed}).faults[field]) == says
    code, output, _ = at_command("--objet", "Tonte", f"--{inputs_of(Invented)[name].option}", typed)
    assert (code, says in _spaced(output)) == (2, True)
    with pytest.raises(msgspec.ValidationError):
        in_body({"needs": ["Tonte"], name: sent})


def test_what_is_needed_or_does_not_go_together_is_refused_at_each_door() -> None:
    assert on_page({}).faults == {"objet": "Dites une activité."}
    assert "Dites une activité. (--objet)" in at_command()[1]
    with pytest.raises(msgspec.ValidationError):
        in_body({})
    assert on_page({"needs": "Tonte", "places": "Lens;Arras;Douai", "members": "2"}).faults == {
        "lieu": "Trop de lieux."
    }
    places = ("--lieu", "Lens", "--lieu", "Arras", "--lieu", "Douai")
    assert "Trop de lieux. (--lieu)" in at_command("--objet", "Tonte", *places, "--membres", "2")[1]


@given(st.dictionaries(st.sampled_from(sorted(FULL)), st.text(max_size=40)))
def test_whatever_is_typed_a_page_answers(typed: dict[str, str]) -> None:
    form = on_page(typed)
    assert isinstance(form.faults, dict)
    assert isinstance(question_of(form, Invented), Invented)


def _spaced(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")
