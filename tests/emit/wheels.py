"""Wheels of this repository, in whatever version."""

import zipfile
from collections.abc import Mapping
from importlib.metadata import requires
from pathlib import Path
from types import MappingProxyType

from keywright.emit.source import installed


def build(
    folder: Path, version: str, changed: Mapping[str, str] = MappingProxyType({})
) -> Path:
    """Write the wheel of *version* into *folder* and return it.

    *changed* are texts of modules by path below the package, instead of those of today.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"keywright-{version}-py3-none-any.whl"
    source = installed()
    assert source.tests is not None
    with zipfile.ZipFile(wheel, "w") as archive:
        for root, place in (
            (source.root, "keywright"),
            (source.tests, "keywright/registry/tests"),
        ):
            for path in sorted(root.rglob("*.py")):
                name = path.relative_to(root).as_posix()
                text = changed.get(name) if place == "keywright" else None
                archive.writestr(f"{place}/{name}", text or path.read_bytes())
        for name, text in metadata(version).items():
            archive.writestr(f"keywright-{version}.dist-info/{name}", text)
    return wheel


def metadata(version: str) -> Mapping[str, str]:
    """Return the files that describe the wheel."""
    asked = "".join(f"Requires-Dist: {one}\n" for one in requires("keywright") or ())
    return {
        "METADATA": "Metadata-Version: 2.1\nName: keywright\n"
        f"Version: {version}\n{asked}",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: t\n"
        "Root-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
