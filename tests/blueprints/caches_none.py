"""Nothing beside the database."""

from collections.abc import Callable, Mapping


async def forget(url: str | None, prefix: str) -> None:
    """Remove nothing: there is nothing."""


CACHES: Mapping[str, Callable[[], dict[str, object]]] = {"": dict}
