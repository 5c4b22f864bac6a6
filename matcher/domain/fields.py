"""Table of all fields of a supplier (`FIELDS`): label, kind of value, merge rule, limit, form… Cleaning, merging, storage, pages, corrections,
exports and erasure loop over it.

A new field needs a line in `FIELDS`, in `SupplierValues`, and a raw one in `importers/importer.py`; names of its column in spreadsheets are in
`data/reference/colonnes.csv` (docs/add-a-field.md). This module has no cleaner or rule: it names them, and other rooms define them.
"""

import re
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum, auto

from matcher.domain.french import number, unit


class ValueKind(Enum):
    """Kind of value, which decides the cleaner, the database column, the wording and the form input."""

    TEXT = auto()
    LONG_TEXT = auto()
    LIST = auto()  # short texts, in one cell of the source
    NUMBER = auto()
    EUROS = auto()
    YES_NO = auto()
    AREA = auto()  # the source's words, and in a second field the place codes read in them
    NAF = auto()
    HEADCOUNT = auto()  # Sirene's code for a band of employees
    WEBSITE = auto()
    OWN = auto()  # identifier, place, contact or date, each with its own code in intake


class MergeRule(Enum):
    """Rule that chooses one value among the records of a supplier."""

    FIRST = auto()  # the most trusted record that has one
    OF_TODAY = auto()  # the same, without records of a former SIRET
    UNITED = auto()  # union of all; but only those of the team, or of the establishment, if it gives any
    OWN = auto()  # its own code in merging


class FichePart(Enum):
    """Part of a supplier's page where a field is shown."""

    HEAD = auto()
    REACH = auto()
    MEANS = auto()
    STANDING = auto()
    REGISTER = auto()
    SAID = auto()  # in the supplier's words; hidden where empty


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierValues:
    """Fields that both a record and a supplier have. Unknown is None or empty, never zero.

    `workers` is in full-time equivalents or persons, as the source counts, `turnover` in euros a year; `area` is the declared area of intervention
    in the source's words and `area_codes` its place codes (`dep:62`, `reg:32`, `pays:FR`, `km:50`), empty where unclear. `note` is private to the
    team and never exported. `labels` are networks and marks, `certifications` norms checked by a third party (ISO 9001, Qualiopi). `active` is
    False where a source gives the convention as ended. `headcount` is Sirene's code for a band of employees.
    """

    brand: str = ""
    naf: str = ""
    description: str = ""
    note: str = ""
    workers: float | None = None
    workers_text: str = ""
    turnover: float | None = None
    capacity: str = ""
    contract_size: str = ""
    contract_duration: str = ""
    contract_season: str = ""
    price_basis: str = ""
    area: str = ""
    area_codes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    active: bool | None = None
    headcount: str = ""


@dataclass(frozen=True, slots=True)
class SupplierField:
    """A field: its `name` in a record and a supplier, and its French `label`.

    `most` is the maximum length in characters, 0 for none; a longer value is cut, or dropped if `cut` is False, as it would mean something else. `beside`
    is a second field filled with it, `unit` that of a number, `says` the words for yes and no. `champ` is its name when a person corrects it, empty if
    none does; `form` and `hint` are the labels of its form, empty without one. `asked` is its French name when its publisher is asked for it, empty if
    it never is: the quality report counts these fields. `filter` are the French words of the filter of lists that keeps suppliers by it, after « Seulement ceux », empty if none
    does. `personal`: it may name a person; `public`: exported; `column`: also in the CSV. `merge` and `part` are None if
    it is not merged by a rule, or not shown on the page of a supplier.
    """

    name: str
    label: str
    kind: ValueKind = ValueKind.OWN
    merge: MergeRule | None = None
    most: int = 0
    cut: bool = True
    beside: str = ""
    unit: str = ""
    says: tuple[str, str] = ("oui", "non")
    champ: str = ""
    form: str = ""
    hint: str = ""
    asked: str = ""
    filter: str = ""
    part: FichePart | None = None
    personal: bool = False
    public: bool = True
    column: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its values: its own, and the second field's."""
        return (self.name, self.beside) if self.beside else (self.name,)

    @property
    def heading(self) -> str:
        """The label with a capital."""
        return self.label[:1].upper() + self.label[1:]

    @property
    def numeric(self) -> bool:
        """Return whether its value is a number."""
        return self.kind in (ValueKind.NUMBER, ValueKind.EUROS)

    @property
    def full_label(self) -> str:
        """The label with the unit, or the meaning of yes and no."""
        if self.kind is ValueKind.YES_NO:
            return f"{self.heading} : vrai, {self.says[0]} ; faux, {self.says[1]}."
        return f"{self.heading}, en {self.unit}." if self.unit else f"{self.heading}."

    def passes(self, holder: object) -> bool:
        """Return whether its filter keeps a record or supplier: its value is True (yes or no), was understood as codes (area), or is known (others)."""
        value = getattr(holder, self.beside if self.kind is ValueKind.AREA else self.name)
        return value is True if self.kind is ValueKind.YES_NO else is_known(value)

    def words(self, holder: object) -> str:
        """Return the value of a record or supplier in French words, empty where unknown."""
        value = getattr(holder, self.name)
        if not is_known(value):
            return ""
        if self.kind is ValueKind.YES_NO:
            return self.says[not value]
        if isinstance(value, float | int):
            written = str(getattr(holder, self.beside)) if self.beside else ""
            if written and not _BARE_NUMBER.fullmatch(written):
                return written
            digits = 0 if self.kind is ValueKind.EUROS else 2 if written else 1
            return unit(value, self.unit, digits) if self.unit else number(value, digits)
        if isinstance(value, tuple):
            return ", ".join(map(str, value))
        return value.isoformat() if isinstance(value, date) else str(value)


