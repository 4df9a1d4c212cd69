"""`keywright serve --blueprint NAME`: each starts, serves its users, and ends."""

from pathlib import Path

import httpx2
import pytest

from tests.service.processes import PATIENCE, Served, serving, wait_until

EMAIL = "ada@example.com"
PASSWORD = "Plum-cabinet 7 sailing"
CREDENTIALS = {"email": EMAIL, "password": PASSWORD}
BASE = "/api/v1/auth"
CODES = {"code": "verify-user"}
TYPED = {"code": "verify-otp", "otpType": "email-verification"}


def prove_by_mail(served: Served, *, code: str, **further: str) -> None:
    """Sign up, and show the mailed code."""
    body = {"name": "Ada", "confirmPassword": PASSWORD, **CREDENTIALS}
    started = served.post(f"{BASE}/signup", **body)
    assert started.status_code == 202, started.text
    letters = f"/dev/mail.json?to={EMAIL}"
    wait_until(lambda: served.get(letters).json())
    (mail,) = served.get(letters).json()
    verified = served.post(
        f"{BASE}/{code}",
        email=EMAIL,
        otpCode=next(word for word in mail["text"].split() if word.isdecimal()),
        flowId=started.json()["data"]["flowId"],
        **further,
    )
    assert verified.is_success, verified.text


def shown_to(served: Served, sign_in: str, path: str) -> str:
    """Sign in and return what *path* then shows, by cookies or by the token given."""
    with httpx2.Client(base_url=served.url, timeout=PATIENCE) as client:
        signed_in = client.post(sign_in, json=CREDENTIALS)
        assert signed_in.status_code == 200, signed_in.text
        if token := signed_in.json().get("accessToken"):
            client.headers["authorization"] = f"Bearer {token}"
        shown = client.get(path)
        assert shown.status_code == 200, shown.text
        return shown.text


def require_a_good_end(served: Served) -> None:
    """Fail unless the process ends on SIGTERM, and logged nothing but what happened."""
    assert served.stop() == 0
    wrong = ("warning", "error", "critical", "Traceback")
    assert [line for line in served.err if any(one in line for one in wrong)] == []


@pytest.mark.parametrize(
    ("blueprint", "proof"),
    [("hybrid-auth", CODES), ("stateful-auth", CODES), ("stateless-auth", TYPED)],
)
def test_a_blueprint_with_mailed_codes_serves_from_nothing(
    tmp_path: Path, blueprint: str, proof: dict[str, str]
) -> None:
    with serving(tmp_path, "--blueprint", blueprint) as served:
        prove_by_mail(served, **proof)
        assert EMAIL in shown_to(served, f"{BASE}/signin", f"{BASE}/profile")
        require_a_good_end(served)


@pytest.mark.parametrize(
    ("blueprint", "paths", "names"),
    [
        (
            "auth-service",
            ("/auth/register", "/auth/login", "/auth/self"),
            {"firstName": "Ada", "lastName": "Lovelace"},
        ),
        (
            "backend-starter",
            ("/v1/auth/signup", "/v1/auth/login", "/v1/auth/me"),
            {"fullName": "Ada Lovelace"},
        ),
    ],
)
def test_a_blueprint_that_signs_in_at_sign_up_serves_from_nothing(
    tmp_path: Path, blueprint: str, paths: tuple[str, str, str], names: dict[str, str]
) -> None:
    sign_up, sign_in, me = paths
    with serving(tmp_path, "--blueprint", blueprint) as served:
        assert served.post(sign_up, **names, **CREDENTIALS).status_code == 201
        assert EMAIL in shown_to(served, sign_in, me)
        require_a_good_end(served)
