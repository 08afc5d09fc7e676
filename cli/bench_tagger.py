"""What `headway bench tagger` puts together from its options."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from cli.output import print_json
from evals.bench.answered import System
from evals.bench.baselines import Baselines
from evals.bench.cells import Cells
from evals.bench.ours import ours, ours_fast, ours_unlabelled
from evals.bench.report import report_text, write_report
from evals.bench.run import SEVERAL, Bench, Plan
from evals.bench.setfit import setfit_in
from evals.bench.sets import GENERATED, PUBLIC
from evals.bench.several import several_systems
from evals.bench.split import BUDGETS
from store.settings import Settings, load_settings

Say = Callable[[str], None]
SETS = (*GENERATED, *PUBLIC, SEVERAL)
QUICK = (
    "ours-fast",
    "ours-unlabelled",
    "tfidf-svc",
    "tfidf-minilm-svc",
    "minilm-logistic",
    "prototypes",
    "setfit",
    "llm",
)
"""What a short run measures: all but what takes minutes of training each."""

OURS: dict[str, System] = {"ours": ours, "ours-fast": ours_fast, "ours-unlabelled": ours_unlabelled}
FAILED = 1


def bench_tagger(
    *,
    data: Path | None,
    out: Path | None,
    sets: str | None,
    systems: str | None,
    budgets: str | None,
    setfit: bool,
    setfit_steps: int,
    finished: bool,
    as_json: bool,
    say: Say,
    **sizes: Any,
) -> int:
    """Run it, write the report and print it; the exit code."""
    settings = load_settings()
    folder = out or settings.home / "bench" / "tagger"
    plan = Plan(
        data=data,
        sets=_chosen(sets, SETS, "--sets") or (tuple(GENERATED) if data is None else SETS),
        budgets=_chosen(budgets, BUDGETS, "--budgets"),
        run=not finished,
        **sizes,
    )
    baselines = Baselines(settings.home)
    extra, skipped = _extra(settings, setfit_steps if setfit else None, say)
    known = {**OURS, **baselines.systems(), **extra, "prototypes": baselines.prototypes}
    usual = QUICK if data is None or sizes["quick"] else tuple(known)
    wanted = _chosen(systems, (*known, "setfit", "llm"), "--systems") or usual
    several = several_systems(baselines)
    bench = Bench(
        plan,
        {name: system for name, system in known.items() if name in wanted},
        {name: system for name, system in several.items() if name in wanted},
        Cells(folder / "cells"),
        settings.home,
        say,
        skipped=skipped,
    )
    result = bench.result()
    write_report(result, folder)
    print_json(result) if as_json else click.echo(f"{report_text(result)}\nwritten to {folder}")
    return FAILED if result["failed"] else 0


def _extra(settings: Settings, setfit_steps: int | None, say: Say) -> tuple[dict[str, System], list[str]]:
    """The systems that are there only where they were asked for or set up, and why the others are left out."""
    extra: dict[str, System] = {}
    skipped = []
    if setfit_steps is None:
        skipped.append("setfit: not asked for (--setfit)")
    else:
        extra["setfit"] = setfit_in(settings.home / "bench" / "setfit", steps=setfit_steps, say=say)
    if settings.llm_configured:
        extra["llm"] = _llm(settings)
    else:
        skipped.append("llm: no endpoint is set (HEADWAY_LLM_MODEL)")
    return extra, skipped


def _chosen(given: str | None, known: tuple[str, ...], option: str) -> tuple[str, ...] | None:
    """Names with commas between them. Raises click.BadParameter for one that is not known."""
    if given is None:
        return None
    names = tuple(name.strip() for name in given.split(","))
    if unknown := [name for name in names if name not in known]:
        raise click.BadParameter(f"{', '.join(unknown)}: use {', '.join(dict.fromkeys(known))}", param_hint=option)
    return names


def _llm(settings: Settings) -> System:
    from evals.bench.asked import LlmAlone
    from store.llm import open_reader

    return LlmAlone(open_reader(settings), settings.llm_concurrency)
