"""The providers known by name: what they make of their documents."""

import pytest

from keywright.features.oauth.providers.apple import APPLE
from keywright.features.oauth.providers.bitbucket import BITBUCKET
from keywright.features.oauth.providers.catalogue import PRESETS
from keywright.features.oauth.providers.claims import ClaimsRefused
from keywright.features.oauth.providers.discord import DISCORD
from keywright.features.oauth.providers.google import GOOGLE
from keywright.features.oauth.providers.linkedin import LINKEDIN
from keywright.features.oauth.providers.oidc import OidcPreset
from keywright.features.oauth.providers.plain import PlainPreset
from keywright.features.oauth.providers.reddit import REDDIT
from keywright.features.oauth.providers.spotify import SPOTIFY
from keywright.features.oauth.providers.x import X
from keywright.features.oauth.types import Answers, ClientConfig, Profile

CONFIG = ClientConfig("example", "id", "secret", email_domains=("*",))
USERS: list[tuple[PlainPreset, Answers, Profile]] = [
    (
        DISCORD,
        {
            "user": {
                "id": "80351110224678912",
                "username": "ada",
                "global_name": None,
                "email": "a@b.example",
                "verified": True,
            }
        },
        Profile("80351110224678912", "ada", "a@b.example", is_email_verified=True),
    ),
    (
        LINKEDIN,
        {
            "user": {
                "sub": "782bbtaQ",
                "name": "Ada",
                "email": "a@b.example",
                "email_verified": "true",
            }
        },
        Profile("782bbtaQ", "Ada", "a@b.example"),
    ),
    (
        SPOTIFY,
        {"user": {"id": "ada", "display_name": "Ada", "email": "a@b.example"}},
        Profile("ada", "Ada", "a@b.example"),
    ),
    (REDDIT, {"user": {"id": "abc12", "name": "ada"}}, Profile("abc12", "ada")),
    (
        X,
        {"user": {"data": {"id": "2244994945", "name": "Ada", "username": "ada"}}},
        Profile("2244994945", "Ada"),
    ),
    (
        BITBUCKET,
        {
            "user": {"uuid": "{4ab1}", "display_name": "Ada"},
            "emails": {
                "values": [
                    {"email": "x@b.example", "is_primary": False, "is_confirmed": True},
                    {"email": "a@b.example", "is_primary": True, "is_confirmed": True},
                ]
            },
        },
        Profile("{4ab1}", "Ada", "a@b.example", is_email_verified=True),
    ),
]


@pytest.mark.parametrize(
    ("preset", "answers", "profile"), USERS, ids=[one[0].name for one in USERS]
)
def test_documents_become_profiles(
    preset: PlainPreset, answers: Answers, profile: Profile
) -> None:
    assert preset.profile_from(answers, CONFIG) == profile


@pytest.mark.attack("C12")
@pytest.mark.parametrize("preset", [one[0] for one in USERS], ids=lambda one: one.name)
@pytest.mark.parametrize("user", [{}, [], None, {"data": {}}, {"id": "", "sub": ""}])
def test_documents_without_an_id_are_refused(preset: PlainPreset, user: object) -> None:
    with pytest.raises(ClaimsRefused):
        preset.profile_from({"user": user, "emails": {"values": []}}, CONFIG)


@pytest.mark.parametrize(
    ("email", "hosted", "verified", "trusted"),
    [
        ("a@gmail.com", "", True, True),
        ("a@googlemail.com", "", True, True),
        ("a@corp.example", "corp.example", True, True),
        ("a@corp.example", "", True, False),
        ("a@gmail.com", "", False, False),
        ("a@gmail.com.evil.example", "", True, False),
        (None, "corp.example", True, False),
    ],
)
def test_google_is_trusted_for_the_mailboxes_it_runs(
    email: str | None, hosted: str, *, verified: bool, trusted: bool
) -> None:
    profile = Profile("1", "", email, verified, hosted)
    assert GOOGLE.trusts(profile, CONFIG) is trusted


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda one: one.name)
def test_public_addresses_are_https(preset: OidcPreset | PlainPreset) -> None:
    addresses = [preset.issuer] if preset.issuer else []
    if isinstance(preset, PlainPreset):
        addresses.append(preset.api)
    assert all(address.startswith("https://") for address in addresses)


def test_sixteen_and_more_are_known_by_name() -> None:
    assert {"google", "github", "facebook", "microsoft", "apple"} <= PRESETS.keys()
    assert len(PRESETS) == 17


@pytest.mark.parametrize(
    ("said", "is_verified"),
    [(True, True), ("true", True), (False, False), ("false", False), (1, False)],
)
def test_apple_writes_that_an_address_is_verified_in_two_ways(
    said: object, *, is_verified: bool
) -> None:
    claims = {"sub": "1", "email": "a@b.example", "email_verified": said}
    assert APPLE.profile_from(claims).is_email_verified is is_verified


@pytest.mark.parametrize(
    ("email", "domains", "is_trusted"),
    [
        ("x@privaterelay.appleid.com", (), True),
        ("x@b.example", (), False),
        ("x@b.example", ("b.example",), True),
    ],
)
def test_apple_is_an_authority_for_what_it_relays(
    email: str, domains: tuple[str, ...], *, is_trusted: bool
) -> None:
    profile = Profile("1", email=email, is_email_verified=True)
    config = ClientConfig("apple", "id", "secret", email_domains=domains)
    assert APPLE.trusts(profile, config) is is_trusted
