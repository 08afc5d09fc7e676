from __future__ import annotations

from pathlib import Path

from classifiers.llm_cache import AnswerCache, Vote
from classifiers.llm_prompt import text_hash

DOCUMENT = ("hello", "where is my parcel")
VOTES = [Vote("arrival", "my parcel", chance=0.9), Vote("refund", "where is")]


def test_votes_come_back_as_they_were(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)
    assert cache.read(text_hash(DOCUMENT), "k") == []
    cache.write(text_hash(DOCUMENT), "k", VOTES)
    assert cache.read(text_hash(DOCUMENT), "k") == VOTES
    assert cache.read(text_hash(DOCUMENT), "other") == []
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".json"]


def test_a_damaged_file_counts_as_none(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)
    cache.write(text_hash(DOCUMENT), "k", VOTES)
    (path,) = tmp_path.rglob("*.json")
    for content in ("{", "[]", '{"votes": [{"unknown": 1}]}', '{"votes": 3}'):
        path.write_text(content)
        assert cache.read(text_hash(DOCUMENT), "k") == []


def test_answers_that_cannot_be_used_are_not_kept_and_not_believed_where_they_were(tmp_path: Path) -> None:
    cache, faults = AnswerCache(tmp_path), [Vote(None, fault="truncated"), Vote(None, fault="invalid-json")]
    cache.write(text_hash(DOCUMENT), "k", faults)
    assert list(tmp_path.rglob("*.json")) == []
    cache.write(text_hash(DOCUMENT), "k", [faults[0], *VOTES])
    (path,) = tmp_path.rglob("*.json")
    kept = path.read_text()
    assert "truncated" not in kept
    path.write_text(kept.replace('"votes": [', '"votes": [{"label": null, "evidence": "", "fault": "truncated"}, '))
    assert cache.read(text_hash(DOCUMENT), "k") == VOTES


def test_all_answers_about_a_document_can_be_erased(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)
    for key in ("a", "b"):
        cache.write(text_hash(DOCUMENT), key, VOTES)
    cache.write(text_hash(("other",)), "a", VOTES)
    assert cache.forget(DOCUMENT) == 2
    assert cache.read(text_hash(DOCUMENT), "a") == []
    assert cache.read(text_hash(("other",)), "a") == VOTES
