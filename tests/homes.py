"""Home folders of tests."""

from __future__ import annotations

from pathlib import Path

KEY = "1f" * 32


def give_fixed_key(home: Path) -> None:
    """The key that customers' hashes and draws come from, before the product makes one: so each run draws alike."""
    path = home / "secret"
    path.write_text(KEY)
    path.chmod(0o600)
