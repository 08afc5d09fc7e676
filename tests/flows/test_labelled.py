from __future__ import annotations

import json
from pathlib import Path

from flows.labelled import read_labelled
from taxonomy.loader import find_job

JOB = find_job("online-order")


def read(path: Path, *rows: tuple[str, dict]) -> tuple[str, ...]:
    lines = [{"id": str(number), "text": text, "labels": labels} for number, (text, labels) in enumerate(rows)]
    path.write_text("\n".join(map(json.dumps, lines)))
    return read_labelled(JOB, path).names


def test_a_contact_that_names_only_its_step_takes_the_outcome_of_the_most_similar_one(tmp_path: Path) -> None:
    names = read(
        tmp_path / "data.jsonl",
        ("when will my parcel arrive", {"outcome": "know-arrival"}),
        ("my parcel was stolen and lost", {"outcome": "item-arrives"}),
        ("somebody stolen the parcel, it is lost", {"step": "track-delivery"}),
        ("when does it arrive", {"step": "track-delivery", "outcome": None}),
    )
    assert names == ("know-arrival", "item-arrives", "item-arrives", "know-arrival")


def test_where_nobody_names_an_outcome_of_a_step_the_step_itself_is_learned(tmp_path: Path) -> None:
    names = read(tmp_path / "data.jsonl", ("when", {"step": "track-delivery"}), ("refund", {"outcome": "get-refund"}))
    assert names == ("track-delivery/*", "get-refund")


def test_the_labels_to_be_measured_against_stay_as_they_were_given(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    read(path, ("when will it arrive", {"outcome": "know-arrival"}), ("arrive", {"step": "track-delivery"}))
    assert [label.outcome for label in read_labelled(JOB, path).labels] == ["know-arrival", None]
