"""The backends: how each is opened, and which stores it has of its own.

One more is one more entry. A slot: copied code has the one that was chosen.
"""

from tests.contracts.backend import Backend
from tests.contracts.in_memory import open_memory
from tests.contracts.in_mongo import open_mongo, open_standalone
from tests.contracts.in_redis import open_redis_over
from tests.contracts.in_sql import open_sql, postgres_contracts_url, sqlite_url
from tests.mysql_server import mysql_url
from tests.servers import cluster_url, mongo_url, redis_url, worker

IN_REDIS = frozenset({"families", "sessions", "ended", "limiter", "failures"})
PREFIX = "contracts"

BACKENDS = {
    "memory": Backend(lambda folder, anew: open_memory(), shared=False),
    "sqlite": Backend(
        lambda folder, anew: open_sql(sqlite_url(folder, "alone"), anew=anew)
    ),
    "postgres": Backend(
        lambda folder, anew: open_sql(postgres_contracts_url(), anew=anew)
    ),
    "redis": Backend(
        lambda folder, anew: open_redis_over(
            open_sql(sqlite_url(folder, "below"), anew=anew), redis_url(), prefix=PREFIX
        ),
        has=IN_REDIS,
        forgets=True,
    ),
    "cluster": Backend(
        lambda folder, anew: open_redis_over(
            open_sql(sqlite_url(folder, "below-cluster"), anew=anew),
            cluster_url(),
            prefix=f"{PREFIX}-{worker()}",
        ),
        has=IN_REDIS,
        forgets=True,
    ),
    "postgres+redis": Backend(
        lambda folder, anew: open_redis_over(
            open_sql(postgres_contracts_url(), anew=anew), redis_url(), prefix=PREFIX
        ),
        has=frozenset({"families", "sessions"}),
        forgets=True,
    ),
    "mysql": Backend(lambda folder, anew: open_sql(mysql_url("_contracts"), anew=anew)),
    "mysql+redis": Backend(
        lambda folder, anew: open_redis_over(
            open_sql(mysql_url("_contracts"), anew=anew), redis_url(), prefix=PREFIX
        ),
        has=frozenset({"families", "sessions"}),
        forgets=True,
    ),
    "mongo": Backend(
        lambda folder, anew: open_mongo(mongo_url("_contracts"), anew=anew)
    ),
    "standalone": Backend(
        lambda folder, anew: open_standalone(folder, anew=anew),
        has=frozenset({"identities"}),
        shared=False,
    ),
    "mongo+redis": Backend(
        lambda folder, anew: open_redis_over(
            open_mongo(mongo_url("_contracts"), anew=anew), redis_url(), prefix=PREFIX
        ),
        has=frozenset({"families", "sessions"}),
        forgets=True,
    ),
}
