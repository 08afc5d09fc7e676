"""Login with a company's own accounts: OpenID Connect, authorisation code with PKCE.

The protocol's parts are authlib's (requests, PKCE, claims) and joserfc's (signatures). What is decided here: which
signatures count, that issuer, audience, times and nonce must fit, and who gets which role.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from httpx2 import Client, HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from store.roles import ROLES, Role
from store.settings import Settings
from taxonomy.errors import BadInputError, HeadwayError

SIGNATURES = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
"""Signatures with a public key only: `none`, and those under a shared secret, are not taken from anybody."""

KEPT = 3600.0
LEEWAY = 60
TIMEOUT = 10.0
AGAIN = 60.0
LONGEST_NAME = 100
STRENGTH: Mapping[Role, int] = {"leader": 0, "service": 1, "analyst": 2, "admin": 3}


class ProviderError(HeadwayError):
    """The provider does not answer, or not as it should."""


class LoginRefusedError(HeadwayError):
    """Whoever came back from the provider is not let in."""


class OidcSettingsError(BadInputError):
    """A setting of the company login is missing or cannot be read."""


@dataclass(frozen=True)
class Grant:
    """What a group is good for; `jobs` None: all jobs."""

    role: Role
    jobs: frozenset[str] | None


@dataclass(frozen=True)
class Start:
    """A login on its way: where the browser goes, and what must fit when it comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Person:
    """Who came back. `subject` is the provider's own name for them, which never changes."""

    name: str
    subject: str
    grant: Grant


