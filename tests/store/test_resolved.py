from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import select

from alignment.resolution import LONG_WINDOW_DAYS, first_contact_resolution
from flows.workspace import Workspace
from store import resolved
from store.resolved import HISTORY, read_resolved
from store.session import Database
from store.settings import Settings
from store.tables import contacts
from tests.flows.measured_history import JOB, History


@pytest.fixture
def history(tmp_path: Path, database: Database) -> History:
    settings = Settings(home=tmp_path, database_url=database.engine.url.render_as_string(hide_password=False))
    made = History(Workspace(settings, JOB), np.random.default_rng(3))
    for _ in range(8):
        made.late()
    return made


def test_worked_out_customer_by_customer_it_is_what_all_contacts_together_give(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolved, "ROWS", 10)
    monkeypatch.setattr(resolved, "CUSTOMERS", 4)
    with history.workspace.database.session() as session:
        columns = [contacts.c[name] for name in HISTORY]
        rows = [tuple(row) for row in session.execute(select(*columns))]
        frame = pd.DataFrame(rows, columns=["pk", "contact", *HISTORY[2:]])
        everybody = read_resolved(session, JOB, as_of=history.now, customers=None)
        asked = read_resolved(session, JOB, as_of=history.now, customers=[*frame["customer"], None])
    for number, days in enumerate((JOB.friction.fcr.window_days, LONG_WINDOW_DAYS)):
        wanted = first_contact_resolution(frame, window_days=days, as_of=history.now).to_numpy()
        assert np.isfinite(wanted).any()
        for found in (everybody, asked):
            np.testing.assert_array_equal(found.of(frame["pk"])[number], wanted)


def test_a_contact_that_nobody_asked_about_is_not_known(history: History) -> None:
    with history.workspace.database.session() as session:
        none = read_resolved(session, JOB, as_of=history.now, customers=[])
        some = read_resolved(session, JOB, as_of=history.now, customers=None)
    assert np.isnan(none.of(pd.Series([1, 2]))).all()
    assert np.isnan(some.of(pd.Series([0, 10_000]))).all()
