"""Shared part of the forms that save something into a dossier: choose an existing dossier or describe a new one, then write the changes to it."""

from collections.abc import Iterator, Sequence
from datetime import date
from secrets import token_urlsafe
from typing import Any, Self

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the types of 3.2

from matcher.cleaning.numbers import whole_number
from matcher.domain.persona import Persona
from matcher.dossiers.changes import past_deadline
from matcher.dossiers.dossier import STAGES, Course, DossierChange, DossierHeader, Stage, State
from matcher.dossiers.store import DossierFilter, DossierSummary, change_dossier, create_dossier, list_dossiers
from matcher.need.title import LONGEST_TITLE
from matcher.reference.wordings import current_persona, persona_wording
from matcher.web.dossiers.write import once_per_form
from matcher.web.frame.app_state import desk, named_or_fault, owner, profile, signer_of
from matcher.web.frame.forms import Line, OneOf, PageForm, calendar_date, siret

# Fields whose label depends on the persona (type of user), with the key of their wording.
_WORDED = {"buyer": "client", "buyer_siret": "client_siret", "deadline": "reponses_le", "offers_by": "remise_le"}


class HeaderForm(PageForm):
    """Form of a dossier's header."""

    title = Line("Titre", needed="Donnez un titre au dossier.")
    buyer = Line("Acheteur")
    territory = Line("Territoire", hint="Dans vos mots, pour retrouver le dossier.")
    reference = Line("Votre référence")
    buyer_siret = siret("SIRET de l’acheteur")
    deadline = calendar_date("Réponses attendues le")
    earlier_deadline: date | None = None

    def __init__(self, sent: MultiDict[str, str] | None = None, **data: Any) -> None:
        super().__init__(sent, **data)
        self.title.description = persona_wording("dossier_titre_aide")
        for name, key in _WORDED.items():
            if name in self:
                self[name].label.text = persona_wording(key)

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield the fault of a new deadline that is past."""
        if refusal := past_deadline(self.deadline.data, desk().today(), self.earlier_deadline):
            yield "deadline", refusal


class CourseForm(HeaderForm):
    """Form of a dossier's header and of its course (stage, follower, next step)."""

    stage = OneOf("Étape", [("", "non dite"), *((stage, stage) for stage in Stage)])
    offers_by = calendar_date("Remise des offres le")
    follower = Line("Suivi par", hint="La personne à qui demander où en est ce dossier.")
    next_step = Line("Prochaine étape", hint="Par exemple : relancer les deux ESAT, publier l’avis.")
    next_on = calendar_date("Le")

    def __init__(self, sent: MultiDict[str, str] | None = None, **data: Any) -> None:
        super().__init__(sent, **data)
        self.stage.choices = stage_choices("non dite", self.stage.data)

    def course(self) -> Course:
        """Return the course in the form."""
        return self.make(Course, stage=Stage(self.stage.data) if self.stage.data else None)


def stage_choices(empty: str, chosen: str) -> list[SelectChoice]:
    """Return the choices of stages for the current persona: `empty` first, and `chosen` last where it is another persona's."""
    stages = STAGES[current_persona()]
    other = [chosen] if chosen in set(Stage) and chosen not in stages else []
    return [SelectChoice("", empty), *(SelectChoice(str(stage), str(stage)) for stage in (*stages, *other))]


def own_buyer() -> dict[str, Any]:
    """Return the default header fields of a new dossier: the organisation's territory, and its name as buyer if its persona is a buyer."""
    own_profile = profile()
    own = (
        {"buyer": own_profile.own_name, "buyer_siret": own_profile.siret} if current_persona() is Persona.BUYER else {}
    )
    return {**own, "territory": own_profile.territory}


_MOST_OFFERED = 60


class GoalForm(HeaderForm):
    """Form that saves something into a dossier: `chosen` is the number of an existing one, else the typed header makes a new one; `who` signs."""

    lot = Line("Nom du lot", most=LONGEST_TITLE, hint="Sinon, l’objet du besoin.")
    chosen = who = ""

    @classmethod
    def of(cls, sent: MultiDict[str, str]) -> Self:
        """Build the form from a request, with the chosen dossier and the signer."""
        form = cls(sent)
        form.chosen = sent.get("dossier", "")
        if form.chosen:  # the header fields are unused for an existing dossier
            for field in HeaderForm():
                form.faults.pop(field.name, None)
        form.who = named_or_fault(signer_of(sent), form.faults)
        if form.chosen and whole_number(form.chosen) is None:
            form.faults["dossier"] = "Choisissez un dossier de la liste."
        return form


def put(goal_form: GoalForm, *added: DossierChange) -> int:
    """Write changes to the form's dossier, in one transaction and once a form; return its number. Raises ChangeRefused or JournalUnknown."""

    def write() -> int:
        if not goal_form.chosen:
            return open_with(goal_form.make(DossierHeader), added, goal_form.who)
        # Without version check: additions do not conflict with other changes.
        number, at = int(goal_form.chosen), desk().now()
        return change_dossier(desk().engine, owner(), number, added, version=None, author=goal_form.who, now=at).id

    return once_per_form(write)


def open_with(header: DossierHeader, changes: Sequence[DossierChange], author: str) -> int:
    """Create a dossier, write changes to it, and return its number. Raises ChangeRefused."""
    engine, at = desk().engine, desk().now()
    number = create_dossier(engine, owner(), header, author=author, now=at).id
    return change_dossier(engine, owner(), number, changes, version=None, author=author, now=at).id


def list_offered_dossiers() -> list[DossierSummary]:
    """Return the open dossiers that a form offers, last changed first."""
    return list_dossiers(desk().engine, owner(), DossierFilter(state=State.OPEN))[:_MOST_OFFERED]


def form_context(form: GoalForm) -> dict[str, object]:
    """Return the template context of the form: its fields, and the dossiers offered."""
    chosen, key = form.chosen or request.args.get("dossier", ""), request.form.get("cle") or token_urlsafe(12)
    return {"form": form, "dossiers": list_offered_dossiers(), "chosen": chosen, "key": key}
