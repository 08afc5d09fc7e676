"""Taxonomy gaps: groups of contacts that fit no step, and proposals for them"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _key() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _belongs(table: str, name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [to], name=op.f(f"fk_{table}_{name}"), ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "gap_runs",
        sa.Column("pk", _key(), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("encoder", sa.String(length=200), nullable=False),
        sa.Column("decided", sa.Integer(), nullable=False, comment="contacts that an analyst said fit no step"),
        sa.Column(
            "novel", sa.Integer(), nullable=False, comment="others that the model finds strange, or fitting no step"
        ),
        sa.Column("alone", sa.Integer(), nullable=False, comment="of both, those in no group"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_gap_runs")),
    )
    with op.batch_alter_table("gap_runs", schema=None) as batch_op:
        batch_op.create_index("ix_gap_runs_job_made", ["job_id", "made_at"], unique=False)
    op.create_table(
        "gap_clusters",
        sa.Column("pk", _key(), nullable=False),
        sa.Column("run", _key(), nullable=False),
        sa.Column("gap", sa.String(length=20), nullable=False, comment="the name that a group keeps from run to run"),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.Column("share", sa.JSON(), nullable=False, comment="an estimate: its share of all contacts"),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("centre", sa.LargeBinary(), nullable=False, comment="float32, length 1"),
        _belongs("gap_clusters", "run", "gap_runs.pk"),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_gap_clusters")),
        sa.UniqueConstraint("run", "gap", name=op.f("uq_gap_clusters_run_gap")),
    )
    op.create_table(
        "gap_members",
        sa.Column("pk", _key(), nullable=False),
        sa.Column("cluster", _key(), nullable=False),
        sa.Column("contact_pk", _key(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, comment="0: nearest to the centre"),
        sa.Column("turn", sa.Integer(), nullable=False, comment="number of the customer's most telling turn"),
        _belongs("gap_members", "cluster", "gap_clusters.pk"),
        _belongs("gap_members", "contact_pk", "contacts.pk"),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_gap_members")),
        sa.UniqueConstraint("cluster", "contact_pk", name=op.f("uq_gap_members_cluster_contact_pk")),
    )
    with op.batch_alter_table("gap_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gap_members_contact_pk"), ["contact_pk"], unique=False)
    op.create_table(
        "gap_proposals",
        sa.Column("pk", _key(), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("proposal", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="0 proposed, 1 approved or rejected"),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="proposed, approved or rejected"),
        sa.Column("content", sa.JSON(), nullable=False, comment="the outcome, or the new version with its diff"),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_gap_proposals")),
        sa.UniqueConstraint("job_id", "proposal", "number", name=op.f("uq_gap_proposals_job_id_proposal_number")),
    )


def downgrade() -> None:
    for table in ("gap_proposals", "gap_members", "gap_clusters", "gap_runs"):
        op.drop_table(table)
