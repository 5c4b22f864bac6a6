"""Imports a notice without fields, as one text: a saved web page, a text file, a PDF or a DOCX. The lots are read in the text later, by `matcher`."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from importers.documents.page import MOST_SIGNS, PageText
from importers.documents.read import read_document
from importers.formats import Content, decode, load
from importers.formats.content import file_parts
from importers.importer import Remark, SourceError
from importers.notices.importer import NoticeImporter, NoticeItem, NoticeRecord

KEY = "avis"
_DATA = "ce fichier est du JSON : c’est celui d’une source ; importez-le sous le nom de celle-ci (boamp, decp)."
_CUT = f"l’avis dépasse {MOST_SIGNS} signes : la suite n’est pas lue."
_DOCUMENTS = (b"%PDF", b"PK", b"\xd0\xcf\x11\xe0")
_TAG = re.compile(r"<[^<>]{0,500}>")
# « Avis n°20-99771 », « Annonce No 20-99771 ».
_NUMBER = re.compile(r"\b(?:avis|annonce)\s+n\s?[o°º]\s?(\d{2}-\d{3,7})\b", re.IGNORECASE)
_PUBLISHED = re.compile(r"\b(?:publié|paru|parution)e?s?\s+le\s+(\d{1,2}[/.]\d{1,2}[/.]\d{4})", re.IGNORECASE)
# « Dépt. : 59, 62 Departement du nord », the third line of a page of the BOAMP.
_BUYER = re.compile(r"^[ \t]*Dépt\.[ \t]*:[\dAB, ]+[ \t](\S.{2,120}?)\s*$", re.MULTILINE)
# Headings that give the kind of a notice.
_NATURE = re.compile(
    r"\bavis d[’']annulation|\bavis rectificatif|\brectificatif\b|\bavis d[’']attribution|\brésultats? de (?:marché|concession)|"
    r"\bavis de pré-?information|\bavis de (?:marché|concession)|\bavis d[’']appel (?:public à la concurrence|d[’']offres)|"
    r"\bappel d[’']offres|\bappel à (?:la )?concurrence",
    re.IGNORECASE,
)
# Usual rubrics of a notice; a text with at least `_ENOUGH` of them is taken as one.
_RUBRICS = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        r"\b(?:date|heure)s? limites?\b|\b(?:réception|remise) des (?:offres|plis|candidatures)",
        r"\bpouvoir adjudicateur|\bentité adjudicatrice|\bacheteur public",
        r"\bprocédure (?:adaptée|ouverte|restreinte|négociée|formalisée)|\bappel d[’']offres|\bMAPA\b",
        r"\baccord-cadre|\bmarchés? publics?\b|\bobjet du marché",
        r"\bdurée du marché|\bdélai d[’']exécution|\blieux? (?:d[’']exécution|de livraison)",
        r"\blots? ?(?:\(s\) ?)?(?:n ?[o°º] ?)?\d",
        r"\bcode CPV|\bCPV\b|\bcritères? d[’']attribution",
    )
)
_ENOUGH = 3
# The kind is searched in the first characters only; farther down, a notice mentions others.
_HEAD = 2_000


def _read(path: Path) -> Iterator[NoticeItem]:
    remarks: list[Remark] = []
    text = "".join(_parts(path, remarks))
    if len(text) > MOST_SIGNS:
        remarks.append(Remark(1, _CUT))
    text = text[:MOST_SIGNS].strip()
    yield from remarks
    if not text:
        raise SourceError(path, "aucun texte n’y est lu ; s’il est numérisé, il faut l’avis d’origine.")
    shown = " ".join(_TAG.sub(" ", text).split())
    number, published, nature = _NUMBER.search(shown), _PUBLISHED.search(shown), _NATURE.search(shown[:_HEAD])
    buyer = _BUYER.search(text[:_HEAD])
    yield NoticeRecord(
        source=KEY,
        # Without a number, the reference is a digest of the text.
        source_ref=number[1] if number else sha256(" ".join(text.split()).encode()).hexdigest()[:16],
        line=1,
        nature=nature[0] if nature else "",
        published=published[1] if published else "",
        buyer_name=buyer[1] if buyer else "",
        text=text,
    )


def speaks_of_notice(text: str) -> bool:
    """Return True if a text has enough rubrics of a notice."""
    shown = " ".join(_TAG.sub(" ", text).split())
    return sum(bool(words.search(shown)) for words in _RUBRICS) >= _ENOUGH


def _parts(path: Path, remarks: list[Remark]) -> Iterator[str]:
    """Yield the text of a file, with its markup, if any; add remarks to `remarks`."""
    if next(file_parts(path), b"").startswith(_DOCUMENTS):
        for part in read_document(path):
            if isinstance(part, PageText):
                yield f"{part.text}\n"
            else:
                remarks.append(Remark(1, part.says))
        return
    file = load(path)
    if file.content is Content.JSON:
        raise SourceError(path, _DATA)
    text, decoding_remarks = decode(file)
    remarks += decoding_remarks
    yield text


IMPORTER = NoticeImporter(
    key=KEY,
    title="Avis en texte",
    publisher="Profils d’acheteur, journaux d’annonces, anciennes pages du BOAMP",
    url="https://www.boamp.fr",
    licence="Celle de la page d’où vient l’avis",
    obtain="Enregistrez la page de l’avis (HTML), copiez son texte dans un fichier, ou prenez son PDF. Un avis par fichier.",
    holds="Un avis sans champs : ses lots, leurs lieux, montants, durées et réservations sont cherchés dans ses phrases.",
    read=_read,
)
