"""Runs that say they live, leases of stages, files that were read"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "stage_runs",
        sa.Column(
            "process",
            sa.String(length=200),
            nullable=True,
            comment="machine, process and its start, so that its death can be seen",
        ),
    )
    op.add_column(
        "stage_runs",
        sa.Column("beat_at", store.columns.Utc(), nullable=True, comment="when the run last said that it lives"),
    )
    op.create_index("ix_stage_runs_job_id_stage", "stage_runs", ["job_id", "stage"])
    op.create_table(
        "stage_leases",
        sa.Column("name", sa.String(length=200), nullable=False, comment="stage:job"),
        sa.Column("token", sa.Integer(), nullable=False, comment="one more with each holder"),
        sa.Column("run_id", sa.String(length=64), nullable=True, comment="null: nobody holds it"),
        sa.Column("process", sa.String(length=200), nullable=True),
        sa.Column("taken_at", store.columns.Utc(), nullable=False),
        sa.Column("beat_at", store.columns.Utc(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_stage_leases")),
    )
    op.create_table(
        "pulled_files",
        sa.Column("pk", KEY, nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False, comment="size and time of the last change"),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("pulled_at", store.columns.Utc(), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_pulled_files")),
        sa.UniqueConstraint(
            "job_id",
            "kind",
            "source",
            "path",
            "fingerprint",
            name=op.f("uq_pulled_files_job_id_kind_source_path_fingerprint"),
        ),
    )


def downgrade() -> None:
    op.drop_table("pulled_files")
    op.drop_table("stage_leases")
    op.drop_index("ix_stage_runs_job_id_stage", table_name="stage_runs")
    with op.batch_alter_table("stage_runs", schema=None) as batch_op:
        batch_op.drop_column("beat_at")
        batch_op.drop_column("process")
