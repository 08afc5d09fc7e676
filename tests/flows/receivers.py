"""Real receivers on loopback: a web server that answers as it is told, and a mail server that keeps what it gets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


@dataclass
class WebReceiver:
    """Answers each request with the next of `answers` (status, headers), with 200 after the last."""

    port: int
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"


@contextmanager
def web_receiver() -> Iterator[WebReceiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.requests.append((self.path, {name.lower(): text for name, text in self.headers.items()}, body))
            status, headers = found.answers.pop(0) if found.answers else (200, {})
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name, text)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    found = WebReceiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()


@dataclass
class MailReceiver:
    """Keeps every mail; refuses the next `refusals` with 451, as a greylisting server does."""

    port: int = 0
    refusals: int = 0
    mails: list[tuple[list[str], str]] = field(default_factory=list)

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        if self.refusals:
            self.refusals -= 1
            return "451 try again later"
        self.mails.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@contextmanager
def mail_receiver(*, password: str | None = None) -> Iterator[MailReceiver]:
    """With a password only the user `headway` with it is let in."""
    found = MailReceiver()

    def login(_server: object, _session: object, _envelope: object, _mechanism: str, data: LoginPassword) -> AuthResult:
        right = (data.login, data.password) == (b"headway", (password or "").encode())
        return AuthResult(success=right, handled=False)

    asked = {} if password is None else {"authenticator": login, "auth_required": True, "auth_require_tls": False}
    controller = Controller(found, hostname="127.0.0.1", port=_free(), **asked)
    controller.start()
    found.port = controller.port
    yield found
    controller.stop()


def _free() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
