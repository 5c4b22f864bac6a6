"""Parsing and validation of a need: raw fields (from a form, a file, a URL or JSON) become a `Need`, with its faults in French."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from textwrap import shorten
from types import MappingProxyType
from typing import Any, NamedTuple

from matcher.cleaning import Cleaned
from matcher.cleaning.amounts import clean_amount
from matcher.cleaning.dates import YEAR_UNTOLD, clean_start
from matcher.cleaning.numbers import NUMBER_UNREADABLE, clean_months
from matcher.cleaning.siret import clean_siret_or_siren
from matcher.domain.french import enumeration, unit
from matcher.domain.kinds import SupplierKind
from matcher.domain.need import UNCHOSEN, Need, NeedChoices, NeedFault
from matcher.domain.persona import Persona
from matcher.domain.reading import Lot, RawPlace
from matcher.reading.durations import read_duration
from matcher.reading.intent import read_intent
from matcher.reading.reservation import lever_told, read_reservation
from matcher.reference.levers import lever
from matcher.reference.trades.cpv import normalise_cpv
from matcher.reference.trades.taxonomy import taxonomy
from matcher.reference.wordings import current_persona

# Codes of the levers (articles that reserve a lot, or a social clause) that a lot may be searched under.
ASKED_LEVERS = ("12", "13", "13-1", "14", "15", "clause")


def offered_levers(chosen: str = "") -> tuple[str, ...]:
    """Return the levers that a form offers: a contract winner, whose subcontracts nobody reserves, has the clause alone, and the one already `chosen`."""
    winner = current_persona() is Persona.WINNER
    return tuple(code for code in ASKED_LEVERS if not winner or lever(code).open_to_all or code == chosen)


NO_NEED = "Décrivez le besoin en une phrase, ou donnez un code CPV."

_PLACES = re.compile(r"[;\n]")
_CODES = re.compile(r"[;,\n/|]|\s+(?=\d{8})")
# A CPV code copied at the beginning of a text, not followed by a currency.
_CODE_FIRST = re.compile(r"(?:(?:code\s+)?cpv\W*)?(\d{8}(?:-\d)?)(?![\d-])(?!\s*(?:€|euros?\b))\W*", re.IGNORECASE)
_MINUS = ("-", "−", "(")
_NO_LEVER = frozenset(("non", "aucun", "aucune", "neant", "néant", "-", "sans", "/", "0", "n"))
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class _Size:
    """A number field: the parts of its French fault sentence, and its maximum in its unit."""

    must_be: str
    a_number: str
    positive: str
    most: float
    unit: str


_SIZES = {
    "montant": _Size("Le montant doit être", "un nombre, par exemple 180 000", "plus grand que zéro", 1e10, "€"),
    "duree": _Size("La durée doit être", "un nombre de mois, par exemple 12", "plus grande que zéro", 600, "mois"),
}


class LotsError(Exception):
    """A file of lots that cannot be read; the message is French and names the file and line."""


def need_from(
    fields: Mapping[str, Any],
    chosen: NeedChoices = UNCHOSEN,
    *,
    times: Mapping[str, float] = MappingProxyType({}),
    fallback_id: str = "",
) -> Need:
    """Build a need from raw fields: texts as people write them, or JSON values. Never raises. `times` is what a number without a unit is multiplied
    by, by field: 1,000 for a column in k€."""
    raw = _RawFields(fields)
    objet = raw.text("objet")
    # CPV codes that begin the object are read as codes; an invalid one only where no text follows.
    codes: list[str] = []
    while match := _CODE_FIRST.match(objet):
        rest = objet[match.end() :]
        if rest and normalise_cpv(match[1])[0] is None:
            break
        codes.append(match[1])
        objet = rest
    months = raw.months(times.get("duree", 1.0))
    lot = Lot(
        objet=objet,
        lot_id=raw.text("lot_id") or fallback_id,
        cpv=tuple(raw.cpv(*codes)),
        lieux=tuple(raw.places()),
        acheteur_siret=raw.buyer(),
        date=raw.day(),
        montant=raw.euros(times.get("montant", 1.0), months),
        duree=months,
        levier=raw.lever(),
        kinds=tuple(raw.kinds()),
    )
    if chosen.activities is None:
        chosen = replace(chosen, activities=tuple(raw.activities()) or None)
    content = lot.objet or lot.cpv or chosen.activities
    if not content and not any(fault.field in ("objet", "cpv") for fault in raw.faults):
        raw.faults.insert(0, NeedFault("objet", NO_NEED))
    return Need(lot, tuple(raw.faults), chosen)


class LotRow(NamedTuple):
    """A row of a file that describes a lot: file name, position, identifier to use where the fields have none, and the fields. `called` is the
    French noun of the position: a line, or the rank of an element."""

    file: str
    line: int
    fallback_id: str
    fields: Mapping[str, Any] = MappingProxyType({})
    called: str = "ligne"

    @property
    def where(self) -> str:
        """Return the file and position, in French."""
        return f"« {self.file} », {self.called} {self.line}"


def read_lot_needs(path: Path) -> Iterator[Need]:
    """Yield the needs of a JSON lines file. Raises LotsError at the first line that is not an object, or where there is no lot."""
    return needs_from_rows(LotRow(path.name, line, str(line), fields) for line, fields in read_lot_objects(path))


def needs_from_rows(rows: Iterable[LotRow]) -> Iterator[Need]:
    """Yield the needs of rows, with their faults located by `locate_faults`."""
    return locate_faults((row, need_from(row.fields, fallback_id=row.fallback_id)) for row in rows)


def locate_faults(needs: Iterable[tuple[LotRow, Need]]) -> Iterator[Need]:
    """Yield the needs of rows, each fault with its file, line and field or column; an identifier used twice is a fault too."""
    seen: dict[str, LotRow] = {}
    for row, need in needs:
        key, faults = need.lot.lot_id, need.faults
        if (first := seen.setdefault(key, row)) is not row:
            same = first.file == row.file and first.called == "ligne"
            where = f"de la ligne {first.line}" if same else f"de {first.where}"
            sentence = f"« {key} » est déjà le lot {where} : rien ne les distingue dans les résultats."
            faults = (NeedFault("lot_id", sentence), *faults)
        placed = []
        for fault in faults:
            place = f"{fault.where[:1].lower()}{fault.where[1:]}" if fault.where else f"champ « {fault.field} »"
            placed.append(replace(fault, where=f"{row.where}, {place}"))
        yield replace(need, faults=tuple(placed))


def read_lot_objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line from 1, object) of a JSON lines file, empty lines skipped. Raises LotsError at the first line that is not an object, or where there
    is none at all."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise LotsError(
            f"« {path.name} » : le fichier n’est pas en UTF-8 (octet {error.start}). Enregistrez-le en UTF-8."
        ) from error
    for number_of_line, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            column = f", colonne {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
            raise LotsError(
                f"« {path.name} », ligne {number_of_line}{column} : ce n’est pas du JSON. "
                'Attendu : un lot par ligne, par exemple {"lot_id": "1", "objet": "Nettoyage des locaux"}.'
            ) from error
        if not isinstance(fields, dict):
            raise LotsError(f"« {path.name} », ligne {number_of_line} : attendu un objet JSON, entre « {{ » et « }} ».")
        yield number_of_line, fields
    if not text.strip():
        raise LotsError(f"« {path.name} » ne contient aucun lot.")


class _RawFields:
    """Parser of the raw fields of one need: each method returns a field's value and appends to `faults` what cannot be used."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields
        self.faults: list[NeedFault] = []

    def text(self, field: str) -> str:
        """Return a field as text, empty where it is absent."""
        return self._text(self._fields.get(field), field)

    def cpv(self, *others: str) -> Iterator[str]:
        """Yield the plausible CPV codes, as written, of the field and `others`; the reader restores a lost leading zero, with a doubt."""
        for code in dict.fromkeys((*self._texts("cpv", _CODES), *others)):
            if normalise_cpv(code)[0] is not None:
                yield code
                continue
            from matcher.need.completion import complete_cpv  # imported only for a code that is not known

            likely = " ; ".join(f"{guess.value} ({guess.label})" for guess in complete_cpv(code)[:3])
            advice = f"Peut-être : {likely}." if likely else "Écrivez un code à huit chiffres, ou laissez vide."
            self._add_fault("cpv", f"« {_excerpt(code)} » n’est pas un code CPV. {advice}")

    def places(self) -> Iterator[RawPlace]:
        """Yield each place, given as a text or as an object with code, type and name."""
        for value in self._values("lieu"):
            if isinstance(value, Mapping):
                place = RawPlace(*(self._text(value.get(key), "lieu") for key in ("code", "type", "nom")))
                if place != RawPlace():
                    yield place
            else:
                yield from map(RawPlace, self._parts(value, "lieu", _PLACES))

    def buyer(self) -> str:
        """Return the SIRET or SIREN of the buyer, as written; empty where invalid."""
        text = self.text("acheteur_siret")
        if text and clean_siret_or_siren(text).value is None:
            advice = "Écrivez le SIRET de l’acheteur, ou son SIREN, ou laissez vide."
            self._add_fault("acheteur_siret", _advice_on(advice, text))
            return ""
        return text

    def day(self) -> date | None:
        """Return the date of the lot; for a month, quarter or year, its first day."""
        raw = self._fields.get("date")
        text = raw.isoformat()[:10] if isinstance(raw, date) else self.text("date")
        day, flag = clean_start(text)
        if text and day is None:
            advice = "De quelle année ?" if flag == YEAR_UNTOLD else "Écrivez une date, par exemple 01/03/2027."
            self._add_fault("date", _advice_on(advice, text))
        return day

    def euros(self, factor: float, months: float | None) -> float | None:
        """Return the amount in euros before tax, above zero; a yearly amount is multiplied over `months`."""
        return self._size("montant", factor, lambda text: clean_amount(text, unit=factor, months=months))

    def months(self, factor: float) -> float | None:
        """Return the duration in months, above zero."""
        return self._size("duree", factor, lambda text: _months(text, factor))

    def _size(self, field: str, times: float, clean: Callable[[str], Cleaned[float]]) -> float | None:
        """Return a number above zero; a doubtful number is a fault, yet is used where possible."""
        text, size, raw = self.text(field), _SIZES[field], self._fields.get(field)
        if not text:
            return None
        # A JSON number needs no cleaning: in 123.456 the point is decimal. `min` guards integers beyond any float.
        written = min(raw, size.most * 2) * times if isinstance(raw, int | float) else None
        value, flag = Cleaned(written) if written is not None else clean(text)
        below = text.startswith(_MINUS) and any(map(str.isdigit, text))
        refused = ""
        if below or (value is not None and not value > 0):
            refused = size.positive
        elif value is not None and value > size.most:
            refused = f"de {unit(size.most, size.unit)} au plus"
        doubtful = f"{size.a_number}{f' ({flag})' if flag != NUMBER_UNREADABLE else ''}" if flag else ""
        if must := refused or doubtful:
            self._add_fault(field, _advice_on(f"{size.must_be} {must}.", text))
        return None if refused else value

    def lever(self) -> str:
        """Return the code of a lever, from its code, article or usual words."""
        text = self.text("levier")
        code = parse_lever(text)
        if text and not code and text.lower() not in _NO_LEVER:
            self._add_fault("levier", _advice_on(f"Le levier doit être {enumeration(ASKED_LEVERS, 'ou')}.", text))
        return code

    def kinds(self) -> Iterator[str]:
        """Yield each kind of supplier required, by its acronym."""
        for text in self._texts("kind", _PLACES):
            if text.upper() in SupplierKind.__members__:
                yield SupplierKind[text.upper()].value
            else:
                self._add_fault("kind", _advice_on(f"Le type doit être {enumeration(list(SupplierKind), 'ou')}.", text))

    def activities(self) -> Iterator[str]:
        """Yield the code of each activity chosen to replace those that are read."""
        for text in self._texts("activite", _PLACES):
            if text in taxonomy().index:
                yield text
            else:
                advice = "Écrivez le code d’une activité, par exemple proprete.locaux."
                self._add_fault("activite", _advice_on(advice, text))

    def _values(self, field: str) -> list[Any]:
        value = self._fields.get(field)
        return list(value) if isinstance(value, list | tuple) else [value]

    def _texts(self, field: str, between: re.Pattern[str]) -> Iterator[str]:
        for value in self._values(field):
            yield from self._parts(value, field, between)

    def _parts(self, value: Any, field: str, between: re.Pattern[str]) -> Iterator[str]:
        return (part.strip() for part in between.split(self._text(value, field)) if part.strip())

    def _text(self, value: Any, field: str) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return _characters(value).strip()
        if isinstance(value, int | float) and not isinstance(value, bool):
            return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
        written = _characters(json.dumps(value, ensure_ascii=False, default=str))
        self._add_fault(field, _advice_on("Un texte ou un nombre est attendu.", written))
        return ""

    def _add_fault(self, field: str, says: str) -> None:
        self.faults.append(NeedFault(field, says))


