"""Cookies and headers of every answer (K5, K6)."""

import pytest
from httpx2 import Response

from tests.blueprints.answers import hardened
from tests.blueprints.fixtures import ServiceWith, about
from tests.blueprints.forms import check_refusal
from tests.blueprints.harness import BASE, PASSWORD, Client, Service, sign_up_body
from tests.blueprints.keepers import signed_in
from tests.blueprints.kinds import HYBRID, STATEFUL, STATELESS
from tests.security.surfaces import EVERY, WITH_CODES, surface
from tests.security.watch import cookie_problems

BLUEPRINTS = EVERY
DECEPTIVE = (
    "/profile/x.css",
    "/profile.css",
    "/profile;x.css",
    "/profile%2fx.css",
    "/profile%0ax.css",
    "/profile%00.css",
    "/profile%3fx.css",
    "/profile/..%2fx.css",
    "/sessions/nonexistent.js",
    "/verify/logo.png",
    "/PROFILE",
    "/profile/",
    "//profile",
)


async def answers_of(service: Service) -> list[Response]:
    """Return one answer of every operation, for nobody and for somebody."""
    owner, nobody = await signed_in(service), service.client()
    public, protected = surface(service).public, surface(service).protected
    answers = [await one.send(nobody) for one in (*public, *protected)]
    answers += [await one.send(owner) for one in protected]
    return answers


async def errors_of(service: Service) -> list[Response]:
    """Return one answer of every general kind of refusal."""
    client, sign_in, me = service.client(), service.kind.sign_in, service.kind.me
    text = {"content-type": "text/plain"}
    json = {"content-type": "application/json"}
    cookies = "a=1; a=2"
    return [
        await client.get("/nothing"),
        await client.get(service.root("/")),
        await client.put(sign_in, json={}),
        await client.request("TRACE", sign_in),
        await client.post(sign_in, content=b"{}", headers=text),
        await client.post(sign_in, content=b"{", headers=json),
        await client.post(sign_in, content=b" " * 100_000, headers=json),
        await client.post(sign_in, json={}),
        await client.post(sign_in, json={}, headers={"origin": "https://evil.ex"}),
        await client.get(me, headers={"cookie": cookies}),
        await client.get(me, headers={"x-large": "x" * 100_000}),
        await client.delete("/sessions/x"),
    ]


@about(*WITH_CODES)
@pytest.mark.attack("K5")
@pytest.mark.asvs("V3.3.1")
@pytest.mark.asvs("V3.3.2")
@pytest.mark.asvs("V3.3.4")
@pytest.mark.parametrize("is_secure", [False, True])
@pytest.mark.asvs("V3.3.3")
@pytest.mark.asvs("V3.3.5")
async def test_every_cookie_has_the_documented_attributes(
    service_with: ServiceWith, *, is_secure: bool
) -> None:
    given = {"public_url": "https://auth.example"} if is_secure else {}
    service = await service_with(**given)
    client = await service.signed_in()
    user = client.user
    answers = [
        await client.post("/signin", json={"email": user.email, "password": PASSWORD}),
        await client.post(service.kind.refresh or "/resend-otp"),
        await client.post("/forgot-password", json={"email": user.email}),
        await client.post("/signup", json=sign_up_body("b@mail.example")),
        await client.post("/logout"),
    ]
    cookies = [one for a in answers for one in a.headers.get_list("set-cookie")]

    assert len(cookies) >= 3 + 2 * len(service.kind.cookies)
    for cookie in cookies:
        assert cookie_problems(cookie, secure=is_secure) == [], cookie


@about(HYBRID)
@pytest.mark.attack("K5")
@pytest.mark.asvs("V3.3.1")
async def test_plain_and_prefixed_cookies_are_never_read_together(
    service: Service, service_with: ServiceWith
) -> None:
    secure = await service_with(public_url="https://auth.example")
    plain, prefixed = await service.signed_in(), await secure.signed_in()
    token = prefixed.cookies["__Host-accessToken"]

    answers = [
        await secure.client(cookie=f"accessToken={token}").get("/profile"),
        await service.client(
            cookie=f"__Host-accessToken={plain.cookies['accessToken']}"
        ).get("/profile"),
    ]

    assert [answer.status_code for answer in answers] == [401, 401]


@pytest.mark.attack("K5")
@pytest.mark.asvs("V14.3.1")
async def test_a_sign_out_clears_with_the_attributes_that_were_set(
    service: Service,
) -> None:
    client, kind = await signed_in(service), service.kind

    answer = await client.post("/logout")

    cleared = answer.headers.get_list("set-cookie")
    assert {one.partition("=")[0] for one in cleared} == {*kind.cookies}
    for one in cleared:
        assert cookie_problems(one, secure=False, path=kind.cookie_path) == []
        assert "Max-Age=0" in one
    assert answer.headers["clear-site-data"] == '"storage"'


@pytest.mark.attack("K6")
@pytest.mark.asvs("V3.4.4")
@pytest.mark.asvs("V3.4.5")
@pytest.mark.asvs("V3.4.6")
@pytest.mark.asvs("V14.3.2")
@pytest.mark.asvs("V3.4.1")
@pytest.mark.asvs("V3.5.8")
async def test_every_answer_is_hardened_and_never_cached(service: Service) -> None:
    for answer in (*await answers_of(service), *await errors_of(service)):
        hardened(answer)


@about(*WITH_CODES)
@pytest.mark.attack("K6")
@pytest.mark.asvs("V16.5.1")
async def test_every_refusal_has_one_shape(service: Service) -> None:
    for answer in (*await answers_of(service), *await errors_of(service)):
        if answer.status_code >= 400:
            check_refusal(answer)
            body = answer.json()
            assert body["requestId"] == answer.headers["x-request-id"]
            assert body["code"].replace("_", "").isalpha()


@about(HYBRID, STATELESS)
@pytest.mark.attack("K6")
@pytest.mark.asvs("V3.4.3")
async def test_public_pages_are_hardened_too(service: Service) -> None:
    client = service.client()
    for path in ("/livez", "/readyz", "/.well-known/jwks.json", "/api/openapi.json"):
        answer = await client.get(service.root(path))
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@about(HYBRID, STATELESS)
@pytest.mark.attack("K6")
async def test_only_the_key_set_may_be_cached(service: Service) -> None:
    client: Client = await service.signed_in()
    paths = ("/livez", "/readyz", "/api/openapi.json", f"{BASE}/profile")
    kept = {path: await client.get(service.root(path)) for path in paths}
    keys = await client.get(service.root("/.well-known/jwks.json"))

    assert {one.headers["cache-control"] for one in kept.values()} == {"no-store"}
    assert keys.headers["cache-control"] == "public, max-age=300"


@about(HYBRID, STATEFUL)
@pytest.mark.attack("K6")
@pytest.mark.parametrize("path", DECEPTIVE)
@pytest.mark.asvs("V14.2.5")
async def test_a_path_that_looks_like_a_file_shows_nobodys_data(
    service: Service, path: str
) -> None:
    client = await service.signed_in()

    answer = await client.get(service.root(f"{BASE}{path}"))

    assert answer.status_code in {404, 405}
    assert answer.headers["cache-control"] == "no-store"
    assert client.user.email not in answer.text


@pytest.mark.attack("K6")
@pytest.mark.asvs("V13.4.6")
async def test_no_header_names_the_software(service: Service) -> None:
    for answer in await errors_of(service):
        assert not {"server", "x-powered-by", "via"} & set(answer.headers)
