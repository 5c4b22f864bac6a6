"""Hours of insertion by contract: those of a dossier are of its only lot, where it has one; its list says each contract.

There is no way back from what the former version cannot hold: hours of another lot than the first, corrected, or moved.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_HOURS = ("promettre-heures", "noter-heures", "retirer-heures")
_NEW = ("corriger-heures", "rattacher-heures")  # actions that the former version does not know
_DOSSIER = sa.table(
    "dossier",
    *(sa.column("id", sa.Integer), sa.column("title", sa.String), sa.column("buyer", sa.String)),
    sa.column("summary", sa.JSON),
)
_EVENT = sa.table(
    "dossier_event",
    *(sa.column("dossier_id", sa.Integer), sa.column("number", sa.Integer), sa.column("action", sa.String)),
    sa.column("data", sa.JSON),
)


def upgrade() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(_DOSSIER)).all():
        # The number of the lot of a dossier that never had another, and had it before any hours; 0 where there is none.
        changes = _events(connection, row.id, ("ajouter-lot", "retirer-lot", *_HOURS), _EVENT.c.action)
        first, *others = [change.action for change in changes] or [""]
        lot = int(first == "ajouter-lot" and not {"ajouter-lot", "retirer-lot"}.intersection(others))
        if "contract" in row.summary:
            summary = {name: its for name, its in row.summary.items() if name != "contract"}
            summary["contracts"] = [{**row.summary["contract"], "lot": lot, "title": row.title, "client": row.buyer}]
            connection.execute(sa.update(_DOSSIER).where(_DOSSIER.c.id == row.id).values(summary=summary))
        for event in _events(connection, row.id, _HOURS, _EVENT.c.number, _EVENT.c.data) if lot else ():
            value = (_EVENT.c.dossier_id == row.id) & (_EVENT.c.number == event.number)
            connection.execute(sa.update(_EVENT).where(value).values(data={"lot": lot, **event.data}))


def downgrade() -> None:
    connection = op.get_bind()
    wanted = _EVENT.c.action.in_((*_HOURS, *_NEW))
    events = connection.execute(sa.select(_EVENT.c.dossier_id, _EVENT.c.action, _EVENT.c.data).where(wanted))
    # The dossiers whose hours the former version cannot hold.
    if lost := sorted({event.dossier_id for event in events if event.action in _NEW or event.data.get("lot", 0) > 1}):
        raise CommandError(
            f"Le retour à la version précédente perdrait des heures d’insertion (dossiers {', '.join(map(str, lost))}) : elle ne suit qu’un contrat "
            "par dossier, sans correction. Rien n’a été changé ; gardez cette version, ou reprenez une sauvegarde faite avant elle."
        )
    for row in connection.execute(sa.select(_DOSSIER.c.id, _DOSSIER.c.summary)).all():
        if contracts := row.summary.get("contracts"):
            summary = {name: its for name, its in row.summary.items() if name != "contracts"}
            summary["contract"] = {name: contracts[0][name] for name in ("areas", "hours") if name in contracts[0]}
            connection.execute(sa.update(_DOSSIER).where(_DOSSIER.c.id == row.id).values(summary=summary))


def _events(
    connection: sa.Connection, dossier: int, actions: tuple[str, ...], *columns: sa.ColumnClause[Any]
) -> list[Any]:
    wanted = (_EVENT.c.dossier_id == dossier) & _EVENT.c.action.in_(actions)
    return list(connection.execute(sa.select(*columns).where(wanted).order_by(_EVENT.c.number)))
