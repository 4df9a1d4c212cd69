"""What concerns the tests that travel with copied modules."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

HOUSE: Final = frozenset(
    {"architecture", "cli", "emit", "emitted", "migrations", "service", "tools"}
)
"""Folders of tests that are about this product itself, and never travel."""

HOUSE_MODULES: Final = frozenset(
    {
        "tests.blueprints.test_openapi_files",
        "tests.blueprints.test_problem_details",
        "tests.blueprints.test_readme",
        "tests.blueprints.test_redis_durability",
        "tests.blueprints.test_store_calls",
        "tests.security.test_social_failures",
        "tests.security.test_social_linking",
        "tests.security.test_social_redirects",
        "tests.security.test_social_tokens",
    }
)
"""Tests of the same kind in folders that travel, and attacks by way of a provider."""

TEST_TOOLS: Final[tuple[str, ...]] = (
    "aiosmtpd>=1.4.6",
    "hypothesis>=6.170.15",
    "jsonschema-rs>=0.60.3",
    "pyjwt>=2.15.1",
    "pytest>=9.2.0",
    "pytest-asyncio>=1.5.0",
    "schemathesis>=4.32.5",
    "time-machine>=3.6.0",
)
"""What travelling tests may import beyond the product's own requirements."""

TEST_IMPORT_NAMES: Final[Mapping[str, str]] = MappingProxyType({"jwt": "pyjwt"})
"""Import name to test tool, where the names differ."""

MARKERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "attack": "plays an attacker and shows that the attack fails",
        "fault": "stops, breaks or delays a server of its own",
        "asvs": "evidence for a requirement of ASVS 5.0",
        "long": "left out of the tests that a copy runs after every change",
        "timeout": "may take so many seconds, where pytest-timeout is installed",
    }
)
"""The marks that travelling tests may carry, with their meaning."""
