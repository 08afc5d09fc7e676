"""Label Studio: tasks with predictions and annotations as JSON, and the labelling configuration as XML."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as Xml

from tagger.exchange import (
    SPECIAL,
    Arrived,
    Incoming,
    Outgoing,
    Passed,
    People,
    Unusable,
    as_list,
    earlier_answers,
    said_step,
    step_choices,
)
from tagger.model import NONE_FITS
from tagger.review_reads import Read
from taxonomy.model import Job

OBJECT = "dialogue"
OUTCOME = "outcome-"
"""Begins the name of the control that holds the outcomes of one step: a control's name must be its own."""


def config(job: Job) -> str:
    """The labelling configuration: the conversation, the step, the outcome within the chosen step, secondary steps."""
    view = Xml.Element("View")
    Xml.SubElement(view, "Paragraphs", name=OBJECT, value=f"${OBJECT}", layout="dialogue", nameKey="speaker",
                   textKey="text")  # fmt: skip
    _header(view, "What is this contact about?")
    _choices(view, "step", list(step_choices(job)), choice="single", required="true")
    for step in job.steps:
        if step.outcomes:
            seen = {"visibleWhen": "choice-selected", "whenTagName": "step", "whenChoiceValue": step.id}
            rows = [(outcome.id, outcome.statement) for outcome in step.outcomes]
            _choices(view, OUTCOME + step.id, rows, choice="single", **seen)
    _header(view, "Also about")
    _choices(view, "secondary", [(step.id, step.name) for step in job.steps], choice="multiple")
    Xml.indent(view)
    return Xml.tostring(view, encoding="unicode") + "\n"


def _header(view: Xml.Element, text: str) -> None:
    Xml.SubElement(view, "Header", value=text)


def _choices(view: Xml.Element, name: str, rows: Sequence[tuple[str, str]], **about: str) -> None:
    """Choices whose value is the id, so that it is what comes back; `html` is what annotators read."""
    group = Xml.SubElement(view, "Choices", {"name": name, "toName": OBJECT, **about})
    for value, text in rows:
        Xml.SubElement(group, "Choice", value=value, html=html.escape(text, quote=False))


def task(out: Outgoing, job: Job, people: People) -> dict[str, Any]:
    """One task; answers of analysts whom the tool knows go along as annotations, all of them in `data.answers`."""
    dialogue = [{"speaker": turn.speaker, "text": turn.text} for turn in out.turns]
    known = [read for read in out.reads if read.by in people.there]
    return {
        "data": {**out.facts, OBJECT: dialogue, "answers": out.answers},
        "predictions": _predictions(out, job),
        "annotations": [_annotation(out, read, job, people) for read in known],
    }


def _predictions(out: Outgoing, job: Job) -> list[dict[str, Any]]:
    if out.suggestion is None:
        return []
    step, outcome, chance = out.suggestion
    known = outcome if outcome in job.step_of else None
    if step is not None and step not in job.step_by_id:
        return []
    return [{"model_version": out.model, "score": chance, "result": _result(step, known, (), job, seed=out.item.item)}]


def _annotation(out: Outgoing, read: Read, job: Job, people: People) -> dict[str, Any]:
    result = _result(
        read.step, read.outcome, read.secondary, job, seed=mark_of(out.item.item, read.by, read.at.isoformat())
    )
    who: Any = people.there[read.by]
    return {
        "completed_by": int(who) if who.isdigit() else {"email": who},
        "created_at": read.at.isoformat(),
        "was_cancelled": False,
        "ground_truth": False,
        "result": result,
    }


def mark_of(item: str, by: str, at: str) -> str:
    """Marks an annotation as one that Headway sent, in the ids of its regions, which the tool keeps."""
    return "hw" + hashlib.sha256(f"{item}\x1f{by}\x1f{at}".encode()).hexdigest()[:10]


def _result(
    step: str | None, outcome: str | None, secondary: Sequence[str], job: Job, *, seed: str
) -> list[dict[str, Any]]:
    chosen = [("step", [step or NONE_FITS])]
    if outcome is not None:
        chosen.append((OUTCOME + job.step_of[outcome], [outcome]))
    if secondary:
        chosen.append(("secondary", list(secondary)))
    return [
        {"id": f"{seed}-{place}", "from_name": name, "to_name": OBJECT, "type": "choices", "value": {"choices": values}}
        for place, (name, values) in enumerate(chosen)
    ]


