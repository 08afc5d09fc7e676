"""The keys and ended logins as this server knows them: read again each second, so that a request asks no database."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from starlette.concurrency import run_in_threadpool

from api.brute_force import Delays
from store.audit import record_audit
from store.keys import AccessKey, any_key_made, fits, note_use, read_hashes, read_token
from store.logins import Ended, read_ended
from store.session import Database
from taxonomy.errors import HeadwayError

FRESH = 1.0
"""Seconds that a reading is good for: a key revoked anywhere is refused after at most this long."""

VERIFIED = 600.0
"""Seconds for which a key need not be hashed again; whether it still holds is looked up each time."""

MOST = 1000


class WrongKeyError(HeadwayError):
    """A key that is not one, or no more."""


class TooManyFailuresError(HeadwayError):
    """Too many wrong keys from there; `wait` is in seconds."""

    def __init__(self, wait: float) -> None:
        self.wait = max(1, round(wait + 0.5))
        super().__init__(f"too many failures: try again in {self.wait} s")


@dataclass(frozen=True)
class Reading:
    """What the database held: `made` whether a key was ever made, the keys not revoked with their hashes."""

    made: bool
    keys: dict[str, tuple[AccessKey, str]]
    ended: Ended
    at: float


class Keyring:
    """What one server knows of keys. Verified keys are remembered by their SHA-256, never by themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reading: Reading | None = None
        self._lock = Lock()
        self._verified: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._used: dict[str, object] = {}
        self.delays = Delays()

    async def reading(self) -> Reading:
        """What is known now, at most a second old. Raises sqlalchemy's DBAPIError where no database answers."""
        found = self._reading
        if found is not None and time.monotonic() - found.at < FRESH:
            return found
        return await run_in_threadpool(self._read)

    def forget(self) -> None:
        """Read anew at the next request: something was changed through this server."""
        self._reading = None

    async def check(self, token: str, *, address: str) -> AccessKey:
        """The key that a token is. Raises WrongKeyError, TooManyFailuresError."""
        reading = await self.reading()
        digest = hashlib.sha256(token.encode()).hexdigest()
        key_id = self._remembered(digest)
        if key_id is None:
            key_id = await run_in_threadpool(self._verify, reading, token, digest, address)
        found = reading.keys.get(key_id)
        if found is None or not found[0].usable(datetime.now(UTC)):
            raise WrongKeyError("this key is revoked or expired: ask for a new one")
        if self._used.get(key_id) != (today := datetime.now(UTC).date()):
            self._used[key_id] = today
            await run_in_threadpool(self._note_use, key_id, address)
        return found[0]

    def _read(self) -> Reading:
        with self._lock:  # of many who find it old, one reads
            found = self._reading
            if found is not None and time.monotonic() - found.at < FRESH:
                return found
            at = time.monotonic()
            with self._database.session() as session:
                self._reading = Reading(any_key_made(session), read_hashes(session), read_ended(session), at)
            return self._reading

    def _remembered(self, digest: str) -> str | None:
        key_id, until = self._verified.get(digest, ("", 0.0))
        return key_id if time.monotonic() < until else None

    def _verify(self, reading: Reading, token: str, digest: str, address: str) -> str:
        """Hash the secret and compare. An unknown id takes as long as a wrong secret and is answered alike."""
        key_id, secret = read_token(token) or ("", "")
        names = (f"from {address}", f"key {key_id}")
        if (wait := self.delays.wait(*names)) > 0:
            raise TooManyFailuresError(wait)
        known = reading.keys.get(key_id)
        if not fits(secret, known[1] if known else None):
            self.delays.failed(*names)
            self._note_failure(key_id if known else None, address)
            raise WrongKeyError("this key is not known here: check that it is whole, or ask for a new one")
        self.delays.passed(names[1])
        self._verified[digest] = (key_id, time.monotonic() + VERIFIED)
        while len(self._verified) > MOST:
            self._verified.popitem(last=False)
        return key_id

    def _note_use(self, key_id: str, address: str) -> None:
        with self._database.session() as session:
            note_use(session, key_id, address=address)

    def _note_failure(self, key_id: str | None, address: str) -> None:
        detail = {"address": address}
        with self._database.session() as session:
            record_audit(session, who="nobody", action="key.refuse", object=f"key/{key_id or 'unknown'}", detail=detail)
