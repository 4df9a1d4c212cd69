"""Any OpenID provider: discovery, ID token, userinfo (OpenID Connect Core)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from keywright.features.oauth.errors import AnswerInvalid, TokenSignInUnsupported
from keywright.features.oauth.policy import is_authority
from keywright.features.oauth.providers.claims import (
    ClaimsRefused,
    instant_of,
    require_access_hash,
    require_apps_nonce,
    require_claims,
    require_nonce,
    require_same_subject,
    subject_of,
    text_of,
)
from keywright.features.oauth.providers.exchange import (
    exchange,
    fetch_document,
    kept,
    redirect_to,
)
from keywright.features.oauth.providers.keys import Issuer
from keywright.features.oauth.types import (
    Checked,
    ClientConfig,
    ForeignToken,
    Keeping,
    Profile,
    Returned,
)
from keywright.shared.clock import Now
from keywright.shared.fetch import Fetcher
from keywright.shared.foreign_tokens import signing_input

Claims = Mapping[str, object]
ABOUT_EMAIL = ("email", "email_verified")


def standard_profile(claims: Claims) -> Profile:
    """Return the profile in the standard claims; others are ignored."""
    return Profile(
        subject=subject_of(claims.get("sub")),
        name=text_of(claims.get("name")) or text_of(claims.get("preferred_username")),
        email=text_of(claims.get("email")) or None,
        is_email_verified=claims.get("email_verified") is True,
        hosted_domain=text_of(claims.get("hd")),
    )


def listed_domains(profile: Profile, config: ClientConfig) -> bool:
    """Trust the provider for the domains that the settings list, and no others."""
    return is_authority(profile, config.email_domains)


@dataclass(frozen=True, slots=True)
class OidcPreset:
    """What is particular about a provider; without *issuer* the settings name it.

    *further* are parameters of the redirect; by *posts_back* the answer is asked for
    as a form that the provider's page posts.
    """

    name: str
    label: str
    issuer: str = ""
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    profile_from: Callable[[Claims], Profile] = standard_profile
    trusts: Callable[[Profile, ClientConfig], bool] = listed_domains
    further: Mapping[str, str] = field(default_factory=dict)
    posts_back: bool = False


class OidcProvider:
    """A provider that signs what it says."""

    def __init__(
        self, preset: OidcPreset, config: ClientConfig, fetcher: Fetcher, *, now: Now
    ) -> None:
        """Ask for what *preset* says, unless *config* says otherwise."""
        self.name = config.name
        self.label = preset.label
        self.issuer = config.issuer or preset.issuer
        self.posts_back = preset.posts_back
        self._preset = preset
        self._config = config
        self._fetcher = fetcher
        self._now = now
        self._published = Issuer(self.issuer, fetcher, now=now)

    async def authorize_url(self, keeping: Keeping, *, state: str) -> str:
        """Return where the browser is sent to."""
        metadata = await self._published.metadata()
        scopes = self._config.scopes or self._preset.scopes
        form_post = {"response_mode": "form_post"} if self.posts_back else {}
        return redirect_to(
            metadata.authorize,
            self._config,
            keeping,
            state=state,
            further={
                **self._preset.further,
                **form_post,
                "scope": " ".join(scopes),
                "nonce": keeping.nonce,
            },
        )

    async def profile(self, returned: Returned, keeping: Keeping) -> Profile:
        """Exchange the code and return who it is, with tokens if they are kept."""
        metadata = await self._published.metadata()
        self._require_sender(returned, must_be_named=metadata.names_itself)
        tokens = await exchange(
            self._fetcher,
            metadata.token,
            self._config,
            keeping,
            code=returned.code,
            by_basic=metadata.takes_basic,
        )
        claims: Claims = await self._published.claims(tokens.id)
        try:
            self._require_ours(claims)
            require_nonce(claims, keeping.nonce)
            require_access_hash(claims, tokens.access)
            if metadata.userinfo and "email" not in claims:
                found = await fetch_document(
                    self._fetcher, metadata.userinfo, bearer=tokens.access
                )
                claims = _merged(claims, found)
            profile = self._preset.profile_from(claims)
            return replace(profile, tokens=kept(tokens, self._config, now=self._now()))
        except ClaimsRefused as error:
            raise AnswerInvalid from error

    async def check(self, token: ForeignToken) -> Checked:
        """Return whom an ID token speaks for, if it was made for this service."""
        if not token.id_token:
            raise TokenSignInUnsupported
        claims = await self._published.claims(token.id_token)
        try:
            self._require_ours(claims)
            require_apps_nonce(claims, token.nonce)
            return Checked(
                profile=self._preset.profile_from(claims),
                token=signing_input(token.id_token),
                expires_at=instant_of(claims, "exp"),
            )
        except ClaimsRefused as error:
            raise AnswerInvalid from error

    def is_email_trusted(self, profile: Profile) -> bool:
        """Say whether the provider is an authority for the address in *profile*."""
        return self._preset.trusts(profile, self._config)

    def _require_ours(self, claims: Claims) -> None:
        require_claims(
            claims,
            issuer=self.issuer,
            client_id=self._config.client_id,
            now=self._now(),
        )

    def _require_sender(self, returned: Returned, *, must_be_named: bool) -> None:
        """Refuse an answer of another issuer (RFC 9207)."""
        said = returned.issuer
        if said is None and not must_be_named:
            return
        if said != self.issuer:
            raise AnswerInvalid from ClaimsRefused("iss")


def _merged(claims: Claims, found: object) -> Claims:
    """Return both; an address and whether it is verified come from one document."""
    if not isinstance(found, dict):
        raise ClaimsRefused("userinfo")
    require_same_subject(claims, found)
    signed = {name: value for name, value in claims.items() if name not in ABOUT_EMAIL}
    return {**found, **signed}
