"""The first tables: records of sources, suppliers merged from them, imports."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("started", sa.DateTime(), nullable=False),
        sa.Column("finished", sa.DateTime(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("catalogue_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index(op.f("ix_import_run_source"), "import_run", ["source"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "supplier",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("siret", sa.String(), nullable=False),
        sa.Column("siren", sa.String(), nullable=False),
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("naf", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("workers", sa.Double(), nullable=True),
        sa.Column("workers_text", sa.String(), nullable=False),
        sa.Column("turnover", sa.Double(), nullable=True),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("area_codes", sa.JSON(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("updated", sa.Date(), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
    )
    op.create_index(op.f("ix_supplier_siren"), "supplier", ["siren"], unique=False)
    op.create_index(op.f("ix_supplier_siret"), "supplier", ["siret"], unique=False)
    op.create_table(
        "activity",
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_activity_supplier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("supplier_id", "position", name=op.f("pk_activity")),
    )
    op.create_table(
        "contact",
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_contact_supplier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("supplier_id", "position", name=op.f("pk_contact")),
    )
    op.create_table(
        "finess_number",
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_finess_number_supplier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("supplier_id", "number", name=op.f("pk_finess_number")),
    )
    op.create_index(op.f("ix_finess_number_number"), "finess_number", ["number"], unique=False)
    op.create_table(
        "provenance",
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_provenance_supplier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("supplier_id", "field", name=op.f("pk_provenance")),
    )
    op.create_table(
        "site",
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("post_code", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("insee", sa.String(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("approximate", sa.Boolean(), nullable=False),
        sa.Column("finess", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_site_supplier_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("supplier_id", "position", name=op.f("pk_site")),
    )
    op.create_table(
        "source_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("siret", sa.String(), nullable=False),
        sa.Column("finess", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("first_seen_run", sa.Integer(), nullable=False),
        sa.Column("last_seen_run", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["first_seen_run"], ["import_run.id"], name=op.f("fk_source_record_first_seen_run")),
        sa.ForeignKeyConstraint(["last_seen_run"], ["import_run.id"], name=op.f("fk_source_record_last_seen_run")),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["supplier.id"],
            name=op.f("fk_source_record_supplier_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_record")),
        sa.UniqueConstraint("source", "ref", name=op.f("uq_source_record_source_ref")),
    )
    op.create_index(op.f("ix_source_record_supplier_id"), "source_record", ["supplier_id"], unique=False)
    op.create_table(
        "supplier_kind",
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_supplier_kind_supplier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("supplier_id", "position", name=op.f("pk_supplier_kind")),
    )


def downgrade() -> None:
    op.drop_table("supplier_kind")
    op.drop_index(op.f("ix_source_record_supplier_id"), table_name="source_record")
    op.drop_table("source_record")
    op.drop_table("site")
    op.drop_table("provenance")
    op.drop_index(op.f("ix_finess_number_number"), table_name="finess_number")
    op.drop_table("finess_number")
    op.drop_table("contact")
    op.drop_table("activity")
    op.drop_index(op.f("ix_supplier_siret"), table_name="supplier")
    op.drop_index(op.f("ix_supplier_siren"), table_name="supplier")
    op.drop_table("supplier")
    op.drop_table("meta")
    op.drop_index(op.f("ix_import_run_source"), table_name="import_run")
    op.drop_table("import_run")
