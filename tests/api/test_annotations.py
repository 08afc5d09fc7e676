from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from alignment.annotations import Annotation
from api.address import Asked
from api.marks import SHOWN, marks
from api.pages.scorecard import scorecard_html
from tests.api.conftest import weekly

BASE = "/v1/jobs/online-order/annotations"
POINTS = weekly(60.0, 0.2, 2.0)


def note(day: date, text: str = "a change", step: str | None = None) -> Annotation:
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return Annotation(text, "change", at, text, "ann", step, at)


def test_marks_stand_where_they_happened_and_only_inside_the_line() -> None:
    first, last = POINTS[0].week, POINTS[-1].week
    inside = [note(first, "start"), note(last + timedelta(days=3), "end"), note(first + (last - first) / 2, "half")]
    outside = [note(first - timedelta(days=1), "before"), note(last + timedelta(days=7), "after")]
    found = marks([*outside, *inside], POINTS)
    assert [(one.number, one.annotation.text) for one in found] == [(1, "start"), (2, "half"), (3, "end")]
    assert (found[0].at, found[-1].at) == (0.0, 1.0)
    assert 0.45 < found[1].at < 0.55


def test_a_step_line_carries_its_own_and_the_whole_job_s_annotations() -> None:
    mine, other, whole = (note(POINTS[3].week, text, step) for text, step in (("a", "x"), ("b", "y"), ("c", None)))
    assert [one.annotation.text for one in marks([mine, other, whole], POINTS, step="x")] == ["a", "c"]


def test_the_newest_are_drawn_where_there_are_many() -> None:
    many = [note(POINTS[0].week + timedelta(days=i), f"{i:02d}") for i in range(20)]
    assert [one.annotation.text for one in marks(many, POINTS)] == [f"{i:02d}" for i in range(20 - SHOWN, 20)]


def test_a_line_of_one_week_has_no_marks() -> None:
    assert marks([note(POINTS[0].week)], POINTS[:1]) == []


def test_the_scorecard_tells_what_its_marks_mean(scorecard) -> None:
    html = scorecard_html(scorecard, asked=Asked(), choices={}, annotations=[note(date(2026, 8, 5), "<b>new</b> page")])
    assert "note-mark" in html
    assert "&lt;b&gt;new&lt;/b&gt; page" in html
    assert "note-mark" not in scorecard_html(scorecard, asked=Asked(), choices={})


def test_an_annotation_is_added_changed_and_withdrawn(client) -> None:
    body = {"at": "2026-03-01T09:00:00Z", "text": "tracking page rebuilt", "by": "ann", "step": "track-delivery"}
    made = client.post(BASE, json=body)
    assert made.status_code == 201
    address = f"{BASE}/{made.json()['id']}"
    assert client.post(BASE, json=body).json()["id"] == made.json()["id"]
    changed = client.post(address, json={"by": "ben", "text": "tracking page rebuilt twice"})
    assert (changed.json()["text"], changed.json()["by"]) == ("tracking page rebuilt twice", "ben")
    assert made.json()["id"] in {one["id"] for one in client.get(BASE).json()["items"]}
    client.post(address, json={"by": "ben", "withdrawn": True})
    assert made.json()["id"] not in {one["id"] for one in client.get(BASE).json()["items"]}
    assert client.post(address, json={"by": "ben", "text": "again"}).status_code == 404


def test_the_baseline_s_formula_is_annotated_by_itself(client) -> None:
    kinds = [one["kind"] for one in client.get(BASE).json()["items"]]
    assert "formula" in kinds


def test_bad_annotations_are_refused(client) -> None:
    good = {"at": "2026-03-01T09:00:00Z", "text": "x", "by": "ann"}
    assert client.post(BASE, json={**good, "step": "no-such-step"}).status_code == 404
    for wrong in ({"kind": "model"}, {"text": ""}, {"at": "soon"}, {"more": 1}):
        assert client.post(BASE, json={**good, **wrong}).status_code == 422
