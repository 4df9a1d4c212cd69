"""Health on the wire."""

from datetime import datetime
from typing import Literal

from keywright.shared.bodies import View


class HealthView(View):
    """The process answers; *uptime* is in seconds."""

    status: Literal["ok", "degraded", "down"]
    timestamp: datetime
    uptime: float


class PartView(View):
    """A part the service depends on; *latency_ms* is how long it took to answer."""

    status: Literal["up", "down"]
    latency_ms: float


class DetailedHealthView(HealthView):
    """The process and its parts, for operators.

    *peak_memory_mb* is the most that the process has held since its start, in MiB; none
    where the system does not tell.
    """

    version: str
    environment: str
    peak_memory_mb: float | None
    parts: dict[str, PartView]
