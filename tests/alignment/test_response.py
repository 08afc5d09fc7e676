from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from alignment.response import MIN_PROPENSITY, response_weights


def contacts(n: int = 4000, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Contacts whose effort and answering both hang on resolution and channel; the full effort is known."""
    rng = np.random.default_rng(seed)
    fcr = (rng.random(n) < 0.6).astype(float)
    phone = rng.random(n) < 0.5
    effort = 3 + 2 * fcr + phone
    rho = 0.1 + 0.3 * fcr + 0.2 * phone
    answered = rng.random(n) < rho
    frame = pd.DataFrame(
        {
            "contact": [f"c{i}" for i in range(n)],
            "customer": [f"u{i // 2}" for i in range(n)],
            "day": [date(2026, 1 + i % 2, 5) for i in range(n)],
            "channel": np.where(phone, "phone", "chat"),
            "effort": np.where(answered, effort, np.nan),
            "fcr": fcr,
            "transfers": np.nan,
            "time": rng.gamma(3, 3, n),
        }
    )
    return frame, rng.dirichlet([1, 1], n), effort, rho


def test_weighted_answers_speak_for_everyone_where_plain_ones_do_not():
    frame, f, effort, _ = contacts()
    weights = response_weights(frame, f).weights
    answers = frame["effort"].fillna(0.0)
    weighted = (weights * answers).sum() / weights.sum()
    assert abs(frame["effort"].mean() - effort.mean()) > 0.3
    assert abs(weighted - effort.mean()) < 0.05


def test_propensities_follow_the_true_ones():
    frame, f, _, rho = contacts()
    assert np.corrcoef(response_weights(frame, f).propensity, rho)[0, 1] > 0.9


def test_a_month_with_few_answers_uses_its_plain_share():
    frame, f, _, _ = contacts(n=120)
    given = response_weights(frame, f)
    january = np.array([day.month == 1 for day in frame["day"]])
    assert np.allclose(given.propensity[january], frame["effort"].notna()[january].mean())


def test_nobody_answering_gives_no_weight_and_no_division_by_zero():
    frame, f, _, _ = contacts(n=100)
    given = response_weights(frame.assign(effort=np.nan), f)
    assert (given.weights == 0).all()
    assert (given.propensity == MIN_PROPENSITY).all()


def test_a_new_answer_moves_its_own_month_only():
    frame, f, _, _ = contacts()
    before = response_weights(frame, f)
    january = np.array([day.month == 1 for day in frame["day"]])
    late = np.flatnonzero(~january & frame["effort"].isna().to_numpy())[0]
    frame.loc[late, "effort"] = 5.0
    after = response_weights(frame, f)
    assert (before.weights[january] == after.weights[january]).all()
    assert before.models["2026-01"] == after.models["2026-01"]
    assert before.models["2026-02"] != after.models["2026-02"]


def test_undated_contacts_without_a_channel_are_one_period():
    frame, f, _, _ = contacts(n=200)
    given = response_weights(frame.assign(day=None, channel=None), f)
    assert list(given.models) == ["undated"]
    assert np.isfinite(given.weights).all()
