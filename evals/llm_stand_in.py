"""A real HTTP server on this machine in an LLM's place: it keeps every byte that it is sent, and answers as told."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FRAME = re.compile(r"<(transcript|contacts)-([0-9a-f]{16})>\n(.*)\n</\1-\2>", re.DOTALL)
SIGN_LENGTH = 6
MEANING = re.compile(r"^- (\S+): (.*)$", re.MULTILINE)
STATEMENT = "minimize the time it takes to get a lost item replaced"
Request = dict[str, Any]


class StandIn:
    """A server that speaks OpenAI's chat protocol. `received` holds each request whole: line, headers and body."""

    def __init__(self, answer: Callable[[Request], dict[str, str]]) -> None:
        self.received: list[bytes] = []
        self._lock = threading.Lock()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def _keep(self) -> bytes:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                with stand_in._lock:
                    stand_in.received.append(self.requestline.encode() + b"\n" + bytes(self.headers) + b"\n" + body)
                return body

            def do_POST(self) -> None:
                request = json.loads(self._keep())
                self._send(_completion(json.dumps(answer(request))))

            def do_GET(self) -> None:
                self._keep()
                self._send({"object": "list", "data": [{"id": "stand-in", "object": "model"}]})

            def do_CONNECT(self) -> None:
                self._keep()
                self.send_error(403)

            def _send(self, body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Nothing is printed."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def close(self) -> None:
        """Stop listening."""
        self._http.shutdown()
        self._http.server_close()


def told(request: Request) -> str:
    """What strangers wrote in a request, without marks and signs."""
    found = FRAME.search(str(request["messages"][-1]["content"]))
    lines = found[3].split("\n") if found else []
    return "\n".join(line[SIGN_LENGTH:] for line in lines)


def gullible(request: Request) -> dict[str, str]:
    """An LLM that does what the transcript says wherever the schema lets it: the label named last, else the likeliest.

    It knows no better than to count words that a label's meaning shares with the text.
    """
    fields = request["response_format"]["json_schema"]["schema"]["properties"]
    if "statement" in fields:
        return {"statement": STATEMENT, "step": fields["step"]["enum"][0]}
    said, meanings = told(request), dict(MEANING.findall(str(request["messages"][0]["content"])))
    labels: list[str] = fields["label"]["enum"]
    named = {label: _named(said, label, meanings.get(label, "")) for label in labels}
    obeyed = max(named, key=lambda label: named[label])
    words = set(re.findall(r"\w{4,}", said.lower()))
    likeliest = max(labels, key=lambda label: len(words & set(re.findall(r"\w{4,}", meanings.get(label, "").lower()))))
    lines = [line for line in said.split("\n") if line.strip()]
    return {
        "evidence": " ".join(lines[-1].split()[:20]) if lines else "",
        "label": obeyed if named[obeyed] >= 0 else likeliest,
    }


def _named(said: str, label: str, meaning: str) -> int:
    """Where a text names a label last, by its id or by its step's name; -1: nowhere."""
    step = meaning.split(":", maxsplit=1)[0].lower()
    low = said.lower()
    return max(low.rfind(label.lower()), low.rfind(step) if " " in step else -1)


def _completion(content: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    head = {"id": "x", "object": "chat.completion", "created": 1, "model": "stand-in"}
    return {**head, "choices": [choice], "usage": usage}
