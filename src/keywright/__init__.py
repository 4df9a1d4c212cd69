"""Authentication for Python back ends: a service, a library, and code you own."""

from typing import TYPE_CHECKING

__all__ = [
    "CurrentPrincipal",
    "CurrentUser",
    "Settings",
    "create_app",
    "create_router",
    "load_settings",
    "require_role",
]
__version__ = "0.1.0"

if TYPE_CHECKING:
    from keywright.blueprints.hybrid_auth.settings import Settings, load_settings
    from keywright.features.sessions.dependencies import (
        CurrentPrincipal,
        CurrentUser,
        require_role,
    )
    from keywright.service.embedding import create_app, create_router

_HOMES = {
    "create_app": "keywright.service.embedding",
    "create_router": "keywright.service.embedding",
    "Settings": "keywright.blueprints.hybrid_auth.settings",
    "load_settings": "keywright.blueprints.hybrid_auth.settings",
    "CurrentPrincipal": "keywright.features.sessions.dependencies",
    "CurrentUser": "keywright.features.sessions.dependencies",
    "require_role": "keywright.features.sessions.dependencies",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is used: the command line needs none of them."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
