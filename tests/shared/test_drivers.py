import sys

import pytest

from keywright.shared.drivers import DriverMissing, with_driver


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///auth.db", "sqlite+aiosqlite"),
        ("postgresql://ada@db/auth", "postgresql+asyncpg"),
        ("mysql://ada@db/auth", "mysql+asyncmy"),
        ("mariadb://ada@db/auth", "mariadb+asyncmy"),
        ("postgresql+psycopg://ada@db/auth", "postgresql+psycopg"),
    ],
)
def test_the_url_names_the_driver_or_gets_the_usual_one(url: str, driver: str) -> None:
    assert with_driver(url).drivername == driver


def test_a_missing_driver_is_told_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(DriverMissing, match=r"Install the package asyncpg\.$"):
        with_driver("postgresql://ada@db/auth")


@pytest.mark.parametrize(
    "url",
    ["oracle://ada:s3cret@db/auth", "postgresql+pg8000://ada:s3cret@db/auth"],
)
def test_an_unknown_database_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="postgresql://") as refused:
        with_driver(url)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_sqlite_needs_a_file(url: str) -> None:
    with pytest.raises(ValueError, match="names no file"):
        with_driver(url)
