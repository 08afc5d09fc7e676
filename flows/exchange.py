"""Review items to another tool and answers back: JSON Lines, Label Studio, Argilla."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy.orm import Session

from flows.decisions import Imported
from flows.workspace import Workspace
from store.audit import acting, record_audit
from store.decision_import import check_probability
from store.exchange import outgoing_items
from store.exports import record_export
from store.review_standing import read_reads
from store.reviews import add_decisions, find_item
from tagger import exchange_argilla as argilla
from tagger import exchange_label_studio as label_studio
from tagger.decision_record import parse_decision
from tagger.exchange import Arrived, Incoming, Outgoing, Passed, People, Unusable
from tagger.formats.chunks import chunks
from tagger.formats.json_lines import read_json_lines, read_json_list
from tagger.formats.outcome import Found, Rejected
from tagger.formats.problems import MissingFileError
from tagger.labels import LabelReader
from tagger.review import Decision, ReviewError
from taxonomy.errors import BadInputError
from taxonomy.model import Job

Tool = Literal["label-studio", "argilla"]
Reader = Callable[[Mapping[str, Any], str, People], Iterator[Arrived]]

TOOLS: tuple[Tool, ...] = ("label-studio", "argilla")
READERS: Mapping[Tool, Reader] = {"label-studio": label_studio.read_task, "argilla": argilla.read_record}
BOM_AND_SPACE = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True)
class Taken(Imported):
    """The same for another tool: `undecided` tasks nobody did yet, `skipped` ones that somebody passed on."""

    skipped: int = 0


def export_to(workspace: Workspace, tool: Tool, out: Path, *, people: People, to_work: bool) -> tuple[int, list[Path]]:
    """Write the items of a job for a tool; how many, and the files.

    Label Studio: tasks in `out`, the labelling configuration beside it as XML. Argilla: `out` is a folder that its
    library loads with `Dataset.from_disk`.
    """
    job = workspace.job
    with workspace.database.session() as session:
        items = outgoing_items(session, job.id, to_work=to_work)
        write = _to_argilla if tool == "argilla" else _to_label_studio
        count, files = write(job, items, out, people)
        detail = {"kind": tool, "items": count}
        record_audit(session, who=acting(session), action="export.write", object=f"job/{job.id}", detail=detail)
    # so that erasing a customer reaches the file as long as it lies there
    record_export(workspace.settings, files[0], kind=tool, job=job.id)
    return count, files


def _to_label_studio(job: Job, items: Iterable[Outgoing], out: Path, people: People) -> tuple[int, list[Path]]:
    beside = out.with_suffix(".xml")
    if beside == out:
        raise BadInputError(f"{out}: the labelling configuration goes beside the tasks as .xml; name a .json file")
    beside.write_text(label_studio.config(job), "utf-8")
    return _write_array(out, (label_studio.task(item, job, people) for item in items)), [out, beside]


def _to_argilla(job: Job, items: Iterable[Outgoing], out: Path, people: People) -> tuple[int, list[Path]]:
    about = out / ".argilla"
    about.mkdir(parents=True, exist_ok=True)
    files = {about / "settings.json": argilla.settings(job), about / "dataset.json": argilla.dataset(job)}
    for path, content in files.items():
        path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    records = out / "records.json"
    return _write_array(records, (argilla.record(item, job, people) for item in items)), [records, *files]


def _write_array(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """A JSON array, one element a line, whole or not at all; how many elements."""
    if path.exists() and not path.is_file():
        raise BadInputError(f"{path} is no file: what is written would take its place; name a file")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft, count = path.with_name(f".{path.name}.part"), 0
    with draft.open("w", encoding="utf-8") as file:
        file.write("[\n")
        for count, row in enumerate(rows, start=1):
            file.write((",\n" if count > 1 else "") + json.dumps(row, ensure_ascii=False))
        file.write("\n]\n")
    draft.replace(path)
    return count


def import_from(workspace: Workspace, tool: Tool, path: Path, *, people: People, by: str = "") -> Taken:
    """Take the answers of a tool; taking them twice changes nothing. `by` stands in where the tool names nobody.

    Answers of several people on one item become second reads. Records that cannot be used are listed with the reason,
    the others kept.
    """
    refused: list[str] = []
    found: list[tuple[str, Decision]] = []
    undecided = skipped = known = 0
    labels, now = LabelReader(workspace.job, within="decision"), datetime.now(UTC)
    with workspace.database.session() as session:
        for one in _arrived(path, tool, people):
            match one:
                case Passed():
                    skipped += one.skipped
                    undecided += not one.skipped
                case Unusable():
                    refused.append(f"{one.where}: {one.message}")
                case Incoming():
                    try:
                        pair = _decided(session, one, labels, by=by, now=now)
                    except BadInputError as error:
                        refused.append(f"{one.where}: {error}")
                        continue
                    known += pair is None
                    found += [pair] if pair else []
        found.sort(key=lambda pair: pair[1].at)
        added = add_decisions(session, found)
    return Taken(added, len(found) - added + known, undecided, tuple(refused), skipped)


def _decided(
    session: Session, one: Incoming, labels: LabelReader, *, by: str, now: datetime
) -> tuple[str, Decision] | None:
    """The item and its decision; None where it says without a date what this analyst said before.

    Raises BadInputError where it cannot be used.
    """
    job_id = labels.job_id
    item = find_item(session, job_id, item=one.item, contact_id=None) if one.item else None
    item = item or (find_item(session, job_id, item=None, contact_id=one.contact_id) if one.contact_id else None)
    if item is None:
        raise ReviewError("no item of that name or contact is in the review queue")
    check_probability(session, item, one.facts.get("pi"))
    dated = bool(one.decision.get("at"))
    decision = parse_decision(
        {**one.decision, "by": one.decision.get("by") or by, "at": one.decision.get("at") or now.isoformat()}, labels
    )
    if not dated:
        said = (decision.step, decision.outcome, decision.secondary)
        for read in read_reads(session, [item])[item]:
            if read.by == decision.by and (read.step, read.outcome, read.secondary) == said:
                return None
    return item, replace(decision, at=min(decision.at, now))


def _arrived(path: Path, tool: Tool, people: People) -> Iterator[Arrived]:
    """Everything that a file says, record by record; a broken record is one that cannot be used."""
    file = path / "records.json" if path.is_dir() else path
    if not file.is_file():
        raise MissingFileError(f"there is no file {file}")
    for read in _records(file):
        where = f"{file}:{read.line}"
        if isinstance(read, Rejected):
            yield Unusable(where, read.message)
        else:
            yield from READERS[tool](read.record, where, people)


def _records(file: Path) -> Iterator[Found | Rejected]:
    """Records of one JSON list, or of JSON Lines; how it begins tells which."""
    gzipped = file.name.lower().endswith(".gz")
    with file.open("rb") as stream:
        start = next(iter(chunks(stream, gzipped=gzipped)), b"").lstrip(BOM_AND_SPACE)[:1]
        stream.seek(0)
        source = chunks(stream, gzipped=gzipped)
        reading = read_json_list if start == b"[" else read_json_lines
        yield from reading(source, lambda record: iter([record]))
