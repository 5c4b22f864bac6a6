"""DECP, the essential data of public contracts: who won what, of whom, when; one award a contract and winner.

Three layouts are read: that of 2019 (a list `marches`), that of 2022 (`marches` holds `marche` and `contrat-concession`), both in JSON or in
XML, and their flat table, in JSON or as a sheet (a row a contract, winner and amendment: `acheteur_id`, `titulaire_id`).
Amendments are left: the contract is as it was first signed, but in the flat table, where it is as it stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from importers import decp_xml
from importers.emit import References, Row, unknown_columns
from importers.formats import Content, HeaderRule, JsonRow, load, read_json_rows, read_sheet_table
from importers.importer import AwardRecord, Importer, Item, RefusedRow, Remark, Scope, Source, SourceError

NO_WINNER = "marché sans titulaire : personne à qui le rattacher"
NO_NUMBER = "marché sans identifiant : il ne serait pas reconnu la fois suivante"
NO_NEED = "marché sans objet ni code CPV : rien ne dit ce qui a été acheté"
FORMER = "état ancien d’un marché modifié depuis : son état actuel est sur une autre ligne"
REPEATED = "répète un autre marché du fichier, sans rien de nouveau"

# What a contract says beside who, what, when and how much.
_IGNORED = (
    *(
        "_type",
        "nature",
        "procedure",
        "lieuExecution",
        "techniques",
        "modalitesExecution",
        "modaliteExecution",
        "idAccordCadre",
        "ccag",
    ),
    *("marcheInnovant", "offresRecues", "attributionAvance", "tauxAvance", "typePrix"),
    *(
        "typesPrix",
        "formePrix",
        "origineUE",
        "origineFrance",
        "considerationsEnvironnementales",
        "sousTraitanceDeclaree",
    ),
    *(
        "actesSousTraitance",
        "modificationsActesSousTraitance",
        "modifications",
        "datePublicationDonnees",
        "dateTransmissionDonneesEtalab",
        "source",
    ),
    # The amendment of the flat table, where it comes from, and its winner's name, which may be a person's.
    *("modification_id", "sourceDataset", "sourceFile", "titulaire_nom", "titulaire_denominationSociale"),
    *("lieuExecution_code", "lieuExecution_typeCode", "lieuExecution_nom"),
    *("dateDebutExecution", "montantSubventionPublique", "donneesExecution", "created_at", "updated_at"),
)


_FLAT = HeaderRule(
    needs=(("id", "uid"), ("acheteur_id", "acheteur.id"), ("titulaire_id", "titulaire.id")),
    hint="Il faut un fichier des DECP en JSON ou en XML, ou leur table (acheteur_id, titulaire_id…).",
)
_NO = frozenset({"false", "non", "0"})
_GROUPS = frozenset({"conjoint", "solidaire"})
# Winners of one contract that rows give one by one: each row more is compared with those before it.
_MOST_TOGETHER = 200


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract of a row, whatever the layout. `winners` are the number of each company and what kind of number it is;
    `shared` is True where several won its amount together, None where one is named: a row elsewhere may name another.
    `stands` is False for what it was before an amendment.
    """

    number: str
    buyer: str
    buyer_name: str
    objet: str
    cpv: str
    notified: str
    amount: str
    months: str
    social: tuple[str, ...]
    winners: tuple[tuple[str, str], ...]
    shared: bool | None = None
    stands: bool = True

    @property
    def lacks(self) -> str:
        """The reason, in French, for which nothing can be made of it; empty where something can."""
        if not self.stands:
            return FORMER
        if not self.winners:
            return NO_WINNER
        if not self.number:
            return NO_NUMBER
        return "" if self.objet or self.cpv else NO_NEED


def read_contracts(path: Path) -> Iterator[tuple[JsonRow, Contract] | RefusedRow | Remark]:
    """Yield the contracts of a file, each with its row; rows that follow one another and give a winner each are one contract, under the first."""
    reported: set[str] = set()
    previous: tuple[JsonRow, Contract] | None = None
    for row in _rows(path):
        current = contract(row) if isinstance(row, JsonRow) else None
        if (
            current and isinstance(row, JsonRow) and current.lacks == FORMER
        ):  # it may stand between two winners of what it became
            yield row, current
        elif previous and current and (whole := _together(previous[1], current)):
            previous = previous[0], whole
        else:
            if previous:
                yield previous
            previous = (row, current) if isinstance(row, JsonRow) and current else None
        yield from unknown_columns(row, reported) if isinstance(row, JsonRow) else (row,)
    if previous:
        yield previous


def _together(contract: Contract, other: Contract) -> Contract | None:
    """The contract of two rows that differ by their winners alone; None where they are two, or one brings nothing new."""
    if (
        len(contract.winners) > _MOST_TOGETHER
        or contract.lacks
        or other.lacks
        or set(contract.winners) & set(other.winners)
    ):
        return None
    whole = replace(contract, winners=contract.winners + other.winners, shared=True)
    return whole if whole == replace(other, winners=whole.winners, shared=True) else None


def _rows(path: Path) -> Iterator[JsonRow | RefusedRow | Remark]:
    """The rows of a file, whatever its layout."""
    if decp_xml.holds_xml_contracts(path):
        yield from decp_xml.read_xml_contracts(path)
        return
    file = load(path)
    if file.content in (Content.JSON, Content.HTML):
        yield from read_json_rows(file, inside="marches")
        return
    table = read_sheet_table(file, _FLAT)
    yield from table.remarks
    for row in table.rows:
        yield JsonRow(dict(row.cells), row.line) if isinstance(row, Row) else row


