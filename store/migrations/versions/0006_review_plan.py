"""Several reasons for one contact, an order of work that an index knows; budgets, gold, bulk answers, promise checks"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CHILDREN = ("review_decisions", "review_leases", "review_events")


def upgrade() -> None:
    op.add_column("review_items", sa.Column("place", sa.Float(), server_default="0", nullable=False, comment=PLACE))
    op.execute("UPDATE review_items SET place = u / pi WHERE u IS NOT NULL AND pi > 0")
    _unique("uq_review_items_job_id_contact_pk_drawn", "reason")
    op.create_index("ix_review_items_work", "review_items", ["job_id", "waits_for", "reason", "place", "item"])
    op.create_index("ix_review_decisions_recorded", "review_decisions", ["recorded_at"])
    op.create_index("ix_review_decisions_by", "review_decisions", ["by"])
    _tables()


def downgrade() -> None:
    for table in ("promise_checks", "review_bulk_items", "review_bulks", "review_gold", "review_budgets"):
        op.drop_table(table)
    op.drop_index("ix_review_decisions_by", table_name="review_decisions")
    op.drop_index("ix_review_decisions_recorded", table_name="review_decisions")
    op.drop_index("ix_review_items_work", table_name="review_items")
    # one item a contact is left beside the drawn one: the older schema can hold no more
    op.execute(
        "DELETE FROM review_items WHERE NOT drawn AND item NOT IN"
        " (SELECT min(item) FROM review_items WHERE NOT drawn GROUP BY job_id, contact_pk)"
    )
    _unique("uq_review_items_job_id_contact_pk_reason", "drawn")
    op.execute("ALTER TABLE review_items DROP COLUMN place")


PLACE = "order of work: u / pi, else a hash"


def _unique(old: str, column: str) -> None:
    """Another unique constraint on the items. SQLite drops and remakes the table for it, which takes the rows that
    hang on items along: they are put by and put back."""
    remade = op.get_bind().dialect.name == "sqlite"
    for table in CHILDREN if remade else ():
        op.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")  # noqa: S608
    with op.batch_alter_table("review_items") as batch:
        batch.drop_constraint(old, type_="unique")
        batch.create_unique_constraint(f"uq_review_items_job_id_contact_pk_{column}", ["job_id", "contact_pk", column])
    for table in CHILDREN if remade else ():
        op.execute(f"DELETE FROM {table}")  # noqa: S608
        op.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")  # noqa: S608
        op.execute(f"DROP TABLE kept_{table}")


def _tables() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "review_budgets",
        sa.Column("pk", key, nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("per_day", sa.Integer(), comment="reviews a day; null: as many as there are"),
        sa.Column("drawn_share", sa.Float(), nullable=False, comment="share of a day that goes to drawn items first"),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("pk", name="pk_review_budgets"),
    )
    op.create_index("ix_review_budgets_job_id", "review_budgets", ["job_id"])
    op.create_table(
        "review_gold",
        sa.Column("pk", key, nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("contact_pk", key, nullable=False),
        sa.Column("step", sa.String(length=100), comment="null: fits no step"),
        sa.Column("outcome", sa.String(length=100)),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["contact_pk"], ["contacts.pk"], name="fk_review_gold_contact_pk", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk", name="pk_review_gold"),
    )
    op.create_index("ix_review_gold_job_contact", "review_gold", ["job_id", "contact_pk"])
    op.create_table(
        "review_bulks",
        sa.Column("bulk", sa.String(length=24), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("step", sa.String(length=100), comment="null: fits no step"),
        sa.Column("outcome", sa.String(length=100)),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("bulk", name="pk_review_bulks"),
    )
    op.create_index("ix_review_bulks_job_id", "review_bulks", ["job_id"])
    op.create_table(
        "review_bulk_items",
        sa.Column("bulk", sa.String(length=24), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column(
            "checked", sa.Boolean(), nullable=False, comment="chosen by chance for a blind check by another analyst"
        ),
        sa.ForeignKeyConstraint(["bulk"], ["review_bulks.bulk"], name="fk_review_bulk_items_bulk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["item"], ["review_items.item"], name="fk_review_bulk_items_item", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("bulk", "item", name="pk_review_bulk_items"),
    )
    op.create_index("ix_review_bulk_items_item", "review_bulk_items", ["item"])
    op.create_table(
        "promise_checks",
        sa.Column("pk", key, nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("week", sa.String(length=10), nullable=False, comment="Monday of the week in which it was checked"),
        sa.Column("checked", sa.Integer(), nullable=False, comment="kept tags of the uniform part that were reviewed"),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("max_error", sa.Float(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False, comment="holds, breach or unknown"),
        sa.Column(
            "floor", sa.Float(), comment="confidence under which tags are put aside from now on; null: no change"
        ),
        sa.Column("recorded_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("pk", name="pk_promise_checks"),
    )
    op.create_index("ix_promise_checks_job_model", "promise_checks", ["job_id", "model_id"])