def _characters(text: str) -> str:
    """Replace lone surrogates by question marks: they cannot be encoded in UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def parse_lever(text: str) -> str:
    """Return the code of the lever that a text names, by its code, its article or its usual words; empty for none."""
    name = text.strip().lower()
    if name in ASKED_LEVERS or not name:
        return name
    code = _by_article().get(name.replace(" ", "").replace("‑", "-"))
    code = code or lever_told(read_reservation((text,)), {}).lever or read_intent(text).levier
    return code if code in ASKED_LEVERS else ""


@lru_cache(maxsize=1)
def _by_article() -> Mapping[str, str]:
    return {lever(code).article.lower().replace(" ", ""): code for code in ASKED_LEVERS}


def _months(text: str, factor: float) -> Cleaned[float]:
    """Parse a duration in months, a bare number being multiplied by `factor`; « 12 mois reconductible 3 fois » is read as a need's text is."""
    cleaned = clean_months(text, unit=factor)
    if cleaned.value is not None or not cleaned.flag:
        return cleaned
    duration_read, doubts = read_duration((f"Durée : {text}",))
    if duration_read:
        return Cleaned(duration_read.months, " ".join(doubts))
    return Cleaned(None, " ".join(doubts) or cleaned.flag)


def _advice_on(advice: str, text: str) -> str:
    return f"{advice} Vous avez écrit « {_excerpt(text)} »."


def _excerpt(text: str) -> str:
    """Return what was typed; a long text is cut between two words and ends with « … »."""
    return shorten(text, _SHOWN, placeholder=" …", break_on_hyphens=False)
