"""What an item is."""

from collections.abc import Mapping
from dataclasses import dataclass

from keywright.registry.choices import Choices
from keywright.registry.slots import Slot


@dataclass(frozen=True, slots=True)
class Roots:
    """Further root modules for some choices; *when* lists the values of each key."""

    when: Mapping[str, frozenset[str]]
    modules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be copied: its root modules and what they pull in.

    Modules are named without the top package. *settings* is the module whose class
    `Settings` says which variables there are, *needs* names distributions that no
    import shows, *start* is the command that starts it, *parts* are what it has only
    where somebody asks for it. *test_slots* are among the tests that travel with it,
    and named without `tests`.
    """

    name: str
    summary: str
    roots: tuple[str, ...] = ()
    further: tuple[Roots, ...] = ()
    slots: tuple[Slot, ...] = ()
    settings: str | None = None
    needs: tuple[str, ...] = ()
    start: str = ""
    parts: tuple[str, ...] = ()
    test_slots: tuple[Slot, ...] = ()

    def roots_for(self, choices: Choices) -> tuple[str, ...]:
        """Return the root modules that *choices* call for."""
        found = [
            module
            for one in self.further
            if all(choices.value(key) in values for key, values in one.when.items())
            for module in one.modules
        ]
        settings = [self.settings] if self.settings else []
        return tuple(dict.fromkeys((*self.roots, *found, *settings)))

    @property
    def every_root(self) -> tuple[str, ...]:
        """Return the root modules for whatever choices."""
        found = [module for one in self.further for module in one.modules]
        return (*self.roots, *found, *([self.settings] if self.settings else []))
