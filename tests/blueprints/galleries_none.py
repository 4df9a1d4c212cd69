"""Nothing is given to blueprints that keep no pictures."""

from collections.abc import Callable, Mapping

FILES: Callable[[], object] | None = None
OPERATIONS: Mapping[tuple[str, str], int] = {}
