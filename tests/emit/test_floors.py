import pytest

from keywright.emit.floors import falls_short, raised


@pytest.mark.parametrize(
    ("there", "wanted", "after"),
    [
        ("a>=1", "a>=2", "a>=2"),
        ("a[x] >= 1.9.9", "a>=1.10", "a[x] >= 1.10"),
        ("a>=2.0", "a>=2", "a>=2.0"),
        ("a>=3", "a>=2", "a>=3"),
        ("a>=1,<3", "a>=2", "a>=2,<3"),
        ("a>=1,<2", "a>=2", "a>=1,<2"),
        ("a>=1,!=2.1", "a>=2", "a>=2,!=2.1"),
        ("a", "a>=2", "a"),
        ("a==1", "a>=2", "a==1"),
        ("a>=1rc1", "a>=2", "a>=1rc1"),
        ("a>=1", "a", "a>=1"),
        ("a>=1; python_version >= '3.1'", "a>=2", "a>=2; python_version >= '3.1'"),
    ],
)
def test_only_a_plain_least_version_is_raised(
    there: str, wanted: str, after: str
) -> None:
    assert raised(there, wanted) == after


@pytest.mark.parametrize(
    ("there", "falls"),
    [
        ("a==1", True),
        ("a==2.1", False),
        ("a<2", True),
        ("a<2.1", False),
        ("a<=1.9", True),
        ("a~=1.4", True),
        ("a~=2.1", False),
        ("a^1.4", True),
        ("a^0.2", True),
        ("a^2.0", False),
        ("a>=1", False),
        ("a", False),
    ],
)
def test_what_admits_no_needed_version_is_known(there: str, *, falls: bool) -> None:
    assert falls_short(there, "a>=2") is falls
    assert not falls_short(there, "a")
