from importlib.metadata import version

from keywright.blueprints.foundation.web import own_version


def test_the_service_tells_the_version_that_is_installed() -> None:
    assert own_version() == version("keywright")
