"""What fault runs came to, for people: a paragraph a part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Found = Mapping[str, Any]


def cases(part: Found) -> Iterator[tuple[str, Found]]:
    """The faults of a part by name: one, or several in one."""
    inner = {name: value for name, value in part.items() if isinstance(value, Mapping) and "lost" in value}
    if inner:
        yield from ((f"{part['name']}: {name}", value) for name, value in inner.items())
    else:
        yield str(part["name"]), part


def failed(part: Found) -> bool:
    """Whether anything was lost, doubled or different, or a person was told nothing that helps."""
    if "not_run" in part:
        return False
    return any(
        case["lost"] or case["doubled"] or case["different"] or case["wrong"] or case.get("equal") is False
        for _, case in cases(part)
    )


def report_text(found: Found) -> str:
    """Every part, the kills of each database together, and what is left to do."""
    parts: Sequence[Found] = found["parts"]
    lines = [line for part in parts for line in _part(part)]
    lines += _kills([part for part in parts if part["name"].startswith("kills/")])
    if found["left"]:
        lines.append(f"not done yet: {', '.join(found['left'])}; the same command goes on")
    return "\n".join(lines)


def _part(part: Found) -> Iterator[str]:
    if "not_run" in part:
        yield f"{part['name']}: not run: {part['not_run']}"
        return
    for name, case in cases(part):
        yield f"{name}: {_tried(case)}; {_came_to(case)}"
        yield from (f"  told: {message}" for message in case.get("messages", ()))
        yield from (f"  WRONG: {wrong[:1500]}" for wrong in case["wrong"])
        yield from (f"  WRONG: {table}" for table in case.get("odd", ()))


def _tried(case: Found) -> str:
    if "kills" in case:
        return f"{case['kills']} random kills and {case['aimed']} aimed at commits of {case['contacts']:,} contacts"
    if "simulated_minutes" in case:
        return (
            f"{case['simulated_minutes']} minutes of its time, {case['requests']} requests, exit {case['exit_codes']}"
        )
    return f"{case['cuts']} times, exit codes {case['exit_codes']}, {case['contacts']:,} contacts"


def _came_to(case: Found) -> str:
    figures = f", figures differ by {case['figures_differ_by']:g}" if "figures_differ_by" in case else ""
    return f"{case['lost']} lost, {case['doubled']} doubled, {case['different']} different{figures}"


def _kills(parts: Sequence[Found]) -> Iterator[str]:
    for database in dict.fromkeys(part["name"].split("/")[1] for part in parts):
        mine = [part for part in parts if part["name"].split("/")[1] == database]
        each = [kill for part in mine for kill in part["each"]]
        random_kills = [kill for kill in each if not kill["aimed"]]
        yield f"{database}, all courses: {len(random_kills)} random kills, {len(each) - len(random_kills)} aimed"
        yield f"  random, in the middle of: {_counted(kill['state'] for kill in random_kills)}"
        yield f"  aimed, in the middle of: {_counted(kill['state'] for kill in each if kill['aimed'])}"
        yield f"  by command: {_counted(kill['step'] for kill in each)}"
        of_runs = [kill for kill in each if kill["step"] == "run"]
        yield f"  of `run` by stage: {_counted(kill['stage'] or 'between stages' for kill in of_runs)}"


def _counted(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in Counter(names).most_common()) or "none"
