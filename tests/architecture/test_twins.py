"""The stores of one Protocol are twins: same class, same methods, same signatures."""

import inspect
from importlib import import_module
from importlib.util import find_spec

import pytest

from keywright.features.audit.store import AuditStore
from keywright.features.challenges.store import ChallengeStore
from keywright.features.ended_sessions.store import EndedSessions, RaisedEpochs
from keywright.features.identities.store import IdentityStore, SealedTokenStore
from keywright.features.keys.store import KeyStore
from keywright.features.lockout.store import FailureStore
from keywright.features.oauth.store import TransactionStore
from keywright.features.opaque_sessions.store import SessionStore
from keywright.features.outbox.store import Outbox
from keywright.features.rate_limits.store import RateLimiter
from keywright.features.refresh_tokens.store import RefreshFamilyStore
from keywright.features.sessions.store import OpenSessions
from keywright.features.users.store import Avatars, EveryUser, LapsedUsers, UserStore

FEATURES = "keywright.features"
BACKENDS = ("sql", "mongo", "redis", "memory")
TWINS: dict[str, tuple[str, tuple[type, ...]]] = {
    "users": ("Users", (UserStore, Avatars, EveryUser, LapsedUsers, RaisedEpochs)),
    "keys": ("Keys", (KeyStore,)),
    "outbox": ("Letters", (Outbox,)),
    "rate_limits": ("Limiter", (RateLimiter,)),
    "lockout": ("FailureCounts", (FailureStore,)),
    "challenges": ("Challenges", (ChallengeStore,)),
    "identities": ("Identities", (IdentityStore, SealedTokenStore)),
    "oauth": ("Transactions", (TransactionStore,)),
    "sessions": ("OpenSessions", (OpenSessions,)),
    "refresh_tokens": ("Families", (RefreshFamilyStore,)),
    "ended_sessions": ("EndedSessions", (EndedSessions,)),
    "opaque_sessions": ("Sessions", (SessionStore,)),
    "audit": ("AuditLog", (AuditStore,)),
}
FOR_OTHER_TWINS = {"outbox.memory": {"record", "recorded"}}
"""What a twin offers the other twins and the tests, beyond its Protocol."""

MODULES = [
    (feature, backend)
    for feature in TWINS
    for backend in BACKENDS
    if find_spec(f"{FEATURES}.{feature}.{backend}")
]


def methods(of: type) -> dict[str, inspect.Signature]:
    """Return the public methods of a class with their signatures."""
    found = inspect.getmembers(of, inspect.isfunction)
    return {
        name: inspect.signature(method)
        for name, method in found
        if not name.startswith("_")
    }


@pytest.mark.parametrize(("feature", "backend"), MODULES)
def test_a_store_has_exactly_the_methods_of_its_protocol(
    feature: str, backend: str
) -> None:
    name, protocols = TWINS[feature]
    store = getattr(import_module(f"{FEATURES}.{feature}.{backend}"), name)
    promised = {
        method: signature
        for protocol in protocols
        for method, signature in methods(protocol).items()
    }
    extra = FOR_OTHER_TWINS.get(f"{feature}.{backend}", set())

    kept = methods(store)

    assert {name: kept[name] for name in kept if name not in extra} == promised


@pytest.mark.parametrize("feature", TWINS)
def test_every_store_has_a_memory_twin(feature: str) -> None:
    assert (feature, "memory") in MODULES
    assert (feature, "sql") in MODULES
