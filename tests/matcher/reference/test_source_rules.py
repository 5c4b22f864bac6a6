"""Rules of sources: every source has its line, and a team's own lines stand in the place of those that are shipped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from matcher.catalogue.identity.trust import SOURCES
from matcher.reference import source_rules as module
from matcher.reference.source_rules import SourceRulesRefused, Use, allows_use, source_rules

HEADER = "cle;rythme_jours;raison_rythme;interne;export;publication;raison_droits;mention\n"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "sources.csv"
    monkeypatch.setattr(module, "source_rules_file", lambda: path)
    source_rules.cache_clear()
    yield path
    source_rules.cache_clear()


def test_every_source_has_its_rules_and_a_reason_for_each() -> None:
    rules = source_rules()
    assert rules.keys() == set(SOURCES)
    assert all(each.rights for each in rules.values())
    assert all(each.rhythm for key, each in rules.items() if key != "equipe")
    assert all(each.uses[Use.INSIDE] for each in rules.values()), "what may not be shown is not imported"
    assert all(each.uses[Use.EXPORT] or not each.uses[Use.PUBLISH] for each in rules.values())
    assert all(each.mention for each in rules.values() if each.uses[Use.PUBLISH] and each.key != "equipe")


def test_a_team_writes_what_a_publisher_has_agreed_to(own: Path) -> None:
    assert not allows_use("hosmoz", Use.EXPORT)
    own.write_text(
        f"{HEADER}hosmoz;365;accord annuel;oui;oui;non;accord écrit du 3 mars 2026;Hosmoz\n", encoding="utf-8"
    )
    source_rules.cache_clear()
    assert (allows_use("hosmoz", Use.EXPORT), source_rules()["hosmoz"].days) == (True, 365)
    assert allows_use("finess", Use.PUBLISH)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("cle;export\nhosmoz;oui\n", "ligne 2 : colonne « rythme_jours » absente"),
        (f"{HEADER}gesat;;;oui;oui;oui;;\n", "ligne 2, colonne « cle » : « gesat » n’est pas une source"),
        (f"{HEADER}hosmoz;;;oui;peut-être;non;;\n", "ligne 2, colonne « export » : écrivez « oui » ou « non »"),
        (f"{HEADER}hosmoz;souvent;;oui;oui;non;;\n", "ligne 2, colonne « rythme_jours » : écrivez un nombre de jours"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(content: str, said: str, own: Path) -> None:
    own.write_text(content, encoding="utf-8")
    with pytest.raises(SourceRulesRefused, match=said):
        source_rules()


def test_a_file_of_another_encoding_says_so(own: Path) -> None:
    own.write_bytes(f"{HEADER}hosmoz;;é;oui;oui;non;;\n".encode("cp1252"))
    with pytest.raises(SourceRulesRefused, match="n’est pas en UTF-8"):
        source_rules()
