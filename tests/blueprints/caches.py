"""What stands beside the database: nothing, Redis, or a cluster of it.

A slot: copied code fills it with what was chosen.
"""

from collections.abc import Callable, Mapping
from functools import cache

from keywright.shared.secrets import new_id
from tests.blueprints.caches_none import CACHES as NONE
from tests.blueprints.caches_redis import CACHES as REDIS
from tests.blueprints.caches_redis import forget
from tests.servers import cluster_url, worker

__all__ = ["CACHES", "forget"]


@cache
def _cluster_prefix() -> str:
    """Return a beginning of keys that no other test process has, and no earlier run."""
    return f"http-{worker()}-{new_id().hex[-12:]}"


def _cluster() -> dict[str, object]:
    return {
        "redis_url": cluster_url(),
        "redis_prefix": _cluster_prefix(),
        "redis_durability": "relaxed",
    }


CACHES: Mapping[str, Callable[[], dict[str, object]]] = {
    **NONE,
    **REDIS,
    "+cluster": _cluster,
}