def is_known(value: object) -> bool:
    """Return whether a value is known; zero and False are."""
    return value is not None and value not in ("", ())


# A number as a source writes it, without a word nor a range.
_BARE_NUMBER = re.compile(r"[\d\s.,]+")
_K, _M, _P = ValueKind, MergeRule, FichePart

# In the order of reports. In brackets, the longest value of the real directories (SIAE 2019 and 2026, FINESS 2021) or of a norm; `most` is
# several times that.
# fmt: off
FIELDS: tuple[SupplierField, ...] = (
    SupplierField("name", "nom", _K.TEXT, _M.FIRST, 300, champ="nom", form="Le bon nom",  # (58)
                  asked="le nom", part=_P.HEAD, personal=True),
    SupplierField("brand", "enseigne", _K.TEXT, _M.FIRST, 300, champ="enseigne", form="L’enseigne",  # (52; 100 in Sirene)
                  part=_P.SAID, personal=True),
    SupplierField("kinds", "type", merge=_M.OWN, champ="type", asked="le type de structure"),
    SupplierField("siret", "SIRET", merge=_M.FIRST, most=100, cut=False, champ="siret", form="Le SIRET", hint="14 chiffres",  # (14)
                  asked="le SIRET", part=_P.HEAD),
    SupplierField("siren", "SIREN", merge=_M.FIRST, most=100, cut=False, part=_P.HEAD),  # (9)
    SupplierField("finess", "FINESS", merge=_M.OWN, most=100, cut=False, champ="finess", form="Le numéro FINESS",  # (9)
                  hint="9 chiffres", asked="le numéro FINESS"),
    SupplierField("naf", "code NAF", _K.NAF, _M.FIRST, 300, cut=False, champ="naf", form="Le code NAF",  # (5; some write its label too)
                  hint="par exemple 81.30Z", asked="le code NAF", part=_P.REGISTER),
    SupplierField("activities", "activité", merge=_M.OWN, asked="les activités"),
    SupplierField("city", "commune", most=300, champ="commune", asked="la commune"),  # (32)
    SupplierField("address", "adresse", most=300, champ="adresse", asked="l’adresse", personal=True),  # (51)
    SupplierField("post_code", "code postal", most=100, cut=False, champ="code-postal"),  # (5)
    SupplierField("lat", "coordonnées", asked="les coordonnées"),
    SupplierField("phone", "téléphone", most=300, cut=False, champ="telephone", form="Téléphone",  # several in one cell
                  asked="le téléphone", personal=True),
    SupplierField("email", "courriel", most=254, cut=False, champ="courriel", form="Courriel",  # RFC 5321
                  hint="l’adresse de la structure, pas celle d’une personne", asked="le courriel", personal=True),
    SupplierField("website", "site web", _K.WEBSITE, _M.FIRST, 2_000, cut=False, champ="site", form="Site web",  # (91; what browsers open)
                  asked="le site web", personal=True),
    SupplierField("description", "présentation", _K.LONG_TEXT, _M.FIRST, 20_000, champ="presentation", form="Présentation",  # (3 058)
                  asked="la présentation", part=_P.SAID, personal=True),
    SupplierField("note", "note de l’équipe", _K.LONG_TEXT, _M.FIRST, 5_000, champ="note", form="Note de l’équipe",  # (15)
                  hint="pour vous seuls : ni montrée aux autres, ni exportée", part=_P.SAID, personal=True, public=False),
    SupplierField("workers", "effectif", _K.NUMBER, _M.FIRST, 300, beside="workers_text", champ="effectif",  # (45)
                  form="Combien de personnes y travaillent", hint="un nombre, en personnes ou en ETP", asked="l’effectif",
                  part=_P.MEANS, personal=True, column=True),
    SupplierField("turnover", "chiffre d’affaires", _K.EUROS, _M.FIRST, 100, cut=False, unit="€", champ="chiffre-affaires",
                  form="Chiffre d’affaires annuel, en euros", hint="un nombre", part=_P.MEANS),
    SupplierField("capacity", "capacité", _K.TEXT, _M.FIRST, 1_000, champ="capacite", form="Ce qu’il peut prendre",  # (110)
                  hint="« 2 équipes de 6 », « 3 tonnes de linge par jour »", part=_P.MEANS, personal=True),
    SupplierField("contract_size", "taille de marché qui convient", _K.TEXT, _M.FIRST, 300, champ="marche",  # a choice of ours (20)
                  form="La taille de marché qui lui convient", hint="« 10 000 à 40 000 € »", part=_P.MEANS, personal=True),
    SupplierField("contract_duration", "durée de marché qui convient", _K.TEXT, _M.FIRST, 300, champ="duree",  # a choice of ours (16)
                  form="La durée de marché qui lui convient", hint="« moins d’un an », « plus de deux ans »", part=_P.MEANS, personal=True),
    SupplierField("contract_season", "saison qui convient", _K.TEXT, _M.FIRST, 300, champ="saison",  # a choice of ours (23)
                  form="La saison qui lui convient", hint="« toute l’année », « printemps et été »", part=_P.MEANS, personal=True),
    SupplierField("price_basis", "base de prix", _K.TEXT, _M.FIRST, 300, champ="prix", form="Sur quelle base il fait un prix",  # (15)
                  hint="« à l’heure », « au m² », « au forfait »", part=_P.MEANS, personal=True),
    SupplierField("area", "zone d’intervention", _K.AREA, _M.FIRST, 1_000, beside="area_codes", champ="zone",  # (110)
                  form="Jusqu’où il se déplace", hint="« Nord et Pas-de-Calais », « 50 km »", asked="la zone d’intervention",
                  filter="dont on connaît la zone d’intervention", part=_P.REACH, personal=True, column=True),
    SupplierField("labels", "labels", _K.LIST, _M.UNITED, 1_000, champ="labels", form="Labels",  # a list in one cell
                  hint="séparés par des points-virgules", part=_P.STANDING, personal=True),
    SupplierField("certifications", "certifications", _K.LIST, _M.UNITED, 1_000, champ="certifications", form="Certifications",  # a list
                  hint="séparées par des points-virgules : « ISO 9001 ; Qualiopi »", asked="les certifications", part=_P.STANDING,
                  personal=True, column=True),
    SupplierField("active", "convention", _K.YES_NO, _M.OF_TODAY, 100, cut=False, says=("en cours", "terminée"), champ="actif",  # (3)
                  form="Sa convention ou son agrément", asked="l’état de la convention", part=_P.STANDING),
    SupplierField("as_of", "date", most=100, cut=False, asked="la date de mise à jour"),  # (10)
    SupplierField("headcount", "tranche d’effectif", _K.HEADCOUNT, _M.OF_TODAY, 100, cut=False, public=False),  # (2)
)
# fmt: on

FIELD = {field.name: field for field in FIELDS}
# Fields of `SupplierValues`.
VALUE_FIELDS = tuple(FIELD[value.name] for value in fields(SupplierValues) if value.name in FIELD)
