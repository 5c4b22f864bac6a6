"""Imports the notices of the BOAMP, the French official bulletin of public contracts: JSON of its open API, or XML files of its daily feed (« flux »).

Each notice contains a form, European (eForms) or national, which another module reads; this one adds the publisher's fields around it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from importers.formats import JsonObject, load, read_json_objects
from importers.formats.json_stream import parse
from importers.importer import RefusedRow, Remark, SourceError
from importers.notices.boamp_flux import XmlFile, holds_xml, xml_files
from importers.notices.boamp_paths import BODIES, CAPITALS, CAPITALS_SHAPE
from importers.notices.importer import LotWritten, NoticeImporter, NoticeItem, NoticeRecord, PlaceWritten, WinnerWritten
from importers.notices.national_forms import national_form, notice_numbers, organisation
from importers.notices.tree import Node, TreeRefused, json_tree, read_tree
from importers.notices.ubl import FORMS, read_ubl_notice
from importers.notices.walker import Walker

KEY = "boamp"
NO_NUMBER = "avis sans numéro (« idweb ») : il ne serait pas reconnu la fois suivante"
READ_BEFORE = "l’avis {} est déjà dans ce fichier : la première version est gardée"
_EUROPEAN = "EFORMS"
# Root element of a file of the feed; by the API's field name, the path under `GESTION` of the same value (its text, or its child's name).
_ROOT = "ann"
_FLUX = {
    "idweb": "REFERENCE/IDWEB",
    "dateparution": "INDEXATION/DATE_PUBLICATION",
    "nomacheteur": "INDEXATION/NOMORGANISME",
    "objet": "INDEXATION/RESUME_OBJET",
    "code_departement": "INDEXATION/DEP_PUBLICATION",
}
_FLUX_NAMES = {"nature": "REFERENCE/TYPE_AVIS/NATURE", "etat": "REFERENCE/TYPE_AVIS/STATUT"}
_PAGE = "https://www.boamp.fr/pages/avis/?q=idweb:{}"
_NOT_OF_BOAMP = "ce XML n’est pas un avis du BOAMP : sa racine est « {} », au lieu de « ann » ; un avis européen seul s’importe sous « eforms »."
# Fields whose value is JSON encoded as a string.
_INSIDE = ("donnees", "gestion", "annonces_anterieures")
# States that give the kind of a notice; « INITIAL » and the others do not.
_STATES = ("RECTIFICATIF", "AVIS_ANNULE", "ANNULATION")
_SOCIAL = "sociaux"
_ASIDE = (
    *("id", "filename", "famille", "famille_libelle", "datefindiffusion", "perimetre", "criteres", "source_schema"),
    *("type_procedure", "soustype_procedure", "procedure_libelle", "procedure_categorise", "type_avis"),
    *("sousnature", "sousnature_libelle", "nature_libelle", "nature_categorise", "nature_categorise_libelle"),
    *("marche_public_simplifie", "marche_public_simplifie_label", "type_marche_facette", "etat"),
    # The BOAMP's own keywords, which are not CPV codes.
    *("descripteur_code", "dc", "descripteur_libelle"),
    # Duplicates of the record's fields.
    *("gestion/REFERENCE", "gestion/INDEXATION", "gestion/reference", "gestion/indexation"),
    # Read by `notice_numbers`.
    *("annonces_anterieures", "gestion/MARCHE", "gestion/marche"),
)


@dataclass(frozen=True, slots=True)
class _Published:
    """A notice as two trees: the publisher's fields (`around`), and the form, empty if missing."""

    around: Node
    form: Node


def _read(path: Path) -> Iterator[NoticeItem]:
    seen: set[str] = set()
    for item in _xml_items(path) if holds_xml(path) else _json_items(path):
        if isinstance(item, NoticeRecord) and item.source_ref in seen:
            yield RefusedRow(item.line, READ_BEFORE.format(item.source_ref))
            continue
        if isinstance(item, NoticeRecord):
            seen.add(item.source_ref)
        yield item


def _json_items(path: Path) -> Iterator[NoticeItem]:
    for item in read_json_objects(load(path), inside="results", known_by="idweb"):
        if not isinstance(item, JsonObject):
            yield item
            continue
        try:
            yield _notice(_of_record(item.members), item.line)
        except (ValueError, TreeRefused) as error:
            named = f"avis {item.members['idweb']} : " if isinstance(item.members.get("idweb"), str) else ""
            yield RefusedRow(item.line, f"{named}{error}")


def _xml_items(path: Path) -> Iterator[NoticeItem]:
    """Yield the notices of the daily feed, from a file, a folder or an archive; an unreadable file among several is refused, the others are read."""
    for rank, file in enumerate(xml_files(path), start=1):
        if isinstance(file, Remark):
            yield file
            continue
        try:
            yield _notice(_of_flux(file), rank)
        except SourceError as error:
            if file.path == path:
                raise
            yield RefusedRow(rank, str(error))
        except TreeRefused as error:
            yield RefusedRow(rank, f"« {file.path.name} » : {error}")


def _of_record(raw_record: Mapping[str, Any]) -> _Published:
    """Return the trees of a record of the API, whose form is JSON encoded as a string. Raises ValueError, TreeRefused."""
    record = {name: value for name, value in raw_record.items() if value is not None}
    for name in _INSIDE:
        if isinstance(text := record.get(name), str) and text.strip():
            try:
                record[name] = parse(text)
            except ValueError as error:
                raise ValueError(f"« {name} » ne peut pas être lu, {error} ; téléchargez l’avis à nouveau") from error
    form = record.pop("donnees", None)
    if form is not None and not isinstance(form, Mapping):
        raise ValueError("« donnees » n’est pas un objet JSON ; téléchargez l’avis à nouveau")
    return _Published(json_tree(record), json_tree(form))


