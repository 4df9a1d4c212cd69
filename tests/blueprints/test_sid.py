"""One opaque `sid`: what stateful-auth has instead of tokens that rotate."""

from datetime import timedelta

from tests.blueprints.answers import cookies_set, refused, shown
from tests.blueprints.fixtures import WITHOUT_STORES, ServiceWith
from tests.blueprints.harness import PASSWORD, Client, Service
from tests.blueprints.kinds import STATEFUL

BLUEPRINTS = (STATEFUL,)


async def expires_at(client: Client) -> str:
    (session,) = shown(await client.get("/sessions"))["sessions"]
    return str(session["expiresAt"])


@WITHOUT_STORES
async def test_a_sign_in_sets_one_credential_for_the_absolute_lifetime(
    service: Service,
) -> None:
    user = await service.user()
    body = {"email": user.email, "password": PASSWORD}
    answer = await service.client().post("/signin", json=body)
    cookies = cookies_set(answer)
    assert cookies.keys() == {"sid", "device"}
    assert int(cookies["sid"]["max-age"]) == 30 * 86_400
    assert cookies["sid"]["httponly"]
    assert cookies["sid"].value.count(".") == 0


@WITHOUT_STORES
async def test_a_bearer_client_gets_one_token_and_none_to_refresh(
    service: Service,
) -> None:
    client = await service.signed_in(transport="bearer")
    assert client.tokens["refreshToken"] is None
    assert client.tokens["expiresIn"] == 30 * 86_400
    assert not client.cookies
    shown(await client.get("/profile"))


@WITHOUT_STORES
async def test_there_is_nothing_to_refresh_and_no_key_set(service: Service) -> None:
    client = await service.signed_in()
    for path in ("/refresh-token", service.root("/.well-known/jwks.json")):
        assert (await client.get(path)).status_code == 404


async def test_use_prolongs_the_session_without_new_cookies(service: Service) -> None:
    client = await service.signed_in()
    before = await expires_at(client)
    await service.clock.advance(timedelta(minutes=6))
    answer = await client.get("/profile")
    shown(answer)
    assert not cookies_set(answer)
    assert await expires_at(client) > before


async def test_a_session_in_use_outlives_its_idle_limit(service: Service) -> None:
    client = await service.signed_in()
    for _ in range(3):
        await service.clock.advance(timedelta(days=6, hours=23))
        shown(await client.get("/profile"))


async def test_a_session_out_of_use_ends(service: Service) -> None:
    client = await service.signed_in()
    await service.clock.advance(timedelta(days=7, seconds=1))
    refused(await client.get("/profile"), 401, "session_ended")
    other = await service.signed_in(user=client.user)
    assert len(shown(await other.get("/sessions"))["sessions"]) == 1


async def test_a_session_ends_after_thirty_days_however_much_it_is_used(
    service: Service,
) -> None:
    client = await service.signed_in()
    for _ in range(5):
        await service.clock.advance(timedelta(days=5, hours=23))
        shown(await client.get("/profile"))
    await service.clock.advance(timedelta(hours=6))
    refused(await client.get("/profile"), 401, "session_ended")


async def test_over_the_cap_the_oldest_session_ends(service_with: ServiceWith) -> None:
    service = await service_with(max_sessions=2)
    oldest = await service.signed_in()
    others = []
    for _ in range(2):
        await service.clock.advance(timedelta(seconds=1))
        others.append(await service.signed_in(user=oldest.user))
    await service.require_ended(oldest)
    for other in others:
        shown(await other.get("/profile"))


async def test_a_new_device_is_told_to_the_owner(service: Service) -> None:
    client = await service.signed_in()
    await service.signed_in(user=await service.stores.users.by_id(client.user.id))
    mails = await service.mails_to(client.user.email, "new sign-in")
    assert len(mails) == 1


@WITHOUT_STORES
async def test_a_changed_sid_is_worth_nothing(service: Service) -> None:
    client = await service.signed_in()
    sid = client.cookies["sid"]
    for place in (0, 30, 70):
        changed = "B" if sid[place] == "A" else "A"
        client.hold({"sid": f"{sid[:place]}{changed}{sid[place + 1 :]}"})
        refused(await client.get("/profile"), 401, "session_ended")
    client.hold({"sid": f"{sid}A"})
    refused(await client.get("/profile"), 401, "not_signed_in")


@WITHOUT_STORES
async def test_a_new_sign_in_gives_another_sid(service: Service) -> None:
    client = await service.signed_in()
    first = client.cookies["sid"]
    body = {"email": client.user.email, "password": PASSWORD}
    shown(await client.post("/signin", json=body))
    assert client.cookies["sid"] != first
    client.hold({"sid": first})
    await service.require_ended(client)
