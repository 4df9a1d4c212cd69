"""The fixtures of the suite."""

from tests.blueprints.fixtures import (
    house,
    pytest_generate_tests,
    service,
    service_with,
)

__all__ = ["house", "pytest_generate_tests", "service", "service_with"]
