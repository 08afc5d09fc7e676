"""SQLite's INSERT OR REPLACE deletes without the triggers of DELETE: the audit log refuses the insert"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KEPT = "the audit log only grows"

TRIGGERS = {
    # a row gives way to a new one of its number, and to one of its hash, which is unique too
    "audit_events_fresh": "BEFORE INSERT ON audit_events WHEN EXISTS "
    "(SELECT 1 FROM audit_events WHERE number = NEW.number OR hash = NEW.hash)",
    # what an update may do, a replacement may: go on
    "audit_head_fresh": "BEFORE INSERT ON audit_head WHEN EXISTS "
    "(SELECT 1 FROM audit_head WHERE NEW.number < number OR NEW.pk <> pk)",
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":  # elsewhere nothing replaces rows but UPDATE and DELETE
        return
    for name, when in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{KEPT}'); END")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
