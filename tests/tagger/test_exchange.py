"""What Label Studio and Argilla write, read as decisions; shaped as their own exports."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

import pytest

from tagger import exchange_argilla as argilla
from tagger import exchange_label_studio as label_studio
from tagger.exchange import Incoming, Outgoing, Passed, People, Unusable, shown_suggestion
from tagger.model import Turn
from tagger.review import ReviewError, ReviewItem
from tagger.review_reads import Read
from taxonomy.loader import shipped_jobs

JOB = shipped_jobs()[0]
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
ITEM = ReviewItem("abc123", "c-1", "drawn", True, 0.01, 0.2, "pol", None, None)
TURNS = (Turn("customer", "where is my parcel, [NAME_1] here"), Turn("agent", "let me see"))
READ = Read(1, "first", "ann", "track-delivery", "know-arrival", ("find-item",), AT)
NONE_READ = Read(2, "second", "bob", None, None, (), AT)
OUT = Outgoing(ITEM, TURNS, "m1", ("track-delivery", "know-arrival", 0.8), (READ, NONE_READ))
ANN = People.of(["ann=ann@example.com", "bob=7"])


def choices(name: str, *picked: str) -> dict:
    value = {"choices": list(picked)}
    return {
        "id": "Xy_1",
        "from_name": name,
        "to_name": "dialogue",
        "type": "choices",
        "origin": "manual",
        "value": value,
    }


def annotation(*result: dict, **more: object) -> dict:
    """As `GET /api/projects/ID/export?exportType=JSON` has it."""
    return {
        "id": 1001,
        "completed_by": 10,
        "result": list(result),
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": "2026-11-03T10:00:00.728353Z",
        "updated_at": "2026-11-03T10:05:00.728378Z",
        "draft_created_at": None,
        "lead_time": 14.288,
        "prediction": {},
        "result_count": 1,
        "unique_id": "b9e6",
        "import_id": None,
        "last_action": None,
        "task": 1,
        "project": 83,
        "updated_by": 10,
        "parent_prediction": None,
        "parent_annotation": None,
        "last_created_by": None,
        **more,
    }


def task(*annotations: dict) -> dict:
    data = {"item": "abc123", "contact_id": "c-1", "dialogue": [], "suggestion_hidden": True}
    return {
        "id": 1,
        "annotations": list(annotations),
        "file_upload": "f4b2-tasks.json",
        "drafts": [],
        "predictions": [],
        "data": data,
        "meta": {},
        "created_at": "2026-11-02T10:00:00Z",
        "updated_at": "2026-11-03T10:05:00Z",
        "inner_id": 1,
        "total_annotations": len(annotations),
        "cancelled_annotations": 0,
        "total_predictions": 0,
        "project": 83,
        "updated_by": 10,
        "comment_authors": [],
    }


def read(row: dict, people: People | None = None) -> list:
    return list(label_studio.read_task(row, "f:1", people or People()))


def test_a_completed_annotation_is_a_decision_with_who_when_and_how_long() -> None:
    row = task(annotation(choices("step", "track-delivery"), choices("outcome-track-delivery", "know-arrival")))
    (one,) = read(row)
    assert isinstance(one, Incoming)
    assert (one.item, one.contact_id) == ("abc123", "c-1")
    assert one.decision == {
        "step": "track-delivery",
        "outcome": "know-arrival",
        "secondary": [],
        "by": "label-studio:10",
        "at": "2026-11-03T10:05:00.728378Z",
        "seconds": 14.288,
        "suggestion_hidden": True,
    }


def test_an_outcome_left_over_from_a_step_that_was_changed_is_not_meant() -> None:
    row = task(annotation(choices("outcome-track-delivery", "know-arrival"), choices("step", "find-item")))
    assert read(row)[0].decision["outcome"] is None


@pytest.mark.parametrize(("choice", "step"), [("_none", None), ("_cannot_tell", "_cannot_tell")])
def test_fits_no_step_and_cannot_tell_are_answers(choice: str, step: str | None) -> None:
    (one,) = read(task(annotation(choices("step", choice), choices("outcome-find-item", "judge-item"))))
    assert (one.decision["step"], one.decision["outcome"]) == (step, None)


def test_a_skipped_task_and_one_that_nobody_did_are_told_apart() -> None:
    assert read(task(annotation(was_cancelled=True))) == [Passed("f:1, annotation 1001", skipped=True)]
    assert read(task()) == [Passed("f:1", skipped=False)]


def test_several_annotators_give_several_answers_by_name() -> None:
    first = annotation(choices("step", "find-item"), completed_by={"id": 3, "email": "ann@example.com"})
    second = annotation(choices("step", "_none"), id=1002, completed_by=7)
    said = read(task(first, second), ANN)
    assert [(one.decision["by"], one.decision["step"]) for one in said] == [("ann", "find-item"), ("bob", None)]


@pytest.mark.parametrize(
    "row",
    [
        {"id": 1, "data": {"text": "x"}, "annotations": []},
        task(annotation(choices("rating", "5"))),
        task(annotation(result={})),
        {"annotations": []},
    ],
)
def test_what_cannot_be_a_decision_says_why(row: dict) -> None:
    (one,) = read(row)
    assert isinstance(one, Unusable)
    assert one.message


def test_the_short_export_is_read_as_well() -> None:
    row = {"item": "abc123", "contact_id": "c-1", "id": 1, "step": "track-delivery", "annotator": 7,
           "outcome-track-delivery": "know-arrival", "secondary": {"choices": ["find-item", "gain-access"]},
           "annotation_id": 5, "created_at": "2026-11-03T10:00:00Z", "updated_at": "2026-11-03T10:00:00Z",
           "lead_time": 4.2}  # fmt: skip
    (one,) = read(row, ANN)
    assert (one.decision["by"], one.decision["outcome"]) == ("bob", "know-arrival")
    assert one.decision["secondary"] == ["find-item", "gain-access"]


def test_a_task_holds_redacted_turns_the_suggestion_and_answers_and_its_own_answers_come_back_once() -> None:
    sent = label_studio.task(OUT, JOB, ANN)
    assert sent["data"]["dialogue"][0] == {"speaker": "customer", "text": TURNS[0].text}
    assert sent["predictions"][0]["result"][1]["value"] == {"choices": ["know-arrival"]}
    assert [one["completed_by"] for one in sent["annotations"]] == [{"email": "ann@example.com"}, 7]
    back = copy.deepcopy(sent)
    for one in back["annotations"]:  # as the tool gives back what was imported
        one |= {"id": 1, "completed_by": 1, "updated_at": "2026-11-09T10:00:00Z"}
    said = [(one.decision["by"], one.decision["step"], one.decision["at"]) for one in read(back)]
    assert said == [("ann", "track-delivery", AT.isoformat()), ("bob", None, AT.isoformat())]
    back["annotations"][0]["result"][0]["value"]["choices"] = ["find-item"]
    assert [one.decision["by"] for one in read(back)] == ["ann", "bob", "label-studio:1"]


def test_the_configuration_names_every_step_and_outcome_once_and_the_controls_of_a_task() -> None:
    root = Xml.fromstring(label_studio.config(JOB))
    names = [one.get("name") for one in root.iter("Choices")]
    assert len(names) == len(set(names))
    values = [one.get("value") for group in root.iter("Choices") for one in group if group.get("name") != "secondary"]
    assert values.count("_none") == values.count("_cannot_tell") == 1
    assert {*JOB.step_by_id, *JOB.outcome_by_id} <= set(values)
    used = {one["from_name"] for one in label_studio.task(OUT, JOB, ANN)["annotations"][0]["result"]}
    assert used <= set(names)


def test_an_argilla_record_as_its_library_saves_it_is_read_by_user() -> None:
    user, other = "d9e92ac0-84e4-4058-a16d-9ed80909b369", "3f77cf3d-acde-4f67-a918-8fc8a0976aeb"
    row = argilla.record(Outgoing(ITEM, TURNS, "m1", None), JOB, People())
    row["responses"] = {
        "step": [{"value": "track-delivery", "user_id": user}, {"value": "_none", "user_id": other}],
        "outcome": [{"value": "know-arrival", "user_id": user}],
    }
    said = list(argilla.read_record({**row, "status": "completed"}, "f:1", People.of([f"ann={user}"])))
    assert [(one.decision["by"], one.decision["step"], one.decision["outcome"]) for one in said] == [
        ("ann", "track-delivery", "know-arrival"),
        (other, None, None),
    ]
    assert all(one.decision["at"] is None and one.decision["suggestion_hidden"] for one in said)


def test_an_argilla_record_as_its_server_answers_keeps_dates_and_passes_drafts_and_discards() -> None:
    def response(user: str, status: str, step: str) -> dict:
        return {"id": "r", "values": {"step": {"value": step}}, "status": status, "record_id": "x", "user_id": user,
                "inserted_at": "2026-11-03T10:00:00", "updated_at": "2026-11-03T10:05:00"}  # fmt: skip

    row = {
        "id": "0c1d",
        "external_id": "abc123",
        "fields": {},
        "metadata": {"reason": "drawn"},
        "responses": [response("u1", "submitted", "find-item"), response("u2", "draft", "find-item"),
                      response("u3", "discarded", "find-item")],
        "status": "completed",
    }  # fmt: skip
    first, *others = argilla.read_record(row, "f:1", People())
    assert (first.item, first.decision["by"], first.decision["at"]) == ("abc123", "u1", "2026-11-03T10:05:00")
    assert [one.skipped for one in others] == [False, True]


def test_argillas_own_answers_come_back_once_with_their_dates() -> None:
    row = json.loads(json.dumps(argilla.record(OUT, JOB, ANN)))
    said = list(argilla.read_record(row, "f:1", ANN))
    assert [(one.decision["by"], one.decision["at"]) for one in said] == [
        ("ann", AT.isoformat()),
        ("bob", AT.isoformat()),
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"fields": {}, "responses": {}},
        {"id": "abc123", "responses": [{"values": "?"}]},
        {"id": "abc123", "responses": {"outcome": [{"value": "know-arrival", "user_id": "u"}]}},
    ],
)
def test_an_argilla_record_that_cannot_be_used_says_why(row: dict) -> None:
    (one,) = argilla.read_record(row, "f:1", People())
    assert isinstance(one, Unusable)


def test_nothing_leads_where_an_answer_must_be_blind() -> None:
    item = ReviewItem("abc123", "c-1", "drawn", True, 0.01, 0.2, "p", {"step": "find-item", "steps": {}}, None)
    assert shown_suggestion(item, waits="second", to_work=True) is None
    assert shown_suggestion(item, waits="done", to_work=False) is not None
    shown = [
        shown_suggestion(ReviewItem(f"i{n}", "c", "drawn", True, 0.1, 0.2, "p", {"step": "a"}, None), waits="first",
                         to_work=True) for n in range(1000)
    ]  # fmt: skip
    assert 60 < sum(one is None for one in shown) < 140


def test_a_user_without_an_id_is_refused() -> None:
    with pytest.raises(ReviewError, match="NAME=ID"):
        People.of(["ann"])
