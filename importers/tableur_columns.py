"""Recognition of the columns of any sheet: by the user's mapping, then names, then near-misses, then content."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from importers.emit import plain_words
from importers.row import Row

_NEAR = 86
_MIN_FUZZY = 4
_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class SheetField:
    """A field that a column may hold. `label` is said to the user; `many` where several columns may hold it."""

    key: str
    label: str
    aliases: tuple[str, ...]
    many: bool = False


# Aliases are lower case, without accents nor punctuation, the surest first; numbered columns (« Activité 2 ») need no line.
FIELDS = (
    SheetField("reference", "la référence", ("ref", "reference", "id", "identifiant", "code", "code structure")),
    SheetField(
        "name",
        "le nom",
        (
            *("raison sociale", "nom de la structure", "denomination", "denomination sociale", "nom structure"),
            *("nom de l etablissement", "nom etablissement", "nom de l entreprise", "nom du fournisseur", "structure"),
            *("fournisseur", "etablissement", "entreprise", "nom", "societe", "organisme", "name"),
        ),
    ),
    SheetField(
        "kind",
        "le type de structure (ESAT, EA, EI…)",
        ("type de structure", "type", "categorie", "type structure", "famille", "kind"),
    ),
    SheetField("siret", "le SIRET", ("siret", "numero de siret", "n siret", "no siret", "numero siret", "code siret")),
    SheetField("siren", "le SIREN", ("siren", "numero de siren", "n siren", "numero siren")),
    SheetField("finess", "le numéro FINESS", ("finess", "numero finess", "n finess", "nofinesset", "finess et")),
    SheetField("brand", "l’enseigne", ("enseigne", "nom commercial", "marque", "sigle")),
    SheetField("naf", "le code NAF", ("naf", "code naf", "ape", "code ape")),
    SheetField("address", "l’adresse", ("adresse", "adresse 1", "rue", "adresse postale", "voie", "adresse ligne 1")),
    SheetField(
        "address_extra",
        "le complément d’adresse",
        ("complement d adresse", "complement adresse", "adresse 2", "rue suite", "lieudit bp", "bp", "adresse ligne 2"),
    ),
    SheetField("post_code", "le code postal", ("code postal", "cp", "code post", "codepostal")),
    SheetField("city", "la commune", ("commune", "ville", "localite", "city")),
    SheetField("insee", "le code INSEE", ("code insee", "insee", "code commune", "code insee commune")),
    SheetField("departement", "le département", ("departement", "dep", "dept", "code departement", "n departement")),
    SheetField("y", "la latitude", ("latitude", "lat")),
    SheetField("x", "la longitude", ("longitude", "lon", "lng", "long")),
    SheetField("phone", "le téléphone", ("telephone", "tel", "numero de telephone", "standard", "telephone fixe")),
    SheetField(
        "email", "l’adresse électronique", ("e mail", "email", "mail", "courriel", "adresse e mail", "adresse mail")
    ),
    SheetField("website", "le site web", ("site internet", "site web", "web", "url", "www")),
    SheetField(
        "description", "la présentation", ("description", "presentation", "commentaire", "observations"), many=True
    ),
    SheetField(
        "activities",
        "les activités",
        (
            *("activites", "activite", "secteurs d activite", "secteur d activite", "secteurs", "secteur", "metiers"),
            *("metier", "prestations", "prestation", "domaines", "domaine", "metiers proposes", "savoir faire"),
            *(
                "pole de competences",
                "poles de competences",
                "activite principale",
                "activites principales",
                "services",
            ),
        ),
        many=True,
    ),
    SheetField("rome", "des métiers (ROME)", ("rome", "code rome", "codes rome", "metiers rome"), many=True),
    SheetField(
        "workers",
        "l’effectif",
        (
            *(
                "effectif",
                "effectifs",
                "etp",
                "nombre de salaries",
                "nombre de travailleurs",
                "travailleurs",
                "salaries",
            ),
            *("nb salaries", "nombre d etp", "nombre de salaries en insertion", "nombre de personnes", "nb etp"),
            *("nombre de travailleurs dans la structure en etp",),
        ),
    ),
    SheetField(
        "turnover", "le chiffre d’affaires", ("chiffre d affaires", "ca", "ca annuel", "chiffre d affaires annuel")
    ),
    SheetField(
        "capacity",
        "la capacité",
        (
            "capacite",
            "capacite ou zone",
            "capacite de production",
            "capacites",
            "volume",
            "capacite d accueil",
            "moyens",
        ),
    ),
    SheetField(
        "area",
        "la zone d’intervention",
        (
            *("zone d intervention", "zone", "capacite ou zone", "perimetre", "perimetre d intervention", "territoire"),
            *("zone geographique", "rayon d intervention", "secteur geographique", "zones d intervention", "rayon"),
        ),
        many=True,
    ),
    SheetField(
        "labels",
        "les labels",
        ("labels", "label", "certifications et labels", "certifications", "certification"),
        many=True,
    ),
    SheetField("active", "l’activité en cours (oui, non)", ("actif", "active", "en activite", "convention active")),
    SheetField(
        "as_of", "la date de mise à jour", ("date de mise a jour", "mise a jour", "maj", "mis a jour le", "date maj")
    ),
)
BY_KEY = {field.key: field for field in FIELDS}
IGNORE = "ignorer"
_PERSON = (
    *(
        "prenom",
        "contact",
        "nom du contact",
        "nom contact",
        "prenom du contact",
        "responsable",
        "directeur",
        "directrice",
    ),
    *(
        "direction",
        "referent",
        "interlocuteur",
        "civilite",
        "fonction",
        "charge d affaires",
        "nom prenom",
        "prenom nom",
    ),
    *("nom et prenom", "nom du responsable", "nom du directeur", "email du contact", "mail du contact", "contact mail"),
    *("e mail du contact", "courriel du contact", "email contact", "contact email", "telephone portable", "portable"),
)
_FIELD_OF_ALIAS = {alias: field for field in FIELDS for alias in field.aliases}
_KIND_LABEL = re.compile(
    r"(EI|ACI|AI|ETTI|EITI|EA|EATT|ESAT|GEIQ|SEP|TIH|ESS)|(entreprises?|ateliers?|association|[ée]tablissement|groupement)"
    r"\b.*(adapt[ée]e|insertion|interm[ée]diaire|par le travail|employeurs).*|.*\((EI|ACI|AI|ETTI|EITI|EA|EATT|ESAT|GEIQ)\)",
    re.IGNORECASE,
)
_CONTENT = (
    ("siret", re.compile(r"\d{14}|\d[.,]\d+E\+?1[23]", re.IGNORECASE)),
    ("email", re.compile(r"[^@\s]+@[^@\s]+\.\w+")),
    ("website", re.compile(r"(https?://|www\.)\S+")),
    ("naf", re.compile(r"\d{2}\.?\d{2}[A-Z]")),
    ("post_code", re.compile(r"\d{5}")),
    ("phone", re.compile(r"(\+33|0)\d{9}")),
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Understanding:
    """Columns of each field, and one French sentence per column of the sheet, in its order."""

    fields: Mapping[str, tuple[str, ...]]
    says: tuple[str, ...]


def field_key(target: str) -> str | None:
    """Return the key of the field that a mapping names, by its key or any alias; `ignorer` drops the column."""
    name = target.strip()
    if name in BY_KEY or name == IGNORE:
        return name
    alias = _FIELD_OF_ALIAS.get(" ".join(plain_words(name)))
    return alias.key if alias else None


def known_columns(columns: Sequence[str]) -> int:
    """Number of columns of a header whose names are known exactly."""
    return sum(1 for column in columns if _plain(column) in _FIELD_OF_ALIAS)


def understand(columns: Sequence[str], rows: Iterable[Row], mapping: Mapping[str, str]) -> Understanding:
    """Give every column its meaning. `mapping` goes from column names of this sheet to keys of fields.

    `rows` are read, once, only where names and mapping leave a column without a meaning.
    """
    known = _Columns(columns)
    for column, key in mapping.items():
        known.give(column, key, "selon votre correspondance")
    _by_name(known)
    _by_near_name(known)
    _by_content(known, rows)
    return Understanding(
        {key: tuple(given) for key, given in known.fields.items()},
        tuple(_sentence(column, known.meaning.get(column)) for column in columns),
    )


class _Columns:
    """Columns of one sheet as far as they are understood."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns
        self.fields: dict[str, list[str]] = {}
        self.meaning: dict[str, list[tuple[str, str]]] = {}

    def give(self, column: str, key: str, how: str) -> None:
        self.meaning.setdefault(column, []).append((key, how))
        if key not in (IGNORE, ""):
            self.fields.setdefault(key, []).append(column)

    def open(self, field: SheetField) -> bool:
        return field.many or field.key not in self.fields

    def left(self) -> list[str]:
        return [column for column in self.columns if column not in self.meaning]


