"""What every answer tells the browser to refuse, and answers that are not sent twice."""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
SCRIPTED = "; ".join((POLICY, "script-src 'self'", "connect-src 'self'"))
"""For pages with a script: a file of ours, that may ask this server alone."""

ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


OVER_TLS = {"Strict-Transport-Security": "max-age=31536000"}
"""Who came by https once is kept from coming without it for a year."""


class HeadersMiddleware:
    """Adds the headers of `ALWAYS` to every answer, errors included, and those of `OVER_TLS` to answers over https.

    A 304 gets no policy: browsers put its headers in place of the kept page's, whose script would then not run.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add to what comes back."""
        added = {**ALWAYS, **OVER_TLS} if scope.get("scheme") == "https" else ALWAYS

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in added.items():
                    if not (message["status"] == 304 and name == "Content-Security-Policy"):
                        headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def json_answer(request: Request, content: Any) -> Response:
    """A read as JSON with its ETag, or 304 where the caller has it already."""
    return read_answer(request, JSONResponse(content))


def page_answer(request: Request, html: str) -> Response:
    """A page with its ETag, or 304 where the browser has it already; one that names a script may run ours."""
    headers = {"Content-Security-Policy": SCRIPTED} if "<script " in html else {}
    return read_answer(request, HTMLResponse(html, headers=headers))


def read_answer(request: Request, response: Response) -> Response:
    """A read with its ETag, or 304 where the caller has it already. Weak: bytes may be compressed differently."""
    tag = f'W/"{hashlib.sha256(bytes(response.body)).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept"}
    if matches(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def matches(known: str, tag: str) -> bool:
    """Whether If-None-Match names this tag."""
    tags = {part.strip().removeprefix("W/") for part in known.split(",")}
    return "*" in tags or tag.removeprefix("W/") in tags