def is_flat_table(path: Path) -> bool:
    """Return whether a sheet, a text or a workbook, has the columns of the flat table."""
    try:
        read_sheet_table(load(path), _FLAT)
    except SourceError:
        return False
    return True


def contract(row: JsonRow) -> Contract:
    """Return the contract of a row; what no reader takes is left aside."""
    row.ignore(_IGNORED)
    # the buyer is an object, or flattened
    objects = [row.take_object(name) for name in ("acheteur", "autoriteConcedante")]
    flat = row.take("acheteur.id", "acheteur_id"), row.take("acheteur.nom", "acheteur_nom")
    buyer, buyer_name = next(((held.take("id"), held.take("nom")) for held in objects if held is not None), flat)
    winners = tuple(dict.fromkeys(_winners(row)))
    group = row.take("typeGroupementOperateurs").casefold() in _GROUPS
    number = row.take("id", "uid")
    row.ignore(("uid",))
    return Contract(
        number=number,
        buyer=buyer,
        buyer_name=buyer_name,
        objet=row.take("objet"),
        cpv=row.take("codeCPV", "codecpv"),
        notified=row.take("dateNotification", "dateSignature"),
        amount=row.take("montant", "valeurGlobale"),
        months=row.take("dureeMois"),
        social=_social(row),
        winners=winners,
        shared=group or len(winners) > 1 or None,
        stands=row.take("donneesActuelles").casefold() not in _NO,
    )


def _read(source: Source) -> Iterator[Item]:
    """The awards of each contract, one a winner of the group; two lots under one number are two awards."""
    references = References()
    for item in read_contracts(source.path):
        if not isinstance(item, tuple):
            yield item
            continue
        row, contract = item
        if contract.lacks:
            yield RefusedRow(row.line, contract.lacks)
            continue
        identity = (
            contract.objet,
            contract.cpv,
            contract.notified,
            contract.amount,
            contract.months,
            contract.social,
            contract.buyer_name,
        )
        for winner, kind in contract.winners:
            reference = references.own("/".join((contract.buyer, contract.number, winner)), identity)
            if reference is None:
                yield RefusedRow(row.line, REPEATED)
                continue
            yield AwardRecord(
                source="decp",
                source_ref=reference,
                line=row.line,
                winner=winner,
                winner_type=kind,
                number=contract.number,
                buyer=contract.buyer,
                buyer_name=contract.buyer_name,
                objet=contract.objet,
                cpv=contract.cpv,
                notified=contract.notified,
                amount=contract.amount,
                months=contract.months,
                social=", ".join(contract.social),
                shared=contract.shared,
            )


def _winners(row: JsonRow) -> Iterator[tuple[str, str]]:
    """The number of each winner and what kind of number it is; `titulaires` may hold them bare or one level down, or be flattened."""
    for name in ("titulaires", "concessionnaires"):
        json_row = row.take_object(name)
        for each in [*row.take_list(name), *([json_row] if json_row is not None else [])]:
            if isinstance(each, JsonRow):
                for winner in _opened(each):
                    if number := winner.take("id"):
                        yield number, winner.take("typeIdentifiant")
    kind = row.take("titulaire.typeIdentifiant", "titulaire_typeIdentifiant")
    if number := row.take("titulaire.id", "titulaire_id"):
        yield number, kind


def _opened(row: JsonRow) -> Iterator[JsonRow]:
    """The winners that an element holds: itself, or those under its `titulaire` or `concessionnaire`."""
    json_rows = [row.take_object(name) for name in ("titulaire", "concessionnaire")]
    json_rows += [each for each in row.take_list("titulaire", "concessionnaire") if isinstance(each, JsonRow)]
    inside = [each for each in json_rows if each is not None]
    yield from inside or [row]


def _social(row: JsonRow) -> tuple[str, ...]:
    """The social aims: « Marché réservé », « Clause sociale », « Critère social »."""
    inside = row.take_object("considerationsSociales")
    considerations = (
        inside.take_list("considerationSociale") if inside is not None else row.take_list("considerationsSociales")
    )
    clauses = [each for each in considerations if isinstance(each, str)]
    clauses += [inside.take("considerationSociale") if inside is not None else row.take("considerationsSociales")]
    return tuple(filter(None, clauses))


IMPORTER = Importer(
    key="decp",
    title="Données essentielles de la commande publique (DECP)",
    publisher="Ministère de l’Économie et des Finances",
    url="https://www.data.gouv.fr/datasets/donnees-essentielles-de-la-commande-publique-fichiers-consolides",
    licence="Licence Ouverte",
    obtain="Sur data.gouv.fr, « Données essentielles de la commande publique », les fichiers JSON ou XML tels quels (formats de 2019 "
    "et de 2022), leur table, ou ceux que publie le profil d’acheteur d’une collectivité. Un fichier par an ou par mois suffit.",
    holds="Les marchés attribués : acheteur, objet, CPV, date, montant, SIRET des titulaires. Ils deviennent les références des "
    "fournisseurs de ce SIRET (du même SIREN : indice faible), présents ou à venir ; aucun fournisseur n’en est créé.",
    at_least=0,
    read=_read,
    scope=Scope.AWARD,
)
