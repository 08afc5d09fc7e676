"""What a page of ours puts into its forms, for tests that send a form without opening the page first."""

from __future__ import annotations

from fastapi import FastAPI

from api.csrf import HEADER
from store.identity import open_identity


def form_headers(app: FastAPI) -> dict[str, str]:
    """The token of whoever asks from this machine while there is no key, as a header."""
    return {HEADER: open_identity(app.state.settings).proof("csrf", "loopback", "")}
