"""Which pages of other origins may call, as browsers ask (Fetch standard, CORS).

Origins are compared exactly; there is no wildcard, because answers carry credentials.
"""

from collections.abc import Collection
from typing import Final

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
SENT: Final = ("authorization", "content-type", "x-request-id", "x-token-transport")
SHOWN: Final = ("ratelimit", "ratelimit-policy", "retry-after", "x-request-id")
PREFLIGHT_SECONDS: Final = 600


def allow_origins(app: Starlette, origins: Collection[str]) -> None:
    """Let pages of *origins*, each written `https://host`, call *app* with cookies.

    Raise ValueError for `*` and for `null`, which would let in everybody.
    """
    if {"*", "null"} & set(origins):
        raise ValueError("name each origin; a wildcard lets every page in")
    app.add_middleware(
        CORSMiddleware,
        allow_origins=tuple(origins),
        allow_credentials=True,
        allow_methods=METHODS,
        allow_headers=SENT,
        expose_headers=SHOWN,
        max_age=PREFLIGHT_SECONDS,
    )
