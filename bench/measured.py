"""Runs reference and candidates in turns, and keeps medians and extremes."""

import asyncio
import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from bench.client import Load, User, run
from bench.servers import pin


@dataclass
class Series:
    """Several runs of the same thing."""

    name: str
    loads: list[Load] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Return the median of the good answers per second."""
        return statistics.median(load.per_second for load in self.loads)

    def as_json(self) -> dict[str, object]:
        """Return the numbers to keep."""
        rates = [load.per_second for load in self.loads]
        return {
            "name": self.name,
            "perSecond": round(self.median, 1),
            "lowest": round(min(rates), 1),
            "highest": round(max(rates), 1),
            "p50ms": round(_median(self.loads, 0.5), 2),
            "p99ms": round(_median(self.loads, 0.99), 2),
            "maxMs": round(max(load.percentile(1.0) for load in self.loads), 2),
            "failed": sum(load.failed for load in self.loads),
        }


@dataclass(frozen=True)
class Candidate:
    """Something to measure: a server's port and what its users do."""

    name: str
    port: int
    users: Callable[[], Sequence[User]]
    status: int = 200


def alternate(
    candidates: Sequence[Candidate], *, runs: int, seconds: float
) -> list[Series]:
    """Measure *candidates* A B A B …; the client runs on another core."""
    series = [Series(candidate.name) for candidate in candidates]
    users = [list(candidate.users()) for candidate in candidates]
    with ProcessPoolExecutor(1, initializer=pin, initargs=(1,)) as pool:
        for _ in range(runs):
            for index, candidate in enumerate(candidates):
                work = (candidate.port, users[index], candidate.status, seconds)
                load, users[index] = pool.submit(_run, *work).result()
                series[index].loads.append(load)
    return series


def _run(
    port: int, users: list[User], status: int, seconds: float
) -> tuple[Load, list[User]]:
    load = asyncio.run(run(port, users, status=status, seconds=seconds))
    return load, users


def _median(loads: Sequence[Load], share: float) -> float:
    return statistics.median(load.percentile(share) for load in loads)
