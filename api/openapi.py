"""The OpenAPI document: groups, who may ask, errors, examples, and the headers that every answer may carry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.v1.examples import BODIES
from api.v1.responses import problems

EXAMPLES = Path(__file__).parent / "v1" / "examples.json"
"""A real answer of each operation over the shipped sample, shortened."""

DESCRIPTION = """
Where customers struggle with a job, how sure that is, and what lies behind each figure.

**Who asks**: `Authorization: Bearer KEY`; `headway keys create` makes keys. As long as none has been made, the server
answers the machine that it runs on, and nobody else. Roles: leader (reads), analyst (decides), service (sends and
predicts), admin (all).

**Figures** are objects of value, low, high (95 %), n, reviewed, method, as_of and reason; `value` is null where there
is not enough evidence, and `reason` says what is missing.

**Errors** are `application/problem+json` (RFC 9457).

**Lists** come page by page: send `next_cursor` back as `cursor`. A walk shows what was known when it began: rows that
come in meanwhile are neither lost nor shown twice.

**Reads** carry an `ETag`; with `If-None-Match` what has not changed is a 304. `as_of` asks for what was known then.

**Tables**: lists and figures come as CSV or Parquet with `Accept` or `?format=`.

**Limits**: `RateLimit` and `RateLimit-Policy` say what is left; beyond it 429 with `Retry-After`.
""".strip()

TAGS = {
    "jobs": "The jobs that contacts are measured against.",
    "figures": "Friction, outcomes and the scorecard, each with its interval.",
    "index": "The Alignment Index: formula, history, what a change is made of.",
    "contacts": "What customers said: sent in, listed behind figures, read one by one.",
    "surveys": "Answers of outcome surveys.",
    "events": "Product events: who started and finished a step.",
    "decisions": "What analysts decided.",
    "experiments": "Two ways of doing a step side by side, and what the difference is.",
    "annotations": "What happened when, on the trend lines.",
    "alerts": "Changes beyond chance, and what they turned out to be.",
    "review": "The analysts' queue.",
    "predict": "The tagger as a function.",
    "taxonomy": "What a job has no place for.",
    "erasures": "Customers' wishes to be forgotten, and the receipts.",
    "runs": "What ran when.",
    "health": "Whether the server lives and can work.",
}
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key as `headway keys create` shows it once. It has a role, and may be for some jobs only.",
}
LIMITS = {
    "RateLimit": "what is left: requests and seconds until all are there again",
    "RateLimit-Policy": "how many requests in how many seconds",
}
OPEN = ("/healthz", "/readyz")


def install(app: FastAPI) -> None:
    """Let `app.openapi()` give the whole document, put together once."""

    @cache
    def document() -> dict[str, Any]:
        return described(app)

    app.openapi = document  # type: ignore[method-assign]


def described(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document with what holds for every operation."""
    made = get_openapi(title="Headway", version=app.version, description=DESCRIPTION, routes=app.routes)
    used = {tag for _, _, operation in operations(made) for tag in operation.get("tags", ())}
    made["tags"] = [{"name": name, "description": text} for name, text in TAGS.items() if name in used]
    made.setdefault("components", {})["securitySchemes"] = {"key": BEARER}
    shown = json.loads(EXAMPLES.read_text("utf-8"))
    for path, method, operation in operations(made):
        operation["security"] = [] if path in OPEN else [{"key": []}]
        if path in BODIES and "requestBody" in operation:
            operation["requestBody"]["content"]["application/json"]["example"] = BODIES[path]
        operation["responses"] = _responses(path, method, operation["responses"], shown.get(f"{method} {path}"))
    return made


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation, one by one."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _responses(path: str, method: str, given: dict[str, Any], example: Any) -> dict[str, Any]:
    good = {status: part for status, part in given.items() if status.startswith("2")}
    for part in good.values():
        part["headers"] = {name: _header(text) for name, text in LIMITS.items()}
        form = "text/plain" if isinstance(example, str) else "application/json"
        if example is not None and form in part.get("content", {}):
            part["content"][form]["example"] = example
    found = {**good, **{str(status): part for status, part in problems(*_statuses(path, method)).items()}}
    if method == "get" and path not in OPEN:
        good["200"]["headers"]["ETag"] = _header("what was sent, for If-None-Match")
        found["304"] = {"description": "Not changed since the `ETag` that `If-None-Match` names"}
    return dict(sorted(found.items()))


def _statuses(path: str, method: str) -> tuple[int, ...]:
    if path in OPEN:
        return (403, 503)
    reading = (401, 403, 404, 422, 429, 503)
    return reading if method == "get" else (400, *reading, 409, 413, 415)


def _header(text: str) -> dict[str, Any]:
    return {"description": text, "schema": {"type": "string"}}
