"""Imports the national list of ESS enterprises (social and solidarity economy), one line for a SIREN: it marks suppliers of the catalogue as ESS.

Its records create suppliers only with the option `--creer`."""

from collections.abc import Iterator

from importers.emit import Row, emit
from importers.formats import HeaderRule, load, read_sheet_table
from importers.importer import Importer, Item, Scope, Source, SupplierRecord

_NAMES = ("Nom ou raison sociale de l'entreprise", "Nom ou raison sociale")
_FAMILIES = ("Famille juridique de l'entreprise", "Famille juridique")
_IGNORED = ("Département de l'établissement", "Région de l'établissement", "CRESS", "cress", "Cress")
_HEADER = HeaderRule(
    needs=(("SIREN", "Siren", "siren"), _NAMES),
    hint="Il faut la liste nationale des entreprises de l’ESS (SIREN, Nom ou raison sociale de l’entreprise, Famille juridique…).",
)
_SIREN_LENGTH = 9


def _read(source: Source) -> Iterator[Item]:
    table = read_sheet_table(load(source.path), _HEADER)
    yield from table.remarks
    yield from emit(table.rows, _record)


def _record(row: Row) -> SupplierRecord:
    row.ignore(_IGNORED)
    siren = row.take("SIREN", "Siren", "siren")
    if siren.isascii() and siren.isdigit():
        siren = siren.zfill(_SIREN_LENGTH)  # the publisher's export has lost the leading zeros
    family = row.take(*_FAMILIES)
    return SupplierRecord(
        source="ess",
        source_ref=siren,
        line=row.line,
        name=row.take(*_NAMES),
        kind="ESS",
        siren=siren,
        post_code=row.take("Code postal", "Code postal de l'établissement"),
        city=row.take("Libellé de la commune de l'établissement", "Commune de l'établissement"),
        departement=row.take("Code du département de l'établissement"),
        labels=f"ESS : {family}" if family else "",
    )


IMPORTER = Importer(
    key="ess",
    title="Liste nationale des entreprises de l’économie sociale et solidaire",
    publisher="ESS France et les CRESS",
    url="https://www.data.gouv.fr/datasets/646c8d45de96cc3428092c6b",
    licence="Licence Ouverte ; à vérifier sur la page du jeu",
    obtain="« entremise fetch ess » la télécharge et l’importe. À la main : sur data.gouv.fr, « Liste des entreprises de "
    "l’ESS », le fichier CSV tel quel.",
    holds="Une ligne par SIREN : donne la qualité ESS aux fournisseurs de cette organisation, présents ou à venir ; n’en crée "
    "aucun, sauf avec --creer.",
    at_least=50_000,
    read=_read,
    scope=Scope.ORGANISATION,
)
