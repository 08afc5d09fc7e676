"""A small OpenID Connect provider as a process of its own: discovery, keys, code flow with PKCE, signed tokens.

It logs everybody in at once. `POST /next` says what its next identity token is like: claims to add or change, and
tricks (`alg-none`, `foreign-key`, `secret-signed`, `new-key`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "headway", "s3cret/with:odd+signs"


class State:
    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
        self.codes: dict[str, dict[str, str]] = {}
        self.next: dict[str, Any] = {}


STATE = State()


class Provider(BaseHTTPRequestHandler):
    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            ends = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token")}
            self.say(200, {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", **ends})
        elif parts.path == "/jwks":
            self.say(200, {"keys": [STATE.key.as_dict(private=False)]})
        elif parts.path == "/authorization":
            self.authorize(asked)
        else:
            self.say(404, {})

    def authorize(self, asked: dict[str, str]) -> None:
        right = asked.get("response_type") == "code" and asked.get("client_id") == CLIENT
        if not right or asked.get("code_challenge_method") != "S256" or "openid" not in asked.get("scope", "").split():
            self.say(400, {"error": "invalid_request"})
            return
        code = hashlib.sha256(f"{time.time_ns()}".encode()).hexdigest()
        STATE.codes[code] = asked
        back = {"code": code, "state": asked["state"]}
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
        self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/next":
            STATE.next = json.loads(body)
            self.say(200, {})
            return
        given = {name: values[0] for name, values in parse_qs(body).items()}
        asked = STATE.codes.pop(given.get("code", ""), None)  # a code is good once
        if asked is None or not self.is_client() or not fits(given, asked):
            self.say(400, {"error": "invalid_grant"})
            return
        self.say(200, {"access_token": "at", "token_type": "Bearer", "expires_in": 60, "id_token": self.token(asked)})

    def is_client(self) -> bool:
        said = f"{quote(CLIENT, safe='')}:{quote(SECRET, safe='')}"
        plain = f"{CLIENT}:{SECRET}"
        sent = self.headers.get("Authorization", "").removeprefix("Basic ")
        return base64.b64decode(sent).decode() in {said, plain}

    def token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "u-17",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
        }
        claims |= {"email": "ann@example.com", "groups": ["quality"], **STATE.next.get("claims", {})}
        claims = {name: value for name, value in claims.items() if value is not None}
        trick = STATE.next.get("trick")
        if trick == "alg-none":
            parts = (json.dumps({"alg": "none"}), json.dumps(claims))
            return ".".join(base64.urlsafe_b64encode(one.encode()).decode().rstrip("=") for one in parts) + "."
        if trick == "secret-signed":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 2))
        if trick == "new-key":
            STATE.key = RSAKey.generate_key(2048, {"kid": "k2", "use": "sig", "alg": "RS256"})
        key = RSAKey.generate_key(2048) if trick == "foreign-key" else STATE.key
        return jwt.encode({"alg": "RS256", "kid": STATE.key.kid}, claims, key)

    def say(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: Any) -> None:
        pass


def fits(given: dict[str, str], asked: dict[str, str]) -> bool:
    digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
    proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return proof == asked.get("code_challenge") and given.get("redirect_uri") == asked.get("redirect_uri")


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    print(server.server_address[1], flush=True)
    sys.stdout.close()
    server.serve_forever()
