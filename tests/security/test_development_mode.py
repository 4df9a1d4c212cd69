"""What is fit for development only stays there (P5)."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from keywright.service.application import MAILBOX_PATH, build, has_mailbox
from keywright.service.settings import service_settings
from keywright.shared.settings import SettingsInvalid
from tests.blueprints.fixtures import House

PRODUCTION: dict[str, object] = {
    "env": "production",
    "public_url": "https://auth.example",
    "rate_limits": "on",
    "test_clock": None,
}
DEVELOPMENT: dict[str, object] = {"env": "development", "test_clock": None}


@pytest.mark.attack("P5")
@pytest.mark.asvs("V13.4.2")
@pytest.mark.parametrize(
    ("name", "value", "variable"),
    [
        ("debug", True, "AUTH_DEBUG"),
        ("rate_limits", "off", "AUTH_RATE_LIMITS"),
        ("public_url", "http://auth.example", "AUTH_PUBLIC_URL"),
        ("otp_lifetime", timedelta(hours=1), "AUTH_OTP_LIFETIME"),
        ("refresh_retry_window", timedelta(minutes=5), "AUTH_REFRESH_RETRY_WINDOW"),
        ("cors_origins", ("*",), "AUTH_CORS_ORIGINS"),
        ("workers", 2, "AUTH_WORKERS"),
    ],
)
def test_production_refuses_what_is_fit_for_development(
    house: House, name: str, value: object, variable: str
) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        house.settings("sqlite", **{**PRODUCTION, name: value})

    assert variable in refused.value.problems


@pytest.mark.attack("P5")
@pytest.mark.parametrize("env", ["production", "development"])
def test_the_clock_can_be_set_in_tests_only(house: House, env: str) -> None:
    given = {**PRODUCTION, "env": env, "test_clock": house.clock.file}

    with pytest.raises(SettingsInvalid, match="AUTH_TEST_CLOCK"):
        house.settings("sqlite", **given)


@pytest.mark.attack("P5")
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "auth.example"])  # noqa: S104 - refused
@pytest.mark.parametrize("env", ["development", "test"])
def test_development_listens_on_this_machine_only(
    monkeypatch: pytest.MonkeyPatch, house: House, env: str, host: str
) -> None:
    monkeypatch.chdir(house.folder)
    with pytest.raises(SettingsInvalid, match="AUTH_HOST"):
        service_settings(env=env, host=host)


@pytest.mark.attack("P5")
@pytest.mark.asvs("V13.4.2")
@pytest.mark.asvs("V15.2.3")
def test_production_has_no_mailbox(house: House) -> None:
    assert not has_mailbox(house.settings("sqlite", **PRODUCTION))
    assert not has_mailbox(house.settings("sqlite"))
    assert has_mailbox(house.settings("sqlite", **DEVELOPMENT))


@pytest.mark.attack("P5")
@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via"])
def test_the_mailbox_is_not_shown_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch, house: House, header: str
) -> None:
    monkeypatch.chdir(house.folder)
    monkeypatch.setenv("AUTH_RESPONSES", "envelope")
    app = build(house.settings("sqlite", **DEVELOPMENT))
    own = "http://127.0.0.1:9000"
    here = TestClient(app, base_url=own, client=("127.0.0.1", 5000))
    elsewhere = TestClient(app, base_url=own, client=("192.0.2.1", 5000))
    rebound = {"host": "evil.example:9000"}

    assert here.get(MAILBOX_PATH).status_code == 200
    assert here.get(MAILBOX_PATH, headers={header: "192.0.2.1"}).status_code == 404
    assert here.get(MAILBOX_PATH, headers=rebound).status_code == 404
    assert elsewhere.get(MAILBOX_PATH).status_code == 404
