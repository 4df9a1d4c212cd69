from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from keywright.emit.graph import Selection, read
from keywright.emit.requirements import Catalog
from keywright.emit.travel import Reach, travelling
from keywright.registry.blueprints import BLUEPRINTS
from keywright.registry.choices import Choices
from keywright.registry.suite import ABOUT, HELD
from tests.blueprints import kind
from tests.blueprints.compositions import KINDS
from tests.emit.builders import source

USED = "from acme.shared.jwt import x\n"


def travels(
    folder: Path,
    text: str,
    *,
    blueprint: str,
    test: str = "tests/blueprints/test_a.py",
    parts: tuple[str, ...] = (),
) -> bool:
    library = source(folder, {"acme/shared/jwt.py": "", test: USED + text})
    copied = {"acme.shared.jwt": read(library, "acme.shared.jwt", Selection())}
    choices = Choices("shop", parts=parts)
    reach = Reach(choices, Catalog({}), blueprint=blueprint)
    return bool(travelling(library, copied, Selection(), reach).tests)


@pytest.mark.parametrize(
    ("text", "blueprint", "expected"),
    [
        ("BLUEPRINTS = (STATEFUL,)", "stateful-auth", True),
        ("BLUEPRINTS = (HYBRID, STATEFUL)", "stateful-auth", True),
        ("BLUEPRINTS = (HYBRID, STATELESS)", "stateful-auth", False),
        ("BLUEPRINTS = PLAIN", "auth-service", True),
        ("BLUEPRINTS = PLAIN", "hybrid-auth", False),
        ("BLUEPRINTS = tuple(KINDS)", "stateful-auth", True),
        ("", "hybrid-auth", True),
        ("", "stateful-auth", False),
    ],
)
def test_a_module_of_the_suite_travels_with_what_it_is_about(
    tmp_path: Path, text: str, blueprint: str, expected: bool
) -> None:
    assert travels(tmp_path, text, blueprint=blueprint) is expected


@pytest.mark.parametrize(
    ("store", "blueprint", "parts", "expected"),
    [
        ("users", "hybrid-auth", (), True),
        ("users", "stateful-auth", (), True),
        ("users", "", (), False),
        ("families", "backend-starter", (), True),
        ("families", "stateful-auth", (), False),
        ("sessions", "stateful-auth", (), True),
        ("sessions", "hybrid-auth", (), False),
        ("keys", "auth-service", (), True),
        ("keys", "backend-starter", (), False),
        ("identities", "hybrid-auth", ("oauth",), True),
        ("identities", "hybrid-auth", ("avatars",), False),
    ],
)
def test_a_contract_travels_with_who_keeps_what_it_is_about(
    tmp_path: Path, store: str, blueprint: str, parts: tuple[str, ...], expected: bool
) -> None:
    test = "tests/contracts/test_a.py"
    text = f'STORE = "{store}"\n'
    found = travels(tmp_path, text, blueprint=blueprint, test=test, parts=parts)
    assert found is expected


@pytest.mark.parametrize("folder", ["contracts", "security", "features/users"])
@pytest.mark.parametrize("parts", [("avatars",), ("oauth",), ()])
def test_what_needs_a_part_travels_with_it(
    tmp_path: Path, folder: str, parts: tuple[str, ...]
) -> None:
    test, text = f"tests/{folder}/test_a.py", 'NEEDS = "avatars"\n'
    found = travels(tmp_path, text, blueprint="hybrid-auth", test=test, parts=parts)
    assert found is ("avatars" in parts)


@pytest.mark.parametrize(
    ("text", "expected"), [("BLUEPRINTS = (STATEFUL,)", True), ("", False)]
)
def test_an_attack_travels_with_the_blueprint_it_is_about(
    tmp_path: Path, text: str, expected: bool
) -> None:
    test = "tests/security/test_a.py"
    assert travels(tmp_path, text, blueprint="stateful-auth", test=test) is expected


@pytest.mark.parametrize("name", sorted({name for name, _ in HELD.values()}))
def test_who_keeps_sessions_has_the_stores_that_are_named(name: str) -> None:
    held = import_module(f"tests.contracts.held_{name}").Held
    named = {frozenset(names) for known, names in HELD.values() if known == name}
    assert named == {frozenset(field.name for field in fields(held))}


def test_the_names_that_modules_use_are_those_of_the_blueprints() -> None:
    names = {one.name.partition("/")[2] for one in BLUEPRINTS}
    assert set().union(*ABOUT.values()) == names == set(KINDS)
    for name in ABOUT.keys() - {"PLAIN"}:
        assert ABOUT[name] == {getattr(kind, name)}


@pytest.mark.parametrize("item", BLUEPRINTS, ids=lambda item: item.name)
def test_each_slot_of_the_suite_is_a_module_with_its_alternatives(item: object) -> None:
    tests = Path(__file__).parents[1]
    slots = next(one.test_slots for one in BLUEPRINTS if one is item)
    for slot in slots:
        names = [slot.module, *(slot.origin(one) for one in slot.alternatives)]
        paths = [tests / f"{name.replace('.', '/')}.py" for name in names]
        assert [path for path in paths if not path.is_file()] == []
