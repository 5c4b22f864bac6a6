"""Forms of the hours of insertion of a dossier's contract: promise, one month, pasted or uploaded lines, removal, correction, move to another lot."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from os import SEEK_END
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import TextAreaField

from matcher.decisions.clause.followup import (
    PMSMP,
    HoursKind,
    HoursReading,
    InsertionHours,
    MonthHours,
    MonthImmersions,
    SheetHours,
    label_of,
    public_label,
)
from matcher.decisions.clause.followup_columns import HoursSheetRefused
from matcher.decisions.clause.followup_sheet import read_file, read_pasted_hours
from matcher.domain.french import number as written
from matcher.domain.french import short_month
from matcher.dossiers.clause_contract import followed_contracts, hours_reading
from matcher.dossiers.dossier import WHOLE, Dossier
from matcher.dossiers.insertion_changes import MOST_PERIODS, CorrectHours, Over, RecordHours, RemoveHours
from matcher.jobs.files import passing_file
from matcher.reference.clauses import modalities, publics
from matcher.reference.wordings import persona_wording
from matcher.web.frame.forms import (
    Line,
    OneOf,
    PageForm,
    Yes,
    calendar_date,
    hours_of_work,
    integer_field,
    month_written,
)

LARGEST = 2 * 2**20  # bytes of a file: years of lines weigh a tenth of it
_MODALITIES = [(modality.code, modality.label) for modality in modalities()]
_PUBLICS = [("", "non dit"), *((public.code, public.label) for public in publics())]
_KINDS = [(kind.value, kind.value) for kind in (HoursKind.DONE, HoursKind.PLACED, HoursKind.PLANNED)]
_MOST_PEOPLE = 100_000
_SURE = "Ces heures sont justes : bien au-delà de la promesse, ou les mêmes d’une autre structure"


def _over_field() -> OneOf:
    choices = [
        (Over.ASK.value, "me demander"),
        (Over.REPLACE.value, "remplacer ce qui est noté"),
        (Over.ADD.value, "ajouter à ce qui est noté"),
    ]
    return OneOf("Si un mois est déjà noté, et autrement", choices)


class PromiseForm(PageForm):
    """Form of the hours that a contract promises, with its dates."""

    hours = hours_of_work(
        "Heures d’insertion promises",
        shown=lambda hours: written(hours, 2),
        unit="heures",
        hint="Vide si le marché n’en dit pas le nombre.",
    )
    start = calendar_date("Début du marché", needed="Dites quand le marché commence.")
    end = calendar_date("Fin du marché")
    client = Line("Acheteur de ce marché", hint="Vide si c’est celui du dossier.")
    reference = Line("Référence", hint="Numéro du marché, ou nom que lui donnent vos tableurs.")

    def __init__(self, sent: MultiDict[str, str] | None = None, **data: Any) -> None:
        super().__init__(sent, **data)
        self.client.label.text = f"{persona_wording('client')} de ce marché"


class MonthForm(PageForm):
    """Form of the hours of one month for one modality (way to provide them)."""

    month = month_written("Mois", needed="Dites le mois, par exemple 03/2026.")
    modality = OneOf("Modalité", _MODALITIES, default=_MODALITIES[0][0])
    public = OneOf("Public", _PUBLICS)
    planned = hours_of_work("Prévues", unit="heures")
    placed = hours_of_work("Placées", unit="heures")
    done = hours_of_work("Faites", unit="heures")
    people = integer_field("Nombre de personnes", 0, _MOST_PEOPLE, hint="Un nombre ; aucun nom n’est gardé.")
    pmsmp = integer_field("PMSMP du mois", 0, MOST_PERIODS, hint="Des périodes d’immersion, jamais comptées en heures.")
    deja = _over_field()
    sure = Yes(_SURE)

    def change(self, lot: int) -> RecordHours:
        """Return the change that stores the month."""
        line = self.make(MonthHours)
        has_hours = any(figure is not None for figure in (line.planned, line.placed, line.done, line.people))
        periods = () if self.pmsmp.data is None else (MonthImmersions(line.month, self.pmsmp.data),)
        months, over = (line,) if has_hours else (), Over(self.deja.data)
        return RecordHours(months, periods, sure=self.sure.data, lot=lot, over=over)


class PasteForm(PageForm):
    """Form of lines copied from a spreadsheet, or of its file."""

    lignes = TextAreaField(
        "Lignes copiées d’un tableur",
        default="",
        description="Avec leurs titres, dans n’importe quel ordre : « Mois », « Contrat », « Modalité », « Public », « Prévues », « Placées », "
        "« Faites », « Personnes » (un nombre), « PMSMP », « Motif » d’une correction (−20) ; ou une colonne par modalité, ou par mois. Une colonne "
        "de noms est refusée.",
        render_kw={"rows": 6, "maxlength": 200_000},
    )
    de = OneOf("Contrat de toutes les lignes", [])
    toutes = OneOf("Modalité des lignes qui n’en disent pas", [("", "aucune"), *_MODALITIES])
    sorte = OneOf("Heures d’une colonne par modalité, ou par mois", _KINDS, default=HoursKind.DONE.value)
    motif_corrections = Line("Motif des corrections", hint="Pour des heures à retirer qui n’en disent pas.")
    deja_notees = _over_field()
    sures = Yes(_SURE)

    @classmethod
    def of(cls, dossier: Dossier, sent: MultiDict[str, str] | None = None) -> "PasteForm":
        """Return the form with the contracts of a dossier as choices."""
        form = cls(sent)
        contracts = [(str(contract.lot), contract.title_and_client) for contract in followed_contracts(dossier)]
        _set_choices(form.de, [("", "celui que dit chaque ligne"), *contracts])
        return form

    def read(self, dossier: Dossier, file: FileStorage | None) -> SheetHours:
        """Parse the uploaded file, else the pasted lines. Raises HoursSheetRefused, ReadRefused."""
        lot = int(self.de.data) if self.de.data else None
        how = HoursReading(self.toutes.data, HoursKind(self.sorte.data), self.motif_corrections.data, lot=lot)
        how = hours_reading(dossier, how)
        if file is None or not file.filename:
            return read_pasted_hours(self.lignes.data or "", how)
        if file.seek(0, SEEK_END) > LARGEST:
            raise HoursSheetRefused(f"Ce fichier est trop gros : {LARGEST // 2**20} Mio au plus.")
        file.seek(0)
        with passing_file(file.filename, file.stream) as path:
            return read_file(path, how)


class RemovalForm(PageForm):
    """Form that removes the hours of a month for a modality, or its PMSMP (trial periods of work)."""

    ligne = OneOf("Ce qui est à retirer", [])
    motif = Line("Motif", hint="Gardé au journal.", needed="Dites pourquoi.")

    @classmethod
    def of(cls, hours: InsertionHours, sent: MultiDict[str, str] | None = None) -> "RemovalForm":
        """Return the form over the lines of a contract."""
        form = cls(sent)
        _set_choices(form.ligne, [_choice(*key) for key in sorted(_removable(hours))])
        return form

    def changes(self, hours: InsertionHours, lot: int) -> Iterator[RemoveHours]:
        """Yield the change that the form asks for, none where its line is gone."""
        for month, modality, public in _removable(hours):
            if _value(month, modality, public) == self.ligne.data:
                yield RemoveHours(month, modality, self.motif.data, lot, public)


class CorrectionForm(PageForm):
    """Form that adds hours to a month, or subtracts some."""

    corrige = OneOf("Ce qui est à corriger", [])
    genre = OneOf("Heures", _KINDS, default=HoursKind.DONE.value)
    ecart = hours_of_work("Heures à ajouter, ou à retirer", below=True, unit="heures", hint="−20 en retire vingt.")
    pourquoi = Line("Motif", hint="Gardé au journal.", needed="Dites pourquoi.")
    justes = Yes("Ces heures sont justes : bien au-delà de la promesse")

    @classmethod
    def of(cls, hours: InsertionHours, sent: MultiDict[str, str] | None = None) -> "CorrectionForm":
        """Return the form over the lines of a contract."""
        form = cls(sent)
        _set_choices(form.corrige, [_choice(*line.key) for line in hours.months])
        return form

    def changes(self, hours: InsertionHours, lot: int) -> Iterator[CorrectHours]:
        """Yield the change that the form asks for, none where its line is gone."""
        attribute = HoursKind(self.genre.data).name.lower()
        for line in hours.months:
            if _value(*line.key) == self.corrige.data:
                blank = MonthHours(line.month, line.modality, public=line.public)
                change = replace(blank, **{attribute: self.ecart.data})
                yield CorrectHours(change, self.pourquoi.data, lot, self.justes.data)


class MoveForm(PageForm):
    """Form that moves the hours followed of a contract to another lot, or to the whole dossier."""

    vers = OneOf("Ces heures sont celles de", [])

    @classmethod
    def of(cls, dossier: Dossier, lot: int, sent: MultiDict[str, str] | None = None) -> "MoveForm":
        """Return the form with, as choices, the lots without hours to which those of `lot` may move."""
        form = cls(sent)
        free = [(str(one.number), one.heading) for one in dossier.lots if one.number not in dossier.followed]
        if lot != WHOLE and len(dossier.followed) == 1 and len(dossier.lots) > 1:
            free.append((str(WHOLE), "tout le dossier"))
        _set_choices(form.vers, free if lot in dossier.followed else [])
        return form


def _removable(hours: InsertionHours) -> list[tuple[date, str, str]]:
    """Return the keys (month, modality, public) of the lines of a contract, and of its PMSMP."""
    return [line.key for line in hours.months] + [(period.month, PMSMP, "") for period in hours.immersions]


def _value(month: date, modality: str, public: str) -> str:
    return f"{month:%Y-%m}.{modality}{f'.{public}' if public else ''}"


def _choice(month: date, modality: str, public: str) -> tuple[str, str]:
    label = f"{short_month(month)} : {'PMSMP' if modality == PMSMP else label_of(modality)}"
    return _value(month, modality, public), f"{label}, {public_label(public)}" if public else label


def _set_choices(field: OneOf, choices: list[tuple[str, str]]) -> None:
    field.choices, field.known = choices, {value for value, _ in choices}
