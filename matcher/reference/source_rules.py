"""Rules of each data source: how often to fetch it again, whether its data may be used inside, exported or published, and the credit to show.

The shipped table is `data/reference/sources.csv`; a file of the same columns in the user's data folder (settings.source_rules_file)
overrides it by source, for instance once a publisher has agreed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from matcher.reference.tables import read_rows, rows
from matcher.settings import source_rules_file

_YES_OR_NO = {"oui": True, "non": False}
COLUMNS = ("cle", "rythme_jours", "raison_rythme", "interne", "export", "publication", "raison_droits", "mention")


class SourceRulesRefused(Exception):
    """A file of rules that cannot be used. The message is French, names the file, the line and the column."""


class Use(StrEnum):
    """Use of the data of a source, under the name of its column."""

    INSIDE = "interne"
    EXPORT = "export"
    PUBLISH = "publication"


@dataclass(frozen=True, slots=True)
class SourceRules:
    """Rules of one source. `days`: interval between fetches, None if no command fetches it; `rhythm`: its reason; `uses`: allowed uses;
    `rights`: why; `mention`: credit to show with its data, empty for none."""

    key: str
    days: int | None
    rhythm: str
    uses: Mapping[Use, bool]
    rights: str
    mention: str


@lru_cache(maxsize=1)
def source_rules() -> Mapping[str, SourceRules]:
    """Return the rules of each source by its key. Raises SourceRulesRefused for an invalid file of the user."""
    rules_by_source = {row["cle"]: _rules(row, "") for row in rows("sources")}
    path = source_rules_file()
    if path.exists():
        try:
            own = read_rows(path)
        except UnicodeDecodeError as error:
            raise SourceRulesRefused(f"« {path.name} » n’est pas en UTF-8 : enregistrez-le en CSV UTF-8.") from error
        for line, row in enumerate(own, 2):
            where = f"« {path.name} », ligne {line}"
            if lacking := [name for name in COLUMNS if row.get(name) is None]:
                raise SourceRulesRefused(
                    f"{where} : colonne « {lacking[0]} » absente. Recopiez la première ligne de data/reference/sources.csv."
                )
            if row["cle"] not in rules_by_source:
                raise SourceRulesRefused(
                    f"{where}, colonne « cle » : « {row['cle']} » n’est pas une source ({', '.join(rules_by_source)})."
                )
            rules_by_source[row["cle"]] = _rules(row, where)
    return rules_by_source


def allows_use(source: str, use: Use) -> bool:
    """Return whether a source allows a use. Raises LookupError for an unknown source."""
    return source_rules()[source].uses[use]


def _rules(row: Mapping[str, str], where: str) -> SourceRules:
    uses = {}
    for use in Use:
        if row[use] not in _YES_OR_NO:
            raise SourceRulesRefused(f"{where}, colonne « {use} » : écrivez « oui » ou « non », pas « {row[use]} ».")
        uses[use] = _YES_OR_NO[row[use]]
    days = row["rythme_jours"]
    if days and not (days.isascii() and days.isdigit() and int(days)):
        raise SourceRulesRefused(f"{where}, colonne « rythme_jours » : écrivez un nombre de jours, pas « {days} ».")
    return SourceRules(
        row["cle"], int(days) if days else None, row["raison_rythme"], uses, row["raison_droits"], row["mention"]
    )
