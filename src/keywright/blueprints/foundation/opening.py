"""How a composition opens: its stores are looked at before anything is built."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from types import MappingProxyType

from keywright.blueprints.foundation.foundation import Foundation
from keywright.blueprints.foundation.purge import Purge
from keywright.blueprints.foundation.settings import AuthSettings
from keywright.blueprints.foundation.types import Auth, Stores
from keywright.blueprints.foundation.web import health_details, web_rules
from keywright.features.health.routes import HealthDetails
from keywright.features.health.service import Health, Probe
from keywright.features.outbox.service import LetterWriter, MailWatch
from keywright.features.outbox.worker import MailWorker
from keywright.features.passwords.policy import Rule
from keywright.features.passwords.service import Passwords
from keywright.features.rate_limits.service import RateLimits
from keywright.features.sessions.store import OpenSessions
from keywright.senders.mail import Mailer
from keywright.shared.background import Job, once
from keywright.shared.clock import StoreClock
from keywright.shared.dependencies import Services
from keywright.shared.events import Publisher
from keywright.shared.routing import WebRules
from keywright.shared.settings import SettingsInvalid

log = logging.getLogger(__name__)


async def opened(
    settings: AuthSettings,
    stores: Stores[OpenSessions],
    mailer: Mailer | None,
    compose: Callable[[Foundation], Awaitable[Auth]],
    *,
    rules: Sequence[Rule] = (),
) -> Auth:
    """Return what *compose* builds on these *stores*; if it cannot, they are closed.

    *mailer* replaces the one that *settings* name, *rules* are further ones for
    passwords. Raise `SettingsInvalid` if a store would lose what it acknowledged, or is
    not made as the code relies on.
    """
    try:
        await _require_durable(stores)
        clock = StoreClock()
        await clock.measure(stores.now)
        return await compose(Foundation(settings, stores, clock, mailer, rules))
    except BaseException:
        await stores.close()
        raise


def assembled(
    base: Foundation,
    services: Mapping[type, object],
    *,
    further: Sequence[Callable[[], Awaitable[bool]]] = (),
    jobs: Sequence[Job] = (),
    watched: Mapping[str, Probe] = MappingProxyType({}),
) -> Auth:
    """Return *services* with those that every composition has, and the jobs of all.

    *further* are removals beside those of every store, *jobs* work beside the usual,
    *watched* are parts whose failure is shown but stops nothing.
    """
    settings, stores = base.settings, base.stores
    purge = Purge(stores, base.now, further)
    purging = Job("purge", timedelta(minutes=10), purge.run_batch)
    everywhere = {
        WebRules: web_rules(settings, base.local_limits),
        RateLimits: base.limits,
        Passwords: base.passwords,
        Publisher: base.publish,
        LetterWriter: base.letters,
        Health: Health(
            stores.probes,
            watched={
                "mail": MailWatch(stores.outbox, now=base.now).probe,
                **watched,
            },
            now=base.now,
        ),
        HealthDetails: health_details(settings, stores.probes),
    }
    return Auth(
        services=Services({**everywhere, **services}),
        jobs=(*_jobs(base), *jobs, purging),
        stores=stores,
        passwords=base.passwords,
        purge=purge,
        close=base.close,
    )


def _jobs(base: Foundation) -> Sequence[Job]:
    worker = MailWorker(
        base.stores.outbox,
        base.letters,
        base.mailer,
        publish=base.publish,
        now=base.now,
    )
    measure = partial(base.clock.measure, base.stores.now)
    return (
        Job("mail", timedelta(seconds=1), worker.run_once),
        Job("audit", timedelta(seconds=1), base.audit.flush),
        Job("clock", timedelta(minutes=1), once(measure)),
    )


async def _require_durable(stores: Stores[OpenSessions]) -> None:
    problems = await stores.check()
    if problems:
        raise SettingsInvalid({"AUTH_REDIS_URL": "; ".join(problems)})
    if misfits := await stores.misfits():
        raise SettingsInvalid({"AUTH_DATABASE_URL": "; ".join(misfits)})
    for shortcoming in await stores.shortcomings():
        log.warning("store_shortcoming", extra={"detail": shortcoming})
