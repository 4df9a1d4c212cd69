"""POST logout."""

from datetime import timedelta

from tests.blueprints.answers import cookies_set, is_cleared, refused, shown
from tests.blueprints.fixtures import WITHOUT_STORES, about
from tests.blueprints.harness import Service
from tests.blueprints.kinds import HYBRID, STATEFUL, STATELESS
from tests.blueprints.test_refresh import forged, holding

BLUEPRINTS = (HYBRID, STATEFUL, STATELESS)


async def test_signing_out_ends_the_session(service: Service) -> None:
    client = await service.signed_in()
    before = dict(client.cookies)
    assert shown(await client.post("/logout")) is None
    again = service.client()
    again.hold(before)
    await service.require_ended(again)


@WITHOUT_STORES
async def test_signing_out_clears_the_cookies_with_their_attributes(
    service: Service,
) -> None:
    client = await service.signed_in()
    answer = await client.post("/logout")
    cookies = cookies_set(answer)
    for name in service.kind.cookies:
        assert is_cleared(cookies[name])
        assert cookies[name]["httponly"]
        assert cookies[name]["path"] == "/"
        assert cookies[name]["samesite"] == "lax"
    assert answer.headers["clear-site-data"] == '"storage"'


@about(HYBRID, STATELESS)
async def test_signing_out_works_with_an_expired_access_token(
    service: Service,
) -> None:
    client = await service.signed_in()
    refresh = client.cookies["refreshToken"]
    await service.clock.advance(timedelta(minutes=16))
    shown(await client.post("/logout"))
    refused(
        await holding(service, refresh).post("/refresh-token"), 401, "session_ended"
    )


@about(HYBRID, STATELESS)
async def test_signing_out_works_with_the_access_token_alone(service: Service) -> None:
    client = await service.signed_in()
    refresh = client.cookies["refreshToken"]
    client.cookies.delete("refreshToken")
    shown(await client.post("/logout"))
    refused(
        await holding(service, refresh).post("/refresh-token"), 401, "session_ended"
    )


@about(HYBRID, STATELESS)
async def test_signing_out_with_a_rotated_token_ends_the_session(
    service: Service,
) -> None:
    client = await service.signed_in()
    old = holding(service, client.cookies["refreshToken"])
    shown(await client.post("/refresh-token"))
    shown(await old.post("/logout"))
    refused(await client.get("/profile"), 401, "session_ended")


async def test_signing_out_twice_is_the_same(service: Service) -> None:
    client = await service.signed_in()
    before = dict(client.cookies)
    for _ in range(2):
        client.hold(before)
        shown(await client.post("/logout"))
    shown(await service.client().post("/logout"))


@WITHOUT_STORES
async def test_signing_out_with_rubbish_is_answered_the_same(service: Service) -> None:
    client = service.client()
    client.hold(dict.fromkeys(service.kind.cookies, "rubbish"))
    answer = await client.post("/logout")
    shown(answer)
    assert is_cleared(cookies_set(answer)[service.kind.cookies[-1]])


@about(HYBRID, STATELESS)
async def test_a_forged_token_signs_nobody_out(service: Service) -> None:
    client = await service.signed_in()
    token = forged(client.cookies["refreshToken"])
    shown(await holding(service, token).post("/logout"))
    shown(await client.get("/profile"))


async def test_other_sessions_stay_signed_in(service: Service) -> None:
    client = await service.signed_in()
    other = await service.signed_in(user=client.user)
    shown(await client.post("/logout"))
    shown(await other.get("/profile"))


async def test_a_bearer_client_signs_out_by_its_access_token(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    shown(await client.post("/logout"))
    refused(await client.get("/profile"), 401, "session_ended")


@about(HYBRID, STATELESS)
async def test_a_bearer_client_signs_out_by_its_refresh_token(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    other = service.bearer_client()
    body = {"refreshToken": client.tokens["refreshToken"]}
    shown(await other.post("/logout", json=body))
    refused(await client.get("/profile"), 401, "session_ended")


@WITHOUT_STORES
async def test_a_device_stays_known_after_signing_out(service: Service) -> None:
    client = await service.signed_in()
    device = client.cookies["device"]
    shown(await client.post("/logout"))
    assert client.cookies["device"] == device


@WITHOUT_STORES
async def test_signing_out_is_not_done_by_get(service: Service) -> None:
    client = await service.signed_in()
    answer = await client.get("/logout")
    assert answer.status_code == 405
    shown(await client.get("/profile"))
