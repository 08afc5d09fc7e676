"""Forms that only our own pages can send. It happens by itself: no template and no handler has to think of it.

Two walls. Every request that changes something must not come from another site's page, by what the browser says of
its origin (Origin, Sec-Fetch-Site). And every form must carry a token that other sites cannot read: a template's
`<form method="post">` gets it when the template is compiled (`FormTokens`), and a dependency of the whole app compares
it before any handler runs. A script of ours that sends no form sends the header X-CSRF-Token.

Asked for with a key in the header nothing is compared: no browser adds that header by itself. JSON needs no token
either: a browser sends JSON to another site only if that site agrees, and this one never does.
"""

from __future__ import annotations

import hmac
import re
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import urlsplit

from jinja2.ext import Extension
from markupsafe import Markup
from starlette.requests import HTTPConnection, Request

from api.access import Caller, caller_of
from api.sessions import BEFORE_LOGIN, identity_of, read_cookie
from taxonomy.errors import HeadwayError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
"""What a browser sends to other sites without asking them."""

FIELD = "csrf"
HEADER = "x-csrf-token"
POST_FORM = re.compile(r"""<form\b[^>]*\bmethod=["']?post\b[^>]*>""", re.IGNORECASE)


class ForeignFormError(HeadwayError):
    """What would change something does not come from a page of ours."""


@dataclass(frozen=True)
class Visit:
    """Who looks at the page that is being made, and the token for its forms."""

    caller: Caller
    token: str


visit: ContextVar[Visit | None] = ContextVar("visit", default=None)
"""Set for each request; handlers and templates see it, whichever thread they run in."""


class FormTokens(Extension):
    """Adds the token's field behind each `<form method="post">` of a template, once, when it is compiled."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template with its fields."""
        return POST_FORM.sub(lambda found: found[0] + "{{ csrf_field() }}", source)


def csrf_field() -> Markup:
    """The hidden field with the token of the page's visitor."""
    now = visit.get()
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, now.token if now else "")


def asks_name() -> bool:
    """Whether a form must ask for a name: not where somebody logged in."""
    now = visit.get()
    return now is None or now.caller.way == "loopback"


def token_for(request: HTTPConnection, caller: Caller, *, nonce: str | None = None) -> str:
    """The token of a caller's forms: bound to their login; without keys to the installation.

    Before a login it is bound to the login page's own cookie, or to the `nonce` that this cookie will hold.
    """
    bound: str | None = caller.session
    if caller.way == "nobody":
        said = read_cookie(request, BEFORE_LOGIN) if nonce is None else {"nonce": nonce}
        bound = said.get("nonce") if isinstance(said, dict) else None
    return "" if bound is None else identity_of(request).proof("csrf", caller.way, str(bound))


def check_same_origin(request: Request) -> None:
    """Raise ForeignFormError where another site's page made the browser send this."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    # pages that send no referrer make the browser say "null" for their own origin; what it says of the site still holds
    anonymous = origin == "null" and request.headers.get("sec-fetch-site") == "same-origin"
    if site not in {"same-origin", "none"} or (origin is not None and origin not in _own(request) and not anonymous):
        raise ForeignFormError("this came from another site's page; use Headway's own")


async def check_csrf(request: Request) -> None:
    """The dependency of the whole app. Raises ForeignFormError."""
    caller = caller_of(request)
    if request.method in SAFE or caller.way == "key":
        return
    check_same_origin(request)
    if request.url.path.startswith("/v1/") and caller.way == "loopback" and not _by_browser(request):
        return
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind not in FORMS:
        return
    given = request.headers.get(HEADER) or await _field(request, kind)
    if not _fits(given, token_for(request, caller)):
        raise ForeignFormError("this form is not from your own session, or it is too old: open the page again")


def _fits(given: str, expected: str) -> bool:
    """Compared in constant time; no token at all fits nothing."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def _by_browser(request: Request) -> bool:
    """Every browser says one of these with what it sends for a page."""
    return any(name in request.headers for name in ("origin", "sec-fetch-site", "sec-fetch-mode", "referer", "cookie"))


async def _field(request: Request, kind: str) -> str:
    if kind not in FORMS[:2]:
        return ""
    value = (await request.form(max_files=0, max_fields=500)).get(FIELD, "")
    return value if isinstance(value, str) else ""


def _own(request: Request) -> set[str]:
    own = {f"{request.url.scheme}://{request.headers.get('host', '')}"}
    if public := request.app.state.settings.public_url:
        own.add(f"{urlsplit(public).scheme}://{urlsplit(public).netloc}")
    return own
