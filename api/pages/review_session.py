"""Who is reviewing: a name, asked once and kept in a signed cookie, and forms that only our own pages can send."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from api.access import caller_of
from api.problems import RefusedError
from api.sessions import identity_of
from tagger.review import analyst_name
from taxonomy.errors import BadInputError

COOKIE = "headway_analyst"
MONTH = 30 * 24 * 3600
LONGEST_NAME = 60
PARTS = 3


class NoNameError(BadInputError):
    """Nobody said who is reviewing."""


@dataclass(frozen=True)
class Analyst:
    """Who is reviewing. `token` goes into every form of theirs and comes back with it."""

    name: str
    token: str


def analyst_of(request: Request) -> Analyst | None:
    """Who is logged in; without logins whom the cookie names, None where there is none or somebody changed it."""
    caller = caller_of(request)
    if caller.way != "loopback":
        name = caller.name[:LONGEST_NAME]
        return Analyst(name, identity_of(request).proof("form", name, caller.session or caller.key))
    try:
        name, nonce, proof = base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")).decode().split("\x1f")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    identity = identity_of(request)
    if not hmac.compare_digest(proof, identity.proof("analyst", name, nonce)):
        return None
    return Analyst(name, identity.proof("form", name, nonce))


def remember(request: Request, response: Response, name: str) -> None:
    """Keep the analyst's name in the browser. Raises ReviewError where it is empty."""
    clean = analyst_name(name)
    nonce = secrets.token_hex(16)
    words = "\x1f".join((clean, nonce, identity_of(request).proof("analyst", clean, nonce)))
    value = base64.urlsafe_b64encode(words.encode()).decode()
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, value, max_age=MONTH, httponly=True, samesite="strict", secure=secure)


async def read_form(request: Request) -> FormData:
    """The fields of a form."""
    return await request.form(max_files=0, max_fields=500)


Form = Annotated[FormData, Depends(read_form)]


def sender(request: Request, form: Form) -> Analyst:
    """The analyst who sent a form of ours. Raises RefusedError where it is not ours."""
    analyst = analyst_of(request)
    # a login or key says by itself who it is; a name that was typed may have changed in another window meanwhile
    said = caller_of(request).way != "loopback"
    if analyst is None or not (said or hmac.compare_digest(text(form, "token").encode(), analyst.token.encode())):
        raise RefusedError("this form is not from your own session; open /review again")
    return analyst


def name_of(request: Request, form: Form) -> str:
    """Who does what a form says: whoever is logged in; without logins what they typed, "" where they did not."""
    caller = caller_of(request)
    return (text(form, "by") if caller.way == "loopback" else caller.name)[:LONGEST_NAME]


def text(form: FormData, name: str) -> str:
    """A field's text, "" where it is not there."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


Sender = Annotated[Analyst, Depends(sender)]
Named = Annotated[str, Depends(name_of)]
