"""Hours of insertion pasted from a spreadsheet: lines under the names of columns, each cell read or said not to be. No name of a person is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from importers.formats.columns import OF_PERSON, Columns, SheetKind, needed_words, quoted, understood
from matcher.cleaning.dates import clean_month
from matcher.cleaning.names import name_key
from matcher.cleaning.numbers import clean_measure
from matcher.domain.french import count
from matcher.dossiers.insertion.changes import RecordHours
from matcher.dossiers.insertion.hours import PMSMP, MonthHours, MonthImmersions, added
from matcher.reference.clauses import modalities

HOURS = SheetKind("heures", (("mois",), ("prevues", "placees", "faites", "pmsmp")))
MOST_LINES = 2_000
_HOURS, _WHOLE = ("prevues", "placees", "faites"), ("personnes", "pmsmp")
_CUT = re.compile(r"[;\t]")
_UNITS = ("h", "heure", "heures")
_TOLD = 5  # faults that are said at once
_SHOWN = 40  # characters of a cell that a fault repeats
_KNOWN = "écrivez embauche directe, intérim d’insertion, intérim ordinaire, ou le type de la structure (ACI, EI, AI, ETTI, GEIQ, EA, ESAT)"
_Cells = Mapping[str, tuple[str, str]]  # by field, the column and its text


class PastedRefused(ValueError):
    """Hours that cannot be noted as they were pasted. The message is French and says what to do."""


@dataclass(frozen=True, slots=True)
class PastedHours:
    """Hours read, as the change that notes them, and in French what of the lines was added up or not read."""

    change: RecordHours
    said: tuple[str, ...]


@dataclass(slots=True)
class _Reading:
    """Lines while they are read: hours by month and modality, PMSMP by month, how many lines were added up, and the faults."""

    months: dict[tuple[date, str], MonthHours] = field(default_factory=dict)
    immersions: dict[date, int] = field(default_factory=dict)
    added: int = 0
    faults: list[str] = field(default_factory=list)

    def change(self) -> RecordHours:
        """Return the change that notes them. Raises PastedRefused where a line cannot be read, or none says anything."""
        if self.faults:
            more = len(self.faults) - _TOLD
            others = [f"Et {count(more, 'autre faute', 'autres fautes')}."] if more > 0 else []
            raise PastedRefused(" ".join([*self.faults[:_TOLD], *others]))
        if not self.months and not self.immersions:
            raise PastedRefused("Aucune ligne ne donne d’heures ni de PMSMP.")
        return RecordHours(tuple(self.months.values()), tuple(MonthImmersions(*one) for one in self.immersions.items()))


def read_pasted(text: str, modality: str = "") -> PastedHours:
    """Read lines as they are pasted, cells between tabs or semicolons under their names; `modality` is that of the lines that say none.
    Lines of one month and one modality are added up. Raises PastedRefused, which tells the first faults: nothing is read in part."""
    lines = [(at, [cell.strip() for cell in _CUT.split(line)]) for at, line in enumerate(text.splitlines(), start=1)]
    lines = [(at, cells) for at, cells in lines if any(cells)]
    if not lines:
        raise PastedRefused(
            "Collez les lignes du tableur, titres des colonnes compris : « Mois », « Modalité », « Faites »…"
        )
    if len(lines) > MOST_LINES:
        raise PastedRefused(f"{len(lines)} lignes : {MOST_LINES} au plus à la fois.")
    head = lines[0][1]
    columns = _columns(head)
    taken = {key: names[0] for key, names in columns.of.items()}
    its = _Reading()
    for at, cells in lines[1:]:
        texts = dict(zip(head, cells, strict=False))
        _take(its, at, {key: (name, texts.get(name, "")) for key, name in taken.items()}, modality)
    return PastedHours(its.change(), tuple(_said(its, [name for name in head if name and name not in taken.values()])))


def _columns(head: Sequence[str]) -> Columns:
    """The columns of a header; PastedRefused where one may name persons, or one that is needed lacks."""
    columns = understood(HOURS, head)
    if persons := [name for name, why in columns.why.items() if why == OF_PERSON]:
        raise PastedRefused(
            f"{quoted(persons)} : des personnes sont nommées, ou pourraient l’être. Aucun nom n’est gardé ici : retirez cette colonne, "
            "et comptez les personnes dans une colonne « Personnes »."
        )
    if not columns.has(HOURS.needs):
        raise PastedRefused(
            f"La première ligne donne les titres des colonnes : il faut {needed_words(HOURS)}. Colonnes vues : {quoted(head)}."
        )
    return columns


def _take(its: _Reading, at: int, cells: _Cells, modality: str) -> None:
    """Read one line, or say what of it cannot be."""
    written = cells.get("modalite", ("", ""))[1]
    wanted = modality_named(written) if written else modality
    numbers = {key: _number(its, at, *cells[key], whole=key in _WHOLE) for key in (*_HOURS, *_WHOLE) if key in cells}
    if all(value is None for value in numbers.values()):
        return
    column, text = cells["mois"]
    month = clean_month(text).value
    if month is None:
        its.faults.append(_fault(at, column, f"« {text[:_SHOWN]} » n’est pas un mois, par exemple 03/2026."))
        return
    periods = numbers.pop("pmsmp", None)
    if periods is not None:
        its.immersions[month] = its.immersions.get(month, 0) + int(periods)
    hours = {key: value for key, value in numbers.items() if value is not None}
    if not hours:
        return
    if wanted == PMSMP:
        said = "une PMSMP n’est pas une heure d’insertion : comptez les périodes dans une colonne « PMSMP »."
        its.faults.append(_fault(at, cells["modalite"][0], said))
    elif not wanted:
        its.faults.append(_of_no_modality(at, cells, written))
    else:
        people = hours.get("personnes")
        line = MonthHours(
            month,
            wanted,
            planned=hours.get("prevues"),
            placed=hours.get("placees"),
            done=hours.get("faites"),
            people=None if people is None else int(people),
        )
        former = its.months.get((month, wanted))
        its.added += former is not None
        its.months[month, wanted] = _sum(former, line) if former else line


def modality_named(text: str) -> str:
    """Return the modality that a text names, by its code, its label or its kind of structure (« ACI », « intérim »); PMSMP; "" for none."""
    key = name_key(text)
    words = key.split()
    if PMSMP in words or key == "immersion":
        return PMSMP
    for found in (
        [its.code for its in modalities() if key in (name_key(its.code), name_key(its.label))],
        [its.code for its in modalities() if any(kind.value.lower() in words for kind in its.kinds)],
        [its.code for its in modalities() if name_key(its.label).startswith(key)],
    ):
        if len(found) == 1:
            return found[0]
    return ""


def _number(its: _Reading, at: int, column: str, text: str, *, whole: bool) -> float | None:
    """A number of 0 or more, `whole` where it counts things, None where the cell is empty; a fault for anything else."""
    if not text:
        return None
    value, doubt = clean_measure(text, *_UNITS)
    if value is None or doubt or (whole and value % 1):
        wanted = "un nombre entier, par exemple 3" if whole else "un nombre de 0 ou plus, par exemple 151,67"
        its.faults.append(_fault(at, column, f"« {text[:_SHOWN]} » n’est pas {wanted}."))
        return None
    return value


def _of_no_modality(at: int, cells: _Cells, written: str) -> str:
    if not written:
        return f"Ligne {at} : aucune modalité ; ajoutez une colonne « Modalité », ou choisissez celle de toutes les lignes."
    return _fault(at, cells["modalite"][0], f"« {written[:_SHOWN]} » n’est pas une modalité : {_KNOWN}.")


def _fault(at: int, column: str, said: str) -> str:
    return f"Ligne {at}, colonne « {column} » : {said}"


def _sum(one: MonthHours, other: MonthHours) -> MonthHours:
    people = added((one.people, other.people))
    return replace(
        one,
        planned=added((one.planned, other.planned)),
        placed=added((one.placed, other.placed)),
        done=added((one.done, other.done)),
        people=None if people is None else int(people),
    )


def _said(its: _Reading, left: Sequence[str]) -> Iterator[str]:
    if its.added:
        yield f"{count(its.added, 'ligne')} du même mois et de la même modalité qu’une autre : additionnées."
    if left:
        yield f"{quoted(left)} : non reprise{'s' if len(left) > 1 else ''}."
