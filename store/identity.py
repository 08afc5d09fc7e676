"""Keyed hashes: who a customer is without saying so, and the permanent random number of a contact."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from store.settings import Settings


class Identity:
    """Hashes under one secret key. The same customer gives the same hash on every machine that has the key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def customer(self, customer_id: str) -> str:
        """The keyed hash that stands for a customer; 32 hex digits."""
        return self._digest("customer", customer_id).hex()[:32]

    def uniform(self, source: str, contact_id: str) -> float:
        """U_i of METHODS 2: uniform in [0, 1), drawn once per contact and the same for ever."""
        return int.from_bytes(self._digest("u", source, contact_id)[:7], "big") / 2**56

    def content(self, record: Mapping[str, Any]) -> str:
        """A hash of a record as it came in, before redaction; keyed, so that it cannot be guessed back."""
        return self._digest("content", json.dumps(record, sort_keys=True, default=str)).hex()

    def proof(self, *parts: str) -> str:
        """A signature under the secret: whoever shows it was given it here. 32 hex digits."""
        return self._digest("proof", *parts).hex()[:32]

    def _digest(self, *parts: str) -> bytes:
        return hmac.new(self._key, "\x1f".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def open_identity(settings: Settings) -> Identity:
    """The identity under HEADWAY_SECRET, or under a key made once and kept in the home folder."""
    if settings.secret is not None:
        return Identity(settings.secret.get_secret_value().encode())
    return Identity(_kept_key(settings.home / "secret"))


def _kept_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL: of two processes that start together only one makes the key
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        _close_to_others(path)
        return bytes.fromhex(path.read_text())
    key = secrets.token_bytes(32)
    with os.fdopen(handle, "w") as file:
        file.write(key.hex())
    return key


def _close_to_others(path: Path) -> None:
    """A key that was copied with loose rights becomes its owner's alone, where we are the owner."""
    if path.stat().st_mode & 0o077:
        with suppress(PermissionError):
            path.chmod(0o600)
