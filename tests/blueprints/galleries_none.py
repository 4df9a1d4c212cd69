"""Nothing is given to blueprints that keep no pictures."""

from collections.abc import Callable

FILES: Callable[[], object] | None = None
