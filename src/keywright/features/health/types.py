"""The state of the parts a service depends on."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class PartState:
    """Whether a part answered, and after how long."""

    is_up: bool
    latency: timedelta
