"""Imports a procurement notice from an eForms file (European XML standard written in UBL, a common XML vocabulary), one notice per file, as TED publishes."""

from collections.abc import Iterator
from pathlib import Path

from importers.formats.content import file_parts
from importers.importer import SourceError
from importers.notices.importer import NoticeImporter, NoticeItem
from importers.notices.tree import TreeRefused, read_tree
from importers.notices.ubl import FORMS, read_ubl_notice


def _read(path: Path) -> Iterator[NoticeItem]:
    tree = read_tree(path, file_parts(path))
    if tree.name not in FORMS:
        raise SourceError(
            path,
            f"ce XML n’est pas un avis eForms : sa racine est « {tree.name} », au lieu de {' ou '.join(f'« {form} »' for form in FORMS)}.",
        )
    try:
        item = read_ubl_notice(tree.name, tree.root, IMPORTER.key, line=1)  # one notice a file
    except TreeRefused as error:
        raise SourceError(path, str(error)) from error
    yield item


IMPORTER = NoticeImporter(
    key="eforms",
    title="Avis européens (eForms)",
    publisher="Office des publications de l’Union européenne",
    url="https://ted.europa.eu",
    licence="Décision 2011/833/UE (réutilisation libre, en citant la source)",
    obtain="Sur TED (ted.europa.eu), ouvrez l’avis et téléchargez-le en XML ; un profil d’acheteur ou le BOAMP donnent le même format. "
    "Un avis par fichier.",
    holds="Avis de préinformation, de marché, d’attribution, rectificatifs et annulations, lot par lot : objet, CPV, lieux, montant, "
    "durée, date limite, participation réservée, titulaires.",
    read=_read,
)
