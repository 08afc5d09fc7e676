"""What each stage leaves in Prefect's pages: a report in Markdown and a table of its counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.stage_run import StageReport


def leave_report(job: str, run_id: str, report: StageReport) -> None:
    """Keep the report under one key a stage and job, so that Prefect shows how it went from run to run."""
    key = _key(job, report.name)
    create_markdown_artifact(markdown=report_text(job, run_id, report), key=key, description=f"{report.name} of {job}")
    create_table_artifact(table=rows(report.counts), key=f"{key}-counts", description=f"counts of {report.name}")


def report_text(job: str, run_id: str, report: StageReport) -> str:
    """The report in Markdown: counts and times, nothing that anybody said."""
    lines = [f"# {report.name} of {job}", "", f"Run `{run_id}` took {report.seconds:.1f} s.", ""]
    if before := report.counts.get("resumed_after"):
        lines += [f"It went on where run `{before}` was killed.", ""]
    lines += [f"- {row['what']}: **{row['count']}**" for row in rows(report.counts)]
    return "\n".join(lines)


def rows(counts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The counts as rows of a table, those inside others as `outer: inner`."""
    return [{"what": name, "count": value} for name, value in _flat(counts, "")]


def _flat(counts: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in counts.items():
        shown = prefix + name.replace("_", " ")
        if isinstance(value, Mapping):
            yield from _flat(value, f"{shown}: ")
        else:
            yield shown, value


def _key(job: str, stage: str) -> str:
    """Prefect takes small letters, digits and dashes."""
    return f"headway-{stage}-{re.sub(r'[^a-z0-9]+', '-', job.lower()).strip('-')}"
