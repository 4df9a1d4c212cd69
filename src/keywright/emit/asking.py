"""Which questions a person is asked before something is copied."""

from collections.abc import Callable, Collection, Mapping

from keywright.emit.configuration import parts_in
from keywright.emit.project import Project
from keywright.emit.refusals import ChoiceRefused
from keywright.registry.choices import ASKED, PARTS
from keywright.registry.item import Item

Ask = Callable[[str, str], str]
"""Asks for the value of a key, with the one that is taken otherwise."""


def answers(
    ask: Ask, item: Item | None, project: Project, known: Collection[str]
) -> Mapping[str, str]:
    """Return what *ask* gives for the keys that are not *known*.

    Nobody is asked for parts that *item* does not have, nor where pictures are kept
    if there will be none.
    """
    parts = PARTS if item is None else item.parts
    found: dict[str, str] = {}
    if parts and not {"with", "without"} & {*known}:
        found["with"] = ask("with", project.choices.value("with"))
    chosen = parts_in(found.get("with", project.choices.value("with")))
    for key in ("package", *ASKED):
        is_idle = key == "files" and parts and "avatars" not in chosen
        if key not in known and not is_idle:
            found[key] = ask(key, project.choices.value(key))
    return found


def require_offered(item: Item, given: Mapping[str, str]) -> None:
    """Raise `ChoiceRefused` for a part in *given* that *item* does not have."""
    for part in parts_in(given.get("with", "")):
        if part not in item.parts:
            has = ", ".join(item.parts) or "none"
            raise ChoiceRefused(f"{item.name} has no part {part}. It has: {has}.")
