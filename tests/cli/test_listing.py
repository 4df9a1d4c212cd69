import json

import pytest

from keywright.registry.items import ITEMS
from tests.cli.conftest import Call


def test_everything_is_listed_without_a_project(call: Call) -> None:
    rows = json.loads(call("list", "--json").out)
    assert [row["name"] for row in rows] == list(ITEMS)
    assert all(row["summary"] for row in rows)


def test_one_kind_can_be_listed(call: Call) -> None:
    listed = call("list", "schema").out
    assert "schema auth/user" in listed
    assert "component" not in listed.partition("\n\n")[0]


def test_an_unknown_kind_is_wrong_usage(call: Call) -> None:
    assert call("list", "template").code == 2


def test_a_view_says_what_an_item_brings(call: Call) -> None:
    found = json.loads(call("view", "component", "jwt-utils", "--json").out)
    assert any(path.endswith("/shared/jwt.py") for path in found["files"])
    assert any(one.startswith("joserfc") for one in found["requirements"])


def test_a_view_prints_a_file_as_it_would_be(call: Call) -> None:
    arguments = ("--package", "shop", "--layout", "mvc")
    shown = call("view", "component", "rbac", "shop/core/roles.py", *arguments)
    assert "from shop.core.errors import NotAllowed" in shown.out


def test_a_view_of_a_file_that_is_not_part_is_wrong_usage(call: Call) -> None:
    assert call("view", "component", "cors", "other.py").code == 2


def test_a_view_follows_the_choices_of_the_project(call: Call) -> None:
    with open("keywright.toml", "w", encoding="utf-8") as file:  # noqa: PTH123 - in the test's folder
        file.write('package = "shop"\nlayout = "mvc"\n')
    assert "shop/core/cors.py" in call("view", "component", "cors").out


@pytest.mark.parametrize("command", ["add", "view"])
def test_an_unknown_item_is_wrong_usage_and_the_known_are_named(
    call: Call, command: str
) -> None:
    done = call(command, "schema", "other")
    assert done.code == 2
    assert "schema auth/user" in done.err


def test_a_dry_run_shows_the_difference_and_writes_nothing(call: Call) -> None:
    assert call("add", "component", "cors", "--yes", "--package", "shop").code == 0
    shown = call("add", "component", "jwt-utils", "--dry-run")
    assert "+++ b/pyproject.toml" in shown.out
    assert '+    "joserfc' in shown.out
    assert call("view", "component", "jwt-utils").code == 0
    assert "shared/jwt.py" in call("add", "component", "jwt-utils", "--dry-run").out


def test_completion_is_offered(call: Call) -> None:
    assert "--install-completion" in call("--help").out
