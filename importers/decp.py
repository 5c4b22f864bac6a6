"""Imports awarded public contracts from DECP files (the official open data of public procurement): one award for each contract and winner.

Three layouts are read: 2019 (a list `marches`), 2022 (`marches` holds `marche` and `contrat-concession`), both in JSON or XML, and the flat table, in JSON or
as a sheet (one row for each contract, winner and amendment: `acheteur_id`, `titulaire_id`). Amendments are ignored: a contract is read as first signed,
except in the flat table, which gives its current state."""

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

# Fields that are not read.
_IGNORED = (
    *("_type", "nature", "procedure", "lieuExecution", "techniques", "modalitesExecution", "modaliteExecution"),
    *("idAccordCadre", "ccag", "marcheInnovant", "offresRecues", "attributionAvance", "tauxAvance", "typePrix"),
    *(
        "typesPrix",
        "formePrix",
        "origineUE",
        "origineFrance",
        "considerationsEnvironnementales",
        "sousTraitanceDeclaree",
    ),
    *("actesSousTraitance", "modificationsActesSousTraitance", "modifications", "datePublicationDonnees"),
    *("dateTransmissionDonneesEtalab", "source"),
    # Flat table: amendment, origin, and the winner's name, which may be a person's.
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
# Most winners merged into one contract from consecutive rows: each new row is compared with all winners before it.
_MOST_TOGETHER = 200


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract, from any layout. `winners` are (company number, type of number); `shared` is True if several companies share the amount, None if one is
    named (another row may name others); `stands` is False for the state before an amendment."""

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
        """The reason, in French, why no award can be made from the contract; empty if one can."""
        if not self.stands:
            return FORMER
        if not self.winners:
            return NO_WINNER
        if not self.number:
            return NO_NUMBER
        return "" if self.objet or self.cpv else NO_NEED


def read_contracts(path: Path) -> Iterator[tuple[JsonRow, Contract] | RefusedRow | Remark]:
    """Yield the contracts of a file, each with its row; consecutive rows that differ only by their winner are merged into the first."""
    reported: set[str] = set()
    previous: tuple[JsonRow, Contract] | None = None
    for row in _rows(path):
        current = contract(row) if isinstance(row, JsonRow) else None
        if current and isinstance(row, JsonRow) and current.lacks == FORMER:  # may come between two rows to merge
            yield row, current
        elif previous and current and (merged := _merge_rows(previous[1], current)):
            previous = previous[0], merged
        else:
            if previous:
                yield previous
            previous = (row, current) if isinstance(row, JsonRow) and current else None
        yield from unknown_columns(row, reported) if isinstance(row, JsonRow) else (row,)
    if previous:
        yield previous


def _merge_rows(former: Contract, other: Contract) -> Contract | None:
    """Return the contract with the winners of both rows, if they differ only by their winners; else None."""
    if len(former.winners) > _MOST_TOGETHER or former.lacks or other.lacks or set(former.winners) & set(other.winners):
        return None
    merged = replace(former, winners=former.winners + other.winners, shared=True)
    return merged if merged == replace(other, winners=merged.winners, shared=True) else None


def _rows(path: Path) -> Iterator[JsonRow | RefusedRow | Remark]:
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
    """Return True if a CSV or a workbook has the columns of the flat table."""
    try:
        read_sheet_table(load(path), _FLAT)
    except SourceError:
        return False
    return True


def contract(row: JsonRow) -> Contract:
    """Return the contract of a row; fields that are not read are marked as ignored."""
    row.ignore(_IGNORED)
    # the buyer is a nested object, or flattened
    objects = [row.take_object(name) for name in ("acheteur", "autoriteConcedante")]
    flat = row.take("acheteur.id", "acheteur_id"), row.take("acheteur.nom", "acheteur_nom")
    buyer, buyer_name = next(((inner.take("id"), inner.take("nom")) for inner in objects if inner is not None), flat)
    # (number, type of number) of each winner; `titulaires` holds them directly, one level down, or flattened
    winners: dict[tuple[str, str], None] = {}
    for name in ("titulaires", "concessionnaires"):
        json_row = row.take_object(name)
        for element in [*row.take_list(name), *([json_row] if json_row is not None else [])]:
            for winner in _unwrap(element) if isinstance(element, JsonRow) else ():
                if number := winner.take("id"):
                    winners[number, winner.take("typeIdentifiant")] = None
    kind = row.take("titulaire.typeIdentifiant", "titulaire_typeIdentifiant")
    if number := row.take("titulaire.id", "titulaire_id"):
        winners[number, kind] = None
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
        winners=tuple(winners),
        shared=group or len(winners) > 1 or None,
        stands=row.take("donneesActuelles").casefold() not in _NO,
    )


def _read(source: Source) -> Iterator[Item]:
    """Yield one award for each winner of each contract; two lots under one number are two awards."""
    references = References()
    for item in read_contracts(source.path):
        if not isinstance(item, tuple):
            yield item
            continue
        row, row_contract = item
        if row_contract.lacks:
            yield RefusedRow(row.line, row_contract.lacks)
            continue
        identity = (
            *(row_contract.objet, row_contract.cpv, row_contract.notified, row_contract.amount, row_contract.months),
            *(row_contract.social, row_contract.buyer_name),
        )
        for winner, kind in row_contract.winners:
            reference = references.own("/".join((row_contract.buyer, row_contract.number, winner)), identity)
            if reference is None:
                yield RefusedRow(row.line, REPEATED)
                continue
            yield AwardRecord(
                source="decp",
                source_ref=reference,
                line=row.line,
                winner=winner,
                winner_type=kind,
                number=row_contract.number,
                buyer=row_contract.buyer,
                buyer_name=row_contract.buyer_name,
                objet=row_contract.objet,
                cpv=row_contract.cpv,
                notified=row_contract.notified,
                amount=row_contract.amount,
                months=row_contract.months,
                social=", ".join(row_contract.social),
                shared=row_contract.shared,
            )


def _unwrap(row: JsonRow) -> Iterator[JsonRow]:
    """Yield the winners of an element: those under its `titulaire` or `concessionnaire`, else the element itself."""
    json_rows = [row.take_object(name) for name in ("titulaire", "concessionnaire")]
    json_rows += [inner for inner in row.take_list("titulaire", "concessionnaire") if isinstance(inner, JsonRow)]
    inside = [inner for inner in json_rows if inner is not None]
    yield from inside or [row]


def _social(row: JsonRow) -> tuple[str, ...]:
    """Return the social considerations: « Marché réservé », « Clause sociale », « Critère social »."""
    inside = row.take_object("considerationsSociales")
    social = inside.take_list("considerationSociale") if inside is not None else row.take_list("considerationsSociales")
    clauses = [text for text in social if isinstance(text, str)]
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
