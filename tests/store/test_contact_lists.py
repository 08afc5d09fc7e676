"""Lists of contacts: the two ways of finding them agree, and a walk shows what was known when it began."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alignment.scorecard import View
from store import contact_lists, knowledge
from store.annotations import record_annotation
from store.contact_filters import Only
from store.contact_lists import list_tagged
from store.jobs import read_job
from store.session import open_database
from store.settings import Settings
from store.tables import metadata

JOB, STEP = "online-order", "track-delivery"


@pytest.fixture
def session(demo_home):
    with open_database(Settings(home=demo_home)).session() as found:
        yield found


def walk(session, **asked) -> list[tuple]:
    job, view, rows, cursor = read_job(session, JOB), View(datetime.now(UTC)), [], None
    while True:
        page = list_tagged(session, job, view=view, cursor=cursor, **asked)
        rows += [(row.source, row.contact_id, row.step, row.outcome, row.decided) for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            assert page.total == len(rows)
            return rows


@pytest.mark.parametrize(
    "asked",
    [
        {"step": STEP},
        {"step": STEP, "only": Only(decided=True)},
        {"step": STEP, "only": Only(decided=False)},
        {"step": STEP, "only": Only(deferred=True, answered=True)},
        {"outcome": "know-arrival"},
        {},
    ],
)
def test_looking_through_days_finds_what_sorting_finds(session, monkeypatch, asked):
    sorted_once = walk(session, limit=100, **asked)
    monkeypatch.setattr(contact_lists, "FEW", -1)
    by_days = walk(session, limit=7 if asked else 200, **asked)

    assert by_days == sorted_once
    assert len(set(by_days)) == len(by_days)


def test_what_is_known_is_another_word_after_anything_was_recorded(in_demo_copy):
    database = open_database(Settings(home=in_demo_copy))
    with database.session() as session:
        before, again = knowledge.knowledge(session), knowledge.knowledge(session)
    with database.session() as session:
        record_annotation(session, JOB, kind="note", at=datetime.now(UTC), text="something happened", by="ann")
    with database.session() as session:
        after = knowledge.knowledge(session)

    assert before == again != after


def test_every_table_that_a_page_may_show_is_part_of_what_is_known():
    shown = (
        {table.name for table in knowledge.NUMBERED} | {column.table.name for column in knowledge.DATED} | {"alerts"}
    )
    elsewhere = {
        "access_keys", "audit_events", "audit_head", "contact_drivers", "erased_keys", "gap_clusters", "gap_members",
        "label_spaces", "learned_models", "llm_batch_questions", "llm_batches", "login_ends", "originals",
        "promise_checks", "pulled_files", "quarantine", "quarantine_people", "read_marks", "removals", "review_budgets",
        "review_bulk_items", "review_bulks", "review_draws", "review_gold", "review_items", "review_leases",
        "review_probabilities", "stage_leases", "stage_runs", "subscriptions", "alert_notices", "transcripts",
        "experiment_events",
    }  # fmt: skip

    assert set(metadata.tables) - shown <= elsewhere
