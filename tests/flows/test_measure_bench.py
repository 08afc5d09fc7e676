from __future__ import annotations

from pathlib import Path

from flows.measure_bench import stored_measures


def test_after_one_more_day_only_part_of_the_contacts_is_read_and_a_full_measurement_changes_nothing(
    tmp_path: Path,
) -> None:
    result = stored_measures(tmp_path, contacts=2000)
    assert 0 < result["one_day_read"] < 1500
    assert result["whole_again_slices"] == 0
