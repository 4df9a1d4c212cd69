"""The settings of the served service: what a start needs, and nobody has to set.

Outside of production a database file and a secret are made under `.keywright/`.
Production names both itself.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from keywright.blueprints.foundation.settings import (
    NOT_PRINTED,
    AuthSettings,
    is_printed,
)
from keywright.service.blueprints import BLUEPRINTS, DEFAULT, Blueprint
from keywright.service.folder import fresh_secret, prepare_folder
from keywright.service.sockets import is_loopback
from keywright.shared.database_address import database_problem
from keywright.shared.settings import (
    EnvironmentSettings,
    SettingsInvalid,
    known,
    load,
    variables,
)

SQLITE: Final = "sqlite:///.keywright/keywright.db"
NO_FOLDER: Final = "a file in a folder that is there; make it: keywright db create"
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
    kind = blueprint.settings
    is_production = str(given.get("env") or known(kind, "env")) == "production"
    if not is_production:
        given = {**_defaults(given, kind), **given}
    mail = str(given.get("mail_url") or known(kind, "mail_url") or "console:")
    if is_production and kind.mails_codes and is_printed(mail):
        problems["AUTH_MAIL_URL"] = NOT_PRINTED
    host = str(given.get("host") or known(kind, "host") or "127.0.0.1")
    if not is_production and not is_loopback(host):
        problems["AUTH_HOST"] = (
            "127.0.0.1 outside of production; other addresses need AUTH_ENV=production"
        )
    url = str(given.get("database_url") or known(kind, "database_url") or "")
    if not _has_folder(url):
        problems[variables(kind, "database_url")[-1]] = NO_FOLDER
    try:
        settings = load(kind, **given)
    except SettingsInvalid as invalid:
        raise SettingsInvalid({**problems, **invalid.problems}) from None
    if problems:
        raise SettingsInvalid(problems)
    return settings


def database_url(*, is_new: bool = False) -> str:
    """Return the address of the database alone, which is all that migrations need.

    Raise `SettingsInvalid` for one that cannot be read, and unless *is_new* for a file
    in a folder that is not there.
    """
    kind = chosen_blueprint().settings
    url = known(kind, "database_url")
    variable = variables(kind, "database_url")[-1]
    if url is not None:
        if problem := database_problem(url):
            raise SettingsInvalid({variable: problem})
        if not is_new and not _has_folder(url):
            raise SettingsInvalid({variable: NO_FOLDER})
        return url
    if known(kind, "env") == "production":
        raise SettingsInvalid({variable: "must be set"})
    prepare_folder()
    return SQLITE


def _has_folder(url: str) -> bool:
    """Say whether *url* is none of a file, or one whose folder is there."""
    scheme, _, path = url.partition(":///")
    is_file = scheme.partition("+")[0] == "sqlite" and path
    return not is_file or Path(path.partition("?")[0]).parent.is_dir()


def chosen_blueprint(flag: str | int | None = None) -> Blueprint:
    """Return the blueprint that *flag* or else the environment names.

    For a name that means none, the one that is served by default.
    """
    chosen = str(flag or known(EnvironmentSettings, "blueprint") or DEFAULT)
    return BLUEPRINTS.get(chosen, BLUEPRINTS[DEFAULT])


def _blueprint_problems(flag: str | int | None) -> dict[str, str]:
    if (flag or known(EnvironmentSettings, "blueprint") or DEFAULT) in BLUEPRINTS:
        return {}
    return {"AUTH_BLUEPRINT": f"one of: {', '.join(BLUEPRINTS)}"}


def _defaults(given: Flags, kind: type[AuthSettings]) -> dict[str, str | int]:
    made: dict[str, str | int] = {}
    if "database_url" not in given and known(kind, "database_url") is None:
        prepare_folder()
        made["database_url"] = SQLITE
    if "files_url" in kind.model_fields.keys() - given.keys():
        made["files_url"] = known(kind, "files_url") or AVATARS
    if "secret" not in given and known(kind, "secret") is None:
        made["secret"] = fresh_secret(prepare_folder())
    if "public_url" not in given and known(kind, "public_url") is None:
        host = str(given.get("host") or known(kind, "host") or "127.0.0.1")
        port = str(
            given.get("port")
            or known(kind, "port")
            or kind.model_fields["port"].default
        )
        made["public_url"] = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    return made
