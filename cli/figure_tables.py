"""Figures as tables in the terminal: the scorecard of a job and its parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cli.output import print_table, shown

if TYPE_CHECKING:
    from alignment.scorecard import OutcomeFigures, Scorecard, StepFigures

NOTES = 3
"""So many different reasons are printed under a table."""


def print_scorecard(card: Scorecard) -> None:
    """The whole scorecard for a terminal."""
    click.echo(f"{card.job.statement}\n{card.job.id} {card.job.stamp}: {evidence_line(card)}\n")
    print_index(card)
    click.echo()
    print_steps(card)
    click.echo()
    print_failure_modes(card)
    click.echo()
    print_outcomes(card)


def evidence_line(card: Scorecard) -> str:
    """How much stands behind the page."""
    newest = (
        f"to {card.tagged_to:%Y-%m-%d %H:%M} UTC" if card.tagged_to else "(without dates)" if card.contacts else "yet"
    )
    corrected = f"{card.reviewed:,} reviews correct the figures" if card.reviewed else "no review corrects the figures"
    return f"{card.contacts:,} contacts tagged {newest}; {corrected}; known at {card.view.as_of:%Y-%m-%d %H:%M} UTC"


def print_index(card: Scorecard) -> None:
    """The index with its band and components, or why it is not published."""
    found = card.index
    if not found.published:
        click.echo(f"Alignment Index: not published: {found.reason}")
        return
    band = (
        f"; other weights and forms: {found.method_band[0]:.0f} to {found.method_band[1]:.0f}"
        if found.method_band
        else ""
    )
    click.echo(f"Alignment Index {shown(found.index)} of 100 (formula {found.formula}{band})")
    if found.response_band:
        from alignment.nonresponse import ODDS

        low, high = found.response_band
        click.echo(
            f"  {low:.0f} to {high:.0f} if a point of effort changes the odds of an answer by up to {ODDS:g} times"
        )
    for name, part in found.components.items():
        click.echo(f"  {name.replace('_', ' '):14s} {shown(part, digits=2)}")


def print_steps(card: Scorecard) -> None:
    """Friction by step, the largest burden first. `~` marks what no review corrects."""
    ordered = sorted(card.steps, key=lambda figures: -(figures.burden.value or -1.0))
    print_step_table("Friction by step (0 none, 100 worst), largest burden first", card, ordered)


def print_step_table(title: str, card: Scorecard, steps: Sequence[StepFigures]) -> None:
    """Steps in the order given."""
    rows = [
        [
            card.job.step_by_id[one.step].name if one.step in card.job.step_by_id else one.step,
            shown(one.share, scale=100, unit="%"),
            _effort(one),
            shown(one.fcr, scale=100, digits=0, unit="%"),
            shown(one.friction, digits=0),
            shown(one.burden, digits=1),
        ]
        for one in steps
    ]
    from alignment.effort import scale_of

    scale = scale_of(card.job)
    effort = f"effort ({scale.goalposts.best:g} = easy)"
    print_table(title, ("step", "share of contacts", effort, "FCR", "friction", "burden"), rows)


def _effort(one: StepFigures) -> str:
    """Mean effort, with the share who answered beside it."""
    rate = one.response_rate.value
    told = "" if one.effort.value is None or rate is None else f", {100 * rate:.0f}% answered"
    return f"{shown(one.effort, digits=2)}{told}"


def print_bounds(card: Scorecard) -> None:
    """Effort and friction if answering hangs on effort itself."""
    from alignment.effort import scale_of
    from alignment.nonresponse import ODDS

    top = scale_of(card.job).top
    rows = [
        [
            card.job.step_by_id[one.step].name,
            shown(one.easy, scale=100, digits=0, unit="%") if one.easy else "-",
            shown(one.effort_bounds, digits=2) if one.effort_bounds else "-",
            shown(one.friction_bounds, digits=0) if one.friction_bounds else "-",
        ]
        for one in card.steps
    ]
    title = f"If a point of effort changes the odds of an answer by up to {ODDS:g} times, which no answer can show"
    print_table(title, ("step", f"answers of {top[0]:g} to {top[1]:g}", "effort within", "friction within"), rows)


def print_failure_modes(card: Scorecard) -> None:
    """The failure modes with most burden."""
    rows = [
        [
            card.job.outcome_by_id[mode.outcome].statement,
            shown(mode.effort, digits=2),
            shown(mode.fcr, scale=100, digits=0, unit="%"),
            shown(mode.fcr_long, scale=100, digits=0, unit="%"),
            shown(mode.burden),
        ]
        for mode in card.failure_modes[:3]
    ]
    days = card.job.friction.fcr.window_days
    print_table("Top failure modes", ("outcome", "effort", f"FCR {days} days", "FCR 30 days", "burden"), rows)


def print_outcomes(card: Scorecard) -> None:
    """Outcomes by opportunity; one line where no survey says anything of them."""
    if all(one.opportunity.value is None for one in card.outcomes):
        click.echo("Outcomes by opportunity: not enough evidence: no outcome has survey answers in this view")
        return
    rows = [
        [
            card.job.outcome_by_id[one.outcome].statement,
            shown(one.importance),
            shown(one.satisfaction),
            shown(one.opportunity),
            one.served or "-",
        ]
        for one in sorted(card.outcomes, key=lambda one: one.rank or len(card.outcomes) + 1)[:10]
    ]
    print_table("Outcomes by opportunity", ("outcome", "importance", "satisfaction", "opportunity", "served"), rows)


def print_service(card: Scorecard) -> None:
    """Satisfaction as people said, as contacts have it since, and both blended."""
    rows = [
        [
            card.job.outcome_by_id[one.outcome].statement,
            shown(one.satisfaction),
            shown(one.service.satisfaction),
            shown(one.service.blend),
            f"{one.service.share:.2f}",
        ]
        for one in sorted(card.outcomes, key=lambda one: one.rank or len(card.outcomes) + 1)[:10]
        if one.service
    ]
    if not rows:
        return
    columns = ("outcome", "said in the survey", "by contacts since", "blend", "w of contacts")
    print_table("Satisfaction since the survey", columns, rows)
    notes = sorted({one.service.reason for one in card.outcomes if one.service and one.service.reason}, key=len)
    for note in notes[:NOTES]:
        click.echo(note)
    if len(notes) > NOTES:
        click.echo(f"{len(notes) - NOTES} more reasons: --json has them all")


def print_ranks(title: str, card: Scorecard, figures: Sequence[OutcomeFigures]) -> None:
    """The five outcomes with the largest opportunity, and how sure they are of their rank."""
    ranked = sorted((one for one in figures if one.rank and one.opportunity.value is not None), key=_rank)
    if not ranked:
        click.echo(f"{title}: not enough evidence: fewer than 10 people answered on any outcome")
        return
    rows = [
        [
            str(one.rank),
            card.job.outcome_by_id[one.outcome].statement,
            shown(one.opportunity),
            "-" if one.top_five_probability is None else f"{100 * one.top_five_probability:.0f} %",
        ]
        for one in ranked[:5]
    ]
    print_table(title, ("rank", "outcome", "opportunity", "chance to be of the top five"), rows)


def _rank(one: OutcomeFigures) -> int:
    return one.rank or 0
