"""The service's public keys: kept while it is down, asked for again seldom."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from keywright.shared.clock import Now
from keywright.shared.jwt import VerifyingKeys
from keywright.verify.errors import NotReady
from keywright.verify.jwks import verifying_keys
from keywright.verify.source import Source, SourceUnavailable

log = logging.getLogger(__name__)
RENEWED_EVERY = timedelta(seconds=20)
ASKED_EVERY = timedelta(seconds=30)


class PublishedKeys:
    """The last good key set.

    It is renewed every twenty seconds. A token that names an unknown key makes it be
    asked for at once, but only one such token in thirty seconds: made-up names cost the
    service nothing.
    """

    def __init__(self, source: Source, *, now: Now) -> None:
        """Take the *source* of the JWK set; nothing is asked of it yet."""
        self._source = source
        self._now = now
        self._keys: VerifyingKeys | None = None
        self._document: Mapping[str, object] | None = None
        self._tried_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._trying: asyncio.Task[bool] | None = None
        self._is_failing = False

    @property
    def current(self) -> VerifyingKeys:
        """Return the last good key set, or raise `NotReady` before the first."""
        if self._keys is None:
            raise NotReady
        return self._keys

    async def renew(self) -> bool:
        """Renew the set if it is due, at once while there is none; a job's work."""
        if self._keys is None or _passed(self._tried_at, self._now(), RENEWED_EVERY):
            await self._try()
        return False

    async def ask(self) -> bool:
        """Ask for keys that are unknown so far; say whether the set changed.

        False at once if such a question was asked within the last thirty seconds. Who
        comes while it is under way waits for its answer.
        """
        if self._trying is None:
            if not _passed(self._asked_at, self._now(), ASKED_EVERY):
                return False
            self._asked_at = self._now()
        return await self._try()

    async def _try(self) -> bool:
        if self._trying is None:
            self._trying = asyncio.create_task(self._load())
            self._trying.add_done_callback(self._has_tried)
        return await asyncio.shield(self._trying)

    async def _load(self) -> bool:
        self._tried_at = self._now()
        try:
            fetched = await self._source.fetch()
            document = {} if fetched is None else fetched.content
            if document == self._document:
                self._tell(failure=None)
                return False
            self._keys, self._document = verifying_keys(document), document
        except (SourceUnavailable, ValueError) as error:
            self._tell(failure=str(error))
            return False
        self._tell(failure=None)
        return True

    def _has_tried(self, trying: "asyncio.Task[bool]") -> None:
        self._trying = None
        if not trying.cancelled():
            trying.exception()

    def _tell(self, *, failure: str | None) -> None:
        if failure is not None and not self._is_failing:
            log.warning("keys_unavailable", extra={"detail": failure})
        if failure is None and self._is_failing:
            log.info("keys_available")
        self._is_failing = failure is not None


def _passed(since: datetime | None, now: datetime, time: timedelta) -> bool:
    return since is None or abs(now - since) >= time
