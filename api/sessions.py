"""A login of a page: who it is, signed, in a cookie that scripts cannot read and other sites cannot send along.

The cookie says who, as what, for which jobs, since when, until when; the signature is under the installation's secret.
A login made with a key is as good as the key is now: revoking the key ends it. `store.logins` keeps those that were
ended before their time.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.access import Caller
from api.keyring import Reading
from store.identity import Identity, open_identity
from store.keys import AccessKey
from store.roles import Role

SESSION, BEFORE_LOGIN, ON_THE_WAY = "session", "login", "oidc"
"""The cookies: who is logged in; the login page's own; a login that is on its way through the provider."""


@dataclass(frozen=True)
class Login:
    """What a cookie says; moments in seconds since 1970. `key` is the id of the key it was made with, "" where none."""

    id: str
    name: str
    role: Role
    jobs: tuple[str, ...] | None
    key: str
    made_at: float
    ends_at: float


def identity_of(connection: HTTPConnection) -> Identity:
    """The secret of this installation, opened once for a server."""
    state = connection.app.state
    if not hasattr(state, "identity"):
        state.identity = open_identity(state.settings)
    found: Identity = state.identity
    return found


def is_secure(connection: HTTPConnection) -> bool:
    """Whether the browser speaks https to us, or to the proxy of the public address."""
    public = connection.app.state.settings.public_url or ""
    return connection.url.scheme in {"https", "wss"} or public.startswith("https:")


def cookie_name(connection: HTTPConnection, what: str) -> str:
    """With https a name that browsers take from this very host only."""
    return f"__Host-headway-{what}" if is_secure(connection) else f"headway_{what}"


def new_login(
    name: str, role: Role, jobs: frozenset[str] | None, *, hours: float, key: AccessKey | None = None
) -> Login:
    """A login from now on; it ends with its key at the latest."""
    now = datetime.now(UTC)
    ends = now + timedelta(hours=hours)
    if key is not None and key.expires_at is not None:
        ends = min(ends, key.expires_at)
    scope = None if jobs is None else tuple(sorted(jobs))
    key_id = "" if key is None else key.key_id
    return Login(secrets.token_hex(16), name, role, scope, key_id, now.timestamp(), ends.timestamp())


def remember(request: HTTPConnection, response: Response, login: Login) -> None:
    """Give the browser its login."""
    put_cookie(request, response, SESSION, asdict(login), seconds=login.ends_at - login.made_at)
    drop_cookie(request, response, BEFORE_LOGIN)


def put_cookie(request: HTTPConnection, response: Response, what: str, said: Any, *, seconds: float) -> None:
    """A signed cookie. Lax, not strict: a page opened from a link in a mail must know who it is for."""
    body = base64.urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode()).decode()
    value = f"{body}.{identity_of(request).proof('cookie', what, body)}"
    _set(request, response, what, value, int(seconds))


def drop_cookie(request: HTTPConnection, response: Response, what: str) -> None:
    """Take a cookie back."""
    _set(request, response, what, "", 0)


def _set(request: HTTPConnection, response: Response, what: str, value: str, seconds: int) -> None:
    name, secure = cookie_name(request, what), is_secure(request)
    response.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=secure)


def read_cookie(request: HTTPConnection, what: str) -> Any:
    """What a cookie of ours says; None where there is none, or not of ours."""
    body, _, proof = request.cookies.get(cookie_name(request, what), "").rpartition(".")
    if not body or not hmac.compare_digest(proof.encode(), identity_of(request).proof("cookie", what, body).encode()):
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(body))
    except (binascii.Error, ValueError):
        return None


def login_of(request: HTTPConnection) -> Login | None:
    """The login that the cookie names, whether or not it still holds; None where there is none."""
    said = read_cookie(request, SESSION)
    if not isinstance(said, dict) or set(said) != set(Login.__dataclass_fields__):
        return None
    return Login(**{**said, "jobs": None if said["jobs"] is None else tuple(said["jobs"])})


def caller_in(request: HTTPConnection, reading: Reading) -> Caller | None:
    """Who is logged in here; None where nobody is, or no more."""
    login = login_of(request)
    now = datetime.now(UTC)
    if login is None or now.timestamp() >= login.ends_at:
        return None
    if reading.ended.over(login.id, login.name, datetime.fromtimestamp(login.made_at, UTC)):
        return None
    if not login.key:
        scope = None if login.jobs is None else frozenset(login.jobs)
        return Caller(login.name, login.role, scope, "session", session=login.id)
    key = reading.keys.get(login.key)
    if key is None or not key[0].usable(now):
        return None
    return Caller(key[0].name, key[0].role, key[0].jobs, "session", session=login.id, key=login.key)
