import json
import re
from pathlib import Path

import pytest

from keywright.registry.advisories import Advisory
from keywright.service.copies import hole_findings
from tests.cli.conftest import Call, Outcome

CORS = Path("shop", "shared", "cors.py")


@pytest.fixture
def component(call: Call) -> None:
    """Copy a component into the folder of the test."""
    assert call("add", "component", "cors", "--yes", "--package", "shop").code == 0


def findings(examined: Outcome) -> dict[str, bool]:
    """Return what was found, by name."""
    found = json.loads(examined.out)["findings"]
    return {finding["name"]: finding["is_good"] for finding in found}


@pytest.mark.usefixtures("component")
def test_fresh_copies_are_found_well_and_no_service_is_looked_for(call: Call) -> None:
    examined = call("doctor", "--json")
    assert findings(examined) == {"copies": True, "security": True}
    assert examined.code == 0


@pytest.mark.usefixtures("component")
def test_what_its_owner_changed_is_no_problem(call: Call) -> None:
    CORS.write_text(CORS.read_text().replace("600", "60"))
    examined = call("doctor")
    assert examined.code == 0
    assert "1 changed by you" in examined.out


@pytest.mark.usefixtures("component")
def test_a_copy_of_an_older_version_is_a_problem(call: Call) -> None:
    from keywright.emit.lock import digest

    before = digest(CORS.read_bytes())
    CORS.write_text(CORS.read_text().replace("600", "60"))
    lock = Path("keywright.lock")
    lock.write_text(lock.read_text().replace(before, digest(CORS.read_bytes())))
    examined = call("doctor")
    assert examined.code == 1
    assert "keywright upgrade" in examined.err


@pytest.mark.usefixtures("component")
def test_marks_that_nobody_resolved_are_a_problem(call: Call) -> None:
    CORS.write_text("<<<<<<< yours\nx\n=======\ny\n>>>>>>> version 9\n")
    examined = call("doctor")
    assert examined.code == 1
    assert "resolve them" in examined.err


def test_missing_migrations_of_an_owned_service_are_a_problem(call: Call) -> None:
    arguments = ("--package", "shop", "--database", "sqlite")
    assert call("add", "blueprint", "hybrid-auth", "--yes", *arguments).code == 0
    examined = call("doctor", "--json")
    assert findings(examined)["copies"]
    assert not findings(examined)["migrations"]
    assert "alembic upgrade head" in examined.out


@pytest.mark.usefixtures("component")
def test_a_known_hole_in_an_older_copy_is_named_with_the_way_out() -> None:
    lock = Path("keywright.lock")
    lock.write_text(re.sub('version = ".*"', 'version = "0.0.1"', lock.read_text()))
    hole = Advisory("2026-1", "everybody may call", "0.0.2", "shared.cors")
    (found,) = hole_findings(Path(), [hole])
    assert not found.is_good
    assert found.detail.startswith("component/cors: everybody may call (2026-1)")
    assert found.detail.endswith("keywright upgrade")


def test_settings_for_another_copy_are_a_problem(call: Call) -> None:
    assert (
        call("add", "blueprint", "hybrid-auth", "--yes", "--package", "shop").code == 0
    )
    told = [
        'AUTH_MAIL_URL is for another copy; keywright.toml says mailer = "console"',
        'AUTH_REDIS_URL is for another copy; keywright.toml says cache = "none"',
    ]
    assert not any(one in call("doctor").err for one in told)

    urls = {
        "AUTH_MAIL_URL": "smtp://u:s3cret@127.0.0.1:1",
        "AUTH_REDIS_URL": "redis://:s3cret@127.0.0.1:1",
    }
    examined = call("doctor", **urls)

    assert examined.code == 1
    assert all(one in examined.err for one in told)
    assert "s3cret" not in examined.err
