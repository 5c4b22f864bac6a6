"""Recognises obsolete labels in names of suppliers (« atelier protégé ») and gives their present equivalent (data/reference/labels_anciens.csv)."""

from functools import lru_cache

from matcher.cleaning.words import words
from matcher.reference.tables import rows


def old_label(name: str) -> str:
    """Return the present equivalent of an obsolete label in a name, « atelier protégé : entreprise adaptée depuis 2005 »; empty for none."""
    name_words = words(name)
    for label_words, became in _labels():
        if any(name_words[at : at + len(label_words)] == label_words for at in range(len(name_words))):
            return became
    return ""


@lru_cache(maxsize=1)
def _labels() -> tuple[tuple[tuple[str, ...], str], ...]:
    return tuple(
        (words(written), f"{row['libelle']} : {row['devenu']} depuis {row['fin']}")
        for row in rows("labels_anciens")
        for written in (row["libelle"], row["aussi"])
    )
