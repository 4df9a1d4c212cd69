import pytest

from keywright.shared.database_settings import Settings
from keywright.shared.settings import SettingsInvalid, load


def test_only_the_address_of_the_database_must_be_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AUTH_DATABASE_URL", "scheme://somewhere/else")
    settings = load(Settings)
    assert settings.database_url.get_secret_value() == "scheme://somewhere/else"


def test_without_it_the_start_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.chdir(str(tmp_path))
    monkeypatch.delenv("AUTH_DATABASE_URL", raising=False)
    with pytest.raises(SettingsInvalid, match="AUTH_DATABASE_URL"):
        load(Settings)
