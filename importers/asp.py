"""Imports the list of SIAE (insertion enterprises) published in July 2019 by the ASP, a state agency, and its supplement of occupations (ROME codes)."""

from collections.abc import Iterator

from importers.emit import Row, emit
from importers.formats import HeaderRule, load, read_sheet_table
from importers.importer import Claim, Importer, Item, Source, SupplierRecord

_AS_OF = "2019-07-01"
_IGNORED = ("LIBELLE_DPT", "NATURE_JURIDIQUE", "CODE_POST_COM", "LIB_COM")
_OCCUPATIONS = 9
_LIST = HeaderRule(
    needs=(("SIRET",), ("MESURE",), ("DENOMINATION_SOCIALE",)),
    hint="Il faut la liste des SIAE de l’ASP (MESURE;CODE_DEPARTEMENT;…;SIRET;DENOMINATION_SOCIALE;…).",
)
_SUPPLEMENT = HeaderRule(
    needs=(*_LIST.needs, ("ROME",)),
    hint="Il faut le complément « métiers » de la liste de l’ASP ; la liste elle-même s’importe avec la clé « asp ».",
)


def _read_list(source: Source) -> Iterator[Item]:
    return _read(source, _LIST, "asp")


def _read_supplement(source: Source) -> Iterator[Item]:
    return _read(source, _SUPPLEMENT, "asp-rome")


def _read(source: Source, header: HeaderRule, key: str) -> Iterator[Item]:
    table = read_sheet_table(load(source.path), header)
    yield from table.remarks
    yield from emit(table.rows, lambda row: _record(row, key))


def _record(row: Row, key: str) -> SupplierRecord:
    """Return the record of one convention; SIRET, kind and département together make its reference."""
    row.ignore(_IGNORED)
    claims: tuple[Claim, ...] = ()
    if key == "asp-rome":
        numbers = ["", *(f" {number}" for number in range(2, _OCCUPATIONS + 1))]
        texts = [f"{row.take(f'ROME{n}')} {row.take(f'APPELATION{n}', f'APPELLATION{n}')}".strip() for n in numbers]
        claims = tuple(Claim("rome", text) for text in dict.fromkeys(texts) if text)
    siret, kind, departement = row.take("SIRET"), row.take("MESURE"), row.take("CODE_DEPARTEMENT")
    return SupplierRecord(
        source=key,
        source_ref=f"{siret}-{kind}-{departement}",
        line=row.line,
        name=row.take("DENOMINATION_SOCIALE"),
        kind=kind,
        siret=siret,
        naf=row.take("CODE_NAF2"),
        address=f"{row.take('NUM_RUE')} {row.take('NOM_RUE')}".strip(),
        post_code=row.take("CODE_POSTAL"),
        city=row.take("COMMUNE"),
        departement=departement,
        website=row.take("SITE WEB"),
        claims=claims,
        as_of=_AS_OF,
    )


IMPORTER = Importer(
    key="asp",
    title="Liste des SIAE conventionnées, juillet 2019",
    publisher="Agence de services et de paiement (ASP)",
    url="https://www.asp-public.fr",
    licence="à vérifier auprès de l’ASP",
    obtain="Liste ancienne, qui n’est plus diffusée : importez-la si vous la détenez (« 2019_07_liste_siae.csv »).",
    holds="SIAE (EI, ACI, AI, ETTI) de juillet 2019 : SIRET, nom, code NAF, adresse ; une ligne par convention.",
    at_least=3000,
    read=_read_list,
)

SUPPLEMENT = Importer(
    key="asp-rome",
    title="Complément « métiers » de la liste des SIAE de 2019",
    publisher="Agence de services et de paiement (ASP)",
    url="https://www.asp-public.fr",
    licence="à vérifier auprès de l’ASP",
    obtain="Fichier joint à la liste de juillet 2019 (« 2019_07_liste_siae_additional_data.csv »).",
    holds="Pour quelques centaines de SIAE de 2019, jusqu’à neuf métiers (code ROME et appellation) et le site web.",
    at_least=0,
    read=_read_supplement,
)
