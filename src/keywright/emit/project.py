"""Read a project: its `keywright.toml`, the files that get additions, its lock.

Only this module and `apply` touch the user's disk.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keywright.emit.configuration import (
    CONFIGURATION,
    choices_from,
    likely_package,
    read_configuration,
)
from keywright.emit.lock import LOCK_NAME, Lock, digest, read_lock
from keywright.emit.managers import (
    LOCK_FILES,
    REQUIREMENTS,
    TEST_REQUIREMENTS,
    Manager,
    has_project_table,
    manager_of,
)
from keywright.emit.paths import inside
from keywright.emit.refusals import ProjectUnreadable
from keywright.registry.choices import Choices

OWN_FILES: Final = (
    "pyproject.toml",
    REQUIREMENTS,
    TEST_REQUIREMENTS,
    ".env",
    ".env.example",
    ".gitignore",
)


@dataclass(frozen=True, slots=True)
class Project:
    """A project as it stands.

    *fill* maps a module of ours to the project's own, *names* such an own module to
    what it defines; *code* is the folder of its packages, "" or "src"; *texts* are
    the files that get additions, by path; *has_migrations* says that there is an
    Alembic environment; *manager* installs what it needs.
    """

    root: Path
    choices: Choices
    fill: Mapping[str, str]
    names: Mapping[str, frozenset[str]]
    code: str
    texts: Mapping[str, str]
    lock: Lock
    has_migrations: bool
    manager: Manager = Manager.UV

    @property
    def keeps_requirements_apart(self) -> bool:
        """Say whether requirements stand in files of their own."""
        manifest = self.texts.get("pyproject.toml")
        return self.manager is Manager.PIP and not has_project_table(manifest)

    @property
    def is_configured(self) -> bool:
        """Say whether there is a `keywright.toml`."""
        return CONFIGURATION in self.texts

    def python_files(self) -> Sequence[str]:
        """Return the paths of its modules and tests that hold something."""
        top = self.choices.package.partition(".")[0]
        folders = (f"{self.code}/{top}".lstrip("/"), "tests")
        return sorted(
            path.relative_to(self.root).as_posix()
            for folder in folders
            for path in (self.root / folder).rglob("*.py")
            if path.is_file() and not path.is_symlink() and path.stat().st_size
        )

    def content(self, path: str) -> bytes | None:
        """Return what *path* holds now, None for nothing."""
        target = inside(self.root, path)
        return target.read_bytes() if target.exists() else None


def read_project(
    root: Path, flags: Mapping[str, str], *, fill: Mapping[str, str] | None = None
) -> Project:
    """Return the project in *root*; *flags* are choices by key.

    *fill* counts where there is no `keywright.toml`.

    Raise `ChoiceRefused` for a choice that does not exist or contradicts
    `keywright.toml`, `ProjectUnreadable` for a file that cannot be read.
    """
    if not root.is_dir():
        raise ProjectUnreadable(f"There is no folder {root}. Make it first.")
    texts = {
        path: text
        for path in (CONFIGURATION, *OWN_FILES)
        if (text := _text(root, path)) is not None
    }
    stated, filled = read_configuration(texts.get(CONFIGURATION))
    if CONFIGURATION not in texts:
        filled = fill or {}
    package = likely_package(root.resolve().name, texts.get("pyproject.toml"))
    choices = choices_from(stated, flags, package=package)
    code = _code_folder(root, choices.package)
    return Project(
        root=root.resolve(),
        choices=choices,
        fill=filled,
        names={own: _defined(root, code, own) for own in filled.values()},
        code=code,
        texts=texts,
        lock=read_lock(_text(root, LOCK_NAME)),
        has_migrations=_text(root, "alembic.ini") is not None,
        manager=manager_of(texts.get("pyproject.toml"), _beside(root)),
    )


def current_digest(project: Project, path: str) -> str | None:
    """Return the digest of what *path* holds now, None for nothing."""
    content = project.content(path)
    return None if content is None else digest(content)


def _text(root: Path, path: str) -> str | None:
    target = inside(root, path)
    try:
        return target.read_bytes().decode() if target.exists() else None
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectUnreadable(f"{path} cannot be read: {error}.") from error


def _beside(root: Path) -> frozenset[str]:
    names = (*LOCK_FILES, REQUIREMENTS)
    return frozenset(name for name in names if (root / name).is_file())


def _code_folder(root: Path, package: str) -> str:
    top = package.partition(".")[0]
    if (root / top).is_dir():
        return ""
    return "src" if (root / "src").is_dir() else ""


def _defined(root: Path, code: str, module: str) -> frozenset[str]:
    """Return the names that *module* of the project defines at its top level."""
    path = "/".join((*([code] if code else []), *module.split(".")))
    texts = (_text(root, f"{path}{end}") for end in (".py", "/__init__.py"))
    text = next((one for one in texts if one is not None), None)
    if text is None:
        raise ProjectUnreadable(
            f"{CONFIGURATION} fills a slot with {module}, but there is no {path}.py."
        )
    try:
        return frozenset(_names(ast.parse(text).body))
    except SyntaxError as error:
        raise ProjectUnreadable(f"{path}.py cannot be read: {error}.") from error


def _names(body: Sequence[ast.stmt]) -> list[str]:
    found: list[str] = []
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.append(node.name)
            case ast.Import() | ast.ImportFrom():
                found += [alias.asname or alias.name for alias in node.names]
            case ast.Assign(targets=targets):
                found += [name for one in targets for name in _assigned(one)]
            case ast.If(body=body, orelse=orelse) | ast.Try(body=body, orelse=orelse):
                found += _names([*body, *orelse])
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.append(name)
    return found


def _assigned(target: ast.expr) -> list[str]:
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]
