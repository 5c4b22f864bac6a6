"""Messages to be sent, with their state, and the hashes of the links that they carry; campaigns, whom they ask, and the answers."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("queued", sa.DateTime(), nullable=False),
        sa.Column("changed", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("token", name=op.f("uq_message_token")),
    )
    op.create_index(op.f("ix_message_batch"), "message", ["batch"], unique=False)
    op.create_index(op.f("ix_message_holder"), "message", ["holder"], unique=False)
    op.create_index(op.f("ix_message_state"), "message", ["state"], unique=False)
    op.create_table(
        "message_link",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("holder", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("revoked", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_message_link")),
    )
    op.create_index(op.f("ix_message_link_holder"), "message_link", ["holder"], unique=False)
    op.add_column("correction", sa.Column("source", sa.String(), server_default="equipe", nullable=False))
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("lot", sa.Integer(), nullable=True),
        sa.Column("trades", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("followed", sa.DateTime(), nullable=True),
        sa.Column("revoked", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_campaign_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index(op.f("ix_campaign_dossier_id"), "campaign", ["dossier_id"], unique=False)
    op.create_table(
        "campaign_asked",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("left_out", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_asked_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_asked")),
    )
    op.create_index(op.f("ix_campaign_asked_campaign_id"), "campaign_asked", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_campaign_asked_supplier_id"), "campaign_asked", ["supplier_id"], unique=False)
    op.create_table(
        "campaign_answer",
        sa.Column("asked_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["asked_id"], ["campaign_asked.id"], name=op.f("fk_campaign_answer_asked_id")),
        sa.PrimaryKeyConstraint("asked_id", name=op.f("pk_campaign_answer")),
    )


def downgrade() -> None:
    op.drop_table("campaign_answer")
    op.drop_index(op.f("ix_campaign_asked_supplier_id"), table_name="campaign_asked")
    op.drop_index(op.f("ix_campaign_asked_campaign_id"), table_name="campaign_asked")
    op.drop_table("campaign_asked")
    op.drop_index(op.f("ix_campaign_dossier_id"), table_name="campaign")
    op.drop_table("campaign")
    op.drop_column("correction", "source")
    op.drop_index(op.f("ix_message_link_holder"), table_name="message_link")
    op.drop_table("message_link")
    op.drop_index(op.f("ix_message_state"), table_name="message")
    op.drop_index(op.f("ix_message_holder"), table_name="message")
    op.drop_index(op.f("ix_message_batch"), table_name="message")
    op.drop_table("message")