class Provider:
    """An OpenID Connect provider, asked when somebody logs in."""

    def __init__(self, settings: Settings, *, redirect_uri: str) -> None:
        self._issuer = settings.oidc_issuer or ""
        self._client_id = settings.oidc_client_id or ""
        secret = settings.oidc_client_secret
        self._secret = secret.get_secret_value() if secret else None
        self._claim, self._scopes = settings.oidc_claim, settings.oidc_scopes
        self._grants = read_grants(settings.oidc_roles or "")
        self._redirect_uri = redirect_uri
        self._known: dict[str, tuple[float, Any]] = {}
        self._lock = Lock()

    def start(self) -> Start:
        """A login begins. Raises ProviderError."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._client() as client:
            url, _ = client.create_authorization_url(
                self._endpoint("authorization_endpoint"), state=state, nonce=nonce, code_verifier=verifier
            )
        return Start(url, state, nonce, verifier)

    def finish(self, code: str, *, nonce: str, verifier: str) -> Person:
        """Who it is, by a code that the browser brought. Raises ProviderError, LoginRefusedError."""
        try:
            with self._client() as client:
                token = client.fetch_token(
                    self._endpoint("token_endpoint"), code=code, code_verifier=verifier, grant_type="authorization_code"
                )
        except HTTPError as error:
            raise ProviderError(f"{self._issuer} does not answer: {error}") from error
        except AuthlibBaseError as error:
            raise LoginRefusedError(f"{self._issuer} did not confirm this login: {error}") from error
        claims = self._claims(str(token.get("id_token") or ""), nonce, str(token.get("access_token") or ""))
        return Person(_name(claims), str(claims["sub"]), self._grant(claims))

    def _claims(self, id_token: str, nonce: str, access_token: str) -> Mapping[str, Any]:
        try:
            decoded = self._decoded(id_token)
            options: Any = {
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "value": self._client_id},
            }
            params = {"nonce": nonce, "client_id": self._client_id, "access_token": access_token}
            claims = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError) as error:
            raise LoginRefusedError(f"the identity token is not one for this login: {error}") from error
        found: Mapping[str, Any] = claims
        return found

    def _decoded(self, id_token: str) -> jwt.Token:
        """The token with its signature checked; keys that are not known yet are asked for once more."""
        try:
            return jwt.decode(id_token, self._keys(), algorithms=SIGNATURES)
        except (JoseError, ValueError):
            if not self._stale("jwks", AGAIN):
                raise
            return jwt.decode(id_token, self._keys(anew=True), algorithms=SIGNATURES)

    def _grant(self, claims: Mapping[str, Any]) -> Grant:
        said = claims.get(self._claim)
        groups = {said} if isinstance(said, str) else set(map(str, said)) if isinstance(said, list) else set()
        found = [grant for group, grant in self._grants if group in groups or group == "*"]
        if not found:
            raise LoginRefusedError("your account has no role here: ask who looks after Headway for one")
        role = max((grant.role for grant in found), key=STRENGTH.__getitem__)
        return Grant(role, _all_of(grant.jobs for grant in found if grant.role == role))

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            client_id=self._client_id,
            client_secret=self._secret,
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",
            scope=self._scopes,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT,
        )

    def _endpoint(self, name: str) -> str:
        url = str(self._metadata().get(name) or "")
        _check_address(url, f"{name} of {self._issuer}")
        return url

    def _metadata(self) -> Mapping[str, Any]:
        url = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        found: Mapping[str, Any] = self._kept(url, "metadata")
        if found.get("issuer") != self._issuer:
            raise ProviderError(f"{self._issuer} says that it is {found.get('issuer')!r}: check HEADWAY_OIDC_ISSUER")
        return found

    def _keys(self, *, anew: bool = False) -> KeySet:
        if anew:
            self._known.pop("jwks", None)
        return KeySet.import_key_set(self._kept(self._endpoint("jwks_uri"), "jwks"))

    def _stale(self, name: str, seconds: float) -> bool:
        return time.monotonic() - self._known.get(name, (0.0, None))[0] > seconds

    def _kept(self, url: str, name: str) -> Any:
        """A document of the provider, asked for again after an hour."""
        with self._lock:
            if name not in self._known or self._stale(name, KEPT):
                self._known[name] = (time.monotonic(), _document(url))
            return self._known[name][1]


def open_provider(settings: Settings) -> Provider | None:
    """The provider that the settings name, None where none is. Nothing is asked of it yet. Raises OidcSettingsError."""
    if settings.oidc_issuer is None:
        return None
    for name in ("oidc_client_id", "oidc_roles", "public_url"):
        if not getattr(settings, name):
            raise OidcSettingsError(f"HEADWAY_OIDC_ISSUER is set but HEADWAY_{name.upper()} is not")
    _check_address(settings.oidc_issuer, "HEADWAY_OIDC_ISSUER")
    return Provider(settings, redirect_uri=f"{settings.public_url}/login/callback")


def read_grants(text: str) -> tuple[tuple[str, Grant], ...]:
    """`group=role` or `group=role@job+job`, with commas; `*` is everybody who can log in. Raises OidcSettingsError."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        group, _, said = part.rpartition("=")
        role, _, jobs = said.partition("@")
        known = next((one for one in ROLES if one == role.strip()), None)
        if not group.strip() or known is None:
            raise OidcSettingsError(f"HEADWAY_OIDC_ROLES: {part!r} is not group=role; roles are {', '.join(ROLES)}")
        scope = frozenset(job.strip() for job in jobs.split("+") if job.strip()) or None
        found.append((group.strip(), Grant(known, scope)))
    return tuple(found)


def _all_of(scopes: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    found: frozenset[str] = frozenset()
    for scope in scopes:
        if scope is None:
            return None
        found |= scope
    return found


def _name(claims: Mapping[str, Any]) -> str:
    """As people know them: the address they log in with, else the provider's own name for them."""
    known = (str(claims[key]) for key in ("email", "preferred_username", "sub") if claims.get(key))
    return "".join(letter for letter in next(known) if letter.isprintable())[:LONGEST_NAME]


def _document(url: str) -> Any:
    try:
        with Client(timeout=TIMEOUT) as client:
            answer = client.get(url)
            answer.raise_for_status()
            return answer.json()
    except (HTTPError, ValueError) as error:
        raise ProviderError(f"{url}: {error}") from error


def _check_address(url: str, what: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ProviderError(f"{what} is {url!r}, which is not https: passwords and tokens would be readable on the way")
