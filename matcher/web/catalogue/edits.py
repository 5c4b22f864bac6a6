"""Form fields of a supplier's corrections: one table of the fields of each form, and how to fill them in."""

from collections.abc import Mapping
from typing import NamedTuple

from matcher.catalogue.steward.stated_record import ACTIVITY, REFUSED, Said
from matcher.domain.kinds import SupplierKind

LONGEST = 4_000  # characters of one value: a presentation is the longest
LONGEST_MOTIVE = 500


class Input(NamedTuple):
    """One field of a form: what the team calls it (`champ`), its label, what to write, and how it is asked."""

    champ: str
    label: str
    hint: str = ""
    kind: str = "text"  # text, area, or the name of a list of `CHOICES`


CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "kinds": tuple((kind.value, f"{kind.value} · {kind.label}") for kind in SupplierKind),
    "yes-no": (("oui", "oui, en cours"), ("non", "non, terminée")),
}

EDITS: Mapping[str, tuple[Input, ...]] = {
    "nom": (Input("nom", "Le bon nom"),),
    "enseigne": (Input("enseigne", "L’enseigne"),),
    "siret": (Input("siret", "Le SIRET", "14 chiffres"),),
    "finess": (Input("finess", "Le numéro FINESS", "9 chiffres"),),
    "type": (Input("type", "Le type de structure", kind="kinds"),),
    "naf": (Input("naf", "Le code NAF", "par exemple 81.30Z"),),
    "lieu": (
        Input("commune", "La commune", "« 59600 Maubeuge », « Maubeuge (59) » ou un code INSEE"),
        Input("adresse", "L’adresse", "numéro et voie"),
    ),
    "activite": (Input(ACTIVITY, "Ce qu’il fait aussi", "un métier en quelques mots, par exemple « espaces verts »"),),
    "ne-fait-pas": (Input(REFUSED, "Ce qu’il ne fait pas", "un métier en quelques mots"),),
    "zone": (Input("zone", "Jusqu’où il se déplace", "« Nord et Pas-de-Calais », « 50 km »"),),
    "effectif": (Input("effectif", "Combien de personnes y travaillent", "un nombre, en personnes ou en ETP"),),
    "chiffre-affaires": (Input("chiffre-affaires", "Chiffre d’affaires annuel, en euros", "un nombre"),),
    "capacite": (Input("capacite", "Ce qu’il peut prendre", "« 2 équipes de 6 », « 3 tonnes de linge par jour »"),),
    "labels": (Input("labels", "Labels", "séparés par des points-virgules"),),
    "actif": (Input("actif", "Sa convention ou son agrément", kind="yes-no"),),
    "presentation": (Input("presentation", "Présentation", kind="area"),),
    "telephone": (Input("telephone", "Téléphone"),),
    "courriel": (Input("courriel", "Courriel", "l’adresse de la structure, pas celle d’une personne"),),
    "site": (Input("site", "Site web"),),
}

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
