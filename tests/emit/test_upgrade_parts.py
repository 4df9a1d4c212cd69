"""Parts that come and go with an upgrade."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from keywright.emit.adding import planned
from keywright.emit.changes import carry_out as write
from keywright.emit.fetching import Release
from keywright.emit.lock import read_lock
from keywright.emit.refusals import ChoiceRefused
from keywright.emit.upgrading import Upgrade, carry_out, upgraded
from keywright.registry.blueprints import HYBRID_AUTH
from keywright.registry.components import COMPONENTS
from keywright.registry.item import Item

NOW = "9.9"
AVATARS = Path("shop", "features", "avatars", "service.py")


def owning(folder: Path, item: Item) -> Path:
    """Return *folder* as a project that owns *item*, with nothing."""
    folder.mkdir()
    write(planned(item, folder, {"package": "shop"}, ask=None), version=NOW)
    return folder


def changed(folder: Path, flags: Mapping[str, str]) -> Upgrade:
    """Bring the project to other parts; nothing has to be fetched for it."""
    found = upgraded(
        folder,
        version=NOW,
        releases=lambda _: Release(["false"]),
        writes=True,
        flags=flags,
    )
    carry_out(found)
    return found


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that owns hybrid-auth."""
    return owning(tmp_path_factory.mktemp("parts") / "shop", HYBRID_AUTH)


def test_a_part_comes_and_goes_without_a_trace(template: Path, tmp_path: Path) -> None:
    project = Path(shutil.copytree(template, tmp_path / "shop"))
    before = (project / "keywright.toml").read_text("utf-8")

    found = changed(project, {"with": "avatars"})

    assert (project / AVATARS).is_file()
    assert not found.changes_tables
    assert '\nwith = ["avatars"]' in (project / "keywright.toml").read_text("utf-8")
    assert "\nAUTH_FILES_URL=" in (project / ".env").read_text("utf-8")
    assert "pillow" in (project / "pyproject.toml").read_text("utf-8")
    lock = read_lock((project / "keywright.lock").read_text("utf-8"))
    entry = lock.items["blueprint/hybrid-auth"]
    assert entry.choices["with"] == "avatars"
    assert AVATARS.as_posix() in entry.files

    changed(project, {"without": "avatars"})

    assert not (project / AVATARS).exists()
    assert (project / "keywright.toml").read_text("utf-8") == before


def test_new_tables_are_named_for_the_migrations(
    template: Path, tmp_path: Path
) -> None:
    project = Path(shutil.copytree(template, tmp_path / "shop"))
    found = changed(project, {"with": "oauth"})
    assert found.changes_tables
    assert found.unnamed_models == [
        "shop.features.identities.models",
        "shop.features.oauth.models",
    ]


def test_a_part_that_nothing_there_has_is_refused(tmp_path: Path) -> None:
    cors = next(item for item in COMPONENTS if item.name == "component/cors")
    project = owning(tmp_path / "shop", cors)
    with pytest.raises(ChoiceRefused, match="has the part oauth"):
        changed(project, {"with": "oauth"})
