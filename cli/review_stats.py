"""`headway review stats`: the queue, how fast it goes, and how far to trust analysts and tagger."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli.output import job_option, json_option, print_json, print_table, shown

if TYPE_CHECKING:
    from store.review_stats import Stats


@click.command()
@job_option
@json_option
def stats(job: str, as_json: bool) -> None:
    """The queue by reason, speed, agreement, pull of suggestions, known answers, the promise on kept tags."""
    from cli.database import opened
    from flows.workspace import Workspace
    from store.review_stats import read_agreement, read_stats
    from store.reviews import queue_counts

    found, now = Workspace.open(job).job, datetime.now(UTC)
    with opened() as session:
        counts = queue_counts(session, found.id)
        known, agreed = read_stats(session, found, now=now), read_agreement(session, found, now=now)
    if as_json:
        figures = {name: getattr(known, name) for name in ("drawn", "drawn_decided", "prefix", "waiting", "spent")}
        trust = {"pull": vars(known.pull), "promise": vars(known.promise), "gold": [vars(one) for one in known.gold]}
        more = {"seconds": known.seconds, "budget": asdict(known.budget), "agreement": [vars(one) for one in agreed]}
        print_json({"job": found.id, "reasons": counts, **figures, **trust, **more})
        return
    rows = [[reason, str(c["items"]), str(c["decided"])] for reason, c in sorted(counts.items())]
    print_table(f"Review queue of {found.id}", ("reason", "items", "decided"), rows)
    for line in (*_speed(known), *_trust(known)):
        click.echo(line)
    click.echo(f"agreement of analysts (alpha, {agreed[0].readings} read twice): {shown(agreed[0].alpha, digits=2)}")


def _speed(known: Stats) -> list[str]:
    done = f"{known.drawn_decided:,} of {known.drawn:,} drawn decided, {100 * known.prefix:.0f}% in order without a gap"
    seconds = "not known" if known.seconds is None else f"{known.seconds:.0f}"
    return [done, f"median seconds an item: {seconds}"]


def _trust(known: Stats) -> list[str]:
    promise, pull = known.promise, known.pull
    return [
        f"errors among kept tags: {shown(promise.error, scale=100, unit='%')}, {100 * promise.max_error:g}% allowed: "
        f"{promise.state}",
        f"how far suggestions lead: {shown(pull.pulled, scale=100, unit='%')}",
        *(f"{one.by} gives the known step: {shown(one.step, scale=100, unit='%')}" for one in known.gold),
    ]
