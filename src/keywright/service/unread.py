"""Variables that are set and that nobody reads: most are misspelt."""

import os
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from dotenv import dotenv_values

from keywright.blueprints.foundation.provider_settings import ANY, KNOWN, MEMBERS
from keywright.blueprints.foundation.settings import AuthSettings
from keywright.shared.settings import PREFIX, variables

BLUEPRINT: Final = f"{PREFIX}BLUEPRINT"
_FILE: Final = "_FILE"
_ENDINGS: Final = tuple(f"_{member.upper()}" for member in MEMBERS)


def unread(kind: type[AuthSettings]) -> Sequence[str]:
    """Return a line for each AUTH_ variable that is set and that *kind* does not read.

    The environment and the files of *kind* are looked at; no value is shown.
    """
    known = {
        variable for name in kind.model_fields for variable in variables(kind, name)
    }
    known |= {BLUEPRINT}
    files = [name for file in kind.env_files() for name in dotenv_values(file)]
    found = sorted({name for name in (*os.environ, *files) if name.startswith(PREFIX)})
    return [
        _line(name, known, kind.blueprint)
        for name in found
        if not {name, name.removesuffix(_FILE)} & known
        and not ("oauth_clients" in kind.model_fields and _is_of_provider(name))
    ]


def _is_of_provider(name: str) -> bool:
    return name.startswith((KNOWN, ANY)) and name.removesuffix(_FILE).endswith(_ENDINGS)


def _line(name: str, known: set[str], blueprint: str) -> str:
    meant = get_close_matches(name, sorted(known), n=1, cutoff=0.85)
    hint = f"; perhaps {meant[0]} is meant" if meant else ""
    return f"{blueprint} does not read {name}{hint}"
