"""Pictures of users, for compositions that take them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypedDict

from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.picture_settings import PictureSettings
from keywright.features.account_deletion.service import OnRemoval
from keywright.features.avatars.dependencies import UploadRules
from keywright.features.avatars.routes import router as picture_routes
from keywright.features.avatars.service import UserPictures
from keywright.features.health.service import Probe
from keywright.features.profile.routes import router as profile_routes
from keywright.features.profile.service import Profile
from keywright.senders.file_store import open_file_store
from keywright.senders.files import FileStore
from keywright.senders.mail import Mailer
from keywright.shared.pictures import Pictures

__all__ = ["PROFILE_ROUTES", "Profiles", "Senders", "profiles"]

AVATARS: Final = "/api/v1/auth/avatars"
"""Where the routes of pictures serve them."""
PROFILE_ROUTES: Final = (profile_routes, picture_routes)


class Senders(TypedDict, total=False):
    """What may replace the senders that the settings name."""

    mailer: Mailer | None
    files: FileStore | None


@dataclass(frozen=True, slots=True)
class Profiles:
    """What routes of the profile ask for.

    *removals* take away what belongs to a user who is removed; *watched* are parts
    whose failure is shown but stops nothing.
    """

    services: Mapping[type, object]
    removals: Sequence[OnRemoval]
    watched: Mapping[str, Probe]


def profiles(base: Foundation, settings: PictureSettings, senders: Senders) -> Profiles:
    """Return profiles with pictures; the store of files is not asked yet."""
    squares = Pictures()
    base.closing.add("pictures", partial(asyncio.to_thread, squares.close))
    files = senders.get("files") or open_file_store(
        settings.files_url.get_secret_value(),
        served_at=f"{settings.public_url.rstrip('/')}{AVATARS}",
    )
    profile = Profile(base.stores.users, base.publish, base.now)
    pictures = UserPictures(
        users=base.stores.users,
        files=files,
        pictures=squares,
        profile=profile,
        publish=base.publish,
        now=base.now,
    )
    services = {
        Profile: profile,
        UserPictures: pictures,
        UploadRules: UploadRules(settings.avatar_max_bytes),
    }
    return Profiles(services, [pictures.forget], {"files": files.check})
