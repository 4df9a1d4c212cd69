"""Variables that come in groups, named by what they configure."""

from pathlib import Path

import pytest

from keywright.blueprints.foundation.provider_settings import (
    OAuthClient,
    oauth_clients,
)
from keywright.shared.settings import SettingsInvalid, grouped

MEMBERS = ("client_id", "client_secret", "issuer")
GOOD = {
    "AUTH_OAUTH_GOOGLE_CLIENT_ID": "id",
    "AUTH_OAUTH_GOOGLE_CLIENT_SECRET": "hush",
}


def test_variables_are_found_by_name_and_member() -> None:
    environment = {
        "AUTH_OIDC_MY_IDP_CLIENT_ID": "id",
        "AUTH_OIDC_MY_IDP_ISSUER": "https://idp.example",
        "AUTH_OIDC_CLIENT_ID": "nobody's",
        "AUTH_OIDC_OTHER_ISSUER": "",
        "AUTH_OAUTH_NETWORKS": "10.0.0.0/8",
        "PATH": "/bin",
    }

    assert grouped("AUTH_OIDC_", MEMBERS, environment) == {
        "MY_IDP": {"client_id": "id", "issuer": "https://idp.example"}
    }


def test_a_secret_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("kept\n")

    found = grouped("P_", MEMBERS, {"P_A_CLIENT_SECRET_FILE": str(file)})

    assert found == {"A": {"client_secret": "kept"}}


def test_a_file_that_cannot_be_read_is_told() -> None:
    with pytest.raises(SettingsInvalid) as told:
        grouped("P_", MEMBERS, {"P_A_CLIENT_SECRET_FILE": "/nowhere/at/all"})

    assert set(told.value.problems) == {"P_A_CLIENT_SECRET_FILE"}


def test_the_process_is_asked_where_nothing_is_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("AUTH_OIDC_A_CLIENT_ID=file\nAUTH_OIDC_B_ISSUER=b\n")
    monkeypatch.setenv("AUTH_OIDC_A_CLIENT_ID", "process")

    found = grouped("AUTH_OIDC_", MEMBERS)

    assert found == {"A": {"client_id": "process"}, "B": {"issuer": "b"}}


def client(environment: dict[str, str]) -> OAuthClient:
    """Return the only provider that *environment* configures."""
    [members] = oauth_clients(environment)
    return OAuthClient.model_validate(members)


def test_a_provider_known_by_name_needs_two_variables() -> None:
    google = client(GOOD)

    assert google.problems(plain_loopback=False) == {}
    assert google.config.name == "google"
    assert "hush" not in repr(google)


def test_names_are_written_with_dashes_in_paths() -> None:
    environment = {
        "AUTH_OIDC_MY_IDP_CLIENT_ID": "id",
        "AUTH_OIDC_MY_IDP_CLIENT_SECRET": "secret",
        "AUTH_OIDC_MY_IDP_ISSUER": "https://idp.example",
        "AUTH_OIDC_MY_IDP_EMAIL_DOMAINS": "A.example, b.example",
    }

    mine = client(environment)

    assert mine.problems(plain_loopback=False) == {}
    assert mine.name == "my-idp"
    assert mine.config.email_domains == ("a.example", "b.example")


@pytest.mark.attack("C17")
@pytest.mark.parametrize(
    ("environment", "variable"),
    [
        ({"AUTH_OAUTH_GOOGLE_CLIENT_ID": "id"}, "AUTH_OAUTH_GOOGLE_CLIENT_SECRET"),
        (
            {"AUTH_OAUTH_GOOGLE_CLIENT_SECRET": "secret"},
            "AUTH_OAUTH_GOOGLE_CLIENT_ID",
        ),
        ({"AUTH_OAUTH_GOGLE_CLIENT_ID": "id"}, "AUTH_OAUTH_GOGLE"),
        ({"AUTH_OIDC_GOOGLE_CLIENT_ID": "id"}, "AUTH_OIDC_GOOGLE"),
        ({"AUTH_OIDC_PROVIDERS_CLIENT_ID": "id"}, "AUTH_OIDC_PROVIDERS"),
        ({"AUTH_OIDC_A_CLIENT_ID": "id"}, "AUTH_OIDC_A_ISSUER"),
        ({"AUTH_OIDC_A_ISSUER": "idp.example"}, "AUTH_OIDC_A_ISSUER"),
        ({"AUTH_OIDC_A_ISSUER": "http://idp.example"}, "AUTH_OIDC_A_ISSUER"),
        (
            {**GOOD, "AUTH_OAUTH_GOOGLE_ISSUER": "ftp://google"},
            "AUTH_OAUTH_GOOGLE_ISSUER",
        ),
        ({"AUTH_OAUTH_OKTA_CLIENT_ID": "id"}, "AUTH_OAUTH_OKTA_ISSUER"),
    ],
)
def test_half_a_provider_stops_the_start(
    environment: dict[str, str], variable: str
) -> None:
    assert variable in client(environment).problems(plain_loopback=False)
