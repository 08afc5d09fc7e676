"""Groups and proposals on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from alignment.estimate import Estimate
from alignment.gaps import Gap, GapReport
from store.gap_decisions import Said, approve, propose, reject
from store.gap_proposals import ProposalStateError, read_proposals
from store.gaps import Found, Member, UnknownGapError, known_gaps, read_gap, read_gaps, save_gaps
from store.review_work import Answer, decide
from store.session import Database
from taxonomy.loader import shipped_jobs
from taxonomy.proposal import Proposal
from tests.store.queue import JOB, NOW, add_items

EAST = np.array([1.0, 0.0], dtype=np.float32)
LATER = datetime(2026, 11, 3, tzinfo=UTC)
GOOD = "minimize the time it takes to get an item repaired under warranty"


def found(name: str, rows: range) -> Found:
    share = Estimate(0.1, 0.05, 0.2, 100, 30, "labels", NOW)
    gap = Gap(name, ("umbrella", "lost"), len(rows), 1, share, NOW, LATER)
    return Found(gap, tuple(Member(row, 0) for row in rows), EAST)


def report(made_at: datetime, *gaps: Found) -> GapReport:
    return GapReport(JOB, "1", "m", made_at, 1, 5, 2, tuple(one.gap for one in gaps))


def keep(database: Database, made_at: datetime, *gaps: Found) -> None:
    with database.session() as session:
        save_gaps(session, report(made_at, *gaps), gaps, encoder="e")


def test_the_newest_run_is_shown_and_who_was_decided_is_read_from_decisions(database: Database) -> None:
    with database.session() as session:
        items = add_items(session, 6)
        decide(session, items[0], "ann", Answer(None), now=NOW)
    keep(database, NOW, found("gap-1", range(1, 4)))
    keep(database, LATER, found("gap-2", range(4, 7)), found("gap-1", range(1, 4)))
    with database.session() as session:
        shown = read_gaps(session, JOB)
        known, used = known_gaps(session, JOB, encoder="e")
    assert shown is not None
    assert (shown.made_at, [gap.gap for gap in shown.gaps]) == (LATER, ["gap-1", "gap-2"])
    (example,) = shown.gaps[0].examples
    assert (example.text, example.contact_id, example.decided) == ("hello", "c-0", True)
    assert shown.gaps[0].share.low == 0.05
    assert used == 2
    assert {one.gap: set(one.members) for one in known} == {"gap-1": {1, 2, 3}, "gap-2": {4, 5, 6}}
    with database.session() as session, pytest.raises(UnknownGapError, match="gap-1, gap-2"):
        read_gap(session, JOB, "gap-9")


def test_another_encoders_centres_are_not_compared(database: Database) -> None:
    with database.session() as session:
        add_items(session, 3)
    keep(database, NOW, found("gap-1", range(1, 4)))
    with database.session() as session:
        (known,), _ = known_gaps(session, JOB, encoder="another")
    assert known.centre is None


def test_proposals_are_numbered_and_settled_once(database: Database, tmp_path) -> None:
    job = next(job for job in shipped_jobs() if job.id == "online-order")
    with database.session() as session:
        first = propose(session, job, Proposal("find-item", "", GOOD), Said("ann", "often"))
        second = propose(session, job, Proposal("return-item", "", GOOD), Said("ann", ""))
    assert (first.proposal, second.proposal) == ("p1", "p2")
    with database.session() as session:
        settled, made = approve(session, job, "p1", Said("bob", "yes"), folder=tmp_path)
    assert (settled.state, settled.settled_by, settled.new_version) == ("approved", "bob", made.job.stamp)
    assert (tmp_path / "online-order.yaml").read_text("utf-8") == made.job.source
    with database.session() as session:
        with pytest.raises(ProposalStateError, match="approved already"):
            reject(session, job.id, "p1", Said("eve", "no"))
        with pytest.raises(ProposalStateError, match="no proposal 'p7'"):
            reject(session, job.id, "p7", Said("eve", "no"))
        assert [one.proposal for one in read_proposals(session, job.id)] == ["p2", "p1"]
