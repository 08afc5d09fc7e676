"""`headway train`, `predict` and `eval`: the tagger on its own, without a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from cli.output import counts_line, job_option, json_option, print_counts, print_json, wait_option

SOME_UNUSED = 3
LINES_AT_ONCE = 512


@click.command()
@job_option
@click.option(
    "--data",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Labelled contacts; without them the model is made from the job's own words.",
)
@click.option(
    "--unlabelled",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Contacts that nobody labelled, to learn from where there is no --data.",
)
@click.option(
    "--tuned/--fast",
    default=False,
    help="Give the model an encoder of its own: minutes instead of seconds, a little more often right. Default fast.",
)
@click.option(
    "--llm-teacher",
    type=click.IntRange(min=1),
    help="Let the LLM label at most so many --unlabelled contacts and learn from that; needs no --data.",
)
@click.option(
    "--encoder",
    metavar="NAME|PATH|FILE.onnx",
    help="Another encoder: a sentence-transformers name or path, or an ONNX file with tokenizer.json beside it.",
)
@click.option("--languages", help="Languages that this encoder reads, such as en,de; they stand on the model's card.")
@click.option("--seed", default=0, show_default=True, help="Seed of everything random.")
@wait_option
@json_option
def train(
    job: str,
    data: Path | None,
    unlabelled: Path | None,
    tuned: bool,
    llm_teacher: int | None,
    encoder: str | None,
    languages: str | None,
    seed: int,
    wait: float,
    as_json: bool,
) -> None:
    """Train a tagger; use it if it is not worse than the one in use.

    Calibrates on held-out data, sets the deferral threshold, and compares with the model in use on the same contacts.
    """
    from flows.stage_run import at_work
    from flows.train import train as train_model
    from flows.workspace import Workspace

    if data is not None and unlabelled is not None:
        raise click.UsageError("--unlabelled is read only where there is no --data: leave one of them out")
    if llm_teacher is not None:
        return _taught(job, unlabelled, most=llm_teacher, seed=seed, wait=wait, as_json=as_json)
    workspace, chosen = Workspace.open(job), {"encoder": encoder, "encoder_languages": languages}
    with at_work(workspace, "train", job=workspace.job.id, patience=wait) as counts:
        report = train_model(
            workspace.job,
            data,
            settings=workspace.settings.model_copy(update={name: value for name, value in chosen.items() if value}),
            unlabelled=unlabelled,
            tuned=tuned,
            seed=seed,
            say=lambda line: click.echo(line, err=True),
        )
        counts.update({"contacts": report.contacts, "model": report.model, "promoted": report.promoted})
    print_counts(report.as_json(), as_json=True) if as_json else click.echo(report.text())
    if report.unused:
        for line in report.examples:
            click.echo(line, err=True)
        raise SystemExit(SOME_UNUSED)
    return None


def _taught(job: str, unlabelled: Path | None, *, most: int, seed: int, wait: float, as_json: bool) -> None:
    from flows.llm_teacher import teach
    from flows.stage_run import at_work
    from flows.workspace import Workspace

    if unlabelled is None:
        raise click.UsageError("--llm-teacher needs --unlabelled: the contacts that the LLM is to label")
    workspace = Workspace.open(job)
    with at_work(workspace, "train", job=workspace.job.id, patience=wait) as counts:
        told = teach(
            workspace.job,
            unlabelled,
            most=most,
            settings=workspace.settings,
            seed=seed,
            say=lambda line: click.echo(line, err=True),
        )
        counts.update({"contacts": told.asked, "model": told.model, "promoted": told.promoted})
    print_json(told.as_json()) if as_json else click.echo(told.text())


@click.command()
@job_option
@click.option("--model", help="Model id; default the one in use.")
@click.option("--words-alone", is_flag=True, help="The cheap stage alone: many times faster, and hands over more.")
def predict(job: str, model: str | None, words_alone: bool) -> None:
    """Tag contacts from standard input to standard output.

    JSON Lines in, JSON Lines out: order kept, one line out per line in, no database. A line that cannot be
    read gives an `error` in its place, and exit code 3.
    """
    from classifiers.llm import AidedModel
    from flows.jobs import open_job
    from store.predictor import Predictor
    from store.settings import load_settings

    settings = load_settings()
    predictor = Predictor.open(open_job(job, settings), settings=settings, model=model, words_alone=words_alone)
    failed = 0
    for batch in _batches(sys.stdin.buffer):
        for line in predictor.lines(batch):
            failed += "error" in line
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    if isinstance(predictor.reader, AidedModel):
        click.echo(f"LLM: {counts_line(predictor.reader.stage.counts())}", err=True)
    raise SystemExit(SOME_UNUSED if failed else 0)


def _batches(stream: Any) -> Iterator[list[tuple[int, bytes]]]:
    """Numbered lines, several at once: a model reads many together much faster."""
    batch: list[tuple[int, bytes]] = []
    for number, line in enumerate(stream, 1):
        batch.append((number, line))
        if len(batch) >= LINES_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


@click.command("eval")
@job_option
@click.option("--data", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Labelled contacts.")
@click.option("--model", help="Model id; default the one in use.")
@click.option(
    "--report", type=click.Path(path_type=Path, file_okay=False), help="Folder for report.json and report.md."
)
@json_option
def evaluate(job: str, data: Path, model: str | None, report: Path | None, as_json: bool) -> None:
    """Measure a tagger on labelled contacts."""
    from flows.evaluate import evaluate as measure_tagger
    from flows.jobs import open_job
    from store.settings import load_settings

    settings = load_settings()
    done = measure_tagger(open_job(job, settings), data, settings=settings, model=model)
    if report is not None:
        done.write(report)
    print_json(done.as_json()) if as_json else click.echo(done.text())
    if done.unused:
        click.echo(f"not used: {json.dumps(done.unused)}", err=True)
        raise SystemExit(SOME_UNUSED)
