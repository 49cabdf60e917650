"""What the routes of one worker process share, and the key that a request carries."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import current_app, g, request

from finrisk.analysis import Service
from finrisk.http.admission import Admission
from finrisk.http.errors import ApiError
from finrisk.http.keys import KeyRing
from finrisk.http.limits import RateLimit
from finrisk.traffic import Figures

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Context:
    """The service, what it knows of itself, and what guards it."""

    service: Service
    figures: Figures
    keys: KeyRing
    admission: Admission
    rate_limit: RateLimit | None


def context() -> Context:
    """The context of the app that answers the current request."""
    return cast(Context, current_app.extensions["finrisk"])


def check_role(*roles: str) -> None:
    """Raise ApiError (403) unless the request's key has one of the roles; without keys everybody has all."""
    if context().service.settings.require_api_key and not g.roles & {*roles, "admin"}:
        raise ApiError(403, "forbidden", f"key {g.key_id} does not have the role {' or '.join(roles)}")


def requires(*roles: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a route answer only to a key with one of the roles (any valid key where none is named)."""

    def decorate(route: Callable[P, R]) -> Callable[P, R]:
        @wraps(route)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            shared = context()
            if shared.service.settings.require_api_key:
                key = shared.keys.key_of(request)
                g.key_id, g.labels, g.roles = key.id, key.labels, key.roles
                if roles:
                    check_role(*roles)
                if shared.rate_limit:
                    shared.rate_limit.take(key.id)
            return route(*args, **kwargs)

        return guarded

    return decorate
