"""What the library promises by name: a change here is a change of the interface."""

import keywright

PUBLIC = {
    "CurrentPrincipal",
    "CurrentUser",
    "Settings",
    "create_app",
    "create_router",
    "load_settings",
    "require_role",
}


def test_the_public_names_are_these() -> None:
    assert set(keywright.__all__) == PUBLIC


def test_every_public_name_can_be_had() -> None:
    assert all(getattr(keywright, name) is not None for name in PUBLIC)
