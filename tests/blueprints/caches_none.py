"""Nothing beside the database."""

from collections.abc import Callable, Mapping

CACHES: Mapping[str, Callable[[], dict[str, object]]] = {"": dict}
