"""A small review queue made by hand, for tests that work through it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from store.tables import contacts, review_items, transcripts

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
JOB = "j"


def add_items(session: Session, count: int, *, drawn: bool = True) -> list[str]:
    """Items item-000, item-001, ... in their order of work."""
    base = {"source": "s", "content_hash": "h", "segment": {}, "circumstance": {}, "u": 0.1, "ingested_at": NOW}
    session.execute(insert(contacts), [{"pk": n + 1, "contact_id": f"c-{n}", **base} for n in range(count)])
    session.execute(
        insert(transcripts),
        [{"contact_pk": n + 1, "turns": [["customer", "hello", None]], "extra": {}} for n in range(count)],
    )
    head = {"job_id": JOB, "job_version": "1", "model_id": "m", "reason": "drawn" if drawn else "unsure"}
    rows = [
        {
            "item": f"item-{n:03}",
            "contact_pk": n + 1,
            "drawn": drawn,
            "place": (n + 1) / count if drawn else 0.0,
            "u": (n + 1) / (2 * count) if drawn else None,
            "pi": 0.5 if drawn else None,
            "policy": "p",
            "suggested": {"step": "a", "outcome": None, "steps": {}},
            "created_at": NOW,
            **head,
        }
        for n in range(count)
    ]
    session.execute(insert(review_items), rows)
    return [row["item"] for row in rows]
