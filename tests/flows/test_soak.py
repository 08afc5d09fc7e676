from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evals.growth import Held, growth_of, held, open_files
from flows.soak import soak


def days(memory: list[float], files: list[int]) -> list[Held]:
    return [Held(day, mb, count, 1, 1) for day, (mb, count) in enumerate(zip(memory, files, strict=True), 1)]


def test_what_grows_is_found_and_what_only_wavers_is_flat() -> None:
    rng = np.random.default_rng(1)
    wavers = (400 + rng.normal(0, 2, 40)).tolist()
    leaks = (400 + np.arange(40) * 5 + rng.normal(0, 2, 40)).tolist()
    steady = {one.what: one for one in growth_of(days(wavers, [9] * 40), warm_up=10)}
    assert steady["memory_mb"].flat
    assert steady["files"].flat
    assert (steady["files"].low, steady["files"].high) == (0.0, 0.0)
    grows = {one.what: one for one in growth_of(days(leaks, list(range(40))), warm_up=10)}
    assert not grows["memory_mb"].flat
    assert grows["memory_mb"].low > 4
    assert not grows["files"].flat
    assert grows["threads"].flat


def test_two_days_show_nothing() -> None:
    assert not any(one.flat for one in growth_of(days([1.0, 1.0], [1, 1]), warm_up=0))


def test_open_files_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "some"
    before = held(1, connections=0)
    with path.open("w"), path.open():
        assert open_files(path) == 2
        assert held(1, connections=0).files == before.files + 2
    assert open_files(path) == 0


def test_days_go_by_in_one_process_and_files_and_connections_do_not_grow(
    encoder_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEADWAY_HOME", raising=False)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "encoders").symlink_to(encoder_home / "encoders")
    done = soak(tmp_path, days=3, contacts=8, rounds=1, warm_up=0, url=None, say=lambda _line: None)
    assert done.runs == 3 * 7
    assert done.tagged == 24
    assert done.decided > 0
    assert {one.what: one.flat for one in done.growth if one.what != "memory_mb"} == dict.fromkeys(
        ("files", "threads", "connections"), True
    )
    assert "3 simulated days on sqlite, 21 stage runs" in done.text()
