"""WTForms base class and fields of the pages' forms (amounts, dates, SIRET, hours…): they parse French notations, give errors in French (« faults »),
and keep the text as typed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from functools import cached_property
from typing import Any, Self, TypeVar

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, Form, SelectField, ValidationError
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the types of 3.2
from wtforms.widgets import TextArea, TextInput

from matcher.cleaning.dates import clean_date
from matcher.cleaning.hours import clean_hour
from matcher.cleaning.numbers import clean_work_hours
from matcher.cleaning.phone import clean_phone
from matcher.cleaning.readers import amount_reader, figure_reader, read_month, whole_reader
from matcher.cleaning.siret import SIRET_BAD_KEY, clean_siret
from matcher.cleaning.web import clean_email
from matcher.domain.french import number
from matcher.journal.change import LONGEST_LINE, without_unseen

T = TypeVar("T")

_SHOWN = 40  # characters of the typed text quoted in a fault


class PageForm(Form):
    """A form filled by what was `sent`, or by `data` before it is sent; templates draw its fields with `m.field`."""

    def __init__(self, sent: MultiDict[str, str] | None = None, **data: Any) -> None:
        super().__init__(sent, **data)
        self.sent = sent is not None

    @cached_property
    def faults(self) -> dict[str, str]:
        """Return the errors in French by field name, none for a form not sent; a page may add its own."""
        if not self.sent:
            return {}
        self.validate()
        own_faults = {its.name: its.errors[0] for its in self if its.errors}
        return {**dict(reversed([*self.together()])), **own_faults}

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield faults that depend on several fields: the name of a field, and its fault. Subclasses override it."""
        yield from ()

    @property
    def is_filled(self) -> bool:
        """Return whether any field has a text."""
        return any(text_on_one_line(next(iter(its.raw_data or ()), "")) for its in self)

    def make(self, kind: Callable[..., T], **more: Any) -> T:
        """Return an instance of the dataclass `kind`, from the form fields with the names of its fields, and `more`."""
        own = {one.name: self[one.name].data for one in fields(kind) if one.name in self}  # type: ignore[arg-type]  # a dataclass
        return kind(**{**own, **more})

    @classmethod
    def showing(cls, *shown: Any, **more: Any) -> Self:
        """Return the form filled with the fields of dataclass instances, and `more`."""
        return cls(**{one.name: getattr(its, one.name) for its in shown for one in fields(its)}, **more)


def render_answer(refused: object, template: str, **context: Any) -> tuple[str, int]:
    """Return the rendered page of a form and its status: 422 where `refused` is true, else 200."""
    return render_template(template, **context), 422 if refused else 200


F = TypeVar("F", bound=PageForm)


def numbered_forms(kind: type[F], arguments: MultiDict[str, str], prefix: str, most: int) -> tuple[list[F], list[F]]:
    """Return the filled forms of a numbered list (fields `prefix`-1-…, at most `most`), at least the first; and the forms to show: up to the last
    filled, then an empty one."""
    forms = [kind(arguments, prefix=f"{prefix}-{at}-") for at in range(1, most + 1)]
    last = max((at for at, one in enumerate(forms, start=1) if one.is_filled), default=0)
    if not last:
        return forms[:1], forms[:1]
    to_fill = [kind(prefix=f"{prefix}-{last + 1}-")] if last < most else []
    return [one for one in forms if one.is_filled], [*forms[:last], *to_fill]


class Line(Field):
    """A field of one line: its `data` is the text parsed by `read`, or `empty` for no text and for a fault.

    `refusal` is the fault where `read` returns None, « {} » replaced by the typed text; `needed` is the fault of an empty required field.
    `read` may raise its own fault as ValueError; `shown` formats a value as a person would type it.
    """

    widget: Any = TextInput()

    def __init__(
        self,
        label: str,
        read: Callable[[str], Any] = str,
        refusal: str = "",
        *,
        most: int = LONGEST_LINE,
        needed: str = "",
        hint: str = "",
        unit: str = "",
        empty: Any = "",
        shown: Callable[[Any], str] = str,
        kind: str = "text",
        **more: Any,
    ) -> None:
        super().__init__(label, description=hint, render_kw={"autocomplete": "off", "type": kind}, **more)
        self.read, self.refusal, self.most, self.needed = read, refusal, most, needed
        self.unit, self.empty, self.shown = unit, empty, shown
        self.flags.maxlength = most

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Raises ValueError, in French."""
        self.data = self.empty
        typed = text_on_one_line(next(iter(valuelist), ""), self.most + 200)
        if len(typed) > self.most:
            raise ValueError(f"C’est trop long : {self.most} caractères au plus.")
        if not typed:
            if self.needed:
                raise ValueError(self.needed)
            return
        value = self.read(typed)
        if value is None:
            raise ValueError(self.refusal.format(typed[:_SHOWN]))
        self.data = value

    @property
    def shown_text(self) -> str:
        """The text that the field shows: as typed, else its formatted value."""
        if self.raw_data and self.raw_data[0].strip():
            return str(self.raw_data[0])
        return "" if self.data is None else self.shown(self.data)

    def _value(self) -> str:
        return self.shown_text


class Area(Line):
    """A text area whose text is read as one line."""

    widget: Any = TextArea()

    def __init__(self, label: str, *, rows: int = 2, **more: Any) -> None:
        super().__init__(label, **more)
        self.render_kw = {"rows": rows}


class Lines(Field):
    """A text area of several values, one a line: its `data` is a tuple without duplicates, at most `most`."""

    widget: Any = TextArea()

    def __init__(self, label: str, *, most: int, needed: str = "", rows: int = 3, **more: Any) -> None:
        super().__init__(label, default=(), render_kw={"rows": rows}, **more)
        self.most, self.needed = most, needed
        self.flags.maxlength = LONGEST_LINE * most

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Raises ValueError, in French."""
        lines = (line for text in valuelist for line in text[: LONGEST_LINE * self.most].splitlines())
        self.data = tuple(dict.fromkeys(filter(None, map(text_on_one_line, lines))))[: self.most]
        if self.needed and not self.data:
            raise ValueError(self.needed)

    def _value(self) -> str:
        return "\n".join(self.data)


