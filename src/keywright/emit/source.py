"""The modules that can be copied, read from where they are installed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """A package and its tests on disk.

    *package* is the package's name and *root* its folder; *tests* is the folder of
    the package `tests`, or None where the tests were not delivered.
    """

    package: str
    root: Path
    tests: Path | None

    def full(self, name: str) -> str:
        """Return the module called *name* inside the package."""
        return f"{self.package}.{name}"

    def owns(self, module: str) -> bool:
        """Say whether *module* belongs to the package."""
        return module == self.package or module.startswith(f"{self.package}.")

    def owns_test(self, module: str) -> bool:
        """Say whether *module* belongs to the tests."""
        return module == "tests" or module.startswith("tests.")

    def path(self, module: str) -> Path | None:
        """Return the file of *module*, or None: packages count as no module."""
        folder = self.tests if self.owns_test(module) else self.root
        if folder is None:
            return None
        _, *parts = module.split(".")
        path = folder.joinpath(*parts).with_suffix(".py") if parts else None
        return path if path is not None and path.is_file() else None

    def text(self, module: str) -> str:
        """Return the text of *module*, which exists."""
        path = self.path(module)
        if path is None:
            raise LookupError(module)
        return path.read_text(encoding="utf-8")

    def test_modules(self) -> Sequence[str]:
        """Return every module of the tests, package files left out, sorted."""
        if self.tests is None:
            return ()
        found = (path.relative_to(self.tests) for path in self.tests.rglob("*.py"))
        return sorted(
            ".".join(("tests", *path.with_suffix("").parts))
            for path in found
            if path.name != "__init__.py"
        )


@cache
def installed() -> Source:
    """Return this distribution as a source.

    The tests lie beside the package in a wheel's `registry/tests`, or beside `src`
    in a checkout.
    """
    root = Path(__file__).resolve().parent.parent
    candidates = (root / "registry" / "tests", root.parent.parent / "tests")
    tests = next((one for one in candidates if (one / "__init__.py").is_file()), None)
    return Source("keywright", root, tests)