def _by_name(known: _Columns) -> None:
    left = known.left()
    names = {column: _plain(column) for column in left}
    of_persons = {*_PERSON, *(("nom",) if "prenom" in names.values() else ())}
    for column, name in names.items():
        if name in of_persons:
            known.give(column, "", "")
    left = known.left()
    for field in FIELDS:
        if field.key in known.fields:
            continue
        for alias in field.aliases:
            matches = [column for column in left if names[column] == alias]
            for column in matches if field.many else matches[:1]:
                known.give(column, field.key, "")
            if matches and not field.many:
                break


def _by_near_name(known: _Columns) -> None:
    for column in known.left():
        name = _plain(column)
        aliases = [alias for alias, field in _FIELD_OF_ALIAS.items() if known.open(field) and len(alias) >= _MIN_FUZZY]
        found = process.extractOne(name, [*aliases, *_PERSON], scorer=fuzz.ratio, score_cutoff=_NEAR)
        if found is None or len(name) < _MIN_FUZZY:
            continue
        if found[0] in _PERSON:
            known.give(column, "", "")
        else:
            known.give(column, _FIELD_OF_ALIAS[found[0]].key, f"nom proche de « {found[0]} »")


def _by_content(known: _Columns, rows: Iterable[Row]) -> None:
    left = known.left()
    filled: Counter[str] = Counter()
    hits: Counter[tuple[str, str]] = Counter()
    for row in rows if left else ():
        for column in left:
            if value := row.take(column):
                filled[column] += 1
                squeezed = _SPACES.sub("", value)
                hits.update((column, key) for key, pattern in _CONTENT if pattern.fullmatch(squeezed))
                hits[column, "kind"] += bool(_KIND_LABEL.fullmatch(value))
    for column in left:
        for key in (*(key for key, _ in _CONTENT), "kind"):
            if filled[column] and hits[column, key] >= _SHARE * filled[column] and known.open(BY_KEY[key]):
                known.give(column, key, "d’après son contenu")
                break


def _plain(column: str) -> str:
    """The words of a column's name, without the number of a repeated column."""
    words = plain_words(column)
    if len(words) > 1 and words[-1].isdigit() and " ".join(words) not in _FIELD_OF_ALIAS:
        words = words[:-1]
    return " ".join(words)


def _sentence(column: str, meanings: list[tuple[str, str]] | None) -> str:
    if meanings is None or meanings[0][0] == IGNORE:
        return f"Colonne « {column} » non reprise."
    if meanings[0][0] == "":
        return f"Colonne « {column} » non reprise : elle désigne une personne."
    labels = " et ".join(BY_KEY[key].label for key, _ in meanings)
    how = meanings[0][1]
    return f"Colonne « {column} » comprise comme {labels}{f' ({how})' if how else ''}."
