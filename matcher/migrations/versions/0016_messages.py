"""Messages to be sent, with their state, and the hashes of the secret links that they carry."""

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


def downgrade() -> None:
    op.drop_index(op.f("ix_message_link_holder"), table_name="message_link")
    op.drop_table("message_link")
    op.drop_index(op.f("ix_message_state"), table_name="message")
    op.drop_index(op.f("ix_message_holder"), table_name="message")
    op.drop_index(op.f("ix_message_batch"), table_name="message")
    op.drop_table("message")
