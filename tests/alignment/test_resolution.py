from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from alignment.resolution import first_contact_resolution, immature

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATE = START + timedelta(days=90)


def contacts(*rows: tuple[str, str | None, float | None], abandoned: tuple[str, ...] = ()) -> pd.DataFrame:
    """(contact, customer, day it starts on); each lasts an hour."""
    starts = [START + timedelta(days=day) if day is not None else None for _, _, day in rows]
    return pd.DataFrame(
        {
            "contact": [contact for contact, _, _ in rows],
            "customer": [customer for _, customer, _ in rows],
            "started_at": starts,
            "ended_at": [start + timedelta(hours=1) if start else None for start in starts],
            "abandoned": [True if contact in abandoned else None for contact, _, _ in rows],
        }
    )


def resolved(frame: pd.DataFrame, days: float = 7, as_of: datetime = LATE) -> dict[str, float]:
    values = first_contact_resolution(frame, window_days=days, as_of=as_of)
    return dict(zip(frame["contact"], values, strict=True))


def test_the_first_of_a_chain_with_a_repeat_is_not_resolved_and_the_rest_is_not_asked():
    values = resolved(contacts(("a", "u", 0), ("b", "u", 3), ("c", "u", 9), ("d", "v", 0)))
    assert values["a"] == 0
    assert np.isnan(values["b"])
    assert np.isnan(values["c"])  # six days after b ended: still the same chain
    assert values["d"] == 1


def test_after_a_quiet_window_a_new_chain_begins():
    values = resolved(contacts(("a", "u", 0), ("b", "u", 8)))
    assert (values["a"], values["b"]) == (1, 1)


def test_the_window_counts_from_the_end_and_includes_its_last_moment():
    at_the_edge = 7 + 1 / 24
    assert resolved(contacts(("a", "u", 0), ("b", "u", at_the_edge)))["a"] == 0
    assert resolved(contacts(("a", "u", 0), ("b", "u", at_the_edge + 0.01)))["a"] == 1


def test_a_longer_window_sees_more_repeats():
    frame = contacts(("a", "u", 0), ("b", "u", 20))
    assert resolved(frame, 7)["a"] == 1
    assert resolved(frame, 30)["a"] == 0


def test_an_abandoned_contact_is_not_resolved():
    assert resolved(contacts(("a", "u", 0), abandoned=("a",)))["a"] == 0


def test_a_window_still_open_is_not_counted_even_after_a_repeat():
    frame = contacts(("a", "u", 0), ("b", "u", 2), ("c", "v", 0))
    as_of = START + timedelta(days=5)
    assert all(np.isnan(value) for value in resolved(frame, as_of=as_of).values())
    assert immature(frame, window_days=7, as_of=as_of) == 3


def test_what_happened_after_as_of_is_not_known():
    frame = contacts(("a", "u", 0), ("b", "u", 5))
    values = resolved(frame, 2, START + timedelta(days=3))
    assert values["a"] == 1
    assert np.isnan(values["b"])


def test_contacts_without_customer_or_date_are_not_asked():
    values = resolved(contacts(("a", None, 0), ("b", "u", None), ("c", "u", 1)))
    assert np.isnan(values["a"])
    assert np.isnan(values["b"])
    assert values["c"] == 1


def test_no_dates_at_all_give_no_values():
    frame = contacts(("a", None, None), ("b", None, None))
    assert first_contact_resolution(frame, window_days=7, as_of=LATE).isna().all()


def test_a_contact_begun_before_the_first_had_ended_is_a_repeat():
    frame = contacts(("a", "u", 0), ("b", "u", 0.01))
    assert resolved(frame)["a"] == 0


def test_the_order_of_rows_changes_nothing():
    frame = contacts(("a", "u", 0), ("b", "u", 3), ("c", "v", 1), ("d", "u", 20))
    shuffled = frame.iloc[[3, 1, 0, 2]]
    assert {k: str(v) for k, v in resolved(frame).items()} == {k: str(v) for k, v in resolved(shuffled).items()}
