"""What `doctor` finds: does everything answer, and is it set up as it should be."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import DBAPIError

from keywright.blueprints.foundation.picture_settings import PictureSettings
from keywright.blueprints.foundation.pictures import AVATARS
from keywright.blueprints.foundation.settings import AuthSettings, is_printed
from keywright.blueprints.foundation.types import Stores
from keywright.features.sessions.store import OpenSessions
from keywright.senders.file_store import open_file_store
from keywright.senders.mail import TryAgain
from keywright.senders.message import parse_sender
from keywright.service.argon2_build import uses_avx2
from keywright.service.blueprints import blueprint_of
from keywright.service.database import kind_of, newest_revision, revision_of
from keywright.service.outages import hosts, outage
from keywright.shared.clock import utc_now
from keywright.shared.errors import StoreUnavailable

LATE_AFTER: Final = timedelta(minutes=5)
NOBODYS: Final = "localhost"
MOST_SKEW: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; *milliseconds* it took to answer.

    What is not *is_known* is worth a warning, and no problem.
    """

    name: str
    is_good: bool
    detail: str
    milliseconds: float | None = None
    is_known: bool = True


async def diagnose(settings: AuthSettings) -> list[Finding]:
    """Return what was found, the good and the bad."""
    url = settings.database_url.get_secret_value()
    found = [await _schema(url), await _mail(settings), _argon2()]
    if len(settings.secret) > 1:
        found.append(_secrets(len(settings.secret)))
    if isinstance(settings, PictureSettings):
        found.append(await _files(settings))
    try:
        stores = await blueprint_of(settings).open_stores(settings)
    except (StoreUnavailable, DBAPIError, OSError, ValueError, RuntimeError) as error:
        return [*found, Finding("stores", is_good=False, detail=_reason(error))]
    try:
        answers = [await _answers(*probe) for probe in stores.probes.items()]
        if all(answer.is_good for answer in answers):
            answers += await _in_order(stores)
    finally:
        await stores.close()
    return [*answers, *found]


async def _answers(name: str, ask: Callable[[], Awaitable[None]]) -> Finding:
    try:
        await ask()  # the first question pays for the connection
        began = time.perf_counter()
        await ask()
    except (StoreUnavailable, DBAPIError, OSError) as error:
        return Finding(name, is_good=False, detail=outage(error))
    passed = (time.perf_counter() - began) * 1000
    return Finding(name, is_good=True, detail="answers", milliseconds=passed)


async def _in_order(stores: Stores[OpenSessions]) -> list[Finding]:
    skew = abs(await stores.now() - utc_now())
    problems = await stores.check()
    found = [
        Finding(
            "clock",
            is_good=skew <= MOST_SKEW,
            detail=f"{skew.total_seconds():.3f} s from the database's",
        ),
        Finding(
            "durability",
            is_good=not problems,
            detail="; ".join(problems) or "what is acknowledged is kept",
        ),
    ]
    found += [
        Finding("limits", is_good=True, detail=one)
        for one in await stores.shortcomings()
    ]
    try:
        oldest = await stores.outbox.oldest()
    except DBAPIError as error:
        return [*found, Finding("outbox", is_good=False, detail=_reason(error))]
    waiting = utc_now() - oldest if oldest else timedelta(0)
    detail = f"the oldest letter waits for {waiting}" if oldest else "nothing waits"
    return [*found, Finding("outbox", is_good=waiting < LATE_AFTER, detail=detail)]


async def _schema(url: str) -> Finding:
    try:
        found, needed = await revision_of(url), newest_revision(url)
    except (StoreUnavailable, DBAPIError, OSError, ValueError, RuntimeError) as error:
        return Finding("schema", is_good=False, detail=_reason(error))
    kind = kind_of(url)
    if found == needed:
        return Finding("schema", is_good=True, detail=f"{kind} at {found}")
    text = f"at {found}" if found else "has no tables"
    detail = f"{kind} {text}, {needed} is needed: keywright db migrate"
    return Finding("schema", is_good=False, detail=detail)


async def _mail(settings: AuthSettings) -> Finding:
    url = settings.mail_url.get_secret_value()
    if is_printed(url):
        detail = "console, printed where the service runs; nobody else gets it"
        return Finding("mail", is_good=not settings.is_production, detail=detail)
    if settings.is_production and parse_sender(settings.mail_from).domain == NOBODYS:
        detail = f"AUTH_MAIL_FROM is at {NOBODYS}, which mail servers refuse"
        return Finding("mail", is_good=False, detail=detail)
    scheme = url.partition(":")[0].lower()
    mailer = settings.named_mailer()
    check: Callable[[], Awaitable[None]] | None = getattr(mailer, "check", None)
    if check is None:
        return Finding("mail", is_good=True, detail=f"{scheme}, not tried")
    began = time.perf_counter()
    try:
        await check()
    except TryAgain as error:
        detail = f"{scheme} at {hosts(url)} refuses: {error}"
        return Finding("mail", is_good=False, detail=detail)
    passed = (time.perf_counter() - began) * 1000
    return Finding(
        "mail", is_good=True, detail=f"{scheme} answers", milliseconds=passed
    )


async def _files(settings: PictureSettings) -> Finding:
    """Ask where pictures are kept whether one would be taken."""
    store = open_file_store(settings.files_url.get_secret_value(), served_at=AVATARS)
    return await _answers("files", store.check)


def _argon2() -> Finding:
    if uses_avx2():
        return Finding("argon2", is_good=True, detail="built for AVX2")
    detail = "built for every processor; a build for AVX2 is half as fast again"
    return Finding("argon2", is_good=True, detail=detail)


def _secrets(count: int) -> Finding:
    detail = f"{count} are set; keywright keys reseal says when the first is enough"
    return Finding("secret", is_good=True, detail=detail)


def _reason(error: BaseException) -> str:
    if isinstance(error, StoreUnavailable):
        return outage(error)
    cause = error.__cause__ or error
    return type(cause).__name__
