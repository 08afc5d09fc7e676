"""Who did what: a log that only grows"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEPT = "the audit log only grows"

SQLITE = (
    f"CREATE TRIGGER audit_events_kept BEFORE UPDATE ON audit_events BEGIN SELECT RAISE(ABORT, '{KEPT}'); END",
    f"CREATE TRIGGER audit_events_stay BEFORE DELETE ON audit_events BEGIN SELECT RAISE(ABORT, '{KEPT}'); END",
    "CREATE TRIGGER audit_head_grows BEFORE UPDATE ON audit_head WHEN NEW.number < OLD.number OR NEW.pk <> OLD.pk "
    f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END",
    f"CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, '{KEPT}'); END",
)
POSTGRESQL = (
    f"CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{KEPT}'; END $$",
    "CREATE TRIGGER audit_events_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_kept()",
    "CREATE TRIGGER audit_head_grows BEFORE UPDATE ON audit_head FOR EACH ROW "
    "WHEN (NEW.number < OLD.number OR NEW.pk <> OLD.pk) EXECUTE FUNCTION audit_kept()",
    "CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_kept()",
)


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit_events",
        sa.Column("number", key, autoincrement=False, nullable=False, comment="1, 2, 3 ... without a gap"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column(
            "object",
            sa.String(length=300),
            nullable=False,
            comment="kind/id; contacts by row number, which says nothing alone",
        ),
        sa.Column("detail", sa.Text(), nullable=False, comment="canonical JSON"),
        sa.Column("previous", sa.String(length=64), nullable=False, comment="hash of the row before"),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_events_hash")),
    )
    op.create_index("ix_audit_events_at", "audit_events", ["at"])
    op.create_index("ix_audit_events_object", "audit_events", ["object"])
    head = op.create_table(
        "audit_head",
        sa.Column("pk", sa.Integer(), autoincrement=False, nullable=False, comment="always 1"),
        sa.Column("number", key, nullable=False, comment="number of the last row"),
        sa.Column("hash", sa.String(length=64), nullable=False, comment="its hash"),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"pk": 1, "number": 0, "hash": "0" * 64}])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit_head")
    op.drop_table("audit_events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_kept()")