class OneOf(SelectField):
    """A choice in a list; `default` where nothing was sent."""

    def __init__(
        self, label: str, choices: Iterable[tuple[str, str]], refusal: str = "", *, default: str = "", **more: Any
    ) -> None:
        offered = [SelectChoice(value, words) for value, words in choices]
        super().__init__(label, choices=offered, default=default, **more)
        self.known, self.refusal = {one.value for one in offered}, refusal or "Choisissez dans la liste."

    def pre_validate(self, form: Any) -> None:
        """Raises ValidationError, in French."""
        if self.data not in self.known:
            raise ValidationError(self.refusal)


class Yes(BooleanField):
    """A checkbox, sent as « oui » when ticked."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist == ["oui"]

    def _value(self) -> str:
        return "oui"


def text_on_one_line(text: str, most: int = LONGEST_LINE) -> str:
    """Return a text on one line, without invisible characters, cut at `most`."""
    return " ".join(without_unseen(text[:most]).split())


# ---- fields that parse typed values with the cleaners of imported files


def figure(label: str, least: float, most: float, **more: Any) -> Line:
    """A number from `least` to `most`, with or without its unit."""
    return Line(label, figure_reader(label, least, most), shown=number, **{"empty": None, **more})


def integer_field(
    label: str, least: int, most: int, *, called: str = "", empty: int | None = None, needed: bool = False, **more: Any
) -> Line:
    """A whole number from `least` to `most`; `called` replaces in its fault a label that is unclear alone."""
    name = called or label
    lacks = f"{name} : un nombre est nécessaire." if needed else ""
    return Line(label, whole_reader(name, least, most), empty=empty, needed=lacks, **more)


def amount(label: str, name: str, **more: Any) -> Line:
    """An amount above zero, in euros before tax; `name` names it in a fault."""
    return Line(label, amount_reader(name), empty=None, **more)


def month_written(label: str, **more: Any) -> Line:
    """A month; its data is its first day."""
    return Line(label, read_month, **{"shown": lambda its: f"{its:%m/%Y}", "empty": None, **more})


def places_field(label: str, *, most: int, needed: str = "") -> Line:
    """Return a form field of places separated by « ; », whose value is the tuple of places as typed."""
    return Line(
        label,
        lambda typed: tuple(filter(None, map(str.strip, typed.split(";")))),
        most=most,
        needed=needed,
        empty=(),
        shown=" ; ".join,
    )


def hours_of_work(label: str, *, below: bool = False, **more: Any) -> Line:
    """Hours of work, 0 or more; negative too if `below`."""

    def read(typed: str) -> float | None:
        value = clean_work_hours(typed).value
        return None if value is None or (value < 0 and not below) else value

    refusal = "Un nombre d’heures, par exemple 1 200 ou 48h30. Vous avez écrit « {} »."
    return Line(label, read, refusal, empty=None, **more)


def hour(label: str, **more: Any) -> Line:
    """A time of day; its data is in minutes since midnight."""
    refusal = "« {} » n’est pas une heure, par exemple 9 h 20."
    return Line(label, lambda typed: clean_hour(typed).value, refusal, empty=None, **more)


def calendar_date(label: str, **more: Any) -> Line:
    """A date."""
    refusal = "« {} » n’est pas une date, par exemple 03/12/2026."
    return Line(label, lambda typed: clean_date(typed).value, refusal, empty=None, kind="date", **more)


def siret(label: str, **more: Any) -> Line:
    """A SIRET with a valid check digit."""

    def read(typed: str) -> str | None:
        value, flag = clean_siret(typed)
        return None if flag == SIRET_BAD_KEY else value

    return Line(label, read, "Un SIRET compte 14 chiffres, dont une clé ; vérifiez-les, ou laissez vide.", **more)


def phone_number(label: str, **more: Any) -> Line:
    """A telephone number; its data is in E.164."""
    return Line(
        label, lambda typed: clean_phone(typed).value, "Un numéro de téléphone, par exemple 03 20 00 00 00.", **more
    )


def email(label: str, **more: Any) -> Line:
    """An e-mail address."""
    refusal = "Une adresse de courriel, par exemple prenom.nom@exemple.fr."
    return Line(label, lambda typed: clean_email(typed).value, refusal, **more)


def take_files(pages: Blueprint, largest: Callable[[], int], *views: str) -> None:
    """Raise the limit of request bytes to `largest()` for these views of a blueprint; set before the form is parsed for its CSRF token."""
    endpoints = {f"{pages.name}.{view}" for view in views}

    @pages.url_value_preprocessor
    def allow(endpoint: str | None, _values: dict[str, object] | None) -> None:
        if endpoint in endpoints:
            request.max_content_length = largest()
