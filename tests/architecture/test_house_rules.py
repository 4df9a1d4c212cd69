import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, ROOT, Source, source, sources

WEB = {"fastapi", "starlette"}
WEB_MODULES = {
    "routes",
    "dependencies",
    "cookies",
    "routing",
    "middleware",
    "cors",
    "exact_routes",
    "openapi_security",
    "strict_requests",
    "documentation",
    "roles",
    "refusals",
    "web",
    "application",
    "gateways",
    "resends",
    "social_none",
}
COPIED = {"features", "senders", "shared", "blueprints"}
TWINS = {"sql", "mongo", "redis", "memory"}
BANNED_NAMES = {"utils", "helpers", "manager", "base", "common"}
PUBLIC = {("__init__.py",), ("verify", "__init__.py")}
LINES, TEST_LINES, PROTOCOL_METHODS = 300, 500, 8

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def imports_are_rewritable(file: Source) -> Iterator[str]:
    """Inside the package only `from module import name`, which the copier rewrites."""
    if not file.inside:
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            if any(name.split(".")[0] == PACKAGE for name in names):
                yield f"{node.lineno}: import {', '.join(names)}"
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield f"{node.lineno}: a relative import"
            elif (node.module or "").split(".")[0] == PACKAGE:
                folder = ROOT / "src" / (node.module or "").replace(".", "/")
                for alias in node.names:
                    place = folder / alias.name
                    if alias.name == "*" or place.is_dir() or _module(place).exists():
                        yield f"{node.lineno}: imports the module {alias.name}"


def fastapi_stays_at_the_edge(file: Source) -> Iterator[str]:
    """FastAPI and Starlette are known to the modules of the edge alone."""
    inside, name = file.inside, file.path.stem
    if (
        not inside
        or inside[0] in {"verify", "service"}
        or name in WEB_MODULES
        or name.startswith("responses")
        or (inside[0] == "blueprints" and len(inside) == 3 and name == "app")
    ):
        return
    for node in ast.walk(file.tree):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        for module in modules:
            if module.split(".")[0] in WEB:
                yield f"{module} is imported"


def package_files_are_empty(file: Source) -> Iterator[str]:
    """Only what others import has code there; a feature's has a docstring."""
    if not file.inside or not file.is_init or file.inside in PUBLIC:
        return
    statements = file.tree.body
    if len(file.inside) == 3 and file.inside[0] == "features":
        statements = statements[1:] if ast.get_docstring(file.tree) else statements
    if statements:
        yield "is not empty"


def modules_are_short(file: Source) -> Iterator[str]:
    """At most 300 lines, 500 in tests."""
    limit = TEST_LINES if file.path.parts[0] == "tests" else LINES
    if (lines := len(file.text.splitlines())) > limit:
        yield f"has {lines} lines; {limit} are allowed"


