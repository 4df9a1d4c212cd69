"""Replace imported module names, and nothing else.

The names are located by `ast` and spliced into the text, so comments, blank lines
and everything between stay as they were written.
"""

import ast
import re
from collections.abc import Callable

from keywright.emit.refusals import PlanRefused

_LINE_END = re.compile(rb"\r\n|\r|\n")
_FROM = re.compile(rb"from[\s\\]+([^\s\\]+)")


def with_imports(text: str, rename: Callable[[str], str | None]) -> str:
    """Return *text* with each `from module import` renamed by *rename*.

    *rename* returns None for a module that keeps its name. Raise `PlanRefused` for
    `import module` of a renamed module: its name also stands where it is used.
    """
    data = text.encode()
    starts = [0, *(end.end() for end in _LINE_END.finditer(data))]
    edits: list[tuple[int, int, bytes]] = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.ImportFrom(module=str(module), level=0):
                if (new := rename(module)) is not None:
                    offset = starts[node.lineno - 1] + node.col_offset
                    edits.append((*_module_name(data, offset), new.encode()))
            case ast.Import(names=aliases):
                for alias in aliases:
                    _refuse_if_renamed(alias.name, node.lineno, rename)
    for start, end, new_name in sorted(edits, reverse=True):
        data = data[:start] + new_name + data[end:]
    return data.decode()


def _module_name(data: bytes, offset: int) -> tuple[int, int]:
    found = _FROM.match(data, offset)
    if found is None:
        raise PlanRefused(f"no module name after `from` at byte {offset}")
    return found.span(1)


def _refuse_if_renamed(
    module: str, line: int, rename: Callable[[str], str | None]
) -> None:
    if rename(module) is not None:
        raise PlanRefused(
            f"line {line}: `import {module}` cannot be moved; write "
            f"`from {module} import name`."
        )
