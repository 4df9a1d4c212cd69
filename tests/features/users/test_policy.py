"""What counts as the same address, and who may sign in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.features.users.policy import (
    LONGEST_EMAIL,
    avatar_urls,
    canonical_email,
    has_mailbox,
    may_sign_in,
    no_mailbox,
)
from keywright.features.users.types import Avatar, Status
from tests.features.users.builders import user


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada@example.com", "ada@example.com"),
        ("Ada.Lovelace@Example.COM", "ada.lovelace@example.com"),
        ("ada+tag@example.com", "ada+tag@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada@localhost.localdomain", "ada@localhost.localdomain"),
        ("l" * 64 + "@example.com", "l" * 64 + "@example.com"),
    ],
)
def test_an_address_has_one_spelling(text: str, expected: str) -> None:
    assert canonical_email(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@@example.com",
        " ada@example.com",
        "ada@example.com ",
        "ada@example.com\n",
        "\tada@example.com",
        "ada@example.com\u00a0",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com,eve@example.com",
        "ada@example.com;eve@example.com",
        "Ada <ada@example.com>",
        "ada\x00@example.com",
        "m\u0131ke@example.com",
        "M\u0130KE@EXAMPLE.COM",
        "ada\uff20example.com",
        "\uff41da@example.com",
        "\u0430da@example.com",
        '"ada lovelace"@example.com',
        "ada@[192.0.2.7]",
        "ada@example.com.",
        "ada@-example.com",
        "ada@exa mple.com",
        "l" * 65 + "@example.com",
        "\ud800ada@example.com",
        "ada@\udfffexample.com",
    ],
)
def test_what_only_looks_like_an_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be an e-mail address"):
        canonical_email(text)


def test_the_longest_address_has_a_hundred_characters() -> None:
    rest = "@example.com"
    local = "a" * 40
    domain = "." + "b" * (LONGEST_EMAIL - len(local) - len(rest) - 1)

    exact = f"{local}@{domain[1:]}.{rest[1:]}"
    assert len(exact) == LONGEST_EMAIL
    assert canonical_email(exact) == exact
    with pytest.raises(ValueError, match="at most 100"):
        canonical_email(f"a{exact}")


@given(st.emails())
def test_the_case_of_letters_never_tells_two_addresses_apart(address: str) -> None:
    try:
        canonical = canonical_email(address)
    except ValueError:
        return
    assert canonical_email(address.swapcase()) == canonical
    assert canonical_email(canonical) == canonical


@pytest.mark.parametrize(
    ("status", "expected"),
    [(Status.ACTIVE, True), (Status.DEACTIVATED, False), (Status.BANNED, False)],
)
def test_only_an_active_user_may_sign_in(status: Status, expected: bool) -> None:
    assert may_sign_in(user(status=status)) is expected


def test_an_address_under_the_domain_for_tests_is_taken() -> None:
    assert canonical_email("Ada@mail.test") == "ada@mail.test"


def test_the_squares_of_a_picture_differ_in_the_edge_alone() -> None:
    kept = Avatar(key="0a", url="https://files.example/p/0a-512.webp", size=7)

    assert avatar_urls(kept) == {
        "64": "https://files.example/p/0a-64.webp",
        "256": "https://files.example/p/0a-256.webp",
        "512": "https://files.example/p/0a-512.webp",
    }


def test_an_address_of_somebody_else_has_no_squares() -> None:
    kept = Avatar(key="0a", url="https://files.example/p/0a.webp", size=7)

    assert avatar_urls(kept) == {}


def test_what_stands_for_no_mailbox_is_nobodys_address() -> None:
    somebody = user()
    stand_in = no_mailbox(somebody.id)

    assert has_mailbox(somebody)
    assert not has_mailbox(user(email=stand_in))
    with pytest.raises(ValueError, match="must be an e-mail address"):
        canonical_email(stand_in)
