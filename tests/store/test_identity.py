"""The customer's keyed hash, and the file of its key."""

from __future__ import annotations

import hashlib

from store.identity import Identity, open_identity
from store.settings import Settings


def test_a_customers_hash_needs_the_key_and_stays_the_same() -> None:
    one = Identity(b"k" * 32)
    assert one.customer("jane@x.org") == Identity(b"k" * 32).customer("jane@x.org")
    assert one.customer("jane@x.org") != Identity(b"l" * 32).customer("jane@x.org")
    assert one.customer("jane@x.org") not in hashlib.sha256(b"jane@x.org").hexdigest()


def test_the_key_file_is_its_owners_alone_even_when_it_was_not(tmp_path) -> None:
    settings = Settings(home=tmp_path)
    first = open_identity(settings).customer("a")
    path = tmp_path / "secret"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    assert open_identity(settings).customer("a") == first
    assert path.stat().st_mode & 0o777 == 0o600
