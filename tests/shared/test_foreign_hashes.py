"""Hashes of other systems are checked as those systems check them."""

from base64 import b64encode

import bcrypt
import pytest

from keywright.shared.foreign_hashes import is_foreign, matches_foreign
from keywright.shared.passwords import HashCost, PasswordHashes

RFC_7914_PBKDF2 = bytes.fromhex(
    "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
    "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
)
RFC_7914_SCRYPT = bytes.fromhex(
    "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
    "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
)


def plain(value: bytes) -> str:
    """Return *value* in Base64 without padding."""
    return b64encode(value).decode().rstrip("=")


SCRYPT = f"$scrypt$ln=10,r=8,p=16${plain(b'NaCl')}${plain(RFC_7914_SCRYPT)}"
DJANGO = f"pbkdf2_sha256$1$salt${b64encode(RFC_7914_PBKDF2).decode()}"
OPENWALL = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
PASSLIB = (
    "$pbkdf2-sha256$6400$.//.c2FsdCBvZiB0ZXN0cw"
    "$wnJf92Re3nC8FkW5sqcWVGHpTTx.eQ86GQ0op64YinM"
)
MADE_NOW = bcrypt.hashpw(b"now", bcrypt.gensalt(4)).decode()
PUBLISHED = [
    pytest.param(SCRYPT, "password", id="scrypt, RFC 7914 section 12"),
    pytest.param(DJANGO, "passwd", id="PBKDF2, RFC 7914 section 11"),
    pytest.param(OPENWALL, "U*U", id="bcrypt, Openwall's test vector"),
    pytest.param(MADE_NOW, "now", id="bcrypt, made by its package"),
    pytest.param(PASSLIB, "password", id="PBKDF2, made by passlib 1.7.4"),
]
TOO_DEAR = [
    "$scrypt$ln=30,r=8,p=1$c2FsdA$c2FsdA",
    "$scrypt$ln=14,r=8,p=999$c2FsdA$c2FsdA",
    "pbkdf2_sha256$99999999$salt$c2FsdA==",
    OPENWALL.replace("$05$", "$31$"),
]
UNKNOWN = [
    "",
    "plain text",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "$2b$05$short",
    "pbkdf2_md5$1$salt$c2FsdA==",
    "$scrypt$ln=0,r=8,p=1$c2FsdA$c2FsdA",
    "pbkdf2_sha256$0$salt$c2FsdA==",
    OPENWALL.replace("$05$", "$03$"),
]


@pytest.mark.parametrize(("stored", "password"), PUBLISHED)
def test_a_published_hash_matches_its_password_only(stored: str, password: str) -> None:
    assert is_foreign(stored)
    assert matches_foreign(password, stored)
    assert not matches_foreign(password + "x", stored)
    assert not matches_foreign("", stored)


@pytest.mark.parametrize("stored", [*UNKNOWN, *TOO_DEAR])
def test_what_is_unknown_or_too_dear_matches_nothing(stored: str) -> None:
    assert not is_foreign(stored)
    assert not matches_foreign("password", stored)


@pytest.mark.parametrize(
    "stored",
    ["pbkdf2_sha256$1$salt$A===", "$pbkdf2-sha256$1$A$A", "$scrypt$ln=1,r=1,p=1$A$A"],
)
def test_broken_base64_matches_nothing(stored: str) -> None:
    assert not matches_foreign("password", stored)


def test_bcrypt_sees_72_bytes_and_stops_at_a_nul() -> None:
    assert matches_foreign("U*U\0more", OPENWALL)
    assert not matches_foreign("U*U" + "x" * 100, OPENWALL)


@pytest.mark.parametrize(("stored", "password"), PUBLISHED)
async def test_the_pool_checks_foreign_hashes_and_wants_them_replaced(
    stored: str, password: str
) -> None:
    pool = PasswordHashes(threads=1, cost=HashCost(memory_kib=8, passes=1))

    assert await pool.matches(password, stored)
    assert not await pool.matches(password + "x", stored)
    assert pool.is_outdated(stored)
    pool.close()
