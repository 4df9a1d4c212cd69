"""What the library promises by name: a change here is a change of the interface."""

import keywright
from keywright import verify

PUBLIC = {
    "CurrentPrincipal",
    "CurrentUser",
    "Settings",
    "create_app",
    "create_router",
    "load_settings",
    "require_role",
}

VERIFY = {
    "NotReady",
    "Principal",
    "SessionOver",
    "Stale",
    "Verifier",
    "VerifyMiddleware",
}


def test_the_public_names_are_these() -> None:
    assert set(keywright.__all__) == PUBLIC


def test_every_public_name_can_be_had() -> None:
    assert all(getattr(keywright, name) is not None for name in PUBLIC)


def test_the_public_names_of_the_verifier_are_these() -> None:
    assert set(verify.__all__) == VERIFY
