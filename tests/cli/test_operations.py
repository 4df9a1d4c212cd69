import json
import os
import stat
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt import PyJWK

from tests.cli.conftest import Call, Outcome

PASSWORD = "plum cabinet 7 sailing"


def add_admin(call: Call, *, email: str = "ada@example.com", password: str) -> Outcome:
    return call(
        *("users", "create-admin", "--email", email, "--name", "Ada"),
        "--password-stdin",
        given=f"{password}\n",
    )


def listed(call: Call) -> list[dict[str, str | None]]:
    keys: list[dict[str, str | None]] = json.loads(call("keys", "list", "--json").out)
    return keys


def test_the_first_administrator_is_added_once(call: Call) -> None:
    assert add_admin(call, password=PASSWORD).code == 0

    again = add_admin(call, email="ADA@example.com", password=PASSWORD)
    assert again.code == 1
    assert "already in use" in again.err


def test_no_password_is_shown(call: Call) -> None:
    added = add_admin(call, password=PASSWORD)

    assert PASSWORD not in added.out + added.err


@pytest.mark.parametrize("password", ["short", "", "password123", "ada@example.com"])
def test_a_bad_password_is_refused_with_the_reason(call: Call, password: str) -> None:
    refused = add_admin(call, password=password)

    assert refused.code == 1
    assert "The password is not good enough" in refused.err


def test_an_address_that_is_none_is_refused(call: Call) -> None:
    refused = add_admin(call, email="ada", password=PASSWORD)

    assert refused.code == 1
    assert "must be an e-mail address" in refused.err


def test_a_password_that_nobody_can_type_must_come_by_standard_input(
    call: Call,
) -> None:
    asked = call("users", "create-admin", "--email", "ada@example.com", "--name", "A")

    assert asked.code == 2
    assert "--password-stdin" in asked.err


def test_a_rotated_key_is_staged_beside_the_active_one(call: Call) -> None:
    (first,) = listed(call)
    assert first["state"] == "active"
    assert call("keys", "rotate").code == 0

    assert [key["state"] for key in listed(call)] == ["active", "staged"]


def test_a_revoked_key_is_replaced(call: Call) -> None:
    (first,) = listed(call)
    assert call("keys", "revoke", str(first["kid"])).code == 0

    assert [key["state"] for key in listed(call)] == ["gone", "active"]


def test_an_unknown_key_is_told(call: Call) -> None:
    failed = call("keys", "revoke", "no-such-key")

    assert failed.code == 1
    assert "keywright keys list" in failed.err


def test_keys_are_listed_without_their_private_parts(call: Call) -> None:
    shown = call("keys", "list")

    assert "ES256" in shown.out
    assert "v1." not in shown.out


def test_the_signing_key_is_written_as_pem_files(call: Call, tmp_path: Path) -> None:
    assert call("keys", "generate", AUTH_SIGNING_ALG="RS256").code == 0

    private, public = tmp_path / "certs/private.pem", tmp_path / "certs/public.pem"
    (key,) = listed(call)
    token = jwt.encode({"sub": "ada"}, private.read_text(), algorithm="RS256")
    assert jwt.decode(token, public.read_text(), algorithms=["RS256"])["sub"] == "ada"
    assert key["algorithm"] == "RS256"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert stat.S_IMODE(public.stat().st_mode) == 0o644


def test_the_jwk_is_the_key_that_was_written(call: Call, tmp_path: Path) -> None:
    call("keys", "generate", AUTH_SIGNING_ALG="RS256")

    shown = call("keys", "jwk")

    found = json.loads(shown.out)
    (key,) = listed(call)
    pem = load_pem_public_key((tmp_path / "certs/public.pem").read_bytes())
    assert PyJWK(found).key == pem
    assert (found["kid"], found["alg"], found["use"]) == (key["kid"], "RS256", "sig")
    assert not {"d", "p", "q"} & found.keys()


def test_writing_the_same_key_again_changes_nothing(call: Call, tmp_path: Path) -> None:
    call("keys", "generate")
    before = (tmp_path / "certs/private.pem").stat()

    again = call("keys", "generate")

    assert again.code == 0
    assert "stands already" in again.out
    assert (tmp_path / "certs/private.pem").stat().st_ino == before.st_ino


def test_the_files_of_another_key_are_replaced_only_by_force(
    call: Call, tmp_path: Path
) -> None:
    (tmp_path / "keys").mkdir()
    foreign = tmp_path / "keys" / "private.pem"
    foreign.write_text("somebody's own key")

    refused = call("keys", "generate", "--out", "keys")
    assert refused.code == 1
    assert "--force" in refused.err
    assert foreign.read_text() == "somebody's own key"

    assert call("keys", "generate", "--out", "keys", "--force").code == 0
    assert "PRIVATE KEY" in foreign.read_text()
    assert stat.S_IMODE(foreign.stat().st_mode) == 0o600


def test_git_does_not_see_the_private_key(call: Call, tmp_path: Path) -> None:
    call("keys", "generate")

    assert (tmp_path / "certs/.gitignore").read_text() == "private.pem\n"


def test_no_private_key_is_shown(call: Call, tmp_path: Path) -> None:
    shown = call("keys", "generate")

    content = (tmp_path / "certs/private.pem").read_text()
    assert content.splitlines()[1] not in shown.out + shown.err


@pytest.mark.parametrize("command", ["generate", "jwk"])
def test_a_shared_secret_has_no_files_and_no_jwk(
    call: Call, tmp_path: Path, command: str
) -> None:
    refused = call("keys", command, AUTH_SIGNING_ALG="HS256")

    assert refused.code == 1
    assert "shared secrets (HS256)" in refused.err
    assert not (tmp_path / "certs").exists()


def test_purge_runs_once_and_ends(call: Call) -> None:
    assert call("purge").code == 0


def test_purge_removes_pictures_that_are_nobodys_if_asked(
    call: Call, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    nobodys = folder / f"{'0a' * 16}-64.webp"
    nobodys.write_text("x")
    os.utime(nobodys, (0, 0))
    fresh = folder / f"{'0b' * 16}-64.webp"
    fresh.write_text("x")
    url = f"file:{folder}"

    assert "nobody" not in call("purge", AUTH_FILES_URL=url).out
    assert nobodys.exists()
    assert "1 files were nobody's" in call("purge", "--files", AUTH_FILES_URL=url).out
    assert [*folder.iterdir()] == [fresh]


def test_purge_says_that_the_pictures_do_not_answer(call: Call) -> None:
    nowhere = "s3://key:s3cret@bucket?endpoint=http://127.0.0.1:1"
    refused = call("purge", "--files", AUTH_FILES_URL=nowhere)
    assert refused.code == 1
    assert "does not answer" in refused.err
    assert "s3cret" not in refused.out + refused.err


def test_the_description_of_the_interface_is_json(call: Call) -> None:
    description = json.loads(call("openapi").out)

    assert description["openapi"].startswith("3.")
    assert "/api/v1/auth/signin" in description["paths"]


def test_a_command_works_in_another_folder(call: Call, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    assert call("db", "migrate", "--cwd", "elsewhere").code == 0

    assert (tmp_path / "elsewhere" / ".keywright" / "keywright.db").exists()
