"""Providers of plain OAuth 2.0: who it is stands in documents behind a token."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from keywright.features.oauth.errors import AnswerInvalid, TokenSignInUnsupported
from keywright.features.oauth.providers.claims import ClaimsRefused, subject_of, text_of
from keywright.features.oauth.providers.exchange import (
    exchange,
    fetch_document,
    kept,
    redirect_to,
)
from keywright.features.oauth.providers.oidc import listed_domains
from keywright.features.oauth.types import (
    Answers,
    Call,
    Checked,
    ClientConfig,
    ForeignToken,
    Keeping,
    Profile,
    Returned,
)
from keywright.shared.clock import Now
from keywright.shared.fetch import Fetcher

LONGEST_LIFE = timedelta(days=90)
"""How long a token that says nothing about its end is remembered as used."""
ONE_SPELLING = re.compile(r"[A-Za-z0-9._~-]+", re.ASCII)
"""What an app's token is made of: nothing to be trimmed, padded or decoded.

Else a used token would come back in a spelling that the provider takes for the same.
"""
Calls = Callable[[str, ClientConfig, str], Mapping[str, Call]]
"""Returns what to ask, by the interface's address, configuration and access token."""


@dataclass(frozen=True, slots=True)
class PlainPreset:
    """What is particular about a provider; `{base}` stands for its address.

    *issuer* is that address, under which its subjects are unique; its interface, the
    `{api}`, is at *api*, and for a server of one's own at *own_api*. *profile_from*
    raises `ClaimsRefused` for documents that must not be believed. Only if they say for
    which service a token was made, *names_audience*, apps may bring one.
    """

    name: str
    label: str
    issuer: str
    api: str
    authorize: str
    token: str
    calls: Calls
    profile_from: Callable[[Answers, ClientConfig], Profile]
    scopes: tuple[str, ...] = ()
    trusts: Callable[[Profile, ClientConfig], bool] = listed_domains
    by_basic: bool = False
    names_audience: bool = False
    further: Mapping[str, str] = field(default_factory=dict)
    own_api: str = "{base}"


def documents(**paths: str) -> Calls:
    """Return calls for the documents at these *paths*, by name."""

    def calls(api: str, config: ClientConfig, token: str) -> Mapping[str, Call]:
        del config, token
        return {name: Call(f"{api}{path}") for name, path in paths.items()}

    return calls


def members_of(value: object) -> Mapping[str, object]:
    """Return *value* if it has members, or raise `ClaimsRefused`."""
    if not isinstance(value, dict):
        raise ClaimsRefused("document")
    return value


def rows_of(value: object) -> list[Mapping[str, object]]:
    """Return the rows with members in *value*, or none."""
    rows = value if isinstance(value, list) else []
    return [row for row in rows if isinstance(row, dict)]


def profile_by(
    *,
    subject: str,
    names: tuple[str, ...],
    email: str = "",
    is_verified: str = "",
) -> Callable[[Answers, ClientConfig], Profile]:
    """Return a reader of the document `user` by the names of its members."""

    def profile_from(answers: Answers, config: ClientConfig) -> Profile:
        del config
        user = members_of(answers["user"])
        found = [text_of(user.get(name)) for name in names]
        return Profile(
            subject=subject_of(user.get(subject)),
            name=next((name for name in found if name), ""),
            email=text_of(user.get(email)) or None,
            is_email_verified=user.get(is_verified) is True,
        )

    return profile_from


class PlainProvider:
    """A provider whose word is what its interface answers."""

    posts_back = False

    def __init__(
        self, preset: PlainPreset, config: ClientConfig, fetcher: Fetcher, *, now: Now
    ) -> None:
        """Ask for what *preset* says, at the address that *config* may give."""
        self.name = config.name
        self.label = preset.label
        self.issuer = config.issuer or preset.issuer
        self._preset = preset
        self._config = config
        self._fetcher = fetcher
        self._now = now
        is_public = self.issuer == preset.issuer
        self._api = preset.api if is_public else preset.own_api.format(base=self.issuer)

    async def authorize_url(self, keeping: Keeping, *, state: str) -> str:
        """Return where the browser is sent to."""
        scopes = self._config.scopes or self._preset.scopes
        return redirect_to(
            self._preset.authorize.format(base=self.issuer),
            self._config,
            keeping,
            state=state,
            further={**self._preset.further, "scope": " ".join(scopes)},
        )

    async def profile(self, returned: Returned, keeping: Keeping) -> Profile:
        """Exchange the code and return who it is, with tokens if they are kept."""
        tokens = await exchange(
            self._fetcher,
            self._preset.token.format(base=self.issuer, api=self._api),
            self._config,
            keeping,
            code=returned.code,
            by_basic=self._preset.by_basic,
        )
        profile = await self._profile_of(tokens.access)
        try:
            return replace(profile, tokens=kept(tokens, self._config, now=self._now()))
        except ClaimsRefused as error:
            raise AnswerInvalid from error

    async def check(self, token: ForeignToken) -> Checked:
        """Return whom an access token speaks for, if it was made for this service."""
        if not token.access_token or not self._preset.names_audience:
            raise TokenSignInUnsupported
        if not ONE_SPELLING.fullmatch(token.access_token):
            raise AnswerInvalid from ClaimsRefused("access_token")
        return Checked(
            profile=await self._profile_of(token.access_token),
            token=token.access_token.encode(),
            expires_at=self._now() + LONGEST_LIFE,
        )

    def is_email_trusted(self, profile: Profile) -> bool:
        """Say whether the provider is an authority for the address in *profile*."""
        return self._preset.trusts(profile, self._config)

    async def _profile_of(self, token: str) -> Profile:
        calls = self._preset.calls(self._api, self._config, token)
        answers = {
            name: await fetch_document(
                self._fetcher, call.url, bearer=call.bearer or token, params=call.params
            )
            for name, call in calls.items()
        }
        try:
            return self._preset.profile_from(answers, self._config)
        except ClaimsRefused as error:
            raise AnswerInvalid from error
