"""Questions by the batch: the lines of a request file, and answers read as strictly as those of single calls."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from classifiers.llm_client import MOST_TOKENS, SPREAD, Completion, label_chance
from classifiers.llm_prompt import Question, schema_of

ENDPOINT = "/v1/chat/completions"
ROLES = {"system": "system", "human": "user"}
REFUSED, LOST = "batch-refused", "batch-lost"
"""Faults of one request of a batch: the endpoint answered it with an error; it has no answer at all."""


@dataclass(frozen=True)
class BatchLook:
    """Where a batch stands at the endpoint: its own word for it, whether it has ended, and the files to fetch.

    A batch that ended by `expired` or `cancelled` has the answers that were ready; one that `failed` has none.
    """

    status: str
    ended: bool
    files: tuple[str, ...] = ()


class BatchClient(Protocol):
    """An endpoint that takes files of requests. Every call may raise CallFaultError."""

    def upload(self, path: Path) -> str:
        """The id of the file at the endpoint; one of that name that is there already is not sent again."""

    def start(self, name: str, file: str) -> str:
        """The id of the batch called `name`; one of that name that was started already is not started again."""

    def look(self, batch: str) -> BatchLook:
        """Where it stands."""

    def lines(self, file: str) -> Iterator[bytes]:
        """The lines of a file at the endpoint."""

    def remove(self, file: str) -> None:
        """Take a file away from there."""


@dataclass(frozen=True)
class Answered:
    """One line of an output or error file: which question and sample, and what came, or the kind of fault."""

    number: int
    sample: int
    completion: Completion | None
    fault: str | None = None


def request_line(number: int, sample: int, question: Question, *, model: str, samples: int) -> bytes:
    """One line of a request file, with its end: the same request that a single call makes."""
    body = request_body(question, sample, model=model, samples=samples)
    line = {"custom_id": f"{number}-{sample}", "method": "POST", "url": ENDPOINT, "body": body}
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def request_body(question: Question, sample: int, *, model: str, samples: int) -> dict[str, Any]:
    """What is asked; with one sample the decided answer and its token probabilities."""
    schema = schema_of(question, sample)
    named = {"name": schema.pop("title"), "description": schema.pop("description"), "strict": True, "schema": schema}
    messages = [{"role": ROLES[role], "content": content} for role, content in question.messages(sample)]
    sure = samples == 1
    return {
        "model": model,
        "messages": messages,
        "max_completion_tokens": MOST_TOKENS,
        "response_format": {"type": "json_schema", "json_schema": named},
        "temperature": 0.0 if sure else SPREAD,
        **({"logprobs": True} if sure else {}),
    }


def read_line(line: bytes) -> Answered | None:
    """What a line says; None where it names no request of ours, so that it can answer nothing."""
    try:
        given = json.loads(line)
        number, sample = (int(part) for part in given["custom_id"].split("-"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    response = given.get("response")
    if given.get("error") or not isinstance(response, dict) or response.get("status_code") != 200:
        return Answered(number, sample, None, REFUSED)
    try:
        return Answered(number, sample, _completion(response["body"]))
    except (KeyError, TypeError, AttributeError, IndexError):
        return Answered(number, sample, None, "unreadable")


def _completion(body: Any) -> Completion:
    """A chat completion as the endpoint writes it. Raises KeyError, TypeError ... where it is none."""
    choice, usage = body["choices"][0], body.get("usage") or {}
    message = choice["message"]
    content = message["content"] if isinstance(message["content"], str) else ""
    finish = "refusal" if message.get("refusal") else str(choice.get("finish_reason") or "stop")
    tokens_in, tokens_out = (_count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens"))
    return Completion(content, finish, tokens_in, tokens_out, label_chance(content, choice.get("logprobs")))


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def by_question(lines: Sequence[Answered]) -> dict[int, list[Answered]]:
    """The answers of each question in the order of their samples; of two for one sample the first counts."""
    found: dict[int, dict[int, Answered]] = {}
    for one in lines:
        found.setdefault(one.number, {}).setdefault(one.sample, one)
    return {number: [some[sample] for sample in sorted(some)] for number, some in found.items()}
