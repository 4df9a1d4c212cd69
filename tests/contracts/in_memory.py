"""The memory twins."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from keywright.features.audit.memory import AuditLog
from keywright.features.challenges.memory import Challenges
from keywright.features.ended_sessions.memory import EndedSessions
from keywright.features.identities.memory import Identities
from keywright.features.keys.memory import Keys
from keywright.features.lockout.memory import FailureCounts
from keywright.features.oauth.memory import Transactions
from keywright.features.opaque_sessions.memory import Sessions
from keywright.features.outbox.memory import Letters
from keywright.features.outbox.types import Letter
from keywright.features.rate_limits.memory import Limiter
from keywright.features.refresh_tokens.memory import Families
from keywright.features.users.memory import Users
from tests.contracts.stores import Place, Stores


@asynccontextmanager
async def open_memory() -> AsyncGenerator[Place, None]:
    """Open nothing: a twin is empty when it is made."""

    async def fresh() -> Stores:
        letters = Letters()
        users = Users(letters)
        ended = EndedSessions()

        async def letter(letter_id: UUID) -> Letter | None:
            found = (one for one in letters.recorded() if one.id == letter_id)
            return next(found, None)

        return Stores(
            users=users,
            outbox=letters,
            challenges=Challenges(letters),
            identities=Identities(users, letters),
            transactions=Transactions(),
            families=Families(users, letters, ended),
            ended=ended,
            sessions=Sessions(users, letters),
            keys=Keys(),
            limiter=Limiter(),
            failures=FailureCounts(),
            audit=AuditLog(),
            letter=letter,
        )

    yield Place(stores=await fresh(), fresh=fresh)
