"""Where the current request comes from, for logs and audit."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The id of a request and the address of its client."""

    request_id: str | None = None
    address: str | None = None


NOWHERE = RequestContext()
current_request: ContextVar[RequestContext] = ContextVar(
    "current_request", default=NOWHERE
)
