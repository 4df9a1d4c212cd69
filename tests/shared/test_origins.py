"""Which requests may come from a browser page: the matrix of K1."""

from itertools import product

import pytest

from keywright.shared.origins import SAFE_METHODS, may_pass, origin_of

OWN = "https://auth.example"
APP = "https://app.example"
EVIL = "https://evil.example"
ALLOWED = frozenset({APP})
ORIGINS = {
    "own": OWN,
    "allowed": APP,
    "evil": EVIL,
    "null": "null",
    "absent": None,
}
SITES = ("same-origin", "same-site", "cross-site", "none", "absent", "made-up")
# Each cell is Sec-Fetch-Site, Origin, and whether there are cookies.
PASSES = {
    *product(["same-origin"], ORIGINS, [True, False]),
    *product(["same-site", "cross-site", "made-up"], ["allowed"], [True, False]),
    *product(["none"], ORIGINS, [False]),
    *product(["absent"], ["own", "allowed"], [True, False]),
    ("absent", "absent", False),
}


def headers(
    site: str, origin: str, *, cookies: bool, referer: str | None = None
) -> dict[str, str]:
    """Return the headers of a request."""
    sent = {
        "sec-fetch-site": None if site == "absent" else site,
        "origin": ORIGINS.get(origin, origin),
        "cookie": "a=b" if cookies else None,
        "referer": referer,
    }
    return {name: value for name, value in sent.items() if value is not None}


@pytest.mark.attack("K1")
@pytest.mark.parametrize("cookies", [True, False])
@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("site", SITES)
def test_only_the_documented_cells_pass(site: str, origin: str, cookies: bool) -> None:
    sent = headers(site, origin, cookies=cookies)

    passes = may_pass(sent, own=OWN, allowed=ALLOWED)

    assert passes is ((site, origin, cookies) in PASSES)


@pytest.mark.attack("K2")
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_foreign_page_does_not_pass_even_without_cookies(site: str) -> None:
    sent = headers(site, "evil", cookies=False)

    assert not may_pass(sent, own=OWN, allowed=ALLOWED)


@pytest.mark.attack("K4")
@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example.evil.example",
        "https://evilapp.example",
        "https://app.example:444",
        "http://app.example",
        "https://APP.example",
        "https://app.example/",
        "https://app.example.",
        "https://app.example, https://evil.example",
        " https://app.example",
        "",
        "*",
    ],
)
def test_an_origin_is_compared_exactly(origin: str) -> None:
    for site in ("cross-site", "absent"):
        sent = headers(site, origin, cookies=True)
        assert not may_pass(sent, own=OWN, allowed=ALLOWED)


@pytest.mark.parametrize(
    ("referer", "passes"),
    [
        (f"{OWN}/page?x=1", True),
        (f"{APP}/page", True),
        (OWN, True),
        (f"{EVIL}/?{OWN}", False),
        (f"{EVIL}/{OWN}", False),
        ("https://auth.example@evil.example/", False),
        ("https://auth.example.evil.example/", False),
        ("https://auth.example:8443/", False),
        ("", False),
        ("about:blank", False),
        ("http://[", False),
    ],
)
def test_without_an_origin_the_referer_is_looked_at(referer: str, passes: bool) -> None:
    sent = headers("absent", "absent", cookies=True, referer=referer)

    assert may_pass(sent, own=OWN, allowed=ALLOWED) is passes


def test_an_origin_counts_more_than_a_referer() -> None:
    sent = headers("absent", "evil", cookies=False, referer=f"{OWN}/")

    assert not may_pass(sent, own=OWN, allowed=ALLOWED)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Auth.Example/path?query#fragment", "https://auth.example"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("https://[::1]:8443/x", "https://[::1]:8443"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, expected: str) -> None:
    assert origin_of(url) == expected


def test_safe_methods_change_nothing() -> None:
    assert {"GET", "HEAD", "OPTIONS"} == SAFE_METHODS
