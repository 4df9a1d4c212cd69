"""The components: one thing each, for an application that has the rest."""

from typing import Final

from keywright.registry.item import Item, Roots
from keywright.registry.slots import (
    FILE_STORE,
    MAILER,
    RESPONSES,
    Alternative,
    Slot,
)

_ENVELOPE: Final = Slot(
    "shared.responses",
    (Alternative("envelope", {"responses": frozenset({"envelope"})}),),
)


def _component(
    name: str,
    summary: str,
    *roots: str,
    further: tuple[Roots, ...] = (),
    slots: tuple[Slot, ...] = (MAILER, FILE_STORE, RESPONSES),
    needs: tuple[str, ...] = (),
) -> Item:
    return Item(
        f"component/{name}",
        summary,
        roots=roots,
        further=further,
        slots=slots,
        needs=needs,
    )


COMPONENTS: Final = (
    _component(
        "password-hashing",
        "Argon2id off the event loop; checks bcrypt, scrypt and PBKDF2, too",
        "shared.passwords",
        needs=("bcrypt",),
    ),
    _component(
        "otp-token",
        "Codes, tokens and digests, and when a code may still be tried",
        "shared.secrets",
        "features.challenges.policy",
    ),
    _component(
        "jwt-utils",
        "Typed JWTs, written and read strictly; access tokens",
        "shared.jwt",
        "shared.access_tokens",
    ),
    _component(
        "email-service",
        "E-mails by SMTP, Resend, to a file or the terminal; safe HTML",
        "senders.mailer",
        "shared.html",
    ),
    _component(
        "rate-limiter",
        "Limits per client and per key, in memory or in Redis",
        "features.rate_limits.dependencies",
        further=(
            Roots({"cache": frozenset({"none"})}, ("features.rate_limits.memory",)),
            Roots({"cache": frozenset({"redis"})}, ("features.rate_limits.redis",)),
        ),
    ),
    _component("rbac", "Routes for some roles only", "shared.roles"),
    _component(
        "verify-auth",
        "Who sends a request, for services beside the one that signs in",
        "verify.verifier",
        "verify.middleware",
    ),
    _component(
        "security-headers",
        "Headers that every answer needs, and what no route should see",
        "shared.middleware",
    ),
    _component("cors", "Which pages of other origins may call", "shared.cors"),
    _component(
        "request-id",
        "An id for every request, in its answer and in every log entry",
        "shared.middleware",
        "shared.context",
    ),
    _component(
        "health-check",
        "Live, ready, and the state of every part for operators",
        "features.health.routes",
    ),
    _component(
        "env-config",
        "Settings from the environment: read once, refused whole, never shown",
        "shared.settings",
    ),
    _component(
        "logger",
        "One line per entry, off the request, without secrets",
        "shared.logging",
    ),
    _component(
        "openapi-docs",
        "The interactive documentation under a policy of its own",
        "shared.documentation",
    ),
    _component(
        "file-upload",
        "Pictures checked and made anew; kept on disk, in a bucket or at Cloudinary",
        "senders.file_store",
        "shared.pictures",
        "shared.forms",
        slots=(MAILER, FILE_STORE, RESPONSES),
    ),
    _component(
        "oauth",
        "Google, GitHub, Facebook, any OpenID provider: redirects, codes, ID tokens",
        "features.oauth.providers.catalogue",
        "features.oauth.policy",
        "shared.egress",
    ),
    _component(
        "error-handler",
        "One form for every refusal, without internals",
        "shared.responses",
        "shared.errors",
    ),
    _component(
        "response-envelope",
        "Answers as success, message, statusCode and data",
        "shared.responses",
        slots=(MAILER, FILE_STORE, _ENVELOPE),
    ),
    _component("shutdown", "Close every part, in bounded time", "shared.shutdown"),
    _component(
        "background-jobs",
        "Work beside requests, repeated until the application stops",
        "shared.background",
    ),
)
