from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alignment.annotations import explaining
from store.annotations import AnnotationError, edit_annotation, read_annotations, record_annotation
from store.session import Database

JOB = "online-order"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def add(session, text: str, **rest) -> str:
    given = {"kind": "change", "at": AT, "by": "ann", **rest}
    return record_annotation(session, JOB, text=text, **given)


def test_the_same_annotation_twice_is_kept_once(database: Database) -> None:
    with database.session() as session:
        first, second = add(session, "Tracking page rebuilt"), add(session, "Tracking page rebuilt ")
        assert first == second
        assert [one.text for one in read_annotations(session, JOB)] == ["Tracking page rebuilt"]


def test_what_was_withdrawn_or_changed_can_be_said_anew(database: Database) -> None:
    with database.session() as session:
        first = add(session, "Tracking page rebuilt")
        assert add(session, "Tracking page rebuilt", by="ben", anew=True) == first
        edit_annotation(session, JOB, first, by="ann", text="Tracking page slower")
        second = add(session, "Tracking page rebuilt", anew=True)
        edit_annotation(session, JOB, second, by="ann", withdrawn=True)
        add(session, "Tracking page rebuilt")
        assert [one.text for one in read_annotations(session, JOB)] == ["Tracking page slower"]
        add(session, "Tracking page rebuilt", anew=True)
        assert sorted(one.text for one in read_annotations(session, JOB)) == [
            "Tracking page rebuilt",
            "Tracking page slower",
        ]


def test_an_edit_stands_beside_what_was_known_before(database: Database) -> None:
    with database.session() as session:
        key = add(session, "Tracking page rebuilt")
        before = datetime.now(UTC)
        edit_annotation(session, JOB, key, by="ben", at=AT + timedelta(days=1), step="track-delivery")
        edit_annotation(session, JOB, key, by="ben")  # changes nothing, so it is no event
    with database.session() as session:
        (now,), (then,) = read_annotations(session, JOB), read_annotations(session, JOB, as_of=before)
    assert (now.at, now.step, now.by) == (AT + timedelta(days=1), "track-delivery", "ben")
    assert (then.at, then.step, then.by) == (AT, None, "ann")


def test_an_edit_may_go_back_to_an_earlier_text(database: Database) -> None:
    with database.session() as session:
        key = add(session, "one")
        for text in ("two", "one", "two"):
            edit_annotation(session, JOB, key, by="ann", text=text)
        assert [one.text for one in read_annotations(session, JOB)] == ["two"]


def test_a_withdrawn_annotation_is_gone_and_cannot_be_edited(database: Database) -> None:
    with database.session() as session:
        key = add(session, "wrong date")
        edit_annotation(session, JOB, key, by="ann", withdrawn=True)
        assert read_annotations(session, JOB) == ()
        with pytest.raises(AnnotationError, match="no annotation"):
            edit_annotation(session, JOB, key, by="ann", text="again")


@pytest.mark.parametrize(("kind", "text", "message"), [("rumour", "x", "unknown kind"), ("note", "  ", "needs a text")])
def test_an_unknown_kind_or_an_empty_text_is_refused(database: Database, kind: str, text: str, message: str) -> None:
    with database.session() as session, pytest.raises(AnnotationError, match=message):
        add(session, text, kind=kind)


def test_an_annotation_stands_on_the_lines_that_it_can_explain(database: Database) -> None:
    with database.session() as session:
        add(session, "everywhere")
        add(session, "one step", step="track-delivery")
        found = read_annotations(session, JOB)
    texts = {step: [one.text for one in explaining(found, step)] for step in (None, "track-delivery", "change-order")}
    assert texts == {
        None: ["one step", "everywhere"] if found[0].text == "one step" else ["everywhere", "one step"],
        "track-delivery": [one.text for one in found],
        "change-order": ["everywhere"],
    }