def protocols_are_small(file: Source) -> Iterator[str]:
    """At most 8 methods of a Protocol's own."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ClassDef) and any(map(_is_protocol, node.bases)):
            names = {one.name for one in node.body if isinstance(one, FUNCTION)}
            if len(names) > PROTOCOL_METHODS:
                yield f"{node.name} has {len(names)} methods"


def names_say_something(file: Source) -> Iterator[str]:
    """No module or folder for whatever has no other place."""
    for part in file.path.with_suffix("").parts:
        if part in BANNED_NAMES:
            yield f"{part} says nothing"


def everything_public_has_a_docstring(file: Source) -> Iterator[str]:
    """Modules, classes, functions; methods too, but a twin's are its Protocol's."""
    if not file.inside or (file.is_init and not file.text.strip()):
        return
    if ast.get_docstring(file.tree) is None:
        yield "the module"
    is_twin = file.path.stem in TWINS and file.inside[0] == "features"
    for node in file.tree.body:
        if isinstance(node, FUNCTION | ast.ClassDef):
            yield from _without_docstring(node)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for member in node.body:
                if isinstance(member, FUNCTION) and not is_twin:
                    yield from _without_docstring(member)


def copied_code_never_names_the_product(file: Source) -> Iterator[str]:
    """Leave the name to import lines, which are rewritten when code is copied."""
    if not file.inside or file.inside[0] not in COPIED:
        return
    rewritten = {
        number
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    for number, line in enumerate(file.text.splitlines(), 1):
        if number not in rewritten and PACKAGE in line.lower():
            yield f"{number}: {line.strip()}"


RULES = [
    imports_are_rewritable,
    fastapi_stays_at_the_edge,
    package_files_are_empty,
    modules_are_short,
    protocols_are_small,
    names_say_something,
    everything_public_has_a_docstring,
    copied_code_never_names_the_product,
]
USERS = "src/keywright/features/users"
METHODS = "\n".join(f"    def m{number}(self): ..." for number in range(9))
BROKEN = [
    (imports_are_rewritable, f"{USERS}/sql.py", "import keywright.shared.sql"),
    (imports_are_rewritable, f"{USERS}/sql.py", "from keywright.shared import clock"),
    (imports_are_rewritable, f"{USERS}/sql.py", "from .store import UserStore"),
    (fastapi_stays_at_the_edge, f"{USERS}/service.py", "from fastapi import Request"),
    (
        fastapi_stays_at_the_edge,
        "src/keywright/blueprints/hybrid_auth/storage.py",
        "def f():\n    import starlette.requests",
    ),
    (package_files_are_empty, "src/keywright/shared/__init__.py", '"""Words."""'),
    (package_files_are_empty, f"{USERS}/__init__.py", '"""Words."""\nX = 1'),
    (modules_are_short, f"{USERS}/sql.py", "\n" * 301),
    (modules_are_short, "tests/features/users/test_policy.py", "\n" * 501),
    (protocols_are_small, f"{USERS}/store.py", f"class S(Protocol):\n{METHODS}"),
    (protocols_are_small, f"{USERS}/store.py", f"class S(P, Protocol[T]):\n{METHODS}"),
    (names_say_something, "src/keywright/shared/utils.py", ""),
    (names_say_something, "tests/helpers/mails.py", ""),
    (everything_public_has_a_docstring, f"{USERS}/sql.py", ""),
    (everything_public_has_a_docstring, f"{USERS}/sql.py", '"""W."""\nclass A: ...'),
    (
        everything_public_has_a_docstring,
        f"{USERS}/service.py",
        '"""W."""\nclass A:\n    """W."""\n    async def f(self): ...',
    ),
    (copied_code_never_names_the_product, f"{USERS}/sql.py", "# Made by Keywright"),
]


@pytest.mark.parametrize("rule", RULES)
def test_every_file_keeps(rule: Callable[[Source], Iterator[str]]) -> None:
    assert [f"{file.path}: {what}" for file in sources() for what in rule(file)] == []


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN)
def test_a_broken_rule_is_seen(
    rule: Callable[[Source], Iterator[str]], path: str, text: str
) -> None:
    assert list(rule(source(path, text)))


def test_other_copied_files_never_name_the_product() -> None:
    package = ROOT / "src" / PACKAGE
    found = [
        str(file.relative_to(ROOT))
        for folder in sorted(COPIED)
        for file in (package / folder).rglob("*")
        if file.suffix not in {"", ".py", ".pyc"}
        and PACKAGE.encode() in file.read_bytes().lower()
    ]
    assert found == []


def _module(place: Path) -> Path:
    return place.with_name(f"{place.name}.py")


def _is_protocol(node: ast.expr) -> bool:
    name = node.value if isinstance(node, ast.Subscript) else node
    words = {getattr(name, "id", None), getattr(name, "attr", None)}
    return "Protocol" in words


def _without_docstring(node: FUNCTION | ast.ClassDef) -> Iterator[str]:
    ruled_out = {"overload", "setter", "deleter"}
    for decorator in node.decorator_list:
        name = getattr(decorator, "attr", getattr(decorator, "id", None))
        if name in ruled_out:
            return
    if not node.name.startswith("_") and ast.get_docstring(node) is None:
        yield f"{node.lineno}: {node.name}"
