"""Argilla 2: a folder as its Python library loads and saves a dataset: settings, dataset, records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tagger.exchange import (
    SPECIAL,
    TOOL_AGENT,
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

FIELD = "dialogue"
QUESTIONS = ("step", "outcome", "secondary")
ROLES = {"customer": "user", "agent": "assistant", "system": "system"}
OPEN = ("draft", "pending")
FACTS = ("item", "contact_id", "reason", "drawn", "u", "pi", "policy", "suggestion_hidden")
GUIDE = (
    "Choose the step that this contact is about, then the outcome within it. 'Fits no step' and 'Cannot tell' are "
    "answers as well. Secondary steps are what else it is about."
)


def settings(job: Job) -> dict[str, Any]:
    """`.argilla/settings.json`: the conversation as a chat field, step and outcome as label questions."""
    outcomes = [(one.id, f"{step.name}: {one.statement}") for step in job.steps for one in step.outcomes]
    questions = [
        _question("step", "Step", "label_selection", list(step_choices(job)), required=True),
        _question("outcome", "Outcome", "label_selection", outcomes, required=False),
        _question("secondary", "Also about", "multi_label_selection", _steps(job), required=False),
    ]
    return {
        "guidelines": GUIDE,
        # A question of this tool needs two labels at least; a smaller job has none to choose from.
        "questions": [one for one in questions if len(one["settings"]["options"]) > 1],
        "fields": [_field()],
        "vectors": [],
        "metadata": [_term("reason")],
        "allow_extra_metadata": True,
        "distribution": {"strategy": "overlap", "min_submitted": 1},
        "mapping": None,
    }


def dataset(job: Job) -> dict[str, Any]:
    """`.argilla/dataset.json`: the dataset's own facts."""
    name = f"headway-{job.id}"
    return {**_unsaved(), "name": name, "status": "draft", "guidelines": GUIDE, "allow_extra_metadata": True,
            "distribution": {"strategy": "overlap", "min_submitted": 1}, "workspace_id": None,
            "last_activity_at": None}  # fmt: skip


def _steps(job: Job) -> list[tuple[str, str]]:
    return [(step.id, step.name) for step in job.steps]


def _unsaved() -> dict[str, Any]:
    return {"id": None, "inserted_at": None, "updated_at": None}


def _question(name: str, title: str, kind: str, rows: Sequence[tuple[str, str]], *, required: bool) -> dict[str, Any]:
    options = [{"value": value, "text": text} for value, text in rows]
    about: dict[str, Any] = {"type": kind, "options": options, "visible_options": None}
    if kind == "multi_label_selection":
        about["options_order"] = "natural"
    head = {"name": name, "settings": about, "title": title, "description": None, "required": required}
    return {**_unsaved(), **head, "dataset_id": None, "type": kind}


def _field() -> dict[str, Any]:
    about = {"type": "chat", "use_markdown": False}
    head = {"name": FIELD, "settings": about, "title": "Conversation", "required": True, "description": None}
    return {**_unsaved(), **head, "dataset_id": None, "type": "chat"}


def _term(name: str) -> dict[str, Any]:
    about = {"visible_for_annotators": True, "type": "terms", "values": None}
    head = {"name": name, "settings": about, "title": name, "visible_for_annotators": True}
    return {**_unsaved(), **head, "dataset_id": None}


def record(out: Outgoing, job: Job, people: People) -> dict[str, Any]:
    """One record; answers of analysts whom the tool knows are responses, all of them are in `metadata.answers`."""
    talk = [{"role": ROLES[turn.speaker], "content": turn.text} for turn in out.turns if turn.text.strip()]
    known = [read for read in out.reads if read.by in people.there]
    facts = {name: value for name, value in out.facts.items() if value is not None}
    return {
        "id": out.item.item,
        "fields": {FIELD: talk or [{"role": "user", "content": "[no words]"}]},
        "metadata": {**facts, "answers": json.dumps(out.answers)} if out.reads else facts,
        "suggestions": _suggestions(out, job),
        "responses": _responses(known, people),
        "vectors": {},
        "status": "completed" if known else "pending",
        "_server_id": None,
    }


