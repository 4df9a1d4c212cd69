"""What is different in production: cookies, documents, details, and what may start."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from keywright.features.users.types import UserChanges
from keywright.shared.settings import SettingsInvalid
from tests.blueprints.answers import cookies_set, is_cleared, refused, shown
from tests.blueprints.fixtures import House, on
from tests.blueprints.harness import PASSWORD, Service, sign_up_body, some_email
from tests.blueprints.kinds import HYBRID, STATEFUL, STATELESS

VARIANTS = ("sqlite", "included")
URL = "https://auth.shop.example"
OPERATOR = "k3Yv9QpL2mN8xR5tW7zB4cD6fG1hJ0sA"
DETAILED = "/api/v1/health/detailed"
BLUEPRINTS = (HYBRID, STATEFUL, STATELESS)


def production(**given: object) -> dict[str, object]:
    return {
        "env": "production",
        "public_url": URL,
        "test_clock": None,
        "rate_limits": "on",
        "mail_from": "no-reply@shop.example",
        "operator_token": OPERATOR,
        **given,
    }


@pytest.fixture
async def live(house: House, variant: str) -> Service:
    """Return a service whose database no other test leaves letters in."""
    file = house.folder / f"production-{variant.replace(':', '-')}.db"
    return await house.service(variant, **production(database_url=f"sqlite:///{file}"))


async def test_cookies_carry_the_host_prefix_and_are_secure(live: Service) -> None:
    user, client = await live.user(), live.client(address="198.19.0.1")
    body = {"email": user.email, "password": PASSWORD}
    answer = await client.post("/signin", json=body)
    cookies = cookies_set(answer)
    names = {f"__Host-{name}" for name in (*live.kind.cookies, "device")}
    assert cookies.keys() == names
    for cookie in cookies.values():
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]
    shown(await client.get("/profile"))


async def test_the_flow_cookie_carries_the_prefix_too(live: Service) -> None:
    client = live.client(address="198.19.0.2")
    answer = await client.post("/signup", json=sign_up_body(some_email()))
    cookies = cookies_set(answer)
    assert cookies.keys() == {"__Host-flow"}
    assert cookies["__Host-flow"]["secure"]


async def test_a_refresh_and_a_sign_out_use_the_same_names(live: Service) -> None:
    client = await live.signed_in(address="198.19.0.3")
    if live.kind.refresh is not None:
        shown(await client.post(live.kind.refresh))
    answer = await client.post("/logout")
    for name in live.kind.cookies:
        assert is_cleared(cookies_set(answer)[f"__Host-{name}"])
        assert cookies_set(answer)[f"__Host-{name}"]["secure"]


async def test_a_cookie_without_the_prefix_is_not_read(live: Service) -> None:
    client = await live.signed_in(address="198.19.0.4")
    other = live.client(address="198.19.0.4")
    name = live.kind.cookies[0]
    other.hold({name: client.cookies[f"__Host-{name}"]})
    refused(await other.get("/profile"), 401, "not_signed_in")


async def test_tokens_name_the_public_address_as_their_issuer(live: Service) -> None:
    client = await live.signed_in(address="198.19.0.5")
    assert client.base_url.host == "auth.shop.example"
    shown(await client.get("/profile"))


@on("sqlite")
async def test_the_documentation_is_not_there(live: Service) -> None:
    for path in ("/api/docs", "/api/openapi.json", "/docs", "/openapi.json"):
        answer = await live.client().get(live.root(path))
        refused(answer, 404, "not_found")


@on("sqlite")
async def test_the_documentation_is_there_in_development(service: Service) -> None:
    for path in ("/api/docs", "/api/openapi.json"):
        answer = await service.client().get(service.root(path))
        assert answer.status_code == 200


async def test_the_details_of_the_health_are_not_for_strangers(live: Service) -> None:
    answer = await live.client().get(live.root(DETAILED))
    refused(answer, 401, "not_signed_in")
    shown(await live.client().get(live.root("/api/v1/health")))


async def test_the_details_of_the_health_are_not_for_users(live: Service) -> None:
    client = await live.signed_in(address="198.19.0.6")
    refused(await client.get(live.root(DETAILED)), 403, "not_allowed")


async def test_the_details_of_the_health_are_for_admins(live: Service) -> None:
    client = await live.signed_in(address="198.19.0.7")
    changes = UserChanges(role="admin")
    await live.stores.users.update(client.user.id, changes, now=live.now())
    assert shown(await client.get(live.root(DETAILED)))["status"] == "ok"


async def test_the_details_of_the_health_are_for_operators(live: Service) -> None:
    operator = live.client(authorization=f"Bearer {OPERATOR}")
    assert shown(await operator.get(live.root(DETAILED)))["status"] == "ok"
    wrong = live.client(authorization=f"Bearer {OPERATOR[:-1]}B")
    refused(await wrong.get(live.root(DETAILED)), 401, "not_signed_in")


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        ({"public_url": "http://auth.shop.example"}, "AUTH_PUBLIC_URL"),
        ({"public_url": "http://127.0.0.1:9000"}, "AUTH_PUBLIC_URL"),
        ({"debug": True}, "AUTH_DEBUG"),
        ({"rate_limits": "off"}, "AUTH_RATE_LIMITS"),
        ({"workers": 2}, "AUTH_WORKERS"),
        ({"secret": "secret"}, "AUTH_SECRET"),
        ({"cors_origins": "*"}, "AUTH_CORS_ORIGINS"),
        ({"operator_token": "short"}, "AUTH_OPERATOR_TOKEN"),
    ],
)
async def test_production_does_not_start_with_what_is_not_fit_for_it(
    house: House, variant: str, given: dict[str, object], variable: str
) -> None:
    with pytest.raises(SettingsInvalid) as refusal:
        house.settings(variant, **production(**given))
    assert variable in refusal.value.problems


async def test_production_does_not_print_codes_by_a_mailer_that_is_named(
    house: House, variant: str
) -> None:
    printing = house.settings(variant, **production()).model_copy(
        update={"mail_url": SecretStr("console:")}
    )
    with pytest.raises(SettingsInvalid, match="AUTH_MAIL_URL"):
        printing.named_mailer()


async def test_a_settable_clock_is_for_tests_only(house: House, variant: str) -> None:
    given = production(test_clock=house.clock.file)
    with pytest.raises(SettingsInvalid) as refusal:
        house.settings(variant, **given)
    assert "AUTH_TEST_CLOCK" in refusal.value.problems


async def test_a_bad_environment_names_everything_and_shows_nothing(
    house: House, variant: str
) -> None:
    given = production(secret="canary-wren", debug=True, otp_lifetime=timedelta(days=1))
    with pytest.raises(SettingsInvalid) as refusal:
        house.settings(variant, **given)
    assert {"AUTH_SECRET", "AUTH_DEBUG", "AUTH_OTP_LIFETIME"} <= set(
        refusal.value.problems
    )
    assert "canary" not in str(refusal.value)
