"""Translates what a directory writes of a supplier's activities (labels, ROME codes, free text) into codes of the taxonomy."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.words import stems, words
from matcher.reference.tables import rows
from matcher.reference.trades.lexicon import hits
from matcher.reference.trades.taxonomy import taxonomy

_SHORTEST = 1


def rome_targets(code: str) -> tuple[str, ...]:
    """Return the activities of a ROME code (occupation), by the longest prefix in the table; empty for none."""
    table = _table()
    for length in range(len(code), _SHORTEST - 1, -1):
        if code[:length] in table:
            return table[code[:length]]
    return ()


@lru_cache(maxsize=1)
def _table() -> Mapping[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for row in rows("rome_activites"):
        targets = (row["cible"],) if row["cible"] else ()
        table[row["code"]] = (*table.get(row["code"], ()), *targets)
    return table


Target = tuple[str, str]

# Least weight of a term that decides the activity of a free text; lighter terms are guesses, which are not stored.
CERTAIN = 5
_PIECE = re.compile(r"[|;\n•]+")
_PART = re.compile(r"\s*(?:[,/&+]|\bet\b)\s*")
_WORD = re.compile(r"[^\W_]+")
_GLUED = re.compile(r"(?<=[a-zà-ÿ)])(?=[A-ZÀ-Ý])")
_ROME = re.compile(r"\b[A-N]\d{4}\b")
_CLOSING = re.compile(r"[.…]*\)")
_AROUND = " \t,/:–-"


@dataclass(frozen=True, slots=True)
class _Labels:
    """Known labels as tuples of folded words, with their codes, and the length of the longest."""

    targets: Mapping[tuple[str, ...], tuple[str, ...]]
    longest: int


def claim_targets(vocabulary: str, text: str) -> tuple[Target, ...]:
    """Return (activity or group code, the source's own words) for a claim, in the order of the text, each code once. Vocabularies are those of
    `importers.importer.Claim`. Uncertain activities are left out. Raises ValueError for an unknown vocabulary."""
    if vocabulary == "rome":
        targets = _from_rome(text)
    elif vocabulary == "libre":
        targets = _from_pieces(text)
    elif vocabulary in _TABLES:
        targets = _from_labels(text, _labels(vocabulary))
    else:
        raise ValueError(f"Vocabulaire d’activités inconnu : « {vocabulary} ».")
    wordings: dict[str, str] = {}
    for code, wording in targets:
        wordings.setdefault(code, wording)
    return tuple(wordings.items())


def _from_labels(text: str, labels: _Labels) -> Iterator[Target]:
    """Yield the codes of known labels (longest first) in a list whose labels may contain commas or be glued; read the rest as free text."""
    parted = _GLUED.sub(" ", text)
    spans = [(word, at.start(), at.end()) for at in _WORD.finditer(parted) for word in words(at[0])]
    place = rest = 0
    while place < len(spans):
        for length in range(min(labels.longest, len(spans) - place), 0, -1):
            if (label := tuple(word for word, _, _ in spans[place : place + length])) in labels.targets:
                break
        else:
            place += 1
            continue
        begin, end = spans[place][1], spans[place + length - 1][2]
        yield from _from_pieces(parted[rest:begin])
        if "(" in parted[begin:end] and (closing := _CLOSING.match(parted, end)):
            end = closing.end()
        for code in labels.targets[label]:
            yield code, parted[begin:end]
        place, rest = place + length, end
    yield from _from_pieces(parted[rest:])


def _from_rome(text: str) -> Iterator[Target]:
    """Yield the codes of « Libellé (A1203) », « A1203 Libellé » or bare codes, several if need be; a label without a code is free text."""
    codes = list(_ROME.finditer(text))
    if not codes:
        yield from _from_pieces(text)
    cuts = [0, *(code.end() for code in codes)] if codes and codes[0].start() else [code.start() for code in codes]
    for code, begin, end in zip(codes, cuts, [*cuts[1:], len(text)], strict=False):
        wording = text[begin:end].replace(code[0], "").strip(_AROUND + "|;()\n")
        for target in rome_targets(code[0]):
            yield target, wording or code[0]


def unread_trades(text: str) -> tuple[str, ...]:
    """Return the parts of a free text in which no activity is surely read, neither in the part nor in its whole piece."""
    return tuple(part for piece in _pieces(text) for part in _unread(piece))


def _from_pieces(text: str) -> Iterator[Target]:
    for piece in _pieces(text):
        yield from _in_parts(piece)


def _pieces(text: str) -> list[str]:
    return [wording for piece in _PIECE.split(text) if (wording := piece.strip(_AROUND))]


def _parts(piece: str) -> list[str]:
    """Return the parts of a piece split at commas, slashes, « et »…; none if the whole piece is a known label."""
    return [] if stems(piece) in _stemmed_labels() else [part for part in _PART.split(piece) if stems(part)]


def _in_parts(piece: str) -> Iterator[Target]:
    """Yield the activities of a piece: those of each part, if it is a list (« nettoyage, vitrerie »); else those of the whole, then of labels in it.
    A group is dropped if an activity of it has the same words, or is that of the whole."""
    parts = _parts(piece)
    if listed := _activities_of_parts(parts):
        yield from listed
        return
    pieces = [(code, piece) for code in _read(piece)]
    pieces += [(code, part) for part in parts for code in _stemmed_labels().get(stems(part), ())]
    groups = {taxonomy().group_of(code) for code, _ in pieces if "." in code}
    yield from ((code, wording) for code, wording in pieces if "." in code or code not in groups)


def _activities_of_parts(parts: Sequence[str]) -> list[Target]:
    """Return the activities of each part if every part has some and they differ; else empty. A group is left out where another part repeats its
    words as an activity of that group (« Nettoyage, nettoyage de locaux »)."""
    read = {part: _read(part) for part in parts}
    if len(set(read.values())) < 2 or not all(read.values()):
        return []
    targets = [(code, part, set(stems(part))) for part, codes in read.items() for code in codes]
    inside = [(taxonomy().group_of(code), part_stems) for code, _, part_stems in targets if "." in code]
    return [
        (code, part)
        for code, part, part_stems in targets
        if not any(code == group and part_stems <= longer for group, longer in inside)
    ]


def _unread(piece: str) -> Iterator[str]:
    parts = _parts(piece)
    targets = [*map(_read, parts)]
    if all(targets):
        return
    groups = {taxonomy().group_of(code) for code, _ in _in_parts(piece)}
    touched = {
        place
        for hit in hits(stems(piece))
        if hit.term.weight > 0 and taxonomy().group_of(hit.term.target) in groups
        for place in hit.places
    }
    start = 0
    for part, codes in zip(parts, targets, strict=True):
        end = start + len(stems(part))
        if not codes and touched.isdisjoint(range(start, end)):
            yield part
        start = end


def _read(piece: str) -> tuple[str, ...]:
    """Return the sure codes of a piece of free text: of a known label, else of decisive terms."""
    key = stems(piece)
    if label := _stemmed_labels().get(key):
        return label
    sure = [hit.term.target for hit in hits(key) if hit.term.weight >= CERTAIN]
    leaves = [code for code in sure if "." in code]
    groups = {taxonomy().group_of(code) for code in leaves}
    return tuple(dict.fromkeys([*leaves, *(code for code in sure if "." not in code and code not in groups)]))


def _sectors() -> Iterator[tuple[str, str]]:
    for sector in taxonomy().sectors:
        yield sector.label, sector.target
        yield sector.slug, sector.target


def _groups() -> Iterator[tuple[str, str]]:
    for group in taxonomy().groups:
        yield group.label, group.code
        yield group.slug, group.code


def _hosmoz() -> Iterator[tuple[str, str]]:
    for row in rows("hosmoz_metiers"):
        yield row["metier"], row["cible"]


_TABLES = {"marche-secteur": _sectors, "marche-groupe": _groups, "hosmoz": _hosmoz}


@lru_cache(maxsize=len(_TABLES))
def _labels(vocabulary: str) -> _Labels:
    targets: dict[tuple[str, ...], tuple[str, ...]] = {}
    for label, code in _TABLES[vocabulary]():
        key = words(label)
        targets[key] = tuple(dict.fromkeys((*targets.get(key, ()), code)))
    return _Labels(targets, max(map(len, targets)))


@lru_cache(maxsize=1)
def _stemmed_labels() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Return the codes of labels by their stems; the taxonomy's labels override those of the marché de l’inclusion, then of Hosmoz, then usual
    spellings."""
    table: dict[tuple[str, ...], tuple[str, ...]] = {}
    own = [(leaf.label, leaf.code) for leaf in taxonomy().leaves]
    written = [(row["ecrit"], row["cible"]) for row in rows("activites_ecrites")]
    for label, code in [*own, *_sectors(), *_groups(), *_hosmoz(), *written]:
        table.setdefault(stems(label), (code,))
    return table