def read_task(row: Mapping[str, Any], where: str, people: People) -> Iterator[Arrived]:
    """What a task says: its annotations (JSON export), or its one answer (JSON-MIN export)."""
    data = row.get("data") if isinstance(row.get("data"), Mapping) else row
    if not isinstance(data, Mapping) or not (data.get("item") or data.get("contact_id")):
        yield Unusable(where, "data: holds neither `item` nor `contact_id`, so nobody knows which contact it is")
        return
    answers = [one for one in as_list(data.get("answers")) if isinstance(one, Mapping)]
    yield from earlier_answers(where, data, answers)
    if "annotations" not in row and "annotator" in row:
        yield _flat(row, where, people)
        return
    item = str(data.get("item"))
    marks = {mark_of(item, str(one.get("by")), str(one["at"])): one for one in answers if one.get("at")}
    done = [one for one in as_list(row.get("annotations")) if isinstance(one, Mapping)]
    if not done and not answers:
        yield Passed(where, skipped=False)
    for number, annotation in enumerate(done):
        yield from _one(annotation, data, f"{where}, annotation {annotation.get('id', number + 1)}", people, marks)


def _one(
    annotation: Mapping[str, Any],
    data: Mapping[str, Any],
    where: str,
    people: People,
    marks: Mapping[str, Mapping[str, Any]],
) -> Iterator[Arrived]:
    if annotation.get("was_cancelled"):
        yield Passed(where, skipped=True)
        return
    result = annotation.get("result")
    if not isinstance(result, list) or not all(isinstance(region, Mapping) for region in result):
        yield Unusable(where, "result: must be a list of regions")
        return
    chosen: dict[str, list[str]] = {}
    for region in result:
        value = region.get("value")
        if isinstance(value, Mapping) and isinstance(value.get("choices"), list):
            chosen[str(region.get("from_name"))] = [str(choice) for choice in value["choices"]]
    decision = _decision(chosen)
    if decision is None:
        yield Unusable(where, "no step was chosen")
        return
    sent = marks.get(str(result[0].get("id", "")).split("-")[0])
    same = ("step", "outcome", "secondary")
    if sent is not None and [sent.get(name) for name in same] == [decision[name] for name in same]:
        return  # Headway's own answer came back unchanged; `data.answers` holds it with its author
    when = annotation.get("updated_at") or annotation.get("created_at")
    about = {"by": _who(annotation.get("completed_by"), people), "at": when, "seconds": annotation.get("lead_time")}
    hidden = bool(data.get("suggestion_hidden", False))
    said = {**decision, **about, "suggestion_hidden": hidden}
    yield Incoming(where, data.get("item"), data.get("contact_id"), said, data)


def _decision(chosen: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
    """Choices by control as a decision; an outcome whose step is not the chosen one was left over and is not meant."""
    step = next(iter(chosen.get("step") or ()), None)
    outcomes = {name.removeprefix(OUTCOME): list(picked) for name, picked in chosen.items() if name.startswith(OUTCOME)}
    if step is None and len(outcomes) == 1:
        step = next(iter(outcomes))
    if step is None:
        return None
    outcome = None if step in SPECIAL else next(iter(outcomes.get(step) or chosen.get("outcome") or ()), None)
    return {"step": said_step(step), "outcome": outcome, "secondary": list(chosen.get("secondary") or ())}


def _flat(row: Mapping[str, Any], where: str, people: People) -> Arrived:
    """A row of the JSON-MIN export: a column per control, one row an annotation."""

    def picked(value: Any) -> list[str]:
        if isinstance(value, Mapping):
            value = value.get("choices")
        return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []

    decision = _decision({str(name): picked(value) for name, value in row.items() if _is_control(str(name))})
    if decision is None:
        return Passed(where, skipped=False)
    when = row.get("updated_at") or row.get("created_at")
    about = {"by": _who(row.get("annotator"), people), "at": when, "seconds": row.get("lead_time")}
    said = {**decision, **about, "suggestion_hidden": bool(row.get("suggestion_hidden", False))}
    return Incoming(where, row.get("item"), row.get("contact_id"), said, row)


def _is_control(name: str) -> bool:
    return name in ("step", "outcome", "secondary") or name.startswith(OUTCOME)


def _who(given: Any, people: People) -> str:
    """Who annotated: an e-mail where the tool gives one, else `label-studio:ID`."""
    if isinstance(given, Mapping):
        given = given.get("email") or given.get("id")
    if given is None:
        return ""
    known = people.here(str(given))
    return f"label-studio:{known}" if known.isdigit() else known
