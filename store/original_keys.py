"""Keys of the originals: AES-256-GCM, from the environment only, the first of them in use."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from store.settings import Settings
from taxonomy.errors import BadInputError, HeadwayError

KEY_BYTES = 32
NONCE_BYTES = 12
_ENTRY = re.compile(r"(?P<id>[A-Za-z0-9._-]{1,40}):(?P<key>[A-Za-z0-9+/_-]{43}=?)")


class OriginalsKeyError(BadInputError):
    """The keys of the originals are missing, cannot be read, or lack the one that a row was encrypted with."""


class OriginalDamagedError(HeadwayError):
    """An original does not open with its key: it was changed, or belongs to another contact."""


@dataclass(frozen=True)
class Sealed:
    """An encrypted original; `nonce` is random, 12 bytes."""

    key_id: str
    nonce: bytes
    sealed: bytes


@dataclass(frozen=True)
class KeyRing:
    """The keys by id; `current` encrypts, all of them open. Nothing of a key is ever shown."""

    keys: Mapping[str, AESGCM]
    current: str

    def seal(self, text: str, *, bound: str) -> Sealed:
        """Encrypt under the key in use; `bound` (source and id of the contact) must be given again to open it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return Sealed(self.current, nonce, self.keys[self.current].encrypt(nonce, text.encode(), bound.encode()))

    def open(self, sealed: Sealed, *, bound: str) -> str:
        """What was encrypted. Raises OriginalsKeyError without its key, OriginalDamagedError where it was changed."""
        if sealed.key_id not in self.keys:
            raise OriginalsKeyError(
                f"an original is encrypted with key {sealed.key_id!r}, which HEADWAY_ORIGINALS_KEYS does not hold"
            )
        try:
            return self.keys[sealed.key_id].decrypt(sealed.nonce, sealed.sealed, bound.encode()).decode()
        except InvalidTag as error:
            raise OriginalDamagedError(
                "an original does not open: it was changed, or moved to another contact"
            ) from error


def read_ring(text: str) -> KeyRing:
    """Keys written as `id:base64` with commas between them, the one in use first. Raises OriginalsKeyError."""
    keys: dict[str, AESGCM] = {}
    for number, part in enumerate(text.split(","), 1):
        found = _ENTRY.fullmatch(part.strip())
        key = _decoded(found["key"]) if found else b""
        if found is None or len(key) != KEY_BYTES or found["id"] in keys:
            raise OriginalsKeyError(
                f"HEADWAY_ORIGINALS_KEYS: key {number} is not id:base64 of 32 bytes with an id of its own; "
                "`headway originals new-key` makes one"
            )
        keys[found["id"]] = AESGCM(key)
    return KeyRing(keys, next(iter(keys)))


def ring_of(settings: Settings) -> KeyRing:
    """The keys of the settings. Raises OriginalsKeyError where none are set."""
    if settings.originals_keys is None:
        raise OriginalsKeyError("HEADWAY_ORIGINALS_KEYS is not set; `headway originals new-key` makes a key for it")
    return read_ring(settings.originals_keys.get_secret_value())


def ring_to_keep(settings: Settings) -> KeyRing | None:
    """The keys, where originals are to be kept; None where they are not. Raises OriginalsKeyError."""
    return ring_of(settings) if settings.keep_originals else None


def new_key(name: str) -> str:
    """A fresh key under an id, as HEADWAY_ORIGINALS_KEYS takes it."""
    return f"{name}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return b""
