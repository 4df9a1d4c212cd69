"""Which part does not answer, and where it was looked for: for operators."""

from urllib.parse import urlsplit

from keywright.service.settings import chosen_blueprint
from keywright.shared.errors import StoreUnavailable
from keywright.shared.settings import known

REDIS = "Redis"
DOCTOR = "Run: keywright doctor"


def outage(error: BaseException) -> str:
    """Return what does not answer, where, and the kind of *error* that says so."""
    place = error.place if isinstance(error, StoreUnavailable) else ""
    if place == REDIS:
        url = known(chosen_blueprint().settings, "redis_url")
        place += f" at {hosts(url)}" if url else ""
    cause = error.__cause__ or error
    kind = "" if isinstance(cause, StoreUnavailable) else f" ({type(cause).__name__})"
    return f"{place or 'A store'} does not answer{kind}"


def hosts(url: str) -> str:
    """Return the hosts of *url* with their ports, or its path: not who with."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] or parts.path
