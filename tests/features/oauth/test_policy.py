"""Where a browser may be sent, and what is made of a provider's word."""

import json
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.features.oauth.errors import ReturnToRefused
from keywright.features.oauth.policy import (
    Places,
    display_name,
    is_authority,
    proven_by,
    read_errand,
    resolve_return_to,
    with_parameter,
    write_errand,
)
from keywright.features.oauth.types import (
    Errand,
    Intent,
    Keeping,
    Profile,
    Provider,
)
from keywright.shared.secrets import new_id

HOME = "https://app.example.com"
PLACES = Places(
    callbacks="https://auth.example.com/api/auth",
    home=HOME,
    landing=f"{HOME}/start",
    origins=frozenset({HOME, "https://admin.example.com:8443"}),
)


class Trusting:
    """A provider that is, or is not, believed about addresses."""

    name, label, issuer = "example", "Example", "https://issuer.example.com"

    def __init__(self, *, trusts: bool) -> None:
        self.trusts = trusts
        self.asked: list[Profile] = []

    def is_email_trusted(self, profile: Profile) -> bool:
        self.asked.append(profile)
        return self.trusts


def provider(*, trusts: bool = True) -> Provider:
    """Return a provider whose other methods nobody calls."""
    return cast("Provider", Trusting(trusts=trusts))


def test_without_a_wish_the_browser_lands_at_the_front_end() -> None:
    assert PLACES.resolve(None) == f"{HOME}/start"


@pytest.mark.parametrize(
    ("wish", "place"),
    [
        ("/", f"{HOME}/"),
        ("/a?b=c", f"{HOME}/a?b=c"),
        (f"{HOME}/x", f"{HOME}/x"),
        ("https://admin.example.com:8443/", "https://admin.example.com:8443/"),
    ],
)
def test_paths_and_listed_origins_are_places(wish: str, place: str) -> None:
    assert PLACES.resolve(wish) == place


@pytest.mark.attack("C10")
@pytest.mark.parametrize(
    "wish",
    [
        "",
        "x",
        "//e",
        "///e",
        "//",
        "//?e",
        "https://admin.example.com/",
        f"{HOME}?",
        "/%0a",
        "https://[",
        "/#",
    ],
)
def test_anything_else_is_refused(wish: str) -> None:
    with pytest.raises(ReturnToRefused):
        PLACES.resolve(wish)


@pytest.mark.attack("C10")
@given(st.text())
def test_whatever_is_asked_for_the_origin_is_one_of_ours(wish: str) -> None:
    try:
        place = resolve_return_to(wish, home=HOME, origins=PLACES.origins)
    except ValueError:
        return
    allowed = tuple(f"{origin}/" for origin in PLACES.origins)
    assert place in PLACES.origins or place.startswith(allowed)


def test_each_provider_has_a_callback_of_its_own() -> None:
    assert PLACES.callback("a") == "https://auth.example.com/api/auth/a/callback"


def test_a_parameter_is_added_or_replaced() -> None:
    assert with_parameter("https://a.example/x", "e", "1") == "https://a.example/x?e=1"
    assert with_parameter("https://a.example/?b=&e=0", "e", "1&2") == (
        "https://a.example/?b=&e=1%262"
    )


@pytest.mark.parametrize(
    ("candidates", "name"),
    [
        (("Ada",), "Ada"),
        (("", "ada"), "ada"),
        ((" \t\n", "\x00"), "New user"),
        ((), "New user"),
        (("A\r\nBcc: x",), "A Bcc: x"),
        (("e\u0301",), "é"),
        (("x" * 80,), "x" * 50),
        (("\u202eada",), "ada"),
    ],
)
def test_a_name_is_one_harmless_line(candidates: tuple[str, ...], name: str) -> None:
    assert display_name(*candidates) == name


@pytest.mark.parametrize(
    ("email", "is_verified", "domains", "is_so"),
    [
        ("a@b.example", True, ("b.example",), True),
        ("a@B.example", True, ("b.example",), True),
        ("a@b.example", True, ("*",), True),
        ("a@b.example", False, ("*",), False),
        (None, True, ("*",), False),
        ("a@x.b.example", True, ("b.example",), False),
        ("a@b.example", True, (), False),
    ],
)
def test_an_authority_is_one_for_listed_domains(
    email: str | None, domains: tuple[str, ...], *, is_verified: bool, is_so: bool
) -> None:
    profile = Profile("1", email=email, is_email_verified=is_verified)
    assert is_authority(profile, domains) is is_so


def test_an_address_is_judged_in_its_canonical_spelling() -> None:
    judge = provider()

    found = proven_by(judge, Profile("1", email="Ada@Example.COM"))

    assert found.email == "ada@example.com"
    assert found.name == "Ada".lower()
    assert cast("Trusting", judge).asked[0].email == "ada@example.com"


@pytest.mark.attack("C12")
@pytest.mark.parametrize(
    "email", [None, "", "nobody", "a@none.invalid", "a@b@c.example"]
)
def test_what_is_no_address_is_none(email: str | None) -> None:
    found = proven_by(provider(), Profile("1", email=email))

    assert found.email is None
    assert found.name == "New user"


@pytest.mark.parametrize("asker", [None, new_id()])
def test_an_errand_is_read_as_it_was_written(asker: object) -> None:
    errand = Errand(
        provider="example",
        keeping=Keeping("https://auth.example.com/cb", "verifier", "nonce"),
        intent=Intent.LINK if asker else Intent.SIGN_IN,
        return_to=HOME,
        user_id=new_id() if asker else None,
        session_id=new_id() if asker else None,
        epoch=3,
    )

    written = write_errand(errand)

    assert json.loads(written)["return_to"] == HOME
    assert read_errand(written) == errand
