"""Several trades in one lot: « espaces verts, nettoyage et gardiennage » is three needs, and none of them is in doubt.

French lists in two ways: needs (« espaces verts, nettoyage »), or acts on one thing and things of one act (« collecte et traitement
des déchets », « réfection de la toiture et des menuiseries »). Only the first is several trades, so a piece that leans on its
neighbour is read with it.
"""

import re
from collections.abc import Mapping, Sequence

from matcher.cleaning.words import fold, stems
from matcher.reading.trade.doubt import TELLS
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.lexicon import hits
from matcher.reference.trades.terms import Hit

# « 3 h/semaine » lists nothing.
_BETWEEN = re.compile(r"([,;+&\n]|/(?! ?(?:an|mois|semaine|jour|heure|[hjm])s?\b)|\bet\b|\bpuis\b|\bainsi que\b)")
# A piece that so begins continues the one before it; an act alone (« collecte ») takes the thing of the piece after it.
_CONTINUES = re.compile(r"\s*(de|du|des|d|la|le|les|l|a|au|aux|en|pour|dans|sur|par|leurs?|ses|sa|son|sans|avec|y)\b")
_OF_A_THING = re.compile(r"\b(de|du|des|d)\b")
# A piece names a group outright with a term of this weight, and this many times more than any other group.
NAMED, CLEAR = 4, 2.0
# A term of this weight settles its trade.
SETTLES = 5
# Beyond these words a text describes, and no longer lists.
LONGEST_LIST = 16


def trades(text: str) -> Mapping[str, str]:
    """Return the pieces of a text that name different groups of activities, by group, in order; none where it names one."""
    pieces = _pieces(text)
    of_group: dict[str, str] = {}
    for piece in pieces:
        its = stems(piece)
        group = _named(hits(its), len(its))
        if not group:
            return {}
        of_group[group] = f"{of_group[group]}, {piece}" if group in of_group else piece
    return of_group if len(of_group) > 1 else {}


def items_of(text: str, group: str) -> tuple[str, ...]:
    """Return the items of a list that name something of one group outright, those that lean on their neighbour too: « des berges » in
    « entretien des espaces verts et des berges ». What comes after its first words describes, and lists nothing."""
    found: list[str] = []
    words = 0
    for item in _BETWEEN.split(fold(text))[::2]:
        if words >= LONGEST_LIST:
            break
        item_stems = stems(item)
        words += len(item_stems)
        if any(hit.term.weight >= NAMED and taxonomy().group_of(hit.term.target) == group for hit in hits(item_stems)):
            found.append(item)
    return tuple(found)


def _pieces(text: str) -> list[str]:
    """The pieces of a list, those that lean on each other joined; none where the text is no list."""
    cut = _BETWEEN.split(fold(text))
    words, between = cut[::2], ["", *cut[1::2]]
    lengths = [len(stems(piece)) for piece in words]
    if len(words) < 2 or sum(lengths) > LONGEST_LIST:
        return []
    pieces = [words[0]]
    for said, piece, leans in zip(between[1:], words[1:], _leaning(words, lengths), strict=True):
        if leans:
            pieces[-1] += f"{said}{piece}"
        else:
            pieces.append(piece)
    return pieces


def _leaning(words: Sequence[str], lengths: Sequence[int]) -> list[bool]:
    """Whether each piece but the first leans on the one before it, of so many stems each."""
    spanned, settled = _spanned(words, lengths), [_says_its_trade(piece) for piece in words]
    of_a_thing = [_OF_A_THING.search(piece) is not None for piece in words]
    one_thing = len(words) == 2 and of_a_thing[0] and not of_a_thing[1]
    return [
        one_thing
        or lengths[rank] == 0
        or _CONTINUES.match(words[rank]) is not None
        or (rank in spanned and not (settled[rank - 1] and settled[rank]))
        or (of_a_thing[rank] and lengths[rank - 1] == 1 and not settled[rank - 1])
        for rank in range(1, len(words))
    ]


def _says_its_trade(piece: str) -> bool:
    """Whether a piece settles a trade by itself (« plomberie »), where an act waits for its thing (« collecte et traitement des déchets »)."""
    return any(hit.term.weight >= SETTLES for hit in hits(stems(piece)))


def _spanned(pieces: Sequence[str], lengths: Sequence[int]) -> frozenset[int]:
    """The ranks of the pieces that a term of the lexicon begins before."""
    piece_of = [rank for rank, length in enumerate(lengths) for _ in range(length)]
    found = hits([stem for piece in pieces for stem in stems(piece)])
    return frozenset(rank for hit in found for rank in range(piece_of[hit.places[0]] + 1, piece_of[hit.places[-1]] + 1))


def _named(found: Sequence[Hit], words: int) -> str:
    """The group that these terms name outright, or that those that tell it say with all the words of a piece; else an empty text."""
    weights: dict[str, int] = {}
    for hit in found:
        group = taxonomy().group_of(hit.term.target)
        weights[group] = weights.get(group, 0) + hit.term.weight
    strong = {
        taxonomy().group_of(hit.term.target)
        for hit in found
        if hit.term.weight >= NAMED or (hit.term.weight >= TELLS and len(hit.places) == words)
    }
    best = max(strong, key=lambda group: (weights[group], group), default="")
    rest = [weight for group, weight in weights.items() if group != best]
    return best if best and weights[best] >= CLEAR * max(rest, default=0) else ""
