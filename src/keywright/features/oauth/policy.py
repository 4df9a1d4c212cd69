"""Where a browser may be sent, and what is made of a provider's word."""

import json
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

from keywright.features.identities.types import Proven
from keywright.features.oauth.errors import ReturnToRefused
from keywright.features.oauth.types import (
    Errand,
    Intent,
    Keeping,
    Profile,
    Provider,
)
from keywright.features.users.policy import canonical_email

LONGEST_NAME = 50
NOBODYS_NAME = "New user"
LONGEST_URL = 2000
STATE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_HARMLESS_URL = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+", re.ASCII)
_ENCODED_TROUBLE = re.compile(r"%(?:0[0-9a-f]|1[0-9a-f]|2f|5c|7f)", re.IGNORECASE)


def resolve_return_to(text: str, *, home: str, origins: Collection[str]) -> str:
    """Return the address that *text* stands for, or raise ValueError.

    A path belongs to *home*; an address needs an origin that stands in *origins* as it
    is. Nothing is repaired: what browsers and servers read differently is refused.
    """
    if len(text) > LONGEST_URL or not _HARMLESS_URL.fullmatch(text):
        raise ValueError(text)
    parts = urlsplit(text)
    if _ENCODED_TROUBLE.search(parts.path) or "//" in parts.path:
        raise ValueError(text)
    if text.startswith("/"):
        # The first two slashes are an authority to urlsplit, and none of the path.
        if "//" in text.partition("?")[0]:
            raise ValueError(text)
        return f"{home}{text}"
    if f"{parts.scheme}://{parts.netloc}" not in origins:
        raise ValueError(text)
    if text != urlunsplit(parts):
        raise ValueError(text)
    return text


def with_parameter(url: str, name: str, value: str) -> str:
    """Return *url* with one parameter more; another of that name is replaced."""
    parts = urlsplit(url)
    kept = [
        pair
        for pair in parse_qsl(parts.query, keep_blank_values=True)
        if pair[0] != name
    ]
    return urlunsplit(parts._replace(query=urlencode([*kept, (name, value)])))


def display_name(*candidates: str) -> str:
    """Return the first of *candidates* that can be shown as a name, or a stand-in.

    One line in NFC without control characters, at most 50 long.
    """
    for candidate in candidates:
        text = candidate[: 4 * LONGEST_NAME]
        shown = "".join(sign if sign.isprintable() else " " for sign in text)
        name = unicodedata.normalize("NFC", " ".join(shown.split()))
        if name:
            return name[:LONGEST_NAME].strip()
    return NOBODYS_NAME


def is_authority(profile: Profile, domains: Sequence[str]) -> bool:
    """Say whether the provider verified an address in one of *domains*; `*` is any."""
    if profile.email is None or not profile.is_email_verified:
        return False
    domain = profile.email.rpartition("@")[2].lower()
    return "*" in domains or domain in domains


@dataclass(frozen=True, slots=True)
class Places:
    """Where browsers come back to.

    *callbacks* is the address below which the callbacks are; *home* is the front end's
    origin, *origins* are the others that `returnTo` may name.
    """

    callbacks: str
    home: str
    landing: str
    origins: Collection[str]

    def resolve(self, return_to: str | None) -> str:
        """Return the address to go back to, or raise `ReturnToRefused`."""
        if return_to is None:
            return self.landing
        try:
            return resolve_return_to(return_to, home=self.home, origins=self.origins)
        except ValueError:
            raise ReturnToRefused from None

    def callback(self, provider: str) -> str:
        """Return the redirect URI of *provider*: one each (RFC 9700 4.4)."""
        return f"{self.callbacks}/{provider}/callback"


def proven_by(provider: Provider, profile: Profile) -> Proven:
    """Return what *provider* has proved: an address that cannot be one is none."""
    profile = replace(profile, email=_canonical(profile.email))
    local_part = (profile.email or "").partition("@")[0]
    return Proven(
        provider=provider.name,
        label=provider.label,
        issuer=provider.issuer,
        subject=profile.subject,
        name=display_name(profile.name, local_part),
        email=profile.email,
        is_email_trusted=provider.is_email_trusted(profile),
        tokens=profile.tokens,
    )


def _canonical(email: str | None) -> str | None:
    try:
        return canonical_email(email) if email else None
    except ValueError:
        return None


def write_errand(errand: Errand) -> bytes:
    """Return *errand* as text, to be sealed."""
    return json.dumps(asdict(errand), default=str).encode()


def read_errand(plain: bytes) -> Errand:
    """Return what `write_errand` wrote."""
    members = json.loads(plain)
    user_id, session_id = members["user_id"], members["session_id"]
    return Errand(
        provider=members["provider"],
        keeping=Keeping(**members["keeping"]),
        intent=Intent(members["intent"]),
        return_to=members["return_to"],
        user_id=user_id and UUID(user_id),
        session_id=session_id and UUID(session_id),
        epoch=members["epoch"],
    )
