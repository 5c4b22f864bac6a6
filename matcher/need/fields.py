"""Lots as they come in files: fields that are null, empty, of the wrong kind, or spelt nine ways."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matcher.cleaning.dates import clean_date
from matcher.cleaning.numbers import clean_amount, with_tax
from matcher.cleaning.siret import clean_siren, clean_siret
from matcher.domain.kinds import SupplierKind
from matcher.domain.lot import Lot, RawPlace

# The levers that a lot can be asked under: those that say who may answer.
ASKED_LEVERS = ("12", "13", "13-1", "14", "15", "clause")


# What the fields that hold numbers expect.
_NUMBERS = {"montant": "un nombre d’euros, par exemple 180 000", "duree": "un nombre de mois, par exemple 24"}


class LotsError(Exception):
    """A file of lots that cannot be read; the message is French and names the file and line."""


@dataclass(frozen=True, slots=True)
class GivenLot:
    """A lot, and in French what of it could not be used."""

    lot: Lot
    doubts: tuple[str, ...]


def read_lots(path: Path) -> Iterator[GivenLot]:
    """Yield the lots of a JSON lines file; an identifier that an earlier line has is said in the doubts.

    Raises LotsError at the first line that is no object, or where there is no lot.
    """
    lines: dict[str, int] = {}
    for number, fields in read_objects(path):
        given = lot_from(fields, fallback_id=str(number))
        first = lines.setdefault(given.lot.lot_id, number)
        if first != number:
            taken = (
                f"Le lot « {given.lot.lot_id} » est déjà à la ligne {first} : rien ne les distingue dans les résultats."
            )
            given = replace(given, doubts=(taken, *given.doubts))
        yield given


def read_objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line from 1, object) of a JSON lines file, empty lines skipped.

    Raises LotsError at the first line that is not an object, or where there is none at all.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise LotsError(
            f"« {path.name} » : le fichier n’est pas en UTF-8 (octet {error.start}). Enregistrez-le en UTF-8."
        ) from error
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            column = f", colonne {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
            raise LotsError(
                f"« {path.name} », ligne {number}{column} : ce n’est pas du JSON. "
                'Attendu : un lot par ligne, par exemple {"lot_id": "1", "objet": "Nettoyage des locaux"}.'
            ) from error
        if not isinstance(fields, dict):
            raise LotsError(f"« {path.name} », ligne {number} : attendu un objet JSON, entre « {{ » et « }} ».")
        yield number, fields
    if not text.strip():
        raise LotsError(f"« {path.name} » ne contient aucun lot.")


def lot_from(fields: Mapping[str, Any], fallback_id: str = "") -> GivenLot:
    """Build a lot from JSON-like fields; whatever cannot be used is left unknown and said in the doubts. Never raises."""
    doubts: list[str] = []
    objet = _text(fields.get("objet"), "objet", doubts)
    levier = _choice(fields.get("levier"), "levier", set(ASKED_LEVERS), doubts)
    lot = Lot(
        objet=objet,
        lot_id=_text(fields.get("lot_id"), "lot_id", doubts) or fallback_id,
        cpv=tuple(_text(code, "cpv", doubts) for code in _list(fields.get("cpv")) if code not in (None, "")),
        lieux=tuple(place for item in _list(fields.get("lieu")) if (place := _place(item, doubts)) is not None),
        acheteur_siret=_buyer(fields.get("acheteur_siret"), doubts),
        date=_date(fields.get("date"), doubts),
        montant=_positive(fields.get("montant"), "montant", doubts),
        duree=_positive(fields.get("duree"), "duree", doubts),
        levier=levier,
        kinds=tuple(
            kind
            for item in _list(fields.get("kind"))
            if (kind := _choice(item, "kind", {str(k) for k in SupplierKind}, doubts))
        ),
    )
    return GivenLot(lot, tuple(doubts))


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any, field: str, doubts: list[str]) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8").strip()  # half a character cannot be written again
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
    doubts.append(f"Le champ « {field} » n’est pas un texte : il est écarté.")
    return ""


def _choice(value: Any, field: str, known: set[str], doubts: list[str]) -> str:
    text = _text(value, field, doubts)
    match = next((code for code in known if code.lower() == text.lower()), "")
    if text and not match:
        doubts.append(f"« {text} » n’est pas un « {field} » connu ({', '.join(sorted(known))}) : il est écarté.")
    return match


def _place(value: Any, doubts: list[str]) -> RawPlace | None:
    if isinstance(value, Mapping):
        place = RawPlace(*(_text(value.get(key), f"lieu.{key}", doubts) for key in ("code", "type", "nom")))
    else:
        place = RawPlace(code=_text(value, "lieu", doubts))
    return place if place != RawPlace() else None


def _buyer(value: Any, doubts: list[str]) -> str:
    text = _text(value, "acheteur_siret", doubts)
    if text and clean_siret(text).value is None and clean_siren(text).value is None:
        doubts.append(f"« {text} » n’est ni un SIRET ni un SIREN d’acheteur : il est écarté.")
        return ""
    return text


def _date(value: Any, doubts: list[str]) -> Any:
    text = _text(value, "date", doubts)
    cleaned = clean_date(text)
    if text and cleaned.value is None:
        doubts.append(f"La date « {text} » n’est pas lisible : elle est écartée.")
    return cleaned.value


def _positive(value: Any, field: str, doubts: list[str]) -> float | None:
    expected = _NUMBERS[field]
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        doubts.append(f"Le champ « {field} » doit être {expected}.")
        return None
    text = _text(value, field, doubts)
    number = clean_amount(text).value
    if with_tax(text):
        doubts.append(f"Le champ « {field} » se donne hors taxes : « {text} » est écarté.")
        return None
    if text and (number is None or number < 0):
        doubts.append(f"Le champ « {field} » doit être {expected} : « {text} » est écarté.")
        return None
    if number == 0:
        doubts.append(f"Le champ « {field} » vaut 0, ce qui ne dit rien : donnez {expected}, ou laissez-le vide.")
    return number or None
