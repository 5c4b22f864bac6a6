"""Finds, in one tender document, what it states of the whole tender: the deadline for offers, and the name of the buyer."""

import re
from collections.abc import Iterable
from itertools import pairwise

from matcher.cleaning.words import flat
from matcher.tender.piece import Piece

_DAY = r"(?P<day>\d{1,2}(?:er)? [a-z]{3,9} \d{4}|\d{1,2}/\d{1,2}/\d{4})"
_BIDS = r"(?:offres?|plis?|candidatures?|propositions?)"
# « Date limite de réception des offres : 15 janvier 2027 à 12 h », « Les plis sont remis avant le 15/01/2027 »
_DUE = re.compile(
    rf"\b(?:limites?\b.{{0,40}}\b{_BIDS}|{_BIDS}\b.{{0,60}}\b(?:limite|avant|plus tard))\b.{{0,40}}?\b{_DAY}"
)
# « 1.1 Pouvoir adjudicateur : », « Nom et adresse de l’acheteur public »
_BUYER = re.compile(
    r"\W*(?:(?:article )?\d+(?:\.\d+)*\W+)?(?:(?:nom|denomination|identite|identification|designation)(?: et adresses?)?(?: officielle?s?)? (?:du |de l['’]|de la ))?"
    r"(?:pouvoir adjudicateur|entite adjudicatrice|maitre d['’]ouvrage|acheteur(?: public)?|collectivite|personne publique)(?: contractante?)?"
    r"(?: \([^)]*\))? ?(?::(?P<name>.*)|$)"
)
# A name ends before its address, the next cell, its abbreviation in brackets, or the person who represents it.
_NAME_ENDS = re.compile(r"[,;(\n]|\.(?=\s|$)| [-–] | représenté", re.IGNORECASE)
# A person who signs for the buyer, or a reference to another article.
_NO_NAME = re.compile(
    r"(?:m|mr|mme|monsieur|madame|(?:(?:le|la) )?(?:maire|president\w*|direct\w+)|voir|cf|idem|oui|non|ci-\w+)\b"
)
_LONGEST_NAME = 120


def days_due(piece: Piece) -> dict[str, str]:
    """Return the deadlines for offers that a document gives, each with its sentence; both as written, the day without accents."""
    lines = _lines(piece)
    return _days_in(lines) or _days_in(map(" ".join, pairwise(lines)))  # a heading may stand over its day


def buyer_written(piece: Piece) -> tuple[str, str] | None:
    """Return the name that a document writes under a heading of the buyer, with the words from the heading to the name; None without one."""
    for line, below in pairwise((*_lines(piece), "")):
        match = _BUYER.match(flat(line))
        if match is None:
            continue
        beside = line[match.start("name") :].strip() if match["name"] else ""
        name = _NAME_ENDS.split(beside or below.strip(), maxsplit=1)[0].strip(" :")
        normalised = flat(name)
        if 2 < len(name) <= _LONGEST_NAME and not (_NO_NAME.match(normalised) or _BUYER.match(normalised)):
            return name, line[: line.index(name) + len(name)] if beside else name
    return None


def buyers_written(pieces: Iterable[Piece]) -> list[tuple[int, str, str]]:
    """Return (rank of the document from 0, name of the buyer, words from which it was read) of each name, from the first document that writes it."""
    names: dict[str, tuple[int, str, str]] = {}
    for rank, piece in enumerate(pieces):
        if written := buyer_written(piece):
            names.setdefault(flat(written[0]), (rank, *written))
    return list(names.values())


def _lines(piece: Piece) -> list[str]:
    return [joined for page in piece.pages for line in page.text.splitlines() if (joined := " ".join(line.split()))]


def _days_in(lines: Iterable[str]) -> dict[str, str]:
    return {match["day"]: line for line in lines if (match := _DUE.search(flat(line)))}
