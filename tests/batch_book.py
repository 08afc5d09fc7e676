"""Files and batches as an OpenAI-compatible endpoint keeps them; what becomes of a batch is told by the test."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from typing import Any


@dataclass
class BatchBook:
    """`uploads` and `starts` count what was created.

    `fault` (a status) is answered once the work was done, `away` to every request, with nothing done.
    """

    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    uploads: int = 0
    starts: int = 0
    away: bool = False
    fault: Callable[[str, str], int | None] = lambda _method, _path: None

    def answer(self, method: str, path: str, kind: str, body: bytes) -> tuple[int, Any]:
        """Status and JSON value (or bytes) of a request."""
        if self.away:
            return 503, {"error": {"message": "not now"}}
        path = path.partition("?")[0].removeprefix("/v1")
        match (method, path.strip("/").split("/")):
            case ("POST", ["files"]):
                found: Any = self._upload(kind, body)
            case ("GET", ["files"]):
                found = _listed([self._file(name) for name in self.files])
            case ("GET", ["files", name, "content"]) if name in self.files:
                found = self.files[name][1]
            case ("DELETE", ["files", name]) if name in self.files:
                del self.files[name]
                found = {"id": name, "object": "file", "deleted": True}
            case ("POST", ["batches"]):
                found = self._start(json.loads(body))
            case ("GET", ["batches"]):
                found = _listed(list(reversed(self.batches.values())))
            case ("GET", ["batches", name]) if name in self.batches:
                found = self.batches[name]
            case _:
                return 404, {"error": {"message": "no such thing"}}
        status = self.fault(method, path)
        return (200, found) if status is None else (status, {"error": {"message": "told to fail"}})

    def requests(self, batch: str) -> list[dict[str, Any]]:
        """The lines of a batch's request file."""
        return [json.loads(line) for line in self.files[self.batches[batch]["input_file_id"]][1].splitlines()]

    def finish(
        self,
        batch: str,
        behave: Callable[[dict[str, Any]], Any],
        *,
        status: str = "completed",
        only: Callable[[int], bool] = lambda _place: True,
        refuse: Callable[[int], bool] = lambda _place: False,
    ) -> None:
        """End a batch: requests at the places that are `only` are answered, those to `refuse` with an error."""
        output, errors = [], []
        for place, line in enumerate(self.requests(batch)):
            reply = {"id": f"r{place}", "custom_id": line["custom_id"], "error": None}
            if refuse(place):
                errors.append({**reply, "response": {"status_code": 400, "body": {"error": {"message": "no"}}}})
            elif only(place):
                output.append({**reply, "response": {"status_code": 200, "body": behave(line["body"]).body}})
            elif status == "expired":
                errors.append({**reply, "response": None, "error": {"code": "batch_expired", "message": "late"}})
        known = self.batches[batch]
        known["status"] = status
        for name, lines in (("output_file_id", output), ("error_file_id", errors)):
            if lines:
                # No order is promised.
                known[name] = self._keep(name, "\n".join(map(json.dumps, reversed(lines))).encode())

    def _upload(self, kind: str, body: bytes) -> dict[str, Any]:
        form = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        parts = {part.get_param("name", header="content-disposition"): part for part in form.get_payload()}
        assert parts["purpose"].get_payload(decode=True) == b"batch"
        self.uploads += 1
        name = self._keep(str(parts["file"].get_filename()), parts["file"].get_payload(decode=True))
        return self._file(name)

    def _keep(self, filename: str, content: bytes) -> str:
        name = f"file-{len(self.files)}-{self.uploads}"
        self.files[name] = (filename, content)
        return name

    def _file(self, name: str) -> dict[str, Any]:
        about = {"object": "file", "created_at": 1, "purpose": "batch", "status": "processed"}
        return {"id": name, "filename": self.files[name][0], "bytes": len(self.files[name][1]), **about}

    def _start(self, asked: dict[str, Any]) -> dict[str, Any]:
        assert asked["input_file_id"] in self.files
        assert asked["completion_window"] == "24h"
        self.starts += 1
        name = f"batch_{len(self.batches)}"
        self.batches[name] = {"id": name, "object": "batch", "status": "in_progress", "created_at": 1, **asked}
        return self.batches[name]


def _listed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"object": "list", "data": rows, "has_more": False}
