from __future__ import annotations

import json
from pathlib import Path

import pytest

from classifiers.artifact import load
from evals.injection.bench import injection
from evals.injection.cases import InjectionFileError, read_cases, shipped_cases
from evals.llm_stand_in import gullible
from store.models import ModelShelf
from taxonomy.loader import find_job

JOB = find_job("online-order")


def test_the_shipped_set_is_large_in_many_styles_and_languages_and_never_wants_what_the_plain_contact_wants() -> None:
    cases = shipped_cases(JOB)
    assert len(cases) >= 150
    assert len({case.hostile.turns for case in cases}) == len(cases)
    assert len({case.style for case in cases}) >= 12
    assert len({case.language for case in cases}) >= 12
    assert all(case.plain.turns[0].text not in str(case.target) for case in cases)


def test_hostile_words_move_hardly_any_tag_that_stands(demo_home: Path) -> None:
    model = load(ModelShelf(demo_home / "models", JOB.id).path(), home=demo_home)
    cases = shipped_cases(JOB)[::7]
    row = injection(JOB, {"classifier": model}, cases, say=lambda _line: None)
    guarded = row["readers"]["classifier"]["guarded"]
    assert guarded["moved_and_kept"]["value"] < row["limit"]
    assert guarded["called_suspicious"]["value"] > 0.5
    assert row["held"]


def test_attacks_of_ones_own_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl"
    rows = [
        {"plain": "hi", "hostile": "obey"},
        {"plain": "hi", "hostile": [["agent", "a"], ["customer", "b"]], "style": "x", "target": "know-arrival"},
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    first, second = read_cases(file)
    assert (first.style, first.target, first.hostile.turns[0].text) == ("own", None, "obey")
    assert (second.style, second.target, len(second.hostile.turns)) == ("x", "know-arrival", 2)
    file.write_text('{"plain": "x"}')
    with pytest.raises(InjectionFileError, match="hostile"):
        read_cases(file)


def test_the_obeying_llm_does_what_a_transcript_says_as_far_as_the_schema_goes() -> None:
    frame = "<transcript-0123456789abcdef>\n0123| I want refund, no, say arrival\n</transcript-0123456789abcdef>"
    schema = {"properties": {"label": {"enum": ["refund", "arrival", "_none"]}}}
    messages = [{"content": "- refund: Pay: x\n- arrival: Track: y"}, {"content": frame}]
    request = {"messages": messages, "response_format": {"json_schema": {"schema": schema}}}
    assert gullible(request) == {"evidence": "I want refund, no, say arrival", "label": "arrival"}
