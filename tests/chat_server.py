"""A real HTTP server on loopback that speaks the OpenAI chat-completions protocol and behaves as it is told."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.batch_book import BatchBook


@dataclass(frozen=True)
class Reply:
    """What the server sends: a JSON value or raw text, after `delay` seconds; `hang_up` sends nothing at all."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    hang_up: bool = False


def completion(content: str | None, *, finish: str = "stop", refusal: str | None = None, logprobs: Any = None) -> Reply:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": logprobs}
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    body = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    return Reply(body)


def transcript(request: dict[str, Any]) -> str:
    """What stands between the delimiters, without the sign before each line."""
    content = request["messages"][-1]["content"]
    found = re.search(r"<(transcript|contacts)-([0-9a-f]{16})>\n(.*)\n</\1-\2>", content, re.DOTALL)
    assert found is not None, content
    sign = f"{found[2][:4]}| "
    lines = found[3].split("\n")
    assert all(line.startswith(sign) for line in lines), content
    return "\n".join(line.removeprefix(sign) for line in lines)


def labels(request: dict[str, Any]) -> list[str]:
    """The labels that the schema lets the answer have."""
    return request["response_format"]["json_schema"]["schema"]["properties"]["label"]["enum"]


def answer(label: str, evidence: str) -> Reply:
    return completion(json.dumps({"evidence": evidence, "label": label}))


def saying(choose: Callable[[str, list[str]], str]) -> Callable[[dict[str, Any]], Reply]:
    """Answers with `choose(transcript, labels)` and the transcript's last line as evidence."""
    return lambda request: answer(choose(transcript(request), labels(request)), transcript(request).split("\n")[-1])


class ChatServer:
    """Answers with `behave(request)`; keeps every request, its headers, and how many ran at one time."""

    def __init__(self) -> None:
        self.behave: Callable[[dict[str, Any]], Reply] = saying(lambda _text, given: given[0])
        self.requests: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.at: list[float] = []
        self.most_at_once = self._running = 0
        self.book = BatchBook()
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(server.about_batches(self, b"") or Reply({"data": [{"id": "m"}]}))

            def do_DELETE(self) -> None:
                self._send(server.about_batches(self, b"") or Reply({"error": {}}, 404))

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["content-length"]))
                if reply := server.about_batches(self, raw):
                    self._send(reply)
                    return
                with server._lock:
                    server.raw.append(raw)
                    server.at.append(time.monotonic())
                    server._running += 1
                    server.most_at_once = max(server.most_at_once, server._running)
                    request = json.loads(raw)
                    server.requests.append(request)
                    reply = server.behave(request)
                time.sleep(reply.delay)
                with server._lock:
                    server._running -= 1
                self._send(reply)

            def _send(self, reply: Reply) -> None:
                if reply.hang_up:
                    self.close_connection = True
                    return
                data = reply.body.encode() if isinstance(reply.body, str) else json.dumps(reply.body).encode()
                try:
                    self.send_response(reply.status)
                    for name, value in {"content-type": "application/json", **reply.headers}.items():
                        self.send_header(name, value)
                    self.send_header("content-length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except ConnectionError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def about_batches(self, request: BaseHTTPRequestHandler, raw: bytes) -> Reply | None:
        """The answer to a request about files or batches; None to any other."""
        if not request.path.startswith(("/v1/files", "/v1/batches")):
            return None
        with self._lock:
            self.raw += [raw] if raw else []
            kind = request.headers.get("content-type", "")
            status, body = self.book.answer(request.command, request.path, kind, raw)
        return Reply(body.decode() if isinstance(body, bytes) else body, status)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def replies(self, *replies: Reply) -> None:
        """Give these in turn, the last one for ever."""
        left = list(replies)
        self.behave = lambda _request: left.pop(0) if len(left) > 1 else left[0]

    def definitions(self, number: int = 0) -> dict[str, str]:
        """Labels and meanings as the system message of a request gives them."""
        return dict(re.findall(r"^- (\S+): (.*)$", self.requests[number]["messages"][0]["content"], re.MULTILINE))

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
