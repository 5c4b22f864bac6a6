import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.list_names import NAMELESS, list_name


@pytest.mark.parametrize(
    "stem",
    [
        "Fédération EA",
        "federation-ea_2026-11",
        "federation_ea_20261125",
        "Fédération EA 25.11.2026",
        "Federation EA novembre 2026",
        "federation ea - 2026 T3",
        "Fédération EA v2",
        "Fédération EA v1.2 (3)",
        "Copie de Fédération EA",
        "Fédération EA - Copie (2)",
        "FEDERATION_EA_202611_def",
        "Fédération EA_nov",
    ],
)
def test_the_next_file_of_a_list_is_the_same_list(stem: str) -> None:
    assert list_name(stem) == "federation-ea"


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("esat_62", "esat-62"),
        ("esat_59_2026-11", "esat-59"),
        ("2026_esat_62", "esat-62"),
        ("marché Mars-la-Tour", "marche-mars-la-tour"),
        ("panneau T3", "panneau-t3"),
        ("2026-11", NAMELESS),
        ("été", "ete"),
        ("…", NAMELESS),
    ],
)
def test_what_tells_two_lists_apart_stays(stem: str, name: str) -> None:
    assert list_name(stem) == name


@given(st.text(max_size=40))
def test_a_name_is_plain_and_its_own_name(stem: str) -> None:
    name = list_name(stem)
    assert name
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert list_name(name) == name
