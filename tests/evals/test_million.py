from __future__ import annotations

from pathlib import Path

import pytest

from evals.million import OtherBenchError, million
from evals.million_text import cores_for_a_month, million_text

STAGE = {
    "seconds": 2.0,
    "cpu_seconds": 4.0,
    "peak_mb": 300.0,
    "peak_sum_mb": 700.0,
    "output": {},
    "database_bytes": 2000,
}


def test_a_stage_is_done_once_and_the_rest_is_done_later(tmp_path: Path) -> None:
    said: list[str] = []
    sizes = {"contacts": 60, "scaling": 50}
    first = million(tmp_path, **sizes, most=1, say=said.append)
    again = million(tmp_path, **sizes, most=0, say=said.append)
    assert first == again
    assert list(first["stages"]) == ["world"]
    assert first["stages"]["world"]["output"]["files"]["contacts.jsonl.gz"] == 60
    assert first["stages"]["world"]["cpu_seconds"] > 0
    assert 10 < first["stages"]["world"]["peak_mb"] <= first["stages"]["world"]["peak_sum_mb"]
    assert [line.partition(":")[0] for line in said] == ["world"]
    with pytest.raises(OtherBenchError, match="other sizes"):
        million(tmp_path, contacts=61, scaling=50, say=said.append)


def test_the_month_is_told_from_processor_time() -> None:
    stages = {name: {**STAGE, "contacts": 1000} for name in ("ingest", "tag", "measure", "publish")}
    known = {"contacts": 1000, "stages": stages}
    assert cores_for_a_month(known) == pytest.approx(12.0 / 1000 * 1e8 / (30 * 86400))
    text = million_text(known)
    assert "500 contacts/s" in text
    assert "2 bytes for a contact" in text
    assert ": 0.5 cores" in text


def test_scaling_and_a_day_are_told_once_they_are_measured() -> None:
    times = {"tag in one process": 30.0, "tag by one worker": 40.0, "tag by two workers": 20.0}
    times |= {"tag": 90.0, "publish": 10.0, "tag of a day": 4.0, "publish of a day": 1.0}
    known = {"contacts": 0, "stages": {name: {**STAGE, "seconds": time, "contacts": 0} for name, time in times.items()}}
    known["stages"]["publish"]["database_bytes"] = 0
    text = million_text(known)
    assert "two workers: 2.00 times one worker, 1.50 times one process" in text
    assert "one more day: 5.0 s, 5.0% of the 180 days before it" in text
