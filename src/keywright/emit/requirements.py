"""What the copied modules need installed, computed from what they import.

Versions are those that this distribution asks for itself, so a copied project gets
what the copied code was tested with.
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import Final

from keywright.emit.graph import Module
from keywright.emit.refusals import PlanRefused
from keywright.registry.distributions import IMPORT_NAMES
from keywright.registry.travel import TEST_IMPORT_NAMES, TEST_TOOLS

_NAME: Final = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_EXTRAS: Final = re.compile(r"\s*[\w.-]+\s*\[([^\]]*)\]")
_EXTRA: Final = re.compile(r"(\s+and\s+)?extra\s*==\s*['\"][^'\"]*['\"]")


def canonical(requirement: str) -> str:
    """Return the name of *requirement* in the form of PEP 503."""
    found = _NAME.match(requirement)
    name = found.group(1) if found else requirement
    return re.sub(r"[-_.]+", "-", name).lower()


def extras(requirement: str) -> frozenset[str]:
    """Return the extras that *requirement* asks for."""
    found = _EXTRAS.match(requirement)
    return frozenset(re.findall(r"[\w.-]+", found.group(1))) if found else frozenset()


def lacking(present: Iterable[str], wanted: Iterable[str]) -> Sequence[str]:
    """Return what to add to *present* so that it asks for all that is *wanted*.

    A distribution that is there is not repeated; only extras are added to it.
    """
    known: dict[str, frozenset[str]] = {}
    for line in present:
        name = canonical(line)
        known[name] = known.get(name, frozenset()) | extras(line)
    added = []
    for requirement in wanted:
        name = canonical(requirement)
        if name not in known:
            added.append(requirement)
        elif missing := extras(requirement) - known[name]:
            added.append(f"{name}[{','.join(sorted(missing))}]")
    return added


def declared(lines: Iterable[str]) -> Mapping[str, str]:
    """Return the requirements in *lines*, as metadata has them, by canonical name.

    The condition on an extra is dropped, other conditions stay.
    """
    found: dict[str, str] = {}
    for line in lines:
        requirement, _, condition = line.partition(";")
        kept = _EXTRA.sub("", condition).strip()
        text = f"{requirement.strip()}; {kept}" if kept else requirement.strip()
        found.setdefault(canonical(line), text)
    return found


def of_this_distribution() -> Mapping[str, str]:
    """Return what this distribution asks for, extras included."""
    return declared(metadata.requires("keywright") or ())


def foreign(modules: Iterable[Module], own: Iterable[str]) -> frozenset[str]:
    """Return the foreign top packages that *modules* import; *own* are not foreign."""
    ours = frozenset(own) | sys.stdlib_module_names
    tops = {one.top for module in modules for one in module.imports}
    return frozenset(tops - ours)


class Catalog:
    """The requirements that imports and slots may lead to."""

    def __init__(self, requirements: Mapping[str, str]) -> None:
        """Take *requirements* by canonical name."""
        self._product = requirements
        self._tools = {canonical(tool): tool for tool in TEST_TOOLS}

    def knows(self, top: str) -> bool:
        """Say whether the top package *top* can be asked for."""
        known = top in sys.stdlib_module_names
        return known or self._of_product(top) is not None or self._tool(top) is not None

    def product(self, tops: Iterable[str], needs: Iterable[str]) -> Sequence[str]:
        """Return the requirements for imported *tops* and for *needs*, sorted.

        Raise `PlanRefused` for a package that nothing here asks for.
        """
        found = {self._required(top) for top in tops}
        found |= {self._required(name) for name in needs}
        return sorted(found, key=canonical)

    def tests(
        self,
        tops: Iterable[str],
        present: Iterable[str],
        plugins: Iterable[str] = (),
    ) -> Sequence[str]:
        """Return what the tests need beyond *present*: what *tops* lead to, and pytest.

        Asynchronous tests need its plug-in, which no import shows, as *plugins* are.
        """
        found = {self._tool(top) or self._required(top) for top in tops}
        found |= {self._tools["pytest"], self._tools["pytest-asyncio"], *plugins}
        return sorted(found - set(present), key=canonical)

    def _required(self, top: str) -> str:
        requirement = self._of_product(top)
        if requirement is None:
            raise PlanRefused(
                f"A copied module needs {top}, which no requirement brings. "
                "Declare it, or name its distribution in registry/distributions.py."
            )
        return requirement

    def _of_product(self, top: str) -> str | None:
        return self._product.get(canonical(IMPORT_NAMES.get(top, top)))

    def _tool(self, top: str) -> str | None:
        return self._tools.get(canonical(TEST_IMPORT_NAMES.get(top, top)))
