"""Wheels of this repository, in whatever version."""

import zipfile
from collections.abc import Iterable, Mapping
from importlib.metadata import requires
from pathlib import Path
from types import MappingProxyType

from keywright.emit.source import installed


def build(
    folder: Path,
    version: str,
    changed: Mapping[str, str] = MappingProxyType({}),
    *,
    needs: Iterable[str] | None = None,
) -> Path:
    """Write the wheel of *version* into *folder* and return it.

    *changed* are texts of modules by path below the package, instead of those of today;
    *needs* are its requirements, if not those of today.
    """
    source = installed()
    assert source.tests is not None
    files: dict[str, str | bytes] = {}
    for root, place in (
        (source.root, "keywright"),
        (source.tests, "keywright/registry/tests"),
    ):
        for path in sorted(root.rglob("*.py")):
            name = path.relative_to(root).as_posix()
            text = changed.get(name) if place == "keywright" else None
            files[f"{place}/{name}"] = text or path.read_bytes()
    asked = (requires("keywright") or ()) if needs is None else needs
    return packed(folder, "keywright", version, files, needs=asked)


def packed(
    folder: Path,
    name: str,
    version: str,
    files: Mapping[str, str | bytes],
    *,
    needs: Iterable[str] = (),
) -> Path:
    """Write the wheel *name* that holds *files* into *folder* and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    described = metadata(name, version, needs).items()
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
        for path, text in described:
            archive.writestr(f"{name}-{version}.dist-info/{path}", text)
    return wheel


def metadata(name: str, version: str, needs: Iterable[str]) -> Mapping[str, str]:
    """Return the files that describe the wheel."""
    asked = "".join(f"Requires-Dist: {one}\n" for one in needs)
    return {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{asked}",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: t\n"
        "Root-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
