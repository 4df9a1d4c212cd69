"""Nobody signs in with a provider."""

from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import APIRouter

from keywright.blueprints.foundation.accounts import Accounts
from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.provider_settings import ProviderSettings
from keywright.blueprints.foundation.types import Stores
from keywright.features.account_deletion.service import OnRemoval
from keywright.features.sessions.store import OpenSessions

BASE = "/api/auth"
SOCIAL_ROUTES: Final[tuple[APIRouter, ...]] = ()


def social(
    base: Foundation,  # noqa: ARG001 - nothing is built
    settings: ProviderSettings,  # noqa: ARG001 - nothing is configured
    accounts: Accounts,  # noqa: ARG001 - nobody comes this way
) -> Mapping[type, object]:
    """Return nothing."""
    return {}


def forgetting(
    stores: Stores[OpenSessions],  # noqa: ARG001 - nothing is kept
) -> Sequence[OnRemoval]:
    """Return nothing."""
    return ()
