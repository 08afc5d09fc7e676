"""Find what a job has no place for: group the contacts that fit no step, name the groups, hand some to review."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from alignment.effort import scale_of
from alignment.estimate import Estimate
from alignment.gaps import Gap, GapReport, gap_shares, keep_names
from classifiers.artifact import load
from classifiers.documents import Document, joined
from classifiers.encoder import FloatMatrix
from classifiers.model import Model
from classifiers.topics import centres, group, salient_vectors, terms_of
from flows.workspace import Workspace
from store.evidence_weeks import KnownByWeek, weeks_begun
from store.gap_candidates import Candidates, read_candidates, read_pool, read_usual
from store.gaps import Found, Member, known_gaps, read_gaps, save_gaps
from store.job_version import check_version
from store.learned import correcting_reviews
from store.response_models import read_response_models
from store.reviews import enqueue
from tagger.model import Contact
from tagger.tag import document_of
from taxonomy.model import Job

HANDED_OVER = 10
"""Undecided contacts of each group that go to review, those nearest to its centre first: a few decisions show whether
the group is one need that the job lacks, and a group of hundreds does not fill the queue."""

BACKGROUND = 400
"""Contacts that fit the job, whose words a group's name must stand out from."""


@dataclass(frozen=True)
class GapsFound:
    """The groups, and how many strange contacts were newly put in the review queue."""

    report: GapReport
    queued: int


@dataclass(frozen=True)
class Grouped:
    """Contacts by row with their group (`codes`, -1: none), its centre, and their most telling customer segment."""

    keys: list[int]
    contacts: list[Contact]
    vectors: FloatMatrix
    segments: NDArray[np.int64]
    codes: NDArray[np.int64]

    @cached_property
    def middles(self) -> FloatMatrix:
        """The centre of each group, shape (groups, dimension)."""
        return centres(self.vectors, self.codes)

    def rows(self, code: int) -> list[int]:
        """The contacts of a group, those nearest to its centre first."""
        mine = np.flatnonzero(self.codes == code)
        near = self.vectors[mine] @ self.middles[code]
        return [int(row) for row in mine[np.argsort(-near, kind="stable")]]

    def keys_of(self, code: int) -> frozenset[int]:
        """The rows of the store that are in a group."""
        return frozenset(self.keys[row] for row in self.rows(code))


def find_gaps(workspace: Workspace, *, say: Callable[[str], None] = lambda _line: None) -> GapsFound:
    """Group what fits no step and keep the groups; a few strange contacts of each go to review (reason `novel`).

    Raises NoModelError without a model in use, JobVersionError where it belongs to another version of the job.
    """
    job = workspace.job
    model = load(workspace.shelf.path(), home=workspace.settings.home)
    check_version(model, job)
    with workspace.database.session() as session:
        candidates = read_candidates(session, job, model_id=model.id)
        keyed = read_pool(session, candidates)
        usual = read_usual(session, job, model_id=model.id, count=BACKGROUND)
    say(f"grouping {len(keyed):,} contacts that fit no step")
    grouped = group_contacts(model, keyed)
    terms = name_groups(grouped, [document_of(contact) for contact in usual])
    with workspace.database.session() as session:
        found = _kept(session, job, model, candidates=candidates, grouped=grouped, terms=terms)
        queued = enqueue(session, job.id, _to_review(found, candidates), "novel") if found else 0
        report = read_gaps(session, job.id)
    if report is None:
        raise AssertionError("a run that was kept can be read")
    return GapsFound(report, queued)


def group_contacts(model: Model, keyed: Sequence[tuple[int, Contact]]) -> Grouped:
    """Group contacts by what is strange in them, with the encoder of the model in use."""
    documents: list[Document] = [document_of(contact) for _, contact in keyed]
    vectors, segments = salient_vectors(model.embedding.encoder, documents, model.embedding.reference)
    contacts = [contact for _, contact in keyed]
    return Grouped([key for key, _ in keyed], contacts, vectors, segments, group(vectors))


def name_groups(grouped: Grouped, usual: Sequence[Document]) -> tuple[tuple[str, ...], ...]:
    """The words that set each group apart from the others and from what customers of the job usually say."""
    texts = joined([*(document_of(contact) for contact in grouped.contacts), *usual])
    return terms_of(texts, np.concatenate([grouped.codes, np.full(len(usual), -1)]))


def _kept(
    session: Session,
    job: Job,
    model: Model,
    *,
    candidates: Candidates,
    grouped: Grouped,
    terms: Sequence[tuple[str, ...]],
) -> list[Found]:
    """Name the groups as they were named before, measure them, and keep them."""
    encoder, now = model.embedding.encoder.id, datetime.now(UTC)
    earlier, used = known_gaps(session, job.id, encoder=encoder)
    members = [grouped.keys_of(code) for code in range(len(terms))]
    names = keep_names(earlier, members, grouped.middles, used=used)
    shares = _shares(
        session, job, model, candidates=candidates, members=dict(zip(names, members, strict=True)), now=now
    )
    decided = set(candidates.decided)
    found = [
        _found(grouped, code, name, terms=terms[code], share=shares[name], decided=decided)
        for code, name in enumerate(names)
    ]
    alone, known = int((grouped.codes < 0).sum()), sum(key in decided for key in grouped.keys)
    gaps = tuple(one.gap for one in found)
    report = GapReport(job.id, job.stamp, model.id, now, known, len(grouped.keys) - known, alone, gaps)
    save_gaps(session, report, found, encoder=encoder)
    return found


def _shares(
    session: Session,
    job: Job,
    model: Model,
    *,
    candidates: Candidates,
    members: Mapping[str, frozenset[int]],
    now: datetime,
) -> dict[str, Estimate]:
    reviews, models = correcting_reviews(session, job.id, model.id, now), read_response_models(session, job, model.id)
    known = KnownByWeek(session, job, model.id, now, reviews, everything=True)
    parts = (evidence for _, evidence in known.evidence(weeks_begun(session, job.id), models=models))

    def named(among: Collection[int]) -> dict[int, str]:
        return {key: name for name, keys in members.items() for key in keys.intersection(among)}

    groups = {"strange": named(candidates.novel), "decided": named(candidates.decided)}
    return gap_shares(parts, tuple(members), **groups, scale=scale_of(job), as_of=now)


def _found(
    grouped: Grouped, code: int, name: str, *, terms: tuple[str, ...], share: Estimate, decided: set[int]
) -> Found:
    rows = grouped.rows(code)
    starts = [moment for row in rows if (moment := grouped.contacts[row].started_at) is not None]
    members = tuple(Member(grouped.keys[row], _turn(grouped, row)) for row in rows)
    known = sum(member.contact_pk in decided for member in members)
    first, last = min(starts, default=None), max(starts, default=None)
    return Found(Gap(name, terms, len(rows), known, share, first, last), members, grouped.middles[code])


def _turn(grouped: Grouped, row: int) -> int:
    segment, turns = int(grouped.segments[row]), grouped.contacts[row].customer_turns
    return turns[segment] if segment >= 0 else -1


def _to_review(found: Sequence[Found], candidates: Candidates) -> list[int]:
    """Undecided contacts of each group, nearest to its centre first, a few of each."""
    return [
        key
        for one in found
        for key in [m.contact_pk for m in one.members if m.contact_pk not in candidates.answered][:HANDED_OVER]
    ]
