"""What all tests share."""

import importlib
import os
import sys

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Give property tests time: machines are shared, and servers answer slowly.

    Found at run time, so that tests copied without it do not need the library.
    """
    if config.pluginmanager.hasplugin("hypothesispytest"):
        hypothesis = importlib.import_module("hypothesis")
        hypothesis.settings.register_profile(
            "tests",
            deadline=None,
            database=None,
            max_examples=50,
            suppress_health_check=[hypothesis.HealthCheck.too_slow],
        )
        hypothesis.settings.load_profile("tests")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name what failed at once: a run that is stopped has no summary."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        sys.stderr.write(f"\nFAILED {report.nodeid} ({report.when})\n")
