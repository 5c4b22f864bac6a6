"""Recognition of kinds of inclusive suppliers (ESAT, EA, EI…) from the acronyms, labels and codes that directories write."""

from functools import lru_cache

from matcher.cleaning import Cleaned
from matcher.cleaning.names import name_key
from matcher.domain.kinds import SupplierKind as K

KIND_UNKNOWN = "type de structure inconnu"

# Phrase normalised by `name_key` → kind. 246 and 247 are FINESS categories.
_PHRASES: dict[str, K] = {
    **{kind.value.lower(): kind for kind in K},
    **{name_key(kind.label): kind for kind in K},
    "246": K.ESAT, "247": K.EA, "a c i": K.ACI, "a i": K.AI, "association intermediaire": K.AI, "associations intermediaires": K.AI,
    "atelier chantier d insertion": K.ACI, "atelier et chantier d insertion": K.ACI, "atelier protege": K.EA,
    "ateliers chantiers d insertion": K.ACI, "ateliers et chantiers d insertion": K.ACI, "c a t": K.ESAT, "cat": K.ESAT,
    "centre d aide par le travail": K.ESAT, "chantier d insertion": K.ACI, "e a": K.EA, "e a t t": K.EATT, "e i": K.EI, "e s a t": K.ESAT,
    "e t t i": K.ETTI, "entreprise adaptee": K.EA, "entreprise adaptee de travail temporaire": K.EATT,
    "entreprise adaptee travail temporaire": K.EATT, "entreprise d insertion": K.EI, "entreprise d insertion par le travail independant": K.EITI,
    "entreprise de l economie sociale et solidaire": K.ESS, "entreprise de travail temporaire d insertion": K.ETTI,
    "entreprise temporaire de travail d insertion": K.ETTI, "entreprise de travail temporaire d insertion par l activite economique": K.ETTI,
    "entreprises adaptees": K.EA, "entreprises adaptees de travail temporaire": K.EATT, "entreprises d insertion": K.EI,
    "etablissement et service d accompagnement par le travail": K.ESAT, "etablissement et service d aide par le travail": K.ESAT,
    "etablissement ou service d aide par le travail": K.ESAT, "etablissement d aide par le travail": K.ESAT,
    "etablissements et services d aide par le travail": K.ESAT, "etablissements et services d accompagnement par le travail": K.ESAT,
    "groupement d employeurs pour l insertion et la qualification": K.GEIQ, "produits et services realises en prison": K.SEP,
    "structure en etablissement penitentiaire": K.SEP, "travailleur independant handicape": K.TIH,
    "travailleur independant en situation de handicap": K.TIH,
}  # fmt: skip
_LINKS = frozenset({"et", "ou", "code", "categorie", "type", "un", "une", "les", "ex"})
_LONGEST = max(len(phrase.split()) for phrase in _PHRASES)
_ORDER = {kind: rank for rank, kind in enumerate(K)}


@lru_cache(maxsize=1024)
def clean_kinds(raw: str) -> Cleaned[tuple[K, ...]]:
    """Return all kinds named in `raw` (« ESAT / EA », « Atelier chantier d'insertion (ACI) »), in the order of the enum. None where none is
    recognised, flagged where a word was not understood."""
    words = name_key(raw).split()
    supplier_kinds: set[K] = set()
    unknown = False
    while words:
        for used in range(min(_LONGEST, len(words)), 0, -1):
            if kind := _PHRASES.get(" ".join(words[:used])):
                supplier_kinds.add(kind)
                break
        else:
            used = 1
            unknown = unknown or words[0] not in _LINKS
        words = words[used:]
    kinds = tuple(sorted(supplier_kinds, key=_ORDER.__getitem__))
    return Cleaned(kinds or None, KIND_UNKNOWN if unknown and not kinds else "")
