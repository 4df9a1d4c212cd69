import pytest

from keywright.shared.redis import open_redis
from keywright.shared.redis_topologies import names_several


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://host:6379/0", False),
        ("rediss://host", False),
        ("unix:///run/redis.sock", False),
        ("redis+cluster://a:1,b:2", True),
        ("rediss+cluster://a", True),
        ("redis+sentinel://a:1,b:2/main", True),
    ],
)
def test_the_scheme_says_whether_there_are_several_servers(
    url: str, expected: bool
) -> None:
    assert names_several(url) is expected


@pytest.mark.parametrize(
    "url",
    [
        "redis+cluster://",
        "redis+cluster://u:s3cret@",
        "redis+cluster://u:s3cret@:7000",
        "redis+sentinel://u:s3cret@host:26379",
    ],
)
def test_an_address_without_server_or_service_is_refused_unrepeated(url: str) -> None:
    with pytest.raises(ValueError, match=r"The address of ") as refused:
        _ = open_redis(url)
    assert "s3cret" not in str(refused.value)
