"""Erase a customer or a contact from everything under Headway's control, and derive the figures again without them.

Safe to kill: what is to go is taken down first, each kind is a unit of work of its own, and whatever was begun is
finished by the next `headway erase` of anybody, by `headway erase --resume`, or by the retention stage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flows.erase_files import clean_files
from flows.measure import fold_everything
from flows.stage_run import at_work
from flows.workspace import Home
from store.audit import record_audit
from store.contacts import read_contacts
from store.erasure import (
    Receipt,
    Subject,
    Work,
    chunks,
    count_more,
    finish,
    ids_of,
    read_receipt,
    unfinished,
)
from store.erasure_figures import measured_models, rewrite_past
from store.erasure_requests import ask_erasure
from store.erasure_rows import REMOVALS
from store.erasure_space import wipe_space
from store.jobs import UnknownJobError, read_job

Say = Callable[[str], None]

STAGE = "erase"
PATIENCE = 600.0
"""Seconds that an erasure waits for another one: each folds every figure again."""

BEYOND = (
    "not under Headway's control: the files that contacts came from, backups, copies of exports that somebody made, "
    "what an LLM endpoint kept"
)


@dataclass(frozen=True)
class Erased:
    """A finished erasure: its receipt, and what a person has to do about what Headway cannot reach."""

    receipt: Receipt
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The receipt with its notes as JSON."""
        return {**asdict(self.receipt), "notes": list(self.notes)}


def erase(home: Home, subject: Subject, *, by: str, say: Say = lambda _line: None) -> Erased:
    """Erase all that there is of a subject, after whatever was left unfinished before.

    One at a time in the whole home: of two that finish the same erasure one would find it done and count nothing. Waits
    for another one at most PATIENCE seconds; raises StageBusyError after that, and nothing was asked for.
    """
    with at_work(home, STAGE, job=None, patience=PATIENCE) as counts:
        before = _finish_begun(home, ids=(), say=say)
        receipt = ask(home, subject, by=by)
        ids = [one for one in (subject.customer, subject.contact) if one]
        (done,) = (one for one in _finish_begun(home, ids=ids, say=say) if one.receipt.receipt == receipt)
        counts["erasures"] = len(before) + 1
    return done


def ask(home: Home, subject: Subject, *, by: str) -> str:
    """Take down what will go; the receipt's id."""
    with home.database.session() as session:
        return ask_erasure(session, subject, by=by, identity=home.identity)


def resume(home: Home, *, patience: float = PATIENCE, say: Say = lambda _line: None) -> list[Erased]:
    """Finish every erasure that was begun. Raises StageBusyError where another process is at it for so long."""
    with home.database.session() as session:
        if not unfinished(session):
            return []
    with at_work(home, STAGE, job=None, patience=patience) as counts:
        done = _finish_begun(home, ids=(), say=say)
        counts["erasures"] = len(done)
    return done


def _finish_begun(home: Home, *, ids: Sequence[str], say: Say) -> list[Erased]:
    with home.database.session() as session:
        begun = unfinished(session)
    return [_finish(home, work, ids=ids, say=say) for work in begun]


def _finish(home: Home, work: Work, *, ids: Sequence[str], say: Say) -> Erased:
    say("removing vectors, answers of an LLM, exported records")
    notes = [*_clean_files(home, work, ids), BEYOND]
    for kind, remove in REMOVALS.items():
        say(f"removing {kind}")
        with home.database.session() as session:
            count_more(session, work.receipt, remove(session, work))
    say("deriving the figures again")
    notes += _derive(home, work)
    with home.database.session() as session:
        finish(session, work.receipt)
        receipt = read_receipt(session, work.receipt)
        record_audit(
            session, who=receipt.by, action="erasure.done", object=f"erasure/{receipt.receipt}", detail=receipt.counts
        )
    say("writing over the space of what was removed")
    left = wipe_space(home.database)
    return Erased(receipt, (*notes, *([left] if left else [])))


def _clean_files(home: Home, work: Work, ids: Sequence[str]) -> tuple[str, ...]:
    with home.database.session() as session:
        contacts = [contact for some in chunks(work.contacts) for _, contact in read_contacts(session, some)]
        names = [*ids, *ids_of(session, work.contacts)]
    cleaned = clean_files(home.settings, contacts, ids=names)
    with home.database.session() as session:
        count_more(session, work.receipt, cleaned.counts)
    return cleaned.notes


def _derive(home: Home, work: Work) -> list[str]:
    """Fold the figures of every model again, then leave of touched slices nothing older."""
    notes = derive_everything(home, work.slices)
    with home.database.session() as session:
        count_more(session, work.receipt, {"earlier figures": rewrite_past(session, work.slices, work.weeks)})
    return notes


def derive_everything(home: Home, slices: Sequence[str] | None = None) -> list[str]:
    """Fold the figures of every model that has some in these slices (None: in any); what could not be."""
    notes = []
    with home.database.session() as session:
        for job_id, stamp, model in measured_models(session, slices):
            try:
                job = read_job(session, job_id, stamp=stamp)
            except UnknownJobError:
                notes.append(f"figures of {job_id} {stamp} were not derived again: that job version is not on record")
                continue
            fold_everything(session, job, model)
    return notes
