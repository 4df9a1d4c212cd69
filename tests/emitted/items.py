"""Projects that own one item and nothing else, made once per test run."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle, product
from pathlib import Path
from zlib import crc32

from typer.testing import CliRunner

from keywright.registry.choices import OPTIONS
from keywright.registry.item import Item
from keywright.registry.items import ITEMS
from tests.emitted.cells import COMMAND, strict_rules
from tests.places import worker

LAYOUTS = OPTIONS["layout"]


@dataclass(frozen=True, slots=True)
class Part:
    """One item in a project of its own."""

    item: Item
    layout: str
    database: str = "sqlite"
    cache: str = "none"
    mailer: str = "console"
    responses: str = "envelope"
    files: str = "local"

    @property
    def package(self) -> str:
        """Return a package name that no other part has, not longer than usual."""
        return f"shop_{crc32(self.name.encode()):x}"

    @property
    def name(self) -> str:
        """Return a short name for databases and reports."""
        variant = [self.cache, self.mailer, self.responses, self.files]
        usual = {"none", "console", "envelope", "local"}
        words = [one for one in variant if one not in usual]
        item = self.item.name.replace("-", "_").replace("/", "_")
        return "_".join((item, self.layout, self.database, *words))

    @property
    def choices(self) -> Mapping[str, str]:
        """Return what the project chooses, by option."""
        return {
            "package": self.package,
            "layout": self.layout,
            "database": self.database,
            "cache": self.cache,
            "mailer": self.mailer,
            "responses": self.responses,
            "files": self.files,
        }


def _of(kind: str) -> list[Item]:
    return [item for name, item in ITEMS.items() if name.startswith(f"{kind}/")]


def _variants(item: Item) -> list[Mapping[str, str]]:
    """Return the choices that make a difference to *item*."""
    match item.name:
        case "component/rate-limiter":
            return [{"cache": one} for one in OPTIONS["cache"]]
        case "component/email-service":
            return [{"mailer": one} for one in OPTIONS["mailer"]]
        case "component/file-upload":
            return [{"files": one} for one in OPTIONS["files"]]
        case "component/error-handler":
            return [{"responses": one} for one in OPTIONS["responses"]]
        case _:
            return [{}]


EVERY_SCHEMA = [
    Part(item, layout, database)
    for item, layout, database in product(_of("schema"), LAYOUTS, OPTIONS["database"])
]
EVERY_COMPONENT = [
    Part(item, layout, **variant)
    for item in _of("component")
    for variant in _variants(item)
    for layout in LAYOUTS
]
_SOME_SCHEMAS = [
    Part(item, layout, database)
    for item, layout, database in zip(
        _of("schema"),
        cycle(LAYOUTS),
        cycle(reversed(OPTIONS["database"])),
        strict=False,
    )
]
_IS_WHOLE = os.environ.get("MATRIX") == "all"
SCHEMAS = EVERY_SCHEMA if _IS_WHOLE else _SOME_SCHEMAS
COMPONENTS = EVERY_COMPONENT if _IS_WHOLE else EVERY_COMPONENT[::3]
"""What this run looks at; `make matrix` asks for all."""


def made(part: Part, base: Path) -> Path:
    """Return the project of *part* under *base*; the command makes it if need be."""
    folder = base / part.package
    if not folder.exists():
        draft = base / f"{part.package}.{worker()}"
        draft.mkdir(parents=True)
        rules = strict_rules(part.package)
        (draft / "ruff.toml").write_text(rules, encoding="utf-8")
        options = [f"--{key}={value}" for key, value in part.choices.items()]
        words = part.item.name.split("/", 1)
        command = [*words, "--yes", "--cwd", str(draft), *options]
        result = CliRunner().invoke(COMMAND, command)
        assert result.exit_code == 0, result.output
        try:
            draft.rename(folder)
        except OSError:
            assert folder.exists()
    return folder