def _suggestions(out: Outgoing, job: Job) -> dict[str, Any]:
    if out.suggestion is None:
        return {}
    step, outcome, chance = out.suggestion
    if step is not None and step not in job.step_by_id:
        return {}
    agent = f"{TOOL_AGENT}-{out.model}"
    found: dict[str, Any] = {"step": {"value": step or NONE_FITS, "score": chance, "agent": agent}}
    if outcome in job.step_of:
        found["outcome"] = {"value": str(outcome), "score": None, "agent": agent}
    return found


def _responses(reads: Sequence[Read], people: People) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for read in reads:
        said = {"step": read.step or NONE_FITS, "outcome": read.outcome, "secondary": list(read.secondary)}
        for question, value in said.items():
            if value:
                found.setdefault(question, []).append({"value": value, "user_id": people.there[read.by]})
    return found


def read_record(row: Mapping[str, Any], where: str, people: People) -> Iterator[Arrived]:
    """What a record says: responses by question (as the library saves them) or by user (as the server answers)."""
    facts = _facts(row)
    item, contact = facts.get("item"), facts.get("contact_id")
    if not (item or contact):
        yield Unusable(where, "id: is missing, so nobody knows which contact it is")
        return
    try:
        answers = as_list(json.loads(facts.get("answers") or "[]"))
    except (ValueError, TypeError, RecursionError):
        answers = []
    yield from earlier_answers(where, facts, answers)
    given = row.get("responses") or {}
    try:
        by_user = list(_by_user(given, row.get("status")))
    except (AttributeError, KeyError, TypeError, ValueError):
        yield Unusable(where, "responses: not in a form that Argilla writes")
        return
    if not by_user and not answers:
        yield Passed(where, skipped=row.get("status") == "discarded")
    sent = {people.there.get(str(one.get("by")), ""): one for one in answers if isinstance(one, Mapping)}
    for user, values, about in by_user:
        yield from _one(f"{where}, user {user}", facts, values, about, who=people.here(user), sent=sent.get(user))


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    metadata = row.get("metadata")
    known = dict(metadata) if isinstance(metadata, Mapping) else {}
    name = row.get("external_id") or row.get("id")
    return {**known, "item": known.get("item") or (str(name) if name else None)}


def _by_user(given: Any, status: Any) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(user, values by question, what is known of the answer)."""
    if isinstance(given, list):  # as the server answers: one entry a user
        for one in given:
            values = {question: value["value"] for question, value in (one.get("values") or {}).items()}
            yield (
                str(one["user_id"]),
                values,
                {"status": one.get("status"), "at": one.get("updated_at") or one.get("inserted_at")},
            )
        return
    users: dict[str, dict[str, Any]] = {}
    for question, answers in given.items():
        for one in answers or []:
            users.setdefault(str(one["user_id"]), {})[question] = one["value"]
    yield from (
        (user, values, {"status": "submitted" if status != "discarded" else status}) for user, values in users.items()
    )


def _one(
    where: str,
    facts: Mapping[str, Any],
    values: Mapping[str, Any],
    about: Mapping[str, Any],
    *,
    who: str,
    sent: Mapping[str, Any] | None,
) -> Iterator[Arrived]:
    if str(about.get("status")) in OPEN:
        yield Passed(where, skipped=False)
        return
    if about.get("status") == "discarded":
        yield Passed(where, skipped=True)
        return
    step = values.get("step")
    if not isinstance(step, str):
        yield Unusable(where, "no step was chosen")
        return
    outcome = values.get("outcome") if step not in SPECIAL else None
    decision = {"step": said_step(step), "outcome": outcome, "secondary": as_list(values.get("secondary"))}
    if sent is not None and all(sent.get(name) == value for name, value in decision.items()):
        return  # Headway's own answer came back unchanged; `metadata.answers` holds it with its date
    hidden = bool(facts.get("suggestion_hidden", False))
    said = {**decision, "by": who, "at": about.get("at"), "seconds": None, "suggestion_hidden": hidden}
    yield Incoming(where, facts.get("item"), facts.get("contact_id"), said, facts)
