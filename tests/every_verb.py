"""Verbs of the API as a table: what a program sends to each, the words of the command that asks the same, the call of the Python API if any."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

OBJET, LIEU = "Entretien des espaces verts", "Maubeuge"
SUPPLIER = "siret:00010001600013"
LOT: Mapping[str, Any] = {"lieu": [LIEU, "Lille"], "montant": 120000, "duree": 24}
_LOT = f"--objet '{OBJET}' --lieu {LIEU} --lieu Lille --montant 120000 --duree 24"
_BY_CPV: Mapping[str, Any] = {
    "cpv": ["90910000"],
    "lieu": ["Lille", "Roubaix"],
    "levier": "12",
    "kind": ["EA"],
    "date": "2026-12-01",
}
_CPV = "--cpv 90910000 --lieu Lille --lieu Roubaix --levier 12 --kind EA --date 2026-12-01"
NAMES = [{"name": "Les jardins de la Solre", "city": LIEU}, {"name": "Garage Martin", "city": "Lille"}]
PROGRAMME: Mapping[str, Any] = {
    "columns": ["Réf", "Objet", "Commune", "Montant", "Levier"],
    "rows": [
        ["001", OBJET, LIEU, "80 k€", 12],
        ["002", "Nettoyage des locaux", "Lille", 40000.5, None],
        [],
        ["003", "Prestations à définir", None],
        ["Total", None, None, 120000.5],
    ],
}
SPENDING: Mapping[str, Any] = {
    "columns": ["Fournisseur", "SIRET", "Objet", "Commune", "Montant", "Année"],
    "rows": [
        ["Les jardins de la Solre", 10001600013, "Tonte", LIEU, 12000, 2025],
        ["Garage Martin", "", OBJET, "Lille", "8 000 TTC", 2026],
    ],
}


def _csv(table: Mapping[str, Any]) -> str:
    """The same table as a person keeps it in a file."""
    lines = (table["columns"], *table["rows"])
    return "\n".join(";".join("" if cell is None else str(cell) for cell in line) for line in lines) + "\n"


# Files that commands read, by the name that their words bear.
FILES = {
    "sites.csv": f"nom;commune;quantité\nMairie;{LIEU};2\nÉcole;Lille;1,5\n",
    "lots.csv": f"référence;objet;lieu\nA;{OBJET};{LIEU}\n",
    "noms.csv": "Fournisseur;Ville\n" + "".join(f"{one['name']};{one['city']}\n" for one in NAMES),
    "programme.csv": _csv(PROGRAMME),
    "depenses.csv": _csv(SPENDING),
}


def whole(told: Any) -> Any:
    """An answer as it is."""
    return told


def _of(*keys: str) -> Callable[[Any], Any]:
    def part(told: Any) -> Any:
        for key in keys:
            told = told[key]
        return told

    return part


def _nowhere(told: Any) -> Any:
    """A coverage without where its lots stand in their file: a program has none."""
    return told | {"lots": [{**one, "where": None} for one in told["lots"]]}


def _certainties(told: Any) -> list[tuple[str, list[str]]]:
    """How sure each name is, and of whom: the rest is told in the words of each door."""
    lines = told["items"] if isinstance(told, dict) else told
    return [(one.get("certainty") or one["certitude"], [option["siret"] for option in one["options"]]) for one in lines]


@dataclass(frozen=True)
class Verb:
    """A door, and what asks it the same: `words` of a command, `call` of the Python API (method, arguments). `sent` fills the address, then
    the body, or the query of a door that has no body; `same` takes of the answer what the command prints, `printed` of that what is to be the same."""

    door: str
    words: str
    sent: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    same: Callable[[Any], Any] = whole
    printed: Callable[[Any], Any] = whole
    call: tuple[str, tuple[Any, ...], Mapping[str, Any]] | None = None


_ADVICE = ("advise", (OBJET,), LOT)
VERBS = (
    Verb(
        "match",
        f"match {_LOT} --top 7",
        {"objet": OBJET, **LOT},
        {"top": 7},
        call=("rank", (OBJET,), {"top": 7, **LOT}),
    ),
    Verb(
        "match",
        f"match {_CPV} --titulaires",
        _BY_CPV,
        {"titulaires": "true"},
        call=("rank", (), {"titulaires": True, **_BY_CPV}),
    ),
    Verb("read", f"read {_LOT}", {"objet": OBJET, **LOT}, call=("read", (OBJET,), LOT)),
    Verb(
        "explain",
        f"explain {_LOT} --id {SUPPLIER}",
        {"objet": OBJET, **LOT, "supplier": SUPPLIER},
        call=("explain", (SUPPLIER, OBJET), LOT),
    ),
    Verb("explain_address", f"explain {_LOT} --id {SUPPLIER}", {"objet": OBJET, **LOT, "supplier": SUPPLIER}),
    Verb("supplier", f"catalogue show {SUPPLIER}", {"supplier": SUPPLIER}),
    Verb(
        "names",
        "rapprocher noms.csv --format jsonl",
        {"names": NAMES},
        same=_certainties,
        printed=_certainties,
        call=("reconcile", (NAMES,), {}),
    ),
    Verb("opinion", f"avis {_LOT}", {"objet": OBJET, **LOT}, same=_of("data"), call=_ADVICE),
    Verb(
        "opinion",
        f"avis --objet '{OBJET}' --lieu {LIEU} --etp 2 --plancher 2 --ensemble 90000 --dispense lien --motif 'Aucun lien'",
        {
            "objet": OBJET,
            "lieu": LIEU,
            "etp": "2",
            "assumed": {"floor": 2},
            "whole": 90_000,
            "exemption": "lien",
            "reason": "Aucun lien",
        },
        same=_of("data"),
    ),
    Verb(
        "groupement",
        f"groupement --objet '{OBJET}' --objet 'Nettoyage des locaux' --lieu {LIEU} --top 2",
        {"needs": [OBJET, "Nettoyage des locaux"], "places": [LIEU], "top": 2},
        same=_of("data"),
    ),
    Verb(
        "allotment",
        f"allotissement sites.csv --objet '{OBJET}'",
        {
            "need": OBJET,
            "sites": [
                {"name": "Mairie", "place": LIEU, "quantity": 2},
                {"name": "École", "place": "Lille", "quantity": 1.5},
            ],
        },
        same=_of("data"),
    ),
    Verb(
        "clause",
        f"plan-clause --objet '{OBJET}' --lieu {LIEU} --heures 1200 --mois 12",
        {"contracts": [{"objet": OBJET, "places": [LIEU], "hours": 1200, "months": 12}]},
        same=_of("data"),
    ),
    Verb(
        "clause_hours",
        f"calibrage --objet '{OBJET}' --lieu {LIEU} --montant 120000 --mois 24 --pourcentage 10",
        {"lots": [{"objet": OBJET, "lieu": LIEU, "montant": 120000, "duree": 24, "percentage": 10}]},
        same=_of("data"),
    ),
    Verb(
        "coverage",
        "coverage lots.csv --territoire Nord --type ACI",
        {"lots": [{"objet": OBJET, "lieu": LIEU, "lot_id": "A"}], "territory": "Nord", "kinds": ["ACI"]},
        same=_of("data"),
        printed=_nowhere,
    ),
    Verb(
        "programme",
        "programme programme.csv --acheteur 215900010 --lieu Lille --montants ht --periode total --plancher 2",
        {
            **PROGRAMME,
            "buyer": "215900010",
            "place": "Lille",
            "amounts": "ht",
            "period": "total",
            "assumed": {"floor": 2},
        },
        same=_of("data"),
    ),
    Verb(
        "spending",
        "historique depenses.csv --lieu Arras --montants ht",
        {**SPENDING, "place": "Arras", "amounts": "ht"},
        same=_of("data"),
    ),
    Verb(
        "families",
        "familles programme.csv --acheteur etat --montants ttc",
        {**PROGRAMME, "nature": "etat", "amounts": "ttc"},
        same=_of("data"),
    ),
    Verb(
        "verification",
        f"verifier {SUPPLIER[6:]} '552 100 554' 12",
        {"numbers": [SUPPLIER[6:], "552 100 554", "12"]},
        same=_of("data"),
    ),
    Verb("report", "bilan --annee 2026 --deux-ans", {"year": 2026, "years": 2}, same=_of("data")),
    Verb(
        "open_dossier",
        "dossier show 2",
        {"title": "Entretien des haies", "deadline": f"{datetime.now(UTC) + timedelta(days=90):%Y-%m-%d}"},
    ),
    Verb("dossiers", "dossier list --texte berges", {"text": "berges"}, same=_of("items")),
    Verb("dossier", "dossier show 1", {"number": 1}),
    Verb("events", "club list", same=_of("items")),
    Verb("event", "club show 1", {"number": 1}),
    Verb(
        "published_lots",
        "annonces list --ouverts-le 2026-12-01 --departement 59",
        {"on": "2026-12-01", "departement": "59"},
        same=_of("items"),
    ),
)
# The doors that no command asks, and why.
ALONE = {
    "suppliers": "a search by words, as on the page of the catalogue",
    "mirror": "the whole catalogue, as `export --format jsonl` writes it",
    "supplier_changes": "for a program that keeps a copy",
    "answers": "page by page, what `reponses export` writes as a file",
    "take_answers": "the same count as `reponses import`, of lines that are no file",
    "health": "for a program that watches the service",
    "take_notices": "the file that `import` takes, pushed by a program",
    "published_lot": "one lot of the list, with its history",
    "published_notices": "the notices, of which commands list the lots",
    "published_notice": "one of them",
    "supplier_lots": "as a supplier reads them, on the page of a watch",
    **dict.fromkeys(
        (
            "preview_supplier",
            "propose_properties",
            "reconcile",
            "reconcile_service",
            "suggest_properties",
            "suggest_suppliers",
            "suggest_types",
        ),
        "the protocol of OpenRefine, on the recogniser of `names`",
    ),
}


def words_of(verb: Verb, folder: str) -> list[str]:
    """Return the words of its command, the files that it reads under a folder."""
    words = [f"{folder}/{word}" if word in FILES else word for word in shlex.split(verb.words)]
    return words if "--format" in words else [*words, "--format", "json"]
