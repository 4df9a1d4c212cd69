"""The registry agrees with the source, and the source with itself."""

import ast
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from keywright.emit.plan import marks_in
from keywright.emit.requirements import canonical
from keywright.emit.source import installed
from keywright.emit.variables import variables_of
from keywright.registry.blueprints import BLUEPRINTS
from keywright.registry.choices import OPTIONS, PARTS, Choices
from keywright.registry.item import Item
from keywright.registry.items import ITEMS
from keywright.registry.plugins import OF_MARKS, PARALLEL
from keywright.registry.slots import STORES, Slot
from keywright.registry.travel import HOUSE, MARKERS, TEST_TOOLS
from keywright.registry.variables import FRESH, values
from keywright.shared.drivers import DEFAULT_DRIVERS

SOURCE = installed()
MANIFEST = tomllib.loads(
    (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
)
OF_THE_RUNNER = {"asyncio", "filterwarnings", "parametrize", "usefixtures", "xfail"}
SLOTS = {
    slot.module: slot
    for item in ITEMS.values()
    for slot in sorted(item.slots, key=lambda one: len(one.alternatives))
    if len(slot.alternatives) > 1
}


def signatures(module: str) -> dict[str, str]:
    """Return the public functions of *module* with their arguments.

    Results are not compared: one alternative may wrap what another returns plain.
    """
    found = {}
    for node in ast.parse(SOURCE.text(module)).body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                found[node.name] = ast.unparse(node.args)
            case _:
                continue
    return found


def exported(module: str) -> object:
    """Return what `__all__` of *module* says, or None."""
    for node in ast.parse(SOURCE.text(module)).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                return sorted(ast.literal_eval(value))
    return None


def test_what_was_promised_is_there() -> None:
    components = {
        *("password-hashing", "otp-token", "jwt-utils", "email-service"),
        *("rate-limiter", "rbac", "verify-auth", "security-headers", "cors"),
        *("request-id", "health-check", "env-config", "logger", "openapi-docs"),
        *("file-upload", "oauth", "error-handler", "response-envelope"),
        *("shutdown", "background-jobs"),
    }
    schemas = ("user", "identity", "otp", "session", "refresh-token")
    expected = {
        *(f"component/{name}" for name in components),
        *("schema/auth", *(f"schema/auth/{name}" for name in schemas)),
        *(item.name for item in BLUEPRINTS),
    }
    assert ITEMS.keys() == expected


@pytest.mark.parametrize("item", ITEMS.values(), ids=lambda item: item.name)
def test_the_modules_of_an_item_exist(item: Item) -> None:
    names = item.every_root
    assert [name for name in names if SOURCE.path(SOURCE.full(name)) is None] == []


@pytest.mark.parametrize("slot", SLOTS.values(), ids=lambda slot: slot.module)
def test_every_alternative_exists_and_none_is_forgotten(slot: Slot) -> None:
    path = SOURCE.path(SOURCE.full(slot.module))
    assert path is not None
    beside = {one.stem for one in path.parent.glob(f"{path.stem}_*.py")}
    named = [one.name for one in slot.alternatives if one.name]
    assert beside == {f"{path.stem}_{name}" for name in named}


@pytest.mark.parametrize("slot", SLOTS.values(), ids=lambda slot: slot.module)
def test_alternatives_have_the_same_public_names(slot: Slot) -> None:
    names = [SOURCE.full(slot.origin(one)) for one in slot.alternatives]
    slots_own = exported(SOURCE.full(slot.module))
    assert slots_own is not None
    found = {name: exported(name) or slots_own for name in names}
    assert found == dict.fromkeys(names, slots_own)


@pytest.mark.parametrize("slot", SLOTS.values(), ids=lambda slot: slot.module)
def test_alternatives_have_the_same_signatures(slot: Slot) -> None:
    public = exported(SOURCE.full(slot.module))
    assert isinstance(public, list)
    texts = [
        {name: one[name] for name in public if name in one}
        for one in (
            signatures(SOURCE.full(slot.origin(one))) for one in slot.alternatives
        )
    ]
    assert texts == [texts[0]] * len(texts)


@pytest.mark.parametrize("slot", SLOTS.values(), ids=lambda slot: slot.module)
def test_no_choice_fits_two_alternatives(slot: Slot) -> None:
    for database in OPTIONS["database"]:
        for cache in OPTIONS["cache"]:
            for parts in ((), tuple(PARTS)):
                choices = Choices("shop", database=database, cache=cache, parts=parts)
                assert sum(one.fits(choices) for one in slot.alternatives) <= 1


def test_every_choice_of_a_store_is_described() -> None:
    described = {(store.key, store.value) for store in STORES}
    databases = {("database", value) for value in OPTIONS["database"]}
    caches = {("cache", value) for value in OPTIONS["cache"] if value != "none"}
    assert described == databases | caches


def test_drivers_are_those_that_the_code_chooses() -> None:
    drivers = {store.value: store.driver for store in STORES}
    both = drivers.keys() & DEFAULT_DRIVERS.keys()
    assert both == {"sqlite", "postgresql", "mysql"}
    assert all(drivers[name] == DEFAULT_DRIVERS[name] for name in both)


def test_test_tools_are_those_of_this_project() -> None:
    groups = MANIFEST["dependency-groups"]
    used = {
        canonical(one): one
        for group in groups.values()
        for one in group
        if isinstance(one, str)
    }
    for tool in (*TEST_TOOLS, *OF_MARKS.values(), PARALLEL):
        assert used[canonical(tool)].replace("==", ">=") == tool


def test_marks_are_those_of_this_project() -> None:
    declared = MANIFEST["tool"]["pytest"]["ini_options"]["markers"]
    names = {one.partition(":")[0].partition("(")[0]: one for one in declared}
    for name, text in MARKERS.items():
        assert names[name].endswith(text)


def test_every_mark_that_can_travel_is_known_or_brings_what_knows_it() -> None:
    going = (name for name in SOURCE.test_modules() if name.split(".")[1] not in HOUSE)
    known = {*MARKERS, *OF_MARKS, *OF_THE_RUNNER}
    assert marks_in(SOURCE.text(name) for name in going) <= known


def test_no_value_is_a_secret() -> None:
    assert not set(FRESH) & set(values(Choices("shop", cache="redis")))


@pytest.mark.parametrize("item", ITEMS.values(), ids=lambda item: item.name)
def test_every_setting_of_an_item_is_explained_in_one_line(item: Item) -> None:
    if item.settings is None:
        return
    settings = import_module(SOURCE.full(item.settings)).Settings
    found = variables_of(settings, {}, ())
    assert [one.name for one in found if not 0 < len(one.about) < 80] == []
