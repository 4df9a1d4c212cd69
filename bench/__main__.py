"""Measure and print: `python -m bench [limits] [service] [budget] [soak] [--quick]`."""

import argparse
import json
import os
import platform
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(".cache/bench")
PARTS = ("limits", "service", "budget")
EVERY = (*PARTS, "soak")
PACKAGES = ("fastapi", "uvicorn", "sqlalchemy", "redis", "argon2-cffi", "joserfc")


def main() -> int:
    """Run the parts that are named, print tables, and write one JSON file."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("parts", nargs="*", choices=EVERY, default=None)
    parser.add_argument("--quick", action="store_true", help="one short run each")
    parser.add_argument("--storage", action="append", default=[])
    parser.add_argument("--minutes", type=float, default=120.0, help="of the soak")
    options = parser.parse_args()
    runs, seconds = (1, 1.0) if options.quick else (5, 3.0)
    chosen = options.parts or PARTS
    result: dict[str, object] = {"machine": _machine()}
    if "limits" in chosen:
        from bench import limits

        result["limits"] = {
            "argon2PerSecond": round(limits.argon2_per_second(3.0), 1),
            "microseconds": {
                name: round(value, 1)
                for name, value in limits.token_microseconds().items()
            },
        }
        _print("limits", result["limits"])
    if "budget" in chosen:
        from bench import budget

        result["budget"] = {"sqlite": budget.measure()}
        redis = os.environ.get("TEST_REDIS_URL")
        if redis:
            result["budget"] = {
                "sqlite": budget.measure(),
                "redis": budget.measure(redis),
            }
        _print("work per operation", result["budget"])
    if "service" in chosen:
        from bench import service

        result["service"] = service.measure(options.storage, runs=runs, seconds=seconds)
        _print("service", result["service"])
    if "soak" in chosen:
        from bench import soak

        storage = (options.storage or ["sqlite"])[0]
        samples = soak.measure(minutes=options.minutes, storage=storage)
        result["soak"] = soak.growth(samples)
        _print("growth of the last third", result["soak"])
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{date.today():%Y-%m-%d}.json"  # noqa: DTZ011 - a file's name
    path.write_text(json.dumps(result, indent=2), encoding="utf-8")
    print(f"\nwritten to {path}")
    return 0


def _machine() -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0)),
        "system": platform.platform(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def _print(title: str, content: object) -> None:
    print(f"\n== {title}")
    print(json.dumps(content, indent=2))


sys.exit(main())
