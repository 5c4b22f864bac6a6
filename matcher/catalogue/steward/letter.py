"""French letters that ask publishers of closed directories for their data, uses, format and licence (« entremise sources --lettre »)."""

from collections.abc import Mapping
from datetime import date
from string import Template
from typing import Any

from importers import REGISTRY
from matcher.domain.french import count, day
from matcher.paths import shipped_path
from matcher.reference.source_rules import source_rules
from matcher.reference.tables import rows


class NoLetter(Exception):
    """No letter is needed for this source: it is open data. The message is French."""


def publisher_letter(key: str, figures: Mapping[str, Any], on: date) -> str:
    """Return the letter to a source's publisher; `figures` are those of `stats`. Raises NoLetter for an open source."""
    letters = {row["cle"]: row for row in rows("lettres")}
    if key not in letters:
        raise NoLetter(
            f"{REGISTRY[key].title} : cette source est ouverte ({REGISTRY[key].licence}), il n’y a rien à demander. "
            f"Des lettres sont prêtes pour : {', '.join(letters)}."
        )
    text = shipped_path("templates/letters/demande.txt").read_text(encoding="utf-8")
    days = source_rules()[key].days
    values = {
        "jour": day(on),
        "catalogue": _catalogue(key, figures),
        "rythme": f"tous les {days} jours environ" if days else "une fois par an, ou quand l’annuaire change",
    }
    return Template(text).substitute(values | {name: value for name, value in letters[key].items() if name != "cle"})


def _catalogue(key: str, figures: Mapping[str, Any]) -> str:
    total, ours = figures["suppliers"], figures["by_source"].get(key, 0)
    if not total:
        return "Notre catalogue est en cours de constitution."
    sentence = f"Notre catalogue compte {count(total, 'structure')}"
    return (
        f"{sentence}, dont {count(ours, 'figure', 'figurent')} dans ce que nous avons déjà de vous."
        if ours
        else f"{sentence}."
    )
