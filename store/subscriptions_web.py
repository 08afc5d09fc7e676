"""One POST to an address that somebody typed in, without letting it reach what only this machine can reach.

The name is looked up once, every address behind it must be a public one, and the connection goes to that very address:
a name that points elsewhere at a second look (DNS rebinding) gains nothing. Redirects are failures. Plain http, and
private addresses, only for hosts that `HEADWAY_WEBHOOK_PRIVATE_HOSTS` names. No proxy of the environment is used.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from urllib.parse import urlsplit

from taxonomy.errors import HeadwayError

TIMEOUT = 10.0
"""Seconds that connecting, and each read, may take."""

DEADLINE = 20.0
"""Seconds that all of it may take, however slowly the answer drips."""

GONE = 410
LONGEST_WAIT = 24 * 3600
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class DeliveryError(HeadwayError):
    """Something did not arrive. `after`: the receiver asks to be left alone so long. `final`: do not try again.

    `lasting`: it will fail alike until somebody changes a setting or an address, so a second try at once is no use.
    """

    def __init__(
        self, message: str, *, after: timedelta | None = None, final: bool = False, lasting: bool = False
    ) -> None:
        super().__init__(message)
        self.after = after
        self.final = final
        self.lasting = lasting


@dataclass(frozen=True)
class Target:
    """Where a request goes: `host` is the name (for TLS and the Host header), `address` what it is connected to."""

    host: str
    port: int
    path: str
    tls: bool
    address: str


def post(url: str, body: bytes, headers: Mapping[str, str], *, private_hosts: frozenset[str]) -> None:
    """Send it; an answer of 2xx is success. Raises DeliveryError."""
    target = resolve(url, private_hosts=private_hosts)
    connection = _Pinned(target)
    over = Timer(DEADLINE, connection.cut)
    over.start()
    try:
        connection.request("POST", target.path, body, {**headers, "Connection": "close", "User-Agent": "Headway"})
        _check(connection.getresponse())
    except (OSError, HTTPException) as error:
        raise DeliveryError(f"{target.host}: {type(error).__name__}") from error
    finally:
        over.cancel()
        connection.close()


def resolve(url: str, *, private_hosts: frozenset[str]) -> Target:
    """Look up where an address leads. Raises DeliveryError where that is nowhere, or not allowed."""
    parts = urlsplit(url)
    host, tls = (parts.hostname or "").lower(), parts.scheme == "https"
    trusted = host in private_hosts
    if not tls and not (trusted and parts.scheme == "http"):
        raise DeliveryError(
            f"{host}: only https is used, or http for a host in HEADWAY_WEBHOOK_PRIVATE_HOSTS", lasting=True
        )
    port = parts.port or (443 if tls else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DeliveryError(f"{host}: no such host") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not trusted and not all(is_public(address) for address in addresses):
        raise DeliveryError(
            f"{host}: leads to a private address; HEADWAY_WEBHOOK_PRIVATE_HOSTS may allow it", lasting=True
        )
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return Target(host, port, path, tls, addresses[0])


def is_public(address: str) -> bool:
    """Whether an address belongs to the open internet, also where it wraps another one."""
    found: Address = ipaddress.ip_address(address.partition("%")[0])
    inner: list[Address] = [found]
    if isinstance(found, ipaddress.IPv6Address):
        inner += [part for part in (found.ipv4_mapped, found.sixtofour, *(found.teredo or ())) if part is not None]
        if found in ipaddress.ip_network("64:ff9b::/96"):
            inner = [ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)]
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in inner)


class _Pinned(HTTPConnection):
    """A connection to the address that was looked at, under the name that was asked for."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT)
        self._target = target
        self._over = False

    def connect(self) -> None:
        """To the address itself: the name is not looked up again."""
        sock = socket.create_connection((self._target.address, self._target.port), TIMEOUT)
        if self._target.tls:
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=self._target.host)
        self.sock = sock

    def cut(self) -> None:
        """End it from another thread: whatever waits for an answer fails."""
        sock = self.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _check(response: HTTPResponse) -> None:
    """Raises DeliveryError unless the answer is 2xx; what else it says is not read."""
    status = response.status
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise DeliveryError(
            f"the receiver answered {status}: redirects are not followed, give the address itself", lasting=True
        )
    wait = response.getheader("Retry-After", "")
    after = timedelta(seconds=min(int(wait), LONGEST_WAIT)) if wait.isdecimal() else None
    raise DeliveryError(f"the receiver answered {status}", after=after, final=status == GONE)
