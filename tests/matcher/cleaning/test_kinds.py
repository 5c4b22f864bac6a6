import pytest

from matcher.cleaning.kinds import KIND_UNKNOWN, clean_kinds
from matcher.domain.kinds import SupplierKind as K


@pytest.mark.parametrize(
    ("raw", "kinds"),
    [
        ("ESAT", (K.ESAT,)),
        ("E.S.A.T.", (K.ESAT,)),
        ("246", (K.ESAT,)),
        ("247", (K.EA,)),
        ("Entreprise adaptée", (K.EA,)),
        ("Entreprise Adaptée Travail Temporaire", (K.EATT,)),
        ("Entreprise adaptée de travail temporaire (EATT)", (K.EATT,)),
        ("Atelier chantier d'insertion (ACI)", (K.ACI,)),
        ("Atelier et chantier d’insertion", (K.ACI,)),
        ("Etablissement et service d'aide par le travail (ESAT)", (K.ESAT,)),
        ("Entreprise de travail temporaire d'insertion", (K.ETTI,)),
        ("Entreprise d'insertion par le travail indépendant", (K.EITI,)),
        ("ESAT / EA", (K.EA, K.ESAT)),
        ("EI, ACI", (K.EI, K.ACI)),
        ("Entreprise d'insertion et association intermédiaire", (K.EI, K.AI)),
        ("ETTI|GEIQ", (K.ETTI, K.GEIQ)),
    ],
)
def test_labels_of_every_directory(raw: str, kinds: tuple[K, ...]) -> None:
    assert clean_kinds(raw) == (kinds, "")


def test_every_kind_is_known_by_code_and_label() -> None:
    for kind in K:
        assert clean_kinds(kind.value).value == (kind,)
        assert clean_kinds(kind.label).value == (kind,)


def test_unknown_is_flagged_and_empty_is_not() -> None:
    assert clean_kinds("Ludothèque") == (None, KIND_UNKNOWN)
    assert clean_kinds("") == (None, "")
