from __future__ import annotations

from pathlib import Path

from evals.claims import claims_bench
from flows.claims_desk import QueueDesk, fill_queue
from store.session import Database


def test_analysts_at_once_lose_nothing_and_settle_what_they_disagree_on(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'claims.db'}")
    database.upgrade()
    fill_queue(database, number=60, items=40)
    found = claims_bench(QueueDesk(database), claimers=4, say=lambda _line: None)
    database.engine.dispose()
    assert found["failures"] == []
    assert (found["items"], found["decided_twice"], found["lost"], found["held_twice"]) == (40, 0, 0, 0)
    assert found["decisions"] > 40
