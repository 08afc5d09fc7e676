"""What a route declares of its address: a parameter under `/v1` that it does not know is refused, not passed over."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant

from taxonomy.errors import BadInputError

FILTER = "channel"
"""Routes that know this one take filters with open names besides (`segment.NAME`), and check these themselves."""


class UnknownParameterError(BadInputError):
    """An address names a parameter that its route does not have."""


def declared(dependant: Dependant) -> Iterator[str]:
    """The names of a route's parameters in the query, and of all that it depends on."""
    yield from (field.alias for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from declared(inner)


def check_parameters(request: Request) -> None:
    """For every route of the API. Raises UnknownParameterError."""
    if not request.url.path.startswith("/v1/"):
        return
    known = tuple(dict.fromkeys(declared(request.scope["route"].dependant)))
    unknown = [] if FILTER in known else sorted(set(request.query_params) - set(known))
    if unknown:
        has = f"known are {', '.join(known)}" if known else "it has none"
        raise UnknownParameterError(f"{unknown[0]}: no such parameter here; {has}")
