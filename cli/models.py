"""`headway model`: the trained models of a job, and which of them is in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from getpass import getuser
from pathlib import Path

import click

from cli.output import job_option, json_option, print_json, print_table

why_option = click.option("--why", required=True, help="The reason, kept with the promotion.")
by_option = click.option("--by", help="Who decided; default the user of this machine.")


@click.group("model")
def group() -> None:
    """List, show, promote and roll back trained models; see what reviews bought."""


@group.command("list")
@job_option
@json_option
def list_models(job: str, as_json: bool) -> None:
    """Every model of a job, the newest first, and which is in use."""
    from flows.jobs import open_job
    from flows.models import shelved
    from store.settings import load_settings

    settings = load_settings()
    found = shelved(open_job(job, settings), settings=settings)
    rows = [
        {
            "model": one.id,
            "made_at": one.made_at,
            "job_version": one.card.get("job_version"),
            "fits": one.fits,
            "in_use": one.in_use,
            "contacts": one.contacts,
            "step": one.accuracy,
            "erased_texts": one.erased_texts,
        }
        for one in found
    ]
    if as_json:
        print_json({"models": rows})
        return
    erased = any(one.erased_texts for one in found)  # a column that says nothing takes the room of others
    columns = ("model", "in use", "made at", "job version", "contacts", *(["erased since"] if erased else []),
               "step right, held out")  # fmt: skip
    lines = [
        (
            one.id,
            "in use" if one.in_use else "",
            one.made_at,
            str(one.card.get("job_version", "?")) + ("" if one.fits else " (another)"),
            f"{one.contacts:,}",
            *([f"{one.erased_texts:,}"] if erased else []),
            _accuracy(one.accuracy),
        )
        for one in found
    ]
    print_table(f"Models of {job}", columns, lines) if lines else click.echo(f"job {job} has no model yet")
    if erased:
        click.echo(f"erased since: texts that a model learned from and that were erased; `headway train --job {job}` "
                   "makes one that never saw them")  # fmt: skip


@group.command()
@job_option
@click.argument("model", required=False)
@json_option
def show(job: str, model: str | None, as_json: bool) -> None:
    """The card of a model, and the promotions of the job; without MODEL the one in use."""
    from classifiers.card import card_text
    from flows.jobs import open_job
    from flows.models import history, read_model
    from store.settings import load_settings

    settings = load_settings()
    opened = open_job(job, settings)
    found, promotions = read_model(opened, model, settings=settings), history(opened, settings=settings)
    if not found.card:
        raise click.ClickException(f"the card of model {found.id} cannot be read: restore it or train again")
    if as_json:
        promoted = [vars(one) for one in promotions]
        print_json(
            {"model": found.id, "in_use": found.in_use, "fits": found.fits, "card": found.card, "promotions": promoted}
        )
        return
    click.echo(card_text(found.card, model_id=found.id))
    click.echo("## In use\n")
    for one in promotions:
        click.echo(f"- {one.at:%Y-%m-%d %H:%M} {one.model} by {one.by}: {one.why}")


@group.command()
@job_option
@click.argument("model")
@why_option
@by_option
def promote(job: str, model: str, why: str, by: str | None) -> None:
    """Put a model in use; one of another version of the job is refused."""
    from flows.jobs import open_job
    from flows.models import promote as put_in_use
    from store.settings import load_settings

    settings = load_settings()
    before = put_in_use(open_job(job, settings), model, settings=settings, by=by or getuser(), why=why)
    click.echo(
        f"{model} is in use already" if before == model else f"{model} is in use now, before: {before or 'none'}"
    )


@group.command()
@job_option
@why_option
@by_option
def rollback(job: str, why: str, by: str | None) -> None:
    """Put the model back in use that was before the present one."""
    from flows.jobs import open_job
    from flows.models import roll_back
    from store.settings import load_settings

    settings = load_settings()
    left, found = roll_back(open_job(job, settings), settings=settings, by=by or getuser(), why=why)
    click.echo(f"{found} is in use again, instead of {left}")


@group.command()
@job_option
@click.argument("model", required=False)
@why_option
@by_option
@json_option
def carry(job: str, model: str | None, why: str, by: str | None, as_json: bool) -> None:
    """Carry a model, default the one in use, over to the job's version in force by the job's ids and aliases.

    Renamed, merged and moved outcomes are followed; where one was split or retired, nothing is carried.
    """
    from flows.carry import carry as carried
    from flows.jobs import open_job
    from store.settings import load_settings

    settings = load_settings()
    found = carried(open_job(job, settings), model, settings=settings, by=by or getuser(), why=why)
    if as_json:
        print_json(asdict(found))
        return
    click.echo(f"{found.model} answers for {found.before} under job version {found.job_version}")
    for old, new in found.renamed.items():
        click.echo(f"  {old} is {new} now")
    if found.unknown:
        click.echo(f"  never given until a training knows them: {', '.join(found.unknown)}")
    click.echo(f"{found.model} is {'in use now' if found.in_use else 'not in use, as the old one was not'}")


@group.command()
@job_option
@click.argument("model", required=False)
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw the curve to this file as well.")
@json_option
def curve(job: str, model: str | None, svg: Path | None, as_json: bool) -> None:
    """What reviews have bought: accuracy and width of figures against reviews done; of the newest training.

    Made by `headway train` from the first eighth, quarter and half of the decisions and from all of them, all measured
    on the same reviews held back.
    """
    from flows.jobs import open_job
    from store.curves import read_curve
    from store.settings import load_settings

    settings = load_settings()
    found = read_curve(open_job(job, settings).id, model, settings=settings)
    points = [asdict(point) for point in found.points]
    if svg is not None:
        from api.learning_chart import learning_chart

        svg.write_text(str(learning_chart(points)), "utf-8")
    if as_json:
        print_json({"model": found.model, "points": points, "seconds": found.seconds})
        return
    columns = ("reviews done", "of these taught", "right step, held back", "half a share's interval, points")
    lines = [
        (
            f"{point.reviews:,}",
            f"{point.taught:,}",
            _accuracy({"accuracy": point.accuracy, "low": point.low, "high": point.high}),
            "too few drawn" if point.half_width is None else f"{100 * point.half_width:.1f}",
        )
        for point in found.points
    ]
    print_table(f"What reviews bought {found.model} (found in {found.seconds:.0f} s)", columns, lines)


def _accuracy(figure: Mapping[str, float] | None) -> str:
    if figure is None:
        return "not measured"
    return f"{100 * figure['accuracy']:.1f} % [{100 * figure['low']:.1f}, {100 * figure['high']:.1f}]"
