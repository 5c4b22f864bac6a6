"""Form fields of a supplier's corrections: one table of the fields of each form, and how to fill them in."""

from collections.abc import Mapping
from typing import NamedTuple

from matcher.catalogue.steward.stated_record import ACTIVITY, REFUSED, Said
from matcher.domain.fields import FIELDS, SupplierField, ValueKind
from matcher.domain.kinds import SupplierKind

LONGEST = 4_000  # characters of one value: a presentation is the longest
LONGEST_MOTIVE = 500


class Input(NamedTuple):
    """One field of a form: what the team calls it (`champ`), its label, what to write, and how it is asked."""

    champ: str
    label: str
    hint: str = ""
    kind: str = "text"  # text, area, or the name of a list of `CHOICES`


def _yes_no(field: SupplierField) -> tuple[tuple[str, str], ...]:
    words = zip(("oui", "non"), field.says, strict=True)
    return tuple((word, word if meaning == word else f"{word}, {meaning}") for word, meaning in words)


CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "kinds": tuple((kind.value, f"{kind.value} · {kind.label}") for kind in SupplierKind),
    **{field.champ: _yes_no(field) for field in FIELDS if field.kind is ValueKind.YES_NO},
}


def _input(field: SupplierField) -> str:
    return field.champ if field.champ in CHOICES else "area" if field.kind is ValueKind.LONG_TEXT else "text"


EDITS: Mapping[str, tuple[Input, ...]] = {
    "type": (Input("type", "Le type de structure", kind="kinds"),),
    "lieu": (
        Input("commune", "La commune", "« 59600 Maubeuge », « Maubeuge (59) » ou un code INSEE"),
        Input("adresse", "L’adresse", "numéro et voie"),
    ),
    "activite": (Input(ACTIVITY, "Ce qu’il fait aussi", "un métier en quelques mots, par exemple « espaces verts »"),),
    "ne-fait-pas": (Input(REFUSED, "Ce qu’il ne fait pas", "un métier en quelques mots"),),
} | {field.champ: (Input(field.champ, field.form, field.hint, _input(field)),) for field in FIELDS if field.form}

# What is asked to add a supplier; the first three are needed.
NEW: tuple[Input, ...] = (
    Input("nom", "Son nom"),
    *EDITS["type"],
    *EDITS["lieu"],
    *EDITS["siret"],
    Input(ACTIVITY, "Ce qu’il fait", "un métier en quelques mots"),
    *EDITS["zone"],
    *EDITS["effectif"],
    *EDITS["telephone"],
    *EDITS["courriel"],
)
NEEDED = ("nom", "type", "commune")


def said(form: Mapping[str, str], inputs: tuple[Input, ...]) -> tuple[Said, dict[str, str]]:
    """Return what a form says, by champ, and a French fault by champ where a value is far too long. Empty fields say nothing."""
    written = {field.champ: form.get(field.champ, "").strip() for field in inputs}
    faults = {
        champ: f"C’est trop long : {LONGEST} caractères au plus."
        for champ, text in written.items()
        if len(text) > LONGEST
    }
    return {champ: [text] for champ, text in written.items() if text}, faults
