"""Whether the Prefect server that was named answers. It imports no Prefect, which takes two seconds."""

from __future__ import annotations

import httpx

from taxonomy.errors import HeadwayError

SECONDS = 5.0


class PrefectUnreachableError(HeadwayError):
    """The Prefect server that PREFECT_API_URL names does not answer."""


def prefect_fault(api: str) -> str | None:
    """What keeps a server from being used, None where it answers."""
    try:
        httpx.get(f"{api.rstrip('/')}/health", timeout=SECONDS).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{api} does not answer ({error})"
    return None


def check_prefect(api: str) -> None:
    """Raise PrefectUnreachableError unless the server answers."""
    if fault := prefect_fault(api):
        raise PrefectUnreachableError(
            f"Prefect: {fault}: start it with `prefect server start`, or mend PREFECT_API_URL"
        )
