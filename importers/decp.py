"""DECP, the essential data of public contracts: who won what, of whom, when; one award a contract and winner.

Both layouts are read: that of 2019 (a list `marches`) and that of 2022 (`marches` holds `marche` and `contrat-concession`).
Amendments are left: the contract is told as it was first signed.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from importers.emit import unknown_columns
from importers.formats import JsonRow, load, read_items
from importers.importer import Importer, Scope, Source
from importers.record import AwardRecord, Item, RefusedRow

NO_WINNER = "marché sans titulaire : personne à qui le rattacher"
NO_NUMBER = "marché sans identifiant : il ne serait pas reconnu la fois suivante"
NO_NEED = "marché sans objet ni code CPV : rien ne dit ce qui a été acheté"
REPEATED = "répète un autre marché du fichier, sans rien de nouveau"

# What a contract says beside who, what, when and how much.
_IGNORED = (
    *("_type", "nature", "procedure", "lieuExecution", "techniques", "modalitesExecution", "idAccordCadre", "ccag"),
    *("marcheInnovant", "offresRecues", "attributionAvance", "tauxAvance", "typeGroupementOperateurs", "typePrix"),
    *(
        "typesPrix",
        "formePrix",
        "origineUE",
        "origineFrance",
        "considerationsEnvironnementales",
        "sousTraitanceDeclaree",
    ),
    *("actesSousTraitance", "modificationsActesSousTraitance", "modifications", "datePublicationDonnees", "source"),
    *("dateDebutExecution", "montantSubventionPublique", "donneesExecution", "created_at", "updated_at"),
)


def _read(source: Source) -> Iterator[Item]:
    reported: set[str] = set()
    seen: dict[str, list[int]] = {}
    for row in read_items(load(source.path), inside="marches"):
        if not isinstance(row, JsonRow):
            yield row
            continue
        for item in _awards(row):
            yield _distinct(item, seen) if isinstance(item, AwardRecord) else item
        yield from unknown_columns(row, reported)


def _awards(row: JsonRow) -> Iterator[AwardRecord | RefusedRow]:
    """The awards of one contract, one a winner of the group."""
    row.ignore(_IGNORED)
    buyer, winners = _buyer(row), list(dict.fromkeys(_winners(row)))
    number = row.take("id", "uid")
    shared = {
        "number": number,
        "buyer": buyer[0],
        "buyer_name": buyer[1],
        "objet": row.take("objet"),
        "cpv": row.take("codeCPV", "codecpv"),
        "notified": row.take("dateNotification", "dateSignature"),
        "amount": row.take("montant", "valeurGlobale"),
        "months": row.take("dureeMois"),
        "social": _social(row),
    }
    row.ignore(("uid",))
    lacking = NO_WINNER if not winners else NO_NUMBER if not number else ""
    if not lacking and not (shared["objet"] or shared["cpv"]):
        lacking = NO_NEED
    if lacking:
        yield RefusedRow(row.line, lacking)
        return
    for winner, kind in winners:
        reference = "/".join((buyer[0], number, winner))
        yield AwardRecord("decp", reference, row.line, winner, winner_type=kind, **shared)


def _buyer(row: JsonRow) -> tuple[str, str]:
    """The buyer's SIRET and name, whether it is an object or flattened."""
    objects = [row.take_object(name) for name in ("acheteur", "autoriteConcedante")]
    flat = row.take("acheteur.id", "acheteur_id"), row.take("acheteur.nom", "acheteur_nom")
    return next(((found.take("id"), found.take("nom")) for found in objects if found is not None), flat)


def _winners(row: JsonRow) -> Iterator[tuple[str, str]]:
    """The number of each winner and what kind of number it is; `titulaires` may hold them bare or one level down."""
    for name in ("titulaires", "concessionnaires"):
        one = row.take_object(name)
        for each in [*row.take_list(name), *([one] if one is not None else [])]:
            if isinstance(each, JsonRow):
                for winner in _opened(each):
                    if number := winner.take("id"):
                        yield number, winner.take("typeIdentifiant")


def _opened(row: JsonRow) -> Iterator[JsonRow]:
    """The winners that an element holds: itself, or those under its `titulaire` or `concessionnaire`."""
    held = [row.take_object(name) for name in ("titulaire", "concessionnaire")]
    held += [each for each in row.take_list("titulaire", "concessionnaire") if isinstance(each, JsonRow)]
    inside = [each for each in held if each is not None]
    yield from inside or [row]


def _social(row: JsonRow) -> str:
    """The social aims, joined: « Marché réservé », « Clause sociale », « Critère social »."""
    inside = row.take_object("considerationsSociales")
    held = inside.take_list("considerationSociale") if inside is not None else row.take_list("considerationsSociales")
    said = [each for each in held if isinstance(each, str)]
    said += [inside.take("considerationSociale") if inside is not None else row.take("considerationsSociales")]
    return ", ".join(filter(None, said))


def _distinct(award: AwardRecord, seen: dict[str, list[int]]) -> AwardRecord | RefusedRow:
    """Two lots under one number are two awards: the second takes the suffix `~2`, in the order of the file.

    What was read is kept as a hash alone: a national file holds a million awards.
    """
    said = hash((award.objet, award.cpv, award.notified, award.amount, award.months, award.social, award.buyer_name))
    earlier = seen.setdefault(award.source_ref, [])
    if said in earlier:
        return RefusedRow(award.line, REPEATED)
    earlier.append(said)
    if len(earlier) == 1:
        return award
    reference = next(new for n in count(len(earlier)) if (new := f"{award.source_ref}~{n}") not in seen)
    seen[reference] = [said]
    return replace(award, source_ref=reference)


IMPORTER = Importer(
    key="decp",
    title="Données essentielles de la commande publique (DECP)",
    publisher="Ministère de l’Économie et des Finances",
    url="https://www.data.gouv.fr/datasets/donnees-essentielles-de-la-commande-publique-fichiers-consolides",
    licence="Licence Ouverte",
    obtain="Sur data.gouv.fr, « Données essentielles de la commande publique », les fichiers JSON tels quels (formats de 2019 et "
    "de 2022), ou ceux que publie le profil d’acheteur d’une collectivité. Un fichier par an ou par mois suffit.",
    holds="Les marchés attribués : acheteur, objet, CPV, date, montant, SIRET des titulaires. Ils deviennent les références des "
    "fournisseurs de ce SIRET (du même SIREN : indice faible), présents ou à venir ; aucun fournisseur n’en est créé.",
    at_least=0,
    read=_read,
    scope=Scope.AWARD,
)
