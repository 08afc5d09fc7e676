"""Every route with what it declares of who may use it: the start fails where one declares nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from api.access import ALLOWED, Permission
from store.roles import ROLES, Role
from taxonomy.errors import HeadwayError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class UndeclaredRouteError(HeadwayError):
    """A route says nothing of who may use it, or lets readers write."""


@dataclass(frozen=True)
class ServedRoute:
    """One route as it is served: what it declares, its router's declaration first."""

    methods: frozenset[str]
    path: str
    pattern: re.Pattern[str]
    permissions: tuple[Permission, ...]

    @property
    def open(self) -> bool:
        """Whether it answers before login."""
        return any(one.role is None for one in self.permissions)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that may use it."""
        found = frozenset(ROLES)
        for one in self.permissions:
            if one.role is not None:
                found &= ALLOWED[one.role]
        return found

    @property
    def changes(self) -> bool:
        """Whether it may change something."""
        return bool(self.methods - SAFE)

    def __str__(self) -> str:
        return f"{','.join(sorted(self.methods))} {self.path}"


def served_routes(routes: Sequence[BaseRoute]) -> tuple[ServedRoute, ...]:
    """Every route of an app, those of included routers too. Raises UndeclaredRouteError."""
    found = []
    for context in iter_route_contexts(routes):
        dependant = getattr(context, "dependant", None)
        if dependant is None or context.path is None:
            raise UndeclaredRouteError(
                f"{context.path or context.route}: only routes that can declare a role are served"
            )
        methods = frozenset(context.methods or ())
        route = ServedRoute(methods, context.path, context.path_regex, tuple(_permissions(dependant)))
        _check(route)
        found.append(route)
    return tuple(found)


def _check(route: ServedRoute) -> None:
    if not route.permissions:
        raise UndeclaredRouteError(f"{route}: say who may use it, with require(...) of api.access")
    if route.open and len(route.permissions) > 1:
        raise UndeclaredRouteError(f"{route}: it declares both anybody() and require(...)")
    readers = all(one.role == "leader" and not one.writes for one in route.permissions)
    if route.changes and readers:
        raise UndeclaredRouteError(f"{route}: leaders only read; require more, or say writes=True")


def _permissions(dependant: Dependant) -> Iterator[Permission]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Permission):
            yield inner.call
        yield from _permissions(inner)
