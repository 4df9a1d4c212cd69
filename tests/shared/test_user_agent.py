"""What a User-Agent header tells of a device."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.shared.user_agent import LONGEST, DeviceLabel, describe

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Mobile Safari/537.36"
)


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (CHROME, DeviceLabel("Chrome", "Linux", "desktop")),
        (IPHONE, DeviceLabel("Mobile Safari", "iOS", "mobile")),
        (ANDROID, DeviceLabel("Chrome Mobile", "Android", "mobile")),
        ("curl/8.5.0", DeviceLabel("curl", "unknown system", "other")),
        ("", DeviceLabel("Unknown browser", "unknown system", "other")),
        ("\x00\r\n", DeviceLabel("Unknown browser", "unknown system", "other")),
    ],
)
def test_browser_and_system_are_named(user_agent: str, expected: DeviceLabel) -> None:
    assert describe(user_agent) == expected


def test_a_label_is_one_line() -> None:
    assert str(describe(CHROME)) == "Chrome on Linux"


@pytest.mark.attack("H11")
def test_only_the_beginning_of_a_long_header_counts() -> None:
    assert describe("a" * LONGEST + CHROME) == describe("a" * LONGEST)


@given(st.text(max_size=80))
def test_any_header_has_a_label(user_agent: str) -> None:
    assert describe(user_agent).kind in {"mobile", "desktop", "other"}
