"""Projects, files and arguments that want the command to write somewhere else."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Call, call
from tests.emit.builders import tree, write

__all__ = ["call"]
pytestmark = pytest.mark.attack

NAMES = [
    "../shop",
    "/tmp/shop",  # noqa: S108 - never made
    "shop/../../x",
    "shop\nimport os",
    "{{shop}}",
    "${shop}",
    "$(id)",
    "shop;id",
    "-shop",
    "",
    ".",
    "shop..x",
    "os",
    "class",
    "ﬁle",
]
ADD = ("add", "component", "cors", "--yes")


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that no command may touch."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "kept").write_text("kept")
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_a_package_is_a_name_and_nothing_else(
    call: Call, tmp_path: Path, name: str
) -> None:
    done = call(*ADD, f"--package={name}")
    assert done.code == 2
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("name", NAMES)
def test_nor_does_a_file_of_the_project_name_another(
    call: Call, tmp_path: Path, name: str
) -> None:
    text = name.replace("\n", "\\n")
    write(tmp_path, {"keywright.toml": f'package = "{text}"\n'})
    before = tree(tmp_path)
    assert call(*ADD).code == 2
    assert tree(tmp_path) == before


@pytest.mark.parametrize("own", ["../x", "shop.db as x\\nimport os #", "/etc.passwd"])
def test_a_fill_is_a_module_and_nothing_else(
    call: Call, tmp_path: Path, own: str
) -> None:
    fill = f'package = "shop"\n[fill]\n"shared.cors" = "{own}"\n'
    write(tmp_path, {"keywright.toml": fill})
    done = call(*ADD)
    assert done.code == 1
    assert "no module" in done.err


@pytest.mark.parametrize("link", ["shop", "tests", "pyproject.toml", ".env"])
def test_no_link_leads_out_of_the_project(
    call: Call, tmp_path: Path, outside: Path, link: str
) -> None:
    (tmp_path / link).parent.mkdir(exist_ok=True)
    (tmp_path / link).symlink_to(outside)
    before = tree(tmp_path)
    arguments = ("add", "schema", "auth/user", "--yes", "--package", "shop")
    assert call(*arguments).code == 1
    assert tree(outside) == {"kept": b"kept"}
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "path", ["../outside", "/etc/passwd", "shop/../../x", "a\\\\b", "C:/x"]
)
def test_a_lock_cannot_name_files_outside(
    call: Call, tmp_path: Path, path: str
) -> None:
    assert call(*ADD, "--package", "shop").code == 0
    lock = tmp_path / "keywright.lock"
    lock.write_text(lock.read_text().replace("shop/shared/cors.py", path))
    before = tree(tmp_path)
    for command in (("upgrade", "--yes"), ("diff",), ("doctor",)):
        assert call(*command).code == 1
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "version", ["1 @ https://evil.example/x.whl", "--index-url=x", "../x", "1;id", ""]
)
def test_a_lock_cannot_name_what_is_run(
    call: Call, tmp_path: Path, version: str
) -> None:
    assert call(*ADD, "--package", "shop").code == 0
    lock = tmp_path / "keywright.lock"
    text = re.sub(r'version = "[^"]*"', f'version = "{version}"', lock.read_text())
    lock.write_text(text)
    done = call("upgrade", "--yes")
    assert done.code == 1
    assert "no version" in done.err


@pytest.mark.parametrize("name", ["../x", "/x", "cors/../x", "CORS", "cors ", "{{x}}"])
def test_an_item_is_one_that_exists(call: Call, tmp_path: Path, name: str) -> None:
    for command in (("add", "component", name, "--yes"), ("view", "component", name)):
        assert call(*command).code == 2
    assert tree(tmp_path) == {}
