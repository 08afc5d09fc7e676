"""`headway bench redaction`: how much personal data is taken out, how much else, and how quickly."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from evals.redaction.bench import RedactionBench, System
    from evals.redaction.public import PublicSet
    from evals.redaction.score import Share

BELOW = 3


@click.command()
@click.option("--items", type=click.IntRange(100), default=6000, show_default=True, help="Planted items, at least.")
@click.option("--decoys", type=click.IntRange(0), default=2000, show_default=True, help="Messages without any.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of public data to read too.")
@click.option("--sample", default=0, show_default=True, help="Findings and unredacted messages of each set to write.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for these samples.")
@click.option("--seed", default=0, show_default=True, help="Another seed plants other values in the same forms.")
@click.option("--baseline/--no-baseline", default=True, help="Presidio in the same run, where it is installed.")
@json_option
def redaction(out: Path | None, as_json: bool, **options: Any) -> None:
    """Recall and precision by type on planted items, what is found in public data, and messages a second.

    Forms are shown by when they were written: the documents say which of them were looked at while redaction was built.
    The interval is the wider of one over items and one over forms. Exits 3 below 2,000 messages a second.
    """
    from evals.redaction.bench import TARGET, redaction_bench

    result = redaction_bench(**options, say=lambda line: click.echo(line, err=True))
    if out is not None:
        _write_samples(result, out)
    print_json(_plain(result)) if as_json else _print(result)
    if result.systems[0].per_second < TARGET:
        raise SystemExit(BELOW)


def _print(result: RedactionBench) -> None:
    click.echo(f"{result.items:,} planted items in {result.forms} forms")
    for system in result.systems:
        for writing in system.writings:
            print_table(
                f"{system.name}, {writing} writing",
                ("type", "recall", "under its type", "precision"),
                _rows(system, writing),
            )
            decoys = system.decoys[writing]
            click.echo(f"decoys changed: {_share(decoys)}")
        click.echo(f"{system.per_second:,.0f} messages a second on one core\n")
    for one in result.public:
        _print_set(one)
    for line in result.skipped:
        click.echo(f"not measured: {line}")


def _rows(system: System, writing: Any) -> list[tuple[str, str, str, str]]:
    scores = system.writings[writing]
    kinds = [*(kind for kind in scores.recall if kind != "ALL"), "ALL"]
    return [
        (
            kind,
            _share(scores.recall[kind]),
            _share(scores.typed[kind]),
            _share(scores.precision[kind]) if kind in scores.precision else "nothing found",
        )
        for kind in kinds
    ]


def _print_set(one: PublicSet) -> None:
    found = ", ".join(f"{kind} {count:,}" for kind, count in one.kinds.items()) or "nothing"
    share = one.changed / one.messages
    click.echo(f"{one.name}: {one.messages:,} messages, {share:.1%} changed, {one.per_second:,.0f} a second: {found}")
    if one.labelled is not None:
        print_table(
            f"{one.name}: slots that others labelled",
            ("slot", "taken out whole"),
            [(k, _share(v)) for k, v in one.slots.items()],
        )
        click.echo(f"findings that meet such a slot: {_share(one.labelled)}")


def _share(share: Share) -> str:
    return f"{share.value:6.1%} [{share.low:.1%}, {share.high:.1%}] of {share.size:,}"


def _write_samples(result: RedactionBench, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for one in result.public:
        (out / f"{one.name}-found.txt").write_text("\n".join(one.found), "utf-8")
        (out / f"{one.name}-left.txt").write_text("\n".join(one.left), "utf-8")


def _json(shares: Mapping[str, Share]) -> dict[str, Any]:
    return {name: share.as_json() for name, share in shares.items()}


def _plain(result: RedactionBench) -> Mapping[str, Any]:
    return {
        "items": result.items,
        "forms": result.forms,
        "systems": [
            {
                "name": system.name,
                "messages_per_second": round(system.per_second),
                **{
                    f"{writing}_writing": {
                        "recall": _json(scores.recall),
                        "typed": _json(scores.typed),
                        "precision": _json(scores.precision),
                        "decoys_changed": system.decoys[writing].as_json(),
                        "worst_forms": [{"line": line, "recall": recall} for line, recall in scores.worst],
                    }
                    for writing, scores in system.writings.items()
                },
            }
            for system in result.systems
        ],
        "public": [
            {
                "name": one.name,
                "messages": one.messages,
                "changed": one.changed,
                "found": one.kinds,
                "messages_per_second": round(one.per_second),
                "slots": _json(one.slots),
                "labelled": one.labelled and one.labelled.as_json(),
            }
            for one in result.public
        ],
        "skipped": result.skipped,
    }
