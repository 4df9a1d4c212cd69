"""The settings of the served service: what a start needs, and nobody has to set.

Outside of production a database file and a secret are made under `.keywright/`.
Production names both itself.
"""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from dotenv import dotenv_values
from sqlalchemy.exc import ArgumentError

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.migrations.choice import is_mongodb
from keywright.service.blueprints import BLUEPRINTS, DEFAULT, Blueprint
from keywright.service.folder import fresh_secret, prepare_folder
from keywright.service.sockets import is_loopback
from keywright.shared.drivers import DriverMissing, with_driver
from keywright.shared.settings import PREFIX, SettingsInvalid, load

SQLITE: Final = "sqlite:///.keywright/keywright.db"
AVATARS: Final = "file:.keywright/avatars"
Flags = Mapping[str, str | int]


def service_settings(**flags: str | int | None) -> AuthSettings:
    """Return the settings by *flags*, the environment, `.env`, then our defaults.

    Raise `SettingsInvalid` with everything that is wrong, without any value.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    flag = given.pop("blueprint", None)
    problems = _blueprint_problems(flag)
    blueprint = chosen_blueprint(flag)
    is_production = str(given.get("env") or known("env")) == "production"
    if not is_production:
        given = {**_defaults(given, blueprint.port), **given}
    try:
        settings = load(blueprint.settings, **given)
        _require_database(settings.database_url.get_secret_value())
    except SettingsInvalid as invalid:
        raise SettingsInvalid({**problems, **invalid.problems}) from None
    if not is_production and not is_loopback(settings.host):
        problems["AUTH_HOST"] = (
            "127.0.0.1 outside of production; other addresses need AUTH_ENV=production"
        )
    if problems:
        raise SettingsInvalid(problems)
    return settings


def database_url() -> str:
    """Return the address of the database alone, which is all that migrations need."""
    url = known("database_url")
    if url is not None:
        _require_database(url)
        return url
    if known("env") == "production":
        raise SettingsInvalid({"AUTH_DATABASE_URL": "must be set"})
    prepare_folder()
    return SQLITE


def known(name: str) -> str | None:
    """Return what a named file, the environment or `.env` says about *name*."""
    variable = f"{PREFIX}{name.upper()}"
    if path := os.environ.get(f"{variable}_FILE"):
        return _content(path)
    if value := os.environ.get(variable):
        return value
    return dotenv_values(Path(".env")).get(variable) or None


def _require_database(url: str) -> None:
    if is_mongodb(url):
        _require_mongodb(url)
        return
    try:
        with_driver(url)
    except (ArgumentError, ValueError, DriverMissing) as error:
        is_ours = not isinstance(error, ArgumentError)
        text = str(error) if is_ours else "postgresql://user:password@host/name or so"
        raise SettingsInvalid({"AUTH_DATABASE_URL": text}) from None


def _require_mongodb(url: str) -> None:
    variable = "AUTH_DATABASE_URL"
    if find_spec("pymongo") is None:
        text = "The database needs a driver that is missing. Install the package "
        raise SettingsInvalid({variable: f"{text}pymongo."})
    from pymongo.errors import PyMongoError
    from pymongo.uri_parser import parse_uri

    # A name of the form mongodb+srv is looked up in the DNS, so not before it is used.
    if not url.lower().startswith("mongodb+srv:"):
        try:
            parse_uri(url, warn=False)
        except (PyMongoError, ValueError):
            text = "mongodb://user:password@host/name or so"
            raise SettingsInvalid({variable: text}) from None


def _content(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return None


def chosen_blueprint(flag: str | int | None = None) -> Blueprint:
    """Return the blueprint that *flag* or else the environment names.

    For a name that means none, the one that is served by default.
    """
    chosen = str(flag or known("blueprint") or DEFAULT)
    return BLUEPRINTS.get(chosen, BLUEPRINTS[DEFAULT])


def _blueprint_problems(flag: str | int | None) -> dict[str, str]:
    if (flag or known("blueprint") or DEFAULT) in BLUEPRINTS:
        return {}
    return {"AUTH_BLUEPRINT": f"one of: {', '.join(BLUEPRINTS)}"}


def _defaults(given: Flags, own_port: int) -> dict[str, str | int]:
    made: dict[str, str | int] = {}
    if "database_url" not in given and known("database_url") is None:
        prepare_folder()
        made["database_url"] = SQLITE
    if "files_url" not in given and known("files_url") is None:
        made["files_url"] = AVATARS
    if "secret" not in given and known("secret") is None:
        made["secret"] = fresh_secret(prepare_folder())
    if "public_url" not in given and known("public_url") is None:
        host = str(given.get("host") or known("host") or "127.0.0.1")
        port = str(given.get("port") or known("port") or own_port)
        made["public_url"] = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    return made
