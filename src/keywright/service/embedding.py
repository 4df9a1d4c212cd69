"""hybrid-auth for an application that includes it: refused without its tables.

Beside `keywright serve` nobody has looked at the schema when the lifespan begins, and
a missing table would be told by the database's driver, in forty lines.
"""

from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec, TypeVar

from keywright.blueprints.foundation.application import Frame
from keywright.blueprints.foundation.settings import AuthSettings
from keywright.blueprints.foundation.types import Auth
from keywright.blueprints.hybrid_auth.app import add_routes
from keywright.blueprints.hybrid_auth.composition import open_auth
from keywright.blueprints.hybrid_auth.settings import load_settings
from keywright.service.database import require_current

S = TypeVar("S", bound=AuthSettings)
Parts = ParamSpec("Parts")


def on_current_schema(
    opening: Callable[Concatenate[S, Parts], Awaitable[Auth]],
) -> Callable[Concatenate[S, Parts], Awaitable[Auth]]:
    """Return *opening* such that it raises `Failure` if the schema is another one."""

    async def opened(settings: S, /, *args: Parts.args, **parts: Parts.kwargs) -> Auth:
        await require_current(settings.database_url.get_secret_value())
        return await opening(settings, *args, **parts)

    return opened


_frame = Frame(load_settings, on_current_schema(open_auth), add_routes)
create_app, create_router = _frame.create_app, _frame.create_router
