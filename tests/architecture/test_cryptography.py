"""Where cryptography is used, and what of it: found by reading every module."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "src" / "keywright"
SHARED = {
    "shared/access_tokens.py": {"hashlib"},
    "shared/foreign_hashes.py": {"hashlib", "argon2", "bcrypt"},
    "shared/jwt.py": {"joserfc", "cryptography"},
    "shared/passwords.py": {"argon2"},
    "shared/secrets.py": {"hashlib", "hmac", "secrets", "cryptography"},
    "shared/vault.py": {"cryptography"},
}
ELSEWHERE = {
    # Labels and signatures that are no secret, keys of other services, files.
    "emit/lock.py": {"hashlib"},
    "features/audit/policy.py": {"hashlib"},
    "features/oauth/providers/claims.py": {"hashlib"},
    "features/oauth/providers/facebook.py": {"hashlib", "hmac"},
    "senders/file_store_cloudinary.py": {"hashlib"},
    "shared/foreign_tokens.py": {"joserfc"},
    "verify/jwks.py": {"joserfc"},
}
LISTED = {**SHARED, **ELSEWHERE}
LIBRARIES = {
    *("hashlib", "hmac", "secrets", "random", "cryptography", "joserfc", "argon2"),
    *("bcrypt", "webauthn", "pyotp", "jwt", "authlib", "jose", "Crypto", "nacl"),
}
CODE_FROM_DATA = {"pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle"}
BROKEN = re.compile(r"\b(md5|sha1|MD5|SHA1|DES|TripleDES|RC4|ARC4|Blowfish)\b")
WEAK_MODES = re.compile(r"\b(ECB|CBC|CFB|OFB|PKCS1v15|RSA1_5|PBES2|none_alg)\b")
SECRET = re.compile(r"(^|_)(digest|token|proof|mac|secret|signature|otp_code)$")
STORES = {"sql.py", "mongo.py"}
HARMLESS = ("hmac", "compare_digest")

MODULES = {path.relative_to(ROOT).as_posix(): path for path in ROOT.rglob("*.py")}


def tree(module: str) -> ast.Module:
    """Return *module*, parsed."""
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def imports(module: str) -> Iterator[tuple[str, str]]:
    """Yield what *module* imports: the library and the name, `*` for all of it."""
    for node in ast.walk(tree(module)):
        match node:
            case ast.Import(names=names):
                yield from ((one.name.partition(".")[0], "*") for one in names)
            case ast.ImportFrom(module=str(source), names=names):
                library = source.partition(".")[0]
                yield from ((library, one.name) for one in names)


def names(module: str) -> set[str]:
    """Return every name that *module* uses; words in texts and comments are none."""
    found = set()
    for node in ast.walk(tree(module)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                found.update(name.split("."))
    return found


@pytest.mark.asvs("V11.1.3")
@pytest.mark.asvs("V11.2.1")
def test_cryptography_is_used_in_the_listed_modules_only() -> None:
    used = {
        module: found
        for module in MODULES
        if (
            found := {
                library
                for library, name in imports(module)
                if library in LIBRARIES and (library, name) != HARMLESS
            }
        )
    }

    assert {one: used[one] - LISTED.get(one, set()) for one in used} == {
        one: set() for one in used
    }
    assert LISTED.keys() - MODULES.keys() == set()


@pytest.mark.asvs("V11.5.1")
@pytest.mark.asvs("V6.5.3")
def test_random_values_come_from_one_cryptographic_source() -> None:
    sources = {
        module
        for module in MODULES
        for library, name in imports(module)
        if library in {"random", "secrets"} or name in {"uuid4", "urandom"}
    }

    assert sources == {"shared/secrets.py"}
    assert ("random", "*") not in set(imports("shared/secrets.py"))


@pytest.mark.asvs("V11.3.1")
@pytest.mark.asvs("V11.3.2")
def test_nothing_is_encrypted_but_by_an_authenticated_cipher() -> None:
    weak = {module: names(module) & weak_names(module) for module in MODULES}
    ciphers = {
        name
        for module in MODULES
        for library, name in imports(module)
        if library == "cryptography" and name.isupper() and name != "SHA256"
    }

    assert {module: found for module, found in weak.items() if found} == {}
    assert ciphers == {"AESGCM", "HKDF"}


def weak_names(module: str) -> set[str]:
    """Return the names of weak modes that *module* uses."""
    return {name for name in names(module) if WEAK_MODES.fullmatch(name)}


@pytest.mark.asvs("V11.4.1")
@pytest.mark.asvs("V11.4.3")
def test_no_broken_hash_is_used() -> None:
    broken = {
        module: found
        for module in MODULES
        if (found := {name for name in names(module) if BROKEN.fullmatch(name)})
    }

    assert broken == {}


@pytest.mark.asvs("V1.5.2")
def test_no_data_becomes_code() -> None:
    loaders = {
        module: library
        for module in MODULES
        for library, _ in imports(module)
        if library in CODE_FROM_DATA
    }
    calls = {
        f"{module}:{node.lineno}"
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"eval", "exec", "compile", "__import__"}
    }

    assert (loaders, calls) == ({}, set())


@pytest.mark.asvs("V11.2.4")
def test_secrets_are_never_compared_by_equality() -> None:
    compared = {
        f"{module}:{node.lineno}"
        for module, path in MODULES.items()
        if path.name not in STORES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Compare)
        and any(isinstance(one, ast.Eq | ast.NotEq) for one in node.ops)
        and any(is_secret(one) for one in (node.left, *node.comparators))
    }

    assert compared == set()


def is_secret(node: ast.expr) -> bool:
    """Say whether *node* is called like a secret or something derived of one."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return SECRET.search(name) is not None
        case _:
            return False