def _of_flux(file: XmlFile) -> _Published:
    """Return the trees of a file of the feed, with the values of `GESTION` under the API's field names. Raises SourceError."""
    tree = read_tree(file.path, file.parts)
    if tree.name != _ROOT:
        raise SourceError(file.path, _NOT_OF_BOAMP.format(tree.name))
    root = tree.root
    around = {name.lower(): nodes for name, nodes in root.inside.items() if name != "DONNEES"}
    management = root.one("GESTION")
    for name, path in _FLUX.items():
        around.setdefault(name, []).extend(Node(text) for text in management.texts(path))
    for name, path in _FLUX_NAMES.items():
        around.setdefault(name, []).extend(map(Node, management.one(path).inside))
    if number := management.first(_FLUX["idweb"]):
        around["url_avis"] = [Node(_PAGE.format(number))]
    return _Published(Node(inside=around), root.one("DONNEES"))


def _notice(published: _Published, line: int) -> NoticeRecord | RefusedRow:
    """Return one notice, or a refused row. Raises TreeRefused."""
    walker = Walker(published.around)
    reference = walker.first("idweb")
    if not reference:
        return RefusedRow(line, NO_NUMBER)
    record = _form(published.form, line, reference)
    return record if isinstance(record, RefusedRow) else _with_publisher_fields(walker, record)


def _form(tree: Node, line: int, reference: str) -> NoticeRecord | RefusedRow:
    """Return the record of a notice's form; the form is under its own name, except the one in capitals."""
    for name in FORMS:
        for european in tree.all(f"{_EUROPEAN}/{name}"):
            return read_ubl_notice(name, european, KEY, line, reference)
    if any(name in tree.inside for name in CAPITALS):
        return national_form(tree, CAPITALS_SHAPE, KEY, line, reference)
    shape = next(iter(tree.inside), "")
    record = national_form(tree.one(shape), shape, KEY, line, reference)
    return replace(record, unread=(*record.unread, *(name for name in tree.inside if name != shape)))


def _with_publisher_fields(walker: Walker, record: NoticeRecord) -> NoticeRecord:
    """Return the notice completed with the publisher's fields. Their `objet`, cut at 200 characters, is the title only if the form has none."""
    walker.ignore(*_ASIDE)
    objet, deadline, buyer_name = map(walker.first, ("objet", "datelimitereponse", "nomacheteur"))
    earlier = (*record.earlier, *walker.texts("annonce_lie"), *notice_numbers(walker))
    shown = replace(
        record,
        nature=_nature(walker, record.nature),
        folder=walker.first("contractfolderid") or record.folder,
        earlier=tuple(number for number in dict.fromkeys(earlier) if number != record.source_ref),
        published=walker.first("dateparution") or record.published,
        title=record.title or objet,
        deadline=record.deadline or deadline,
        buyer_name=record.buyer_name or buyer_name,
        url=walker.first("url_avis") or record.url,
        lots=tuple(_lots(walker, record.lots)),
    )
    return replace(shown, unread=(*walker.unread(), *(f"{record.shape}/{name}" for name in record.unread)))


def _nature(walker: Walker, of_form: str) -> str:
    """Return the kind of a notice, joining the words of its form and of its publisher: « cn-standard/RECTIFICATIF »; « initial » without another word."""
    states = [state for state in walker.texts("etat") if state in _STATES]
    words = [word for word in (of_form, walker.first("nature", "nature_libelle"), *states) if word]
    words = [word for word in words if word != BODIES[0]] or words
    return "/".join({word.casefold(): word for word in words}.values())


def _lots(walker: Walker, lots: tuple[LotWritten, ...]) -> Iterator[LotWritten]:
    """Yield the lots completed with the publisher's fields: kind of contract, département, and the winner if there is only one lot."""
    nature = walker.first("type_marche")
    # départements of execution, else of publication, « 1 » or « 01 »
    codes = walker.texts("code_departement_prestation", "code_departement")
    places = tuple(PlaceWritten(code=code.zfill(2), code_type="Code département") for code in codes)
    social = (_SOCIAL,) if _SOCIAL in walker.texts("criteres") else ()
    names = [organisation(name) for name in walker.texts("titulaire")] if len(lots) == 1 else []
    winners = tuple(WinnerWritten(name=name) for name in names if name)
    for lot in lots:
        yield replace(
            lot,
            nature=lot.nature or nature,
            places=lot.places or places,
            social=lot.social or social,
            winners=lot.winners or winners,
        )


IMPORTER = NoticeImporter(
    key=KEY,
    title="BOAMP, bulletin officiel des annonces des marchés publics",
    publisher="Direction de l’information légale et administrative (DILA)",
    url="https://www.boamp.fr",
    licence="Licence Ouverte 2.0",
    obtain="« entremise fetch boamp --depuis 2026-11-20 » les demande à l’API ouverte du BOAMP. À la main : sur "
    "boamp-datadila.opendatasoft.com, jeu « boamp », filtrez par date de parution et exportez en JSON ; ou sur "
    "echanges.dila.gouv.fr/OPENDATA/BOAMP, le dossier d’un jour (XML), ou une archive (ZIP, tar) de plusieurs.",
    holds="Les avis publiés : appels d’offres, rectificatifs, annulations, attributions. Chaque lot avec son objet, son lieu, "
    "son montant, sa durée et sa date limite, quand l’avis les dit.",
    read=_read,
    folders=True,
)
