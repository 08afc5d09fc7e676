"""Logging in to the pages, with a key or with the company's own accounts, and out again."""

from __future__ import annotations

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse

from api.access import NOBODY, anybody, caller_of, require
from api.authentication import address_of
from api.csrf import Visit, token_for, visit
from api.deps import DbSession
from api.keyring import Keyring, TooManyFailuresError, WrongKeyError
from api.oidc import LoginRefusedError, Person, Provider, ProviderError
from api.pages.review_session import Form, text
from api.rendering import render
from api.sessions import (
    BEFORE_LOGIN,
    ON_THE_WAY,
    SESSION,
    Login,
    drop_cookie,
    login_of,
    new_login,
    put_cookie,
    read_cookie,
    remember,
)
from store.audit import record_audit
from store.logins import end_login, use_once
from store.session import Database
from taxonomy.errors import HeadwayError

router = APIRouter(include_in_schema=False)

NO_STORE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
PATIENCE = 600
"""Seconds that a login may take, from the page to the end."""

Next = Annotated[str, Query(alias="next", max_length=2000)]


@router.get("/login", dependencies=[anybody()])
def login_page(request: Request, after: Next = "/") -> Response:
    """The login page; straight on where somebody is logged in, or nobody needs to be."""
    if caller_of(request).role is not None:
        return RedirectResponse(own_page(after), 303, NO_STORE)
    return _page(request, after)


@router.post("/login", dependencies=[anybody()])
async def log_in(request: Request, form: Form) -> Response:
    """Log in with a key."""
    keyring: Keyring = request.app.state.keyring
    after, settings = text(form, "next"), request.app.state.settings
    try:
        key = await keyring.check(text(form, "key"), address=address_of(request))
    except WrongKeyError:
        return _page(request, after, message="This key is not good here. Check that it is whole.", status=401)
    except TooManyFailuresError as error:
        headers = {"Retry-After": str(error.wait)}
        return _page(request, after, message=f"Too many tries: wait {error.wait} s.", status=429, headers=headers)
    made = new_login(key.name, key.role, key.jobs, hours=settings.session_hours, key=key)
    await run_in_threadpool(_note_login, request, made, {"way": "key", "key": key.key_id})
    return _welcome(request, made, after)


@router.post("/logout", dependencies=[require("leader", writes=True)])
def log_out(request: Request, session: DbSession) -> Response:
    """End this login, on the server too."""
    login = login_of(request)
    if login is not None:
        end_login(session, login.id, keep_until=datetime.fromtimestamp(login.ends_at, UTC))
        record_audit(session, who=login.name, action="login.end", object=f"login/{login.id}")
        request.app.state.keyring.forget()
    answer = RedirectResponse("/login", 303, {**NO_STORE, "Clear-Site-Data": '"cache"'})
    drop_cookie(request, answer, SESSION)
    return answer


@router.get("/account", dependencies=[require("leader")])
def account(request: Request) -> Response:
    """Who you are here, and the way out."""
    html = render("account.html", caller=caller_of(request), login=login_of(request))
    return HTMLResponse(html, headers=NO_STORE)


@router.get("/login/oidc", dependencies=[anybody()])
def start_oidc(request: Request, after: Next = "/") -> Response:
    """Off to the company's own login."""
    start = provider_of(request).start()
    answer = RedirectResponse(start.url, 303, NO_STORE)
    said = {"state": start.state, "nonce": start.nonce, "verifier": start.verifier, "next": own_page(after)}
    until = datetime.now(UTC) + timedelta(seconds=PATIENCE)
    put_cookie(request, answer, ON_THE_WAY, {**said, "until": until.timestamp()}, seconds=PATIENCE)
    return answer


@router.get("/login/callback", dependencies=[anybody()])
def finish_oidc(
    request: Request,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    iss: Annotated[str, Query(max_length=500)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Back from the company's own login."""
    settings = request.app.state.settings
    try:
        way = _on_the_way(request, state, iss)
        if error or not code:
            raise LoginRefusedError(f"the login was not completed ({error or 'no code'})")
        person = provider_of(request).finish(code, nonce=way["nonce"], verifier=way["verifier"])
    except (LoginRefusedError, ProviderError) as refused:
        return _turned_away(request, refused)
    grant = person.grant
    made = new_login(person.name, grant.role, grant.jobs, hours=settings.session_hours)
    _note_login(request, made, _of_person(person))
    answer = _welcome(request, made, way["next"])
    drop_cookie(request, answer, ON_THE_WAY)
    return answer


def provider_of(request: Request) -> Provider:
    """The provider that the settings name. Raises ProviderError."""
    found: Provider | None = request.app.state.provider
    if found is None:
        raise ProviderError("no company login is set up here: log in with a key")
    return found


def own_page(after: str) -> str:
    """Where to go after the login: a path of this server, never another site's address."""
    foreign = not after.startswith("/") or after.startswith(("//", "/\\", "/login")) or not after.isprintable()
    return "/" if foreign or "\\" in after else after


def _on_the_way(request: Request, state: str, iss: str) -> dict[str, Any]:
    """What was remembered of a login when it left. Raises LoginRefusedError where this is not its first return."""
    way = read_cookie(request, ON_THE_WAY)
    if not isinstance(way, dict) or not hmac.compare_digest(state.encode(), str(way.get("state")).encode()):
        raise LoginRefusedError("this is not the end of a login that began in this browser: start again")
    if iss and iss != request.app.state.settings.oidc_issuer:
        raise LoginRefusedError("this answer is another provider's: start again")
    until = datetime.fromtimestamp(float(way["until"]), UTC)
    database: Database = request.app.state.database
    with database.session() as session:
        if until < datetime.now(UTC) or not use_once(session, state, keep_until=until):
            raise LoginRefusedError("this login was used already, or it took too long: start again")
    return way


def _turned_away(request: Request, refused: HeadwayError) -> Response:
    address = address_of(request)
    with request.app.state.database.session() as session:
        detail = {"way": "oidc", "address": address, "why": type(refused).__name__}
        record_audit(session, who="nobody", action="login.refuse", object="login/oidc", detail=detail)
    return _page(request, "/", message=f"You were not logged in: {refused}.", status=403)


def _of_person(person: Person) -> dict[str, Any]:
    jobs = None if person.grant.jobs is None else sorted(person.grant.jobs)
    return {"way": "oidc", "subject": person.subject, "role": person.grant.role, "jobs": jobs}


def _note_login(request: Request, login: Login, detail: dict[str, Any]) -> None:
    database: Database = request.app.state.database
    with database.session() as session:
        _record(session, login, {**detail, "address": address_of(request)})


def _record(session: Session, login: Login, detail: dict[str, Any]) -> None:
    record_audit(session, who=login.name, action="login.begin", object=f"login/{login.id}", detail=detail)


def _welcome(request: Request, login: Login, after: str) -> Response:
    answer = RedirectResponse(own_page(after), 303, NO_STORE)
    remember(request, answer, login)
    return answer


def _page(
    request: Request, after: str, *, message: str | None = None, status: int = 200, headers: Any = None
) -> Response:
    known = read_cookie(request, BEFORE_LOGIN)
    said = known if isinstance(known, dict) and "nonce" in known else {"nonce": secrets.token_hex(16)}
    visit.set(Visit(NOBODY, token_for(request, NOBODY, nonce=said["nonce"])))
    company = request.app.state.provider is not None
    html = render("login.html", after=own_page(after), company=company, message=message)
    answer = HTMLResponse(html, status, {**NO_STORE, **(headers or {})})
    put_cookie(request, answer, BEFORE_LOGIN, said, seconds=PATIENCE * 6)
    return answer
