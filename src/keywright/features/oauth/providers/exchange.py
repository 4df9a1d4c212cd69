"""What all providers share: a redirect, a code against tokens, a token's documents."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from keywright.features.identities.types import NO_TOKENS, ProviderTokens
from keywright.features.oauth.errors import AnswerInvalid, ProviderUnavailable
from keywright.features.oauth.providers.claims import (
    ClaimsRefused,
    code_challenge,
    text_of,
)
from keywright.features.oauth.types import ClientConfig, Keeping
from keywright.shared.fetch import Fetched, Fetcher, FetchFailed

SERVER_ERRORS = 500
LONGEST_SECONDS = 10 * 365 * 24 * 3600
REFRESH_AND_SCOPE = ("refresh_token", "scope")
_TOKEN = re.compile(r"[\x20-\x7e]{0,16384}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was exchanged for; never shown.

    *further* are the members of the answer, as the provider wrote them.
    """

    access: str = field(repr=False)
    id: str = field(default="", repr=False)
    further: Mapping[str, object] = field(default_factory=dict, repr=False)


def redirect_to(
    endpoint: str,
    config: ClientConfig,
    keeping: Keeping,
    *,
    state: str,
    further: Mapping[str, str],
) -> str:
    """Return *endpoint* with a request for a code, by PKCE S256 (RFC 7636)."""
    parts = urlsplit(endpoint)
    asked = {
        **dict(parse_qsl(parts.query)),
        **further,
        "response_type": "code",
        "client_id": config.client_id,
        "redirect_uri": keeping.redirect_uri,
        "state": state,
        "code_challenge": code_challenge(keeping.verifier),
        "code_challenge_method": "S256",
    }
    return urlunsplit(parts._replace(query=urlencode(asked), fragment=""))


async def exchange(
    fetcher: Fetcher,
    endpoint: str,
    config: ClientConfig,
    keeping: Keeping,
    *,
    code: str,
    by_basic: bool,
) -> Tokens:
    """Return the tokens for *code*; it is sent once, whatever happens.

    Raise `AnswerInvalid` if the provider refuses it, or `ProviderUnavailable`.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": keeping.redirect_uri,
        "code_verifier": keeping.verifier,
    }
    basic = None
    if by_basic:
        # RFC 6749 2.3.1: both are form-encoded first.
        basic = (quote(config.client_id, ""), quote(config.client_secret, ""))
    else:
        form |= {
            "client_id": config.client_id,
            "client_secret": config.client_secret,
        }
    try:
        answer = await fetcher.post(endpoint, form=form, basic=basic)
    except FetchFailed as error:
        raise ProviderUnavailable from error
    members = document(answer)
    access, kind = members.get("access_token"), members.get("token_type")
    if not isinstance(access, str) or not access:
        raise AnswerInvalid from ClaimsRefused("access_token")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise AnswerInvalid from ClaimsRefused("token_type")
    id_token = members.get("id_token")
    return Tokens(access, id_token if isinstance(id_token, str) else "", members)


def kept(tokens: Tokens, config: ClientConfig, *, now: datetime) -> ProviderTokens:
    """Return what of *tokens* is to be kept: nothing unless *config* asks for it.

    Raise `ClaimsRefused` for a token that is none by its form (RFC 6749 A.12, A.17).
    """
    if not config.keep_tokens:
        return NO_TOKENS
    refresh, scope = (text_of(tokens.further.get(name)) for name in REFRESH_AND_SCOPE)
    for token in (tokens.access, refresh):
        if not _TOKEN.fullmatch(token):
            raise ClaimsRefused("token")
    lifetime = _lifetime(tokens.further.get("expires_in"))
    expires_at = now + lifetime if lifetime else None
    return ProviderTokens(tokens.access, refresh, scope, expires_at)


async def fetch_document(
    fetcher: Fetcher,
    url: str,
    *,
    bearer: str = "",
    params: Mapping[str, str] | None = None,
) -> object:
    """Return what is at *url*; raise `AnswerInvalid` or `ProviderUnavailable`."""
    try:
        answer = await fetcher.get(url, params=params, bearer=bearer or None)
    except FetchFailed as error:
        raise ProviderUnavailable from error
    require_good(answer)
    return answer.json


def document(answer: Fetched) -> Mapping[str, object]:
    """Return the members of a good answer, or raise the refusal that fits."""
    require_good(answer)
    if not isinstance(answer.json, dict):
        raise AnswerInvalid from ClaimsRefused("document")
    return answer.json


def require_good(answer: Fetched) -> None:
    """Raise `AnswerInvalid` for a refusal, `ProviderUnavailable` for a failure."""
    if answer.status >= SERVER_ERRORS:
        raise ProviderUnavailable
    if not answer.is_good:
        raise AnswerInvalid from ClaimsRefused(f"status {answer.status}")


def _lifetime(seconds: object) -> timedelta | None:
    if type(seconds) is int and 0 < seconds < LONGEST_SECONDS:
        return timedelta(seconds=seconds)
    return None
