"""Whether an LLM endpoint answers at all: one small request, before anything depends on it."""

from __future__ import annotations

from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

OPENAI = "https://api.openai.com/v1"
SECONDS = 3.0


def fault_of(base_url: str | None, api_key: str | None, *, seconds: float = SECONDS) -> str | None:
    """What keeps the endpoint from being used, in words, or None where it answers.

    Asks for its list of models; an endpoint without such a list answers too. The key never stands in the words.
    """
    address = (base_url or OPENAI).rstrip("/")
    if not address.startswith(("http://", "https://")):
        return f"{address} is no http address"
    headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
    try:
        with urlopen(Request(f"{address}/models", headers=headers), timeout=seconds):  # noqa: S310 - http, see above
            return None
    except HTTPError as error:
        if error.code in (401, 403):
            return f"{address} refuses the key (HTTP {error.code})"
        return f"{address} answers with an error (HTTP {error.code})" if error.code >= 500 else None
    except (URLError, HTTPException, OSError, ValueError) as error:
        return f"{address} does not answer: {getattr(error, 'reason', error)}"
