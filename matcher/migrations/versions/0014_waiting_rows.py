"""A record may wait without being a supplier: nothing ties it to one any more, and suppliers without an inclusive kind are none."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TIE = "fk_source_record_supplier_id"


def upgrade() -> None:
    _set_aside()
    with op.batch_alter_table("source_record") as batch:
        batch.drop_constraint(op.f(_TIE), type_="foreignkey")
    _put_back()
    op.execute("DELETE FROM supplier WHERE id NOT IN (SELECT supplier_id FROM supplier_kind)")


def downgrade() -> None:
    """Records that wait leave: the former tables have no place for them."""
    op.execute("DELETE FROM source_record WHERE supplier_id NOT IN (SELECT id FROM supplier)")
    op.execute("DELETE FROM decision WHERE verdict = 'left_out'")
    _set_aside()
    with op.batch_alter_table("source_record") as batch:
        batch.create_foreign_key(op.f(_TIE), "supplier", ["supplier_id"], ["id"], deferrable=True, initially="DEFERRED")
    _put_back()


def _set_aside() -> None:
    """Copy what hangs on `source_record`: SQLite makes that table anew, and it would go with the old one."""
    op.execute("CREATE TABLE record_before_kept AS SELECT * FROM record_before")


def _put_back() -> None:
    op.execute("DELETE FROM record_before")
    op.execute("INSERT INTO record_before SELECT * FROM record_before_kept")
    op.drop_table("record_before_kept")
