"""Where one contact counts: its chain, the groups it belongs to, and how much it adds to which figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from alignment.moments import week_of
from api.address import Asked, Links, contact_link
from store.browse import ContactDetail
from store.contact_chains import Counted, Link, read_chain, read_counted
from tagger.model import NONE_FITS
from taxonomy.model import Job

LEAST = 0.05
"""Steps for which the tagger's chance is smaller are not listed."""


@dataclass(frozen=True)
class ChainRow:
    """One contact of the customer, with its address and what its time says."""

    link: Link
    step: str
    gap: str
    href: str


@dataclass(frozen=True)
class PlaceRow:
    """A group that the contact belongs to, and its step's page for that group."""

    name: str
    value: str
    href: str


@dataclass(frozen=True)
class AddRow:
    """A step (or outcome) that the contact adds to, how, and the figures' page."""

    name: str
    how: str
    href: str


@dataclass(frozen=True)
class CountsPart:
    """Everything of it; `resolved` in words by window."""

    chain: Sequence[ChainRow]
    places: Sequence[PlaceRow]
    adds: Sequence[AddRow]
    counted: Counted
    resolved: Sequence[tuple[int, str]]


def counts_part(session: Session, job: Job, detail: ContactDetail, contact_pk: int) -> CountsPart:
    """The contact in a job's figures, as known now."""
    counted = read_counted(session, job, contact_pk, as_of=datetime.now(UTC))
    chain = [_chain_row(job, link) for link in read_chain(session, job, contact_pk)]
    step, outcome = _stands(detail, job, counted)
    return CountsPart(
        chain=chain,
        places=_places(job, detail, step),
        adds=_adds(job, detail, counted, step=step, outcome=outcome),
        counted=counted,
        resolved=[(days, _in_words(value)) for days, value in counted.resolved.items()],
    )


def _chain_row(job: Job, link: Link) -> ChainRow:
    if link.days is None:
        gap = "the first one known"
    else:
        days = f"{link.days:.0f} days" if link.days >= 1.5 else f"{24 * max(link.days, 0):.0f} hours"
        gap = f"{days} after the one before{', a repeat' if link.follows else ''}"
    step = (
        job.step_by_id[link.step].name
        if link.step in job.step_by_id
        else "fits no step"
        if link.step is None
        else link.step
    )
    return ChainRow(link, step, gap, contact_link(link.contact_id, link.source))


def _stands(detail: ContactDetail, job: Job, counted: Counted) -> tuple[str | None, str | None]:
    """Where it stands: as decided, else as the model in use tagged it."""
    decision = next((one for one in detail.decisions if one.job == job.id), None)
    if decision is not None:
        return decision.step, decision.outcome
    tag = next((one for one in detail.tags if one.job == job.id and one.model == counted.model), None)
    return (None, None) if tag is None else (tag.step, tag.outcome)


def _places(job: Job, detail: ContactDetail, step: str | None) -> list[PlaceRow]:
    contact = detail.contact
    groups: list[tuple[str, str, Asked]] = []
    if contact.started_at is not None:
        monday = week_of(contact.started_at.date())
        groups.append(("week", _week(monday), Asked(start=monday, end=monday + timedelta(weeks=1))))
    if contact.channel is not None:
        groups.append(("channel", contact.channel, Asked(filters={"channel": contact.channel})))
    for family, values in (("segment", contact.segment), ("circumstance", contact.circumstance)):
        groups += [
            (name, str(value), Asked(filters={f"{family}.{name}": str(value)})) for name, value in values.items()
        ]
    known = step in job.step_by_id
    return [
        PlaceRow(name, value, Links(job.id, asked).step(str(step)) if known else Links(job.id, asked).scorecard())
        for name, value, asked in groups
    ]


def _week(monday: date) -> str:
    return f"{monday.day} {monday:%B %Y}"


def _adds(job: Job, detail: ContactDetail, counted: Counted, *, step: str | None, outcome: str | None) -> list[AddRow]:
    """Under which step it counts, and how much: a correcting review for one, the tagger's chances for several."""
    links = Links(job.id)
    if counted.weight is not None:
        how = f"as the analyst decided, with weight {counted.weight:.2f}: one over the chance of its being drawn"
        rows = [AddRow(job.step_by_id[step].name, how, links.step(step))] if step in job.step_by_id else []
        if outcome in job.outcome_by_id:
            rows.append(AddRow(job.outcome_by_id[outcome].statement, "the same", links.failure_mode(outcome)))
        return rows or [AddRow("no step of the job", how, links.scorecard())]
    tag = next((one for one in detail.tags if one.job == job.id and one.model == counted.model), None)
    chances = {} if tag is None else tag.steps
    ranked = sorted(((p, name) for name, p in chances.items() if name != NONE_FITS and p >= LEAST), reverse=True)
    return [
        AddRow(job.step_by_id[name].name, f"{100 * p:.0f}%, the tagger's chance", links.step(name))
        for p, name in ranked
        if name in job.step_by_id
    ]


def _in_words(value: bool | None) -> str:
    match value:
        case True:
            return "nothing followed: resolved"
        case False:
            return "the customer came back, or gave up: not resolved"
        case _:
            return "not asked of this one: it follows another contact, or its days are not over"
