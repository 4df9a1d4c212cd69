"""What every service of a composition stands on, built once per process."""

import asyncio
from collections.abc import Sequence
from functools import partial
from urllib.parse import urlsplit

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.blueprints.foundation.types import Stores
from keywright.features.audit.service import AuditTrail
from keywright.features.lockout.service import KnownDevices, Lockout
from keywright.features.outbox.service import LetterWriter
from keywright.features.passwords.policy import (
    Rule,
    length_rule,
    no_context,
    no_controls,
    not_common,
)
from keywright.features.passwords.service import Passwords
from keywright.features.rate_limits.memory import Limiter as LocalLimiter
from keywright.features.rate_limits.service import RateLimits
from keywright.features.rate_limits.store import RateLimiter
from keywright.features.sessions.store import OpenSessions
from keywright.senders.mail import Mailer
from keywright.shared.breached import BREACHED
from keywright.shared.clock import Now, StoreClock, shifted
from keywright.shared.events import Publisher
from keywright.shared.passwords import PasswordHashes
from keywright.shared.secrets import MasterSecret
from keywright.shared.shutdown import Shutdown
from keywright.shared.vault import Vault


class Foundation:
    """Keys, clock, mail, limits and passwords, made of the settings and stores."""

    def __init__(
        self,
        settings: AuthSettings,
        stores: Stores[OpenSessions],
        clock: StoreClock,
        mailer: Mailer | None,
        rules: Sequence[Rule],
    ) -> None:
        """Build from the bottom up; nothing is asked of a store yet.

        *rules* are what passwords must keep besides the usual ones.
        """
        self.settings = settings
        self.stores = stores
        self.clock = clock
        self.now: Now = clock
        if settings.test_clock is not None:
            self.now = shifted(clock, settings.test_clock)
        secret = MasterSecret(
            [one.get_secret_value().encode() for one in settings.secret]
        )
        self.secret = secret
        self.mailer = mailer or settings.named_mailer()
        self.vault = Vault(secret.keys("vault"))
        self.hashes = PasswordHashes(threads=settings.hash_threads)
        self.audit = AuditTrail(stores.audit, now=self.now)
        self.publish = Publisher([self.audit])
        self.letters = LetterWriter(self.vault, now=self.now)
        self.devices = KnownDevices(secret.keys("known device"))
        self.lockout = Lockout(stores.failures, secret.key("lockout"), now=self.now)
        self.limits = self._limits(stores.limiter)
        self.local_limits = self._limits(LocalLimiter())
        self.passwords = self._passwords(rules)
        self.closing = Shutdown()
        self.closing.add("stores", stores.close)
        self.closing.add("hashes", partial(asyncio.to_thread, self.hashes.close))
        self.closing.add("audit", self.audit.flush)

    async def close(self) -> None:
        """Write what waits, and close the pools and the stores."""
        await self.closing.close()

    def _limits(self, limiter: RateLimiter) -> RateLimits:
        return RateLimits(
            limiter,
            self.secret.key("rate limit"),
            enabled=self.settings.rate_limits == "on",
            now=self.now,
        )

    def _passwords(self, further: Sequence[Rule]) -> Passwords:
        settings = self.settings
        rules = (
            length_rule(settings.password_min_length),
            no_controls,
            not_common(BREACHED),
            no_context,
            *further,
        )
        host = urlsplit(settings.public_url).hostname or ""
        context = (settings.app_name, host)
        return Passwords(self.hashes, self.vault, rules=rules, context=context)
