"""A second process on the stores of a service: a restart, or a worker beside it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.features.keys.service import SigningKeys
from tests.blueprints.harness import Service, open_service


@asynccontextmanager
async def second_process(
    service: Service, settings: AuthSettings | None = None
) -> AsyncIterator[Service]:
    """Open another service on the stores of *service*, by the same settings."""
    chosen = settings or service.settings
    async with AsyncExitStack() as stack:
        second = await open_service(
            service.kind, chosen, service.clock, service.mails, stack, is_included=False
        )
        try:
            yield second
        finally:
            service.clock._listeners.remove(second.built.get(SigningKeys).load)
