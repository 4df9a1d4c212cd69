"""JSON is read more strictly than the standard library does."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywright.shared.strict_json import MAX_DEPTH, parse

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_was_written_is_read(value: object) -> None:
    assert parse(json.dumps(value).encode()) == value


@pytest.mark.attack("H1")
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"{} {}", id="two values"),
        pytest.param(b"{'a': 1}", id="single quotes"),
        pytest.param(b'{"a": 1,}', id="a comma too much"),
        pytest.param(b'{"a": 1, "a": 2}', id="a member twice"),
        pytest.param(b'{"b": {"a": 1, "\\u0061": 1}}', id="twice by its escape"),
        pytest.param(b"[NaN]", id="NaN"),
        pytest.param(b"Infinity", id="Infinity"),
        pytest.param(b"-Infinity", id="-Infinity"),
        pytest.param(b"1e400", id="beyond a float"),
        pytest.param(b'{"a": [-1e9999]}', id="far beyond a float"),
        pytest.param(b"1" * 100_000, id="a hundred thousand digits"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte order mark"),
        pytest.param("{}".encode("utf-16"), id="UTF-16"),
        pytest.param("{}".encode("utf-32"), id="UTF-32"),
        pytest.param(b'"\xff"', id="not UTF-8"),
        pytest.param(b'"\xc0\xaf"', id="overlong UTF-8"),
        pytest.param(b'"\xed\xa0\x80"', id="surrogate in UTF-8"),
        pytest.param(b'"a\nb"', id="control character"),
        pytest.param(b"[" * 100_000, id="opened a hundred thousand times"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="nested a hundred thousand"),
        pytest.param(b'{"a":' * 33 + b"1" + b"}" * 33, id="nested too deeply"),
    ],
)
def test_what_is_not_strict_json_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
        parse(content)


def test_nesting_is_allowed_to_its_limit() -> None:
    parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(ValueError, match="deeply"):
        parse(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"1.5", 1.5), (b"1e3", 1000.0), (b"-0.0", 0.0), (b" [1] ", [1])],
)
def test_ordinary_values_are_read(content: bytes, expected: object) -> None:
    assert parse(content) == expected


@given(st.binary(max_size=100))
def test_no_number_read_is_infinite(content: bytes) -> None:
    try:
        value = parse(content)
    except ValueError:
        return
    assert not isinstance(value, float) or math.isfinite(value)
