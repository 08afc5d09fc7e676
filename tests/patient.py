"""Requests to servers of the tests' own: on a busy machine an answer may take its time, and no test hangs on that."""

from __future__ import annotations

from functools import partial

import httpx

PATIENCE = 60.0

get = partial(httpx.get, timeout=PATIENCE)
post = partial(httpx.post, timeout=PATIENCE)
