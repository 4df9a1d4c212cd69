from pathlib import Path

import pytest

from keywright.emit.paths import PathRefused, inside


@pytest.mark.parametrize(
    "path",
    [
        "",
        "..",
        "../x",
        "a/../../x",
        "a/../x",
        "/etc/x",
        "a//x",
        "a\\..\\x",
        "C:x",
        "a\0b",
        ".",
    ],
)
def test_paths_that_lead_out_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(PathRefused):
        inside(tmp_path, path)


def test_a_path_inside_is_returned(tmp_path: Path) -> None:
    assert inside(tmp_path, "a/b.py") == tmp_path.resolve() / "a" / "b.py"


def test_a_folder_that_leads_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "shop").symlink_to(tmp_path)
    with pytest.raises(PathRefused, match="through a link"):
        inside(tmp_path / "project", "shop/x.py")


def test_a_file_that_leads_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / ".env").symlink_to(tmp_path / "not-there-yet")
    with pytest.raises(PathRefused, match="through a link"):
        inside(tmp_path / "project", ".env")


def test_a_link_within_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "shop").symlink_to("real")
    assert inside(tmp_path, "shop/x.py") == tmp_path.resolve() / "real" / "x.py"


def test_a_link_in_a_circle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(PathRefused):
        inside(tmp_path, "a/x.py")


def test_a_way_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("")
    with pytest.raises(PathRefused, match="shop is a file"):
        inside(tmp_path, "shop/x.py")


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    (tmp_path / "main.py").mkdir()
    with pytest.raises(PathRefused, match="is a folder"):
        inside(tmp_path, "main.py")
