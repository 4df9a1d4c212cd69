"""Answers and errors on the wire: this slot reads its choice when it is imported.

A response model is part of a route's declaration, so the form is one per process.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from dotenv import dotenv_values

__all__ = [
    "FORM",
    "AuthRoute",
    "Done",
    "Reply",
    "add_error_handlers",
    "done",
    "refusal",
    "refusals",
    "reply",
]


def _chosen() -> str | None:
    name = "AUTH_RESPONSES"
    return os.environ.get(name) or dotenv_values(Path(".env")).get(name)


if TYPE_CHECKING or _chosen() != "problem":
    from keywright.shared.responses_envelope import (
        FORM,
        AuthRoute,
        Done,
        Reply,
        add_error_handlers,
        done,
        refusal,
        refusals,
        reply,
    )
else:
    from keywright.shared.responses_problem import (
        FORM,
        AuthRoute,
        Done,
        Reply,
        add_error_handlers,
        done,
        refusal,
        refusals,
        reply,
    )
