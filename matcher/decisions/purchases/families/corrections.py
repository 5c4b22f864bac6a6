"""Stores an organisation's corrections of families (groups of similar purchase needs), reused for later sheets; caches a sheet's groups."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, Engine, UniqueConstraint, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from matcher.db import reading, writing
from matcher.decisions.purchases.families.compute import NeedGroup, NeedLine, WrittenNeed, grouped_needs, written_needs
from matcher.erasure import Holding
from matcher.jobs.resume import LineAnswers, name_of
from matcher.ownership import OrganisationId, OwnedRow, owned_by
from matcher.rows import Base, chunks, table_of
from matcher.typed_values import convert_value


class NeedFamilyRow(OwnedRow, Base):
    """Table of corrections: a need as written by an organisation, and its family. `key`: normalised need (`WrittenNeed.key`)."""

    __tablename__ = "need_family"
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)
    holding = Holding("familles de besoins d’une organisation : l’objet de lignes d’achats", whole=True)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    objet: Mapped[str]
    cpv: Mapped[str]
    family: Mapped[str]


_ROWS = table_of(NeedFamilyRow)


def load_families(engine: Engine, owner: OrganisationId) -> dict[WrittenNeed, str]:
    """Return the family names given by an organisation, by need."""
    with reading(engine) as connection:
        columns = (_ROWS.c.objet, _ROWS.c.cpv, _ROWS.c.family)
        rows = connection.execute(select(*columns).where(owned_by(_ROWS, owner)).order_by(_ROWS.c.id)).all()
    return {WrittenNeed(row.objet, row.cpv): row.family for row in rows}


def keep_families(engine: Engine, owner: OrganisationId, families_told: Mapping[WrittenNeed, str]) -> None:
    """Store the families of needs, replacing those of the same needs."""
    by_key = {its.key: (its, family) for its, family in families_told.items()}
    with writing(engine) as connection:
        _delete(connection, owner, by_key)
        for part in chunks(by_key.items()):
            rows = [{"key": key, "objet": its.objet, "cpv": its.cpv, "family": family} for key, (its, family) in part]
            connection.execute(insert(_ROWS), [{**row, "organisation_id": owner} for row in rows])


def forget_families(engine: Engine, owner: OrganisationId, needs: Iterable[WrittenNeed]) -> None:
    """Delete the corrections of needs with the same keys: their families are proposed again."""
    with writing(engine) as connection:
        _delete(connection, owner, {its.key for its in needs})


def _delete(connection: Connection, owner: OrganisationId, keys: Iterable[str]) -> None:
    for part in chunks(sorted(keys)):
        connection.execute(delete(_ROWS).where(owned_by(_ROWS, owner), _ROWS.c.key.in_(part)))


# Version of the stored groups: incremented, they are computed again.
_FORM = 2
KEPT_GROUPS = "familles"


def kept_groups(
    lines: Sequence[NeedLine], settled: Mapping[WrittenNeed, str], answers: LineAnswers
) -> tuple[NeedGroup, ...]:
    """Return the groups of the needs of lines, cached in `answers` while needs and corrections do not change. Raises FamiliesRefused."""
    needs = written_needs(lines)
    of = name_of(_FORM, sorted(needs), sorted(map(str, settled.items())))
    saved = answers.held.get(KEPT_GROUPS)
    if saved is not None and saved["of"] == of:
        return convert_value(saved["groups"], tuple[NeedGroup, ...])
    groups = grouped_needs(needs, settled)
    answers.keep(KEPT_GROUPS, {"of": of, "groups": msgspec.to_builtins(groups)})
    return groups
