"""Parts come along where somebody asks for them, and leave no trace elsewhere."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from keywright.emit.configuration import parts_in, with_parts
from keywright.emit.plan import Plan, plan
from keywright.emit.project import Project, read_project
from keywright.emit.refusals import ChoiceRefused
from keywright.emit.requirements import Catalog, canonical, of_this_distribution
from keywright.emit.source import installed
from keywright.registry.blueprints import BLUEPRINTS, HYBRID_AUTH
from keywright.registry.choices import PARTS
from keywright.registry.item import Item
from tests.emit.builders import project, write

OFFERING = [item for item in BLUEPRINTS if item.parts]
OAUTH = ("oauth", "identit", "social", "provider")
TABLES = "migrations/versions/0001_create_tables.py"


def planned(
    folder: Path,
    item: Item = HYBRID_AUTH,
    *,
    parts: str = "",
    database: str = "sqlite",
) -> Plan:
    """Return the plan of *item* in a new project."""
    catalog = Catalog(of_this_distribution())
    target = asking(folder, {"with": parts, "database": database})
    return plan(item, target, source=installed(), catalog=catalog)


def asking(folder: Path, choices: Mapping[str, str]) -> Project:
    """Return a new project with these *choices*."""
    return read_project(write(folder, {}), {"package": "shop", **choices})


def names(found: Plan, *words: str) -> list[str]:
    """Return the files, requirements and variables whose names hold one of *words*."""
    every = [
        *(path for path, text in found.files.items() if text),
        *(canonical(one) for one in (*found.requirements, *found.test_requirements)),
        *(one.name.lower() for one in found.variables),
    ]
    return [name for name in every if any(word in name for word in words)]


def imports_of(files: Mapping[str, str], *words: str) -> list[str]:
    """Return the lines of *files* that import something named so."""
    return [
        line
        for text in files.values()
        for line in text.splitlines()
        if line.startswith(("from ", "import ")) and any(word in line for word in words)
    ]


@pytest.mark.parametrize("item", OFFERING, ids=lambda item: item.name)
@pytest.mark.parametrize("database", ["sqlite", "mongodb"])
def test_without_parts_nothing_of_them_is_there(
    tmp_path: Path, item: Item, database: str
) -> None:
    found = planned(tmp_path, item, database=database)
    fillers = {"social.py", "provider_settings.py", "pictures.py", "providers.py"}
    fillers |= {"picture_settings.py", "providers_in_sql.py", "providers_in_mongo.py"}
    words = (*OAUTH, "avatar", "picture", "file_store", "pillow", "multipart")
    left = {Path(name).name for name in names(found, *words)}
    assert left <= fillers
    assert imports_of(found.files, ".oauth", ".identities", "avatars", "PIL") == []


def test_without_parts_there_are_no_tables_of_them(tmp_path: Path) -> None:
    text = planned(tmp_path).started[TABLES]
    assert "'users'" in text
    assert "identities" not in text
    assert "oauth" not in text


def test_the_part_oauth_brings_code_tables_settings_and_tests(tmp_path: Path) -> None:
    found = planned(tmp_path, parts="oauth")
    assert "shop/features/oauth/service.py" in found.files
    assert "tests/features/oauth/test_service.py" in found.files
    assert "identities" in found.started[TABLES]
    assert "auth_oauth_clients" in names(found, "oauth")
    assert names(found, "pillow", "avatar") == []


def test_the_part_avatars_brings_pillow_and_where_pictures_are_kept(
    tmp_path: Path,
) -> None:
    found = planned(tmp_path, parts="avatars")
    assert "shop/features/avatars/service.py" in found.files
    assert {"pillow", "python-multipart", "auth_files_url"} <= {*names(found, "")}
    assert "/avatars/" in found.edits[".gitignore"]
    assert names(found, "oauth", "identit") == []


def test_pictures_that_nobody_takes_are_not_ignored_by_git(tmp_path: Path) -> None:
    assert "/avatars/" not in planned(tmp_path).edits[".gitignore"]


def test_parts_are_written_down_and_read_again(tmp_path: Path) -> None:
    found = planned(tmp_path / "one", parts="avatars, oauth")
    text = found.edits["keywright.toml"]
    assert '\nwith = ["oauth", "avatars"]' in text
    again = project(tmp_path / "two", {"keywright.toml": text})
    assert again.choices.parts == ("oauth", "avatars")


def test_what_is_left_out_wins(tmp_path: Path) -> None:
    asked = {"with": "oauth,avatars", "without": "oauth"}
    assert asking(tmp_path, asked).choices.parts == ("avatars",)


def test_a_part_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ChoiceRefused, match="There is no part saml"):
        asking(tmp_path, {"with": "saml"})


def test_a_project_that_decided_is_changed_by_an_upgrade(tmp_path: Path) -> None:
    own = {"keywright.toml": 'package = "shop"\nwith = ["avatars"]\n'}
    with pytest.raises(ChoiceRefused, match="keywright upgrade"):
        asking(write(tmp_path, own), {"with": "oauth"})


def test_other_parts_leave_the_rest_of_the_file_as_it_was() -> None:
    text = 'package = "shop"  # ours\nwith = []  # of: oauth\n\n[fill]\na = "b"\n'
    found = with_parts(text, ["oauth"])
    assert found == text.replace("[]", '["oauth"]')
    assert with_parts('[fill]\na = "b"\n', ["oauth"]).startswith('with = ["oauth"]\n')
    assert with_parts('a = "b"\n', []) == 'a = "b"\nwith = []\n'


def test_parts_are_in_one_order() -> None:
    assert parts_in(" avatars ,oauth,,") == list(PARTS)


@pytest.mark.parametrize("item", OFFERING, ids=lambda item: item.name)
@pytest.mark.parametrize("database", ["sqlite", "mongodb"])
def test_without_a_cache_no_setting_is_about_one(
    tmp_path: Path, item: Item, database: str
) -> None:
    found = planned(tmp_path, item, database=database)
    assert [one.name for one in found.variables if "REDIS" in one.name] == []
    assert "REDIS" not in found.edits[".env.example"]


@pytest.mark.parametrize("name", ["hybrid-auth", "stateful-auth"])
def test_with_a_cache_its_settings_are_there(tmp_path: Path, name: str) -> None:
    item = next(one for one in OFFERING if one.name.endswith(name))
    catalog = Catalog(of_this_distribution())
    target = asking(tmp_path, {"cache": "redis"})
    found = plan(item, target, source=installed(), catalog=catalog)
    assert "\nAUTH_REDIS_URL=redis://" in found.edits[".env.example"]
    assert "AUTH_REDIS_PREFIX=" in found.edits[".env.example"]


@pytest.mark.parametrize("form", ["envelope", "problem"])
def test_the_variables_say_which_form_answers_have(tmp_path: Path, form: str) -> None:
    catalog = Catalog(of_this_distribution())
    target = asking(tmp_path, {"responses": form})
    found = plan(HYBRID_AUTH, target, source=installed(), catalog=catalog)
    assert f"AUTH_RESPONSES={form}\n" in found.edits[".env.example"]
