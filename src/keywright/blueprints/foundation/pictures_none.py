"""Profiles of users without pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypedDict

from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.picture_settings import PictureSettings
from keywright.features.account_deletion.service import OnRemoval
from keywright.features.health.service import Probe
from keywright.features.profile.routes import changes as change_routes
from keywright.features.profile.routes import router as profile_routes
from keywright.features.profile.service import Profile
from keywright.senders.mail import Mailer

PROFILE_ROUTES: Final = (profile_routes, change_routes)


class Senders(TypedDict, total=False):
    """What may replace the senders that the settings name."""

    mailer: Mailer | None


@dataclass(frozen=True, slots=True)
class Profiles:
    """What routes of the profile ask for; nothing else belongs to it."""

    services: Mapping[type, object]
    removals: Sequence[OnRemoval] = ()
    watched: Mapping[str, Probe] = field(default_factory=dict)


def profiles(
    base: Foundation,
    settings: PictureSettings,  # noqa: ARG001 - names need none
    senders: Senders,  # noqa: ARG001 - names are not sent
) -> Profiles:
    """Return profiles of names alone."""
    return Profiles({Profile: Profile(base.stores.users, base.publish, base.now)})
