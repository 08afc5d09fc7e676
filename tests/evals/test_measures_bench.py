from __future__ import annotations

from evals.measures_bench import measures_bench, measures_text


def test_the_bench_measures_and_reads_and_says_what_it_took() -> None:
    result = measures_bench(contacts=60_000, say=lambda _line: None)
    assert result["slices"] > 1500
    assert all(ms["wall"] > 0 for ms in result["reads_milliseconds"].values())
    assert "pandas groupby over raw rows" in measures_text(result)
