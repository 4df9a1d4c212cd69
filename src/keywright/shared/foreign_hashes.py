"""Password hashes that other systems made: checked once, then replaced.

bcrypt (`$2a$`, `$2b$`, `$2y$`; needs the package bcrypt), PBKDF2 as Django and passlib
write it, and scrypt in PHC form. None of them is ever made here.
"""

import base64
import binascii
import hashlib
import importlib
import importlib.util
import re
from collections.abc import Callable
from hmac import compare_digest

Check = Callable[[re.Match[str], bytes], bool]
BCRYPT_BYTES = 72
BCRYPT_ROUNDS = range(4, 17)
MOST_ITERATIONS = 5_000_000
MOST_SCRYPT_MEMORY = 256 * 1024 * 1024

_BCRYPT = re.compile(r"\$2[aby]\$(?P<rounds>\d\d)\$[./A-Za-z0-9]{53}")
_DJANGO = re.compile(
    r"pbkdf2_(?P<name>sha1|sha256|sha512)\$(?P<cost>\d{1,8})\$"
    r"(?P<salt>[^$]{1,128})\$(?P<hash>[A-Za-z0-9+/]{1,128}={0,2})"
)
_PBKDF2 = re.compile(
    r"\$pbkdf2-(?P<name>sha1|sha256|sha512)\$(?:i=)?(?P<cost>\d{1,8})\$"
    r"(?P<salt>[A-Za-z0-9+/.]{1,128})\$(?P<hash>[A-Za-z0-9+/.]{1,128})"
)
_SCRYPT = re.compile(
    r"\$scrypt\$ln=(?P<ln>\d{1,2}),r=(?P<r>\d{1,3}),p=(?P<p>\d{1,3})\$"
    r"(?P<salt>[A-Za-z0-9+/]{1,128})\$(?P<hash>[A-Za-z0-9+/]{1,128})"
)


def is_foreign(stored: str) -> bool:
    """Say whether *stored* is of a form that can be checked here, and not too dear.

    A hash whose parameters would keep a thread busy for many seconds is not.
    """
    found = _recognised(stored)
    return found is not None and _is_bearable(found)


def matches_foreign(password: str, stored: str) -> bool:
    """Say whether *password* is the one in *stored*; False for unknown forms.

    bcrypt looks at the first 72 bytes and stops at a NUL, as the system did that made
    the hash.
    """
    found = _recognised(stored)
    if found is None or not _is_bearable(found):
        return False
    try:
        return _CHECKS[found.re](found, password.encode())
    except (ValueError, binascii.Error):
        return False


def _recognised(stored: str) -> re.Match[str] | None:
    for form in _CHECKS:
        if found := form.fullmatch(stored):
            return found
    return None


def _is_bearable(found: re.Match[str]) -> bool:
    if found.re is _BCRYPT:
        has_library = importlib.util.find_spec("bcrypt") is not None
        return has_library and int(found["rounds"]) in BCRYPT_ROUNDS
    if found.re is _SCRYPT:
        n, r, p = _scrypt_cost(found)
        return (
            n > 1
            and r > 0
            and p > 0
            and _scrypt_memory(n, r) * p <= (MOST_SCRYPT_MEMORY)
        )
    return 1 <= int(found["cost"]) <= MOST_ITERATIONS


def _matches_bcrypt(found: re.Match[str], password: bytes) -> bool:
    library = importlib.import_module("bcrypt")
    seen = password.split(b"\0", 1)[0][:BCRYPT_BYTES]
    return bool(library.checkpw(seen, found[0].encode()))


def _matches_django(found: re.Match[str], password: bytes) -> bool:
    expected = base64.b64decode(found["hash"], validate=True)
    return _matches_pbkdf2(found, password, found["salt"].encode(), expected)


def _matches_passlib(found: re.Match[str], password: bytes) -> bool:
    salt, expected = _adapted(found["salt"]), _adapted(found["hash"])
    return _matches_pbkdf2(found, password, salt, expected)


def _matches_pbkdf2(
    found: re.Match[str], password: bytes, salt: bytes, expected: bytes
) -> bool:
    made = hashlib.pbkdf2_hmac(
        found["name"], password, salt, int(found["cost"]), len(expected)
    )
    return compare_digest(made, expected)


def _matches_scrypt(found: re.Match[str], password: bytes) -> bool:
    n, r, p = _scrypt_cost(found)
    expected = _adapted(found["hash"])
    made = hashlib.scrypt(
        password,
        salt=_adapted(found["salt"]),
        n=n,
        r=r,
        p=p,
        maxmem=_scrypt_memory(n, r) * p + 1024 * 1024,
        dklen=len(expected),
    )
    return compare_digest(made, expected)


def _scrypt_cost(found: re.Match[str]) -> tuple[int, int, int]:
    return 1 << min(int(found["ln"]), 30), int(found["r"]), int(found["p"])


def _scrypt_memory(n: int, r: int) -> int:
    return 128 * n * r


def _adapted(text: str) -> bytes:
    """Decode Base64 without padding, `.` standing for `+` (passlib's form)."""
    plain = text.replace(".", "+")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


_CHECKS: dict[re.Pattern[str], Check] = {
    _BCRYPT: _matches_bcrypt,
    _DJANGO: _matches_django,
    _PBKDF2: _matches_passlib,
    _SCRYPT: _matches_scrypt,
}
