"""Pages of other sites cannot act for a user (K1 to K3, D16)."""

from itertools import product

import pytest
from httpx2 import AsyncClient

from tests.blueprints.fixtures import ServiceWith, about
from tests.blueprints.harness import BASE, Client, Service
from tests.blueprints.keepers import holding, keeper_of, signed_in
from tests.blueprints.kinds import HYBRID
from tests.security.live import live
from tests.security.operations import Operation
from tests.security.surfaces import EVERY, surface, told

ALLOWED = "https://app.example"
EVIL = "https://evil.example"
ORIGINS = ("own", ALLOWED, EVIL, "null", None)
SITES = ("same-origin", "same-site", "cross-site", "none", None)
TYPES = (
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
)
CREDENTIALS = ("cookie", "bearer", "nothing")
BLUEPRINTS = EVERY
CHANGE = Operation("PATCH", "/profile", {"name": "Grace Hopper"})
REPRESENTATIVE = (
    CHANGE,
    Operation("POST", "/signin", {"email": "x@mail.example", "password": "x"}),
    Operation("POST", "/resend-otp", {"flowId": "A" * 22}),
)
SIGN_OUT = Operation("POST", "/logout")
LOOK_ALIKES = (
    "https://app.example.evil.example",
    "https://evilapp.example",
    "http://app.example",
    "https://app.example:444",
    "https://app.example.",
    "https://APP.example",
    "https://app.example/",
    "https://app.example@evil.example",
    "http://127.0.0.1:9001",
    "http://localhost:9001",
    "https://127.0.0.1:9000",
    "http://127.0.0.1",
    "file://",
    "",
    "*",
)


def may_pass(origin: str | None, site: str | None, *, has_cookies: bool) -> bool:
    """Say by the documented table whether a request is let in."""
    is_known = origin in {"own", ALLOWED}
    match site:
        case "same-origin":
            return True
        case "none":
            return not has_cookies
        case None if origin is None:
            return not has_cookies
        case _:
            return is_known


@pytest.fixture
async def open_service(service_with: ServiceWith) -> Service:
    return await service_with(cors_origins=(ALLOWED,))


async def credential(service: Service, kind: str) -> dict[str, str]:
    owner = await service.signed_in(transport="bearer")
    token = owner.tokens["accessToken"]
    known = {
        "cookie": {"cookie": f"accessToken={token}"},
        "bearer": {"authorization": f"Bearer {token}"},
    }
    return known.get(kind, {})


@about(HYBRID)
@pytest.mark.attack("K1")
@pytest.mark.asvs("V3.5.1")
@pytest.mark.asvs("V3.5.2")
@pytest.mark.parametrize("kind", CREDENTIALS)
@pytest.mark.parametrize("operation", REPRESENTATIVE, ids=str)
async def test_only_the_documented_cells_pass(
    open_service: Service, operation: Operation, kind: str
) -> None:
    credentials = await credential(open_service, kind)
    wrong = []
    async with live(open_service) as url, AsyncClient(base_url=url) as wire:
        for origin, site, media in product(ORIGINS, SITES, TYPES):
            sent = {"origin": origin, "sec-fetch-site": site, "content-type": media}
            if origin == "own":
                sent["origin"] = open_service.origin
            headers = {name: value for name, value in sent.items() if value is not None}
            answer = await wire.request(
                operation.method,
                f"{BASE}{operation.path}",
                content=b"{}",
                headers={**headers, **credentials},
            )
            expected = 422 if media == "application/json" else 415
            if operation is CHANGE and expected == 422:
                expected = 200 if credentials else 401
            if operation is CHANGE and media.startswith("multipart"):
                expected = 400 if credentials else 401
            if operation.path == "/resend-otp" and expected == 422:
                expected = 400
            if not may_pass(origin, site, has_cookies=kind == "cookie"):
                expected = 403
            if answer.status_code != expected:
                wrong.append((origin, site, media, answer.status_code, expected))

    assert wrong == []


@pytest.mark.attack("K1")
@pytest.mark.asvs("V3.5.1")
async def test_no_operation_is_done_for_another_site(service: Service) -> None:
    owner = await signed_in(service)
    cases = product(surface(service).unsafe, ("cross-site", "same-site", None))
    for (operation, site), origin in product(cases, (EVIL, "null")):
        headers = {"origin": origin}
        if site is not None:
            headers["sec-fetch-site"] = site
        answer = await operation.send(owner, **headers)
        assert answer.status_code == 403, f"{operation} {site} {origin}"
        assert told(answer) == "cross_site_request"

    assert (await owner.get(service.kind.me)).status_code == 200


@pytest.mark.attack("K1")
async def test_an_origin_that_looks_like_ours_is_another_site(
    open_service: Service,
) -> None:
    owner = await signed_in(open_service)
    for origin in LOOK_ALIKES:
        answer = await SIGN_OUT.send(owner, origin=origin)
        assert answer.status_code == 403, origin
        assert told(answer) == "cross_site_request"

    assert (await SIGN_OUT.send(owner, origin=ALLOWED)).is_success


@pytest.mark.attack("K1")
async def test_a_referer_of_another_site_is_no_permission(service: Service) -> None:
    owner = await signed_in(service)
    silent = holding(service, keeper_of(service, owner))
    del silent.headers["origin"]
    port = service.origin.rpartition(":")[2]
    for referer in (
        f"{EVIL}/page",
        f"{EVIL}/?{service.origin}/",
        f"http://127.0.0.1:{port}.evil.example/",
        f"http://127.0.0.1:{port}@evil.example/",
        "http://[",
        "about:blank",
        "",
    ):
        answer = await SIGN_OUT.send(silent, referer=referer)
        assert answer.status_code == 403, referer


@pytest.mark.attack("K1")
async def test_two_origins_are_no_origin(service: Service) -> None:
    owner = await signed_in(service)
    del owner.headers["origin"]
    pair = [(b"origin", service.origin.encode()), (b"origin", EVIL.encode())]

    answer = await owner.post("/logout", headers=pair)

    assert answer.status_code in {400, 403}


@pytest.mark.attack("K2")
@pytest.mark.attack("D16")
@pytest.mark.asvs("V3.5.1")
async def test_another_site_cannot_start_anything_without_cookies(
    service: Service,
) -> None:
    for operation, site in product(
        surface(service).public, ("cross-site", "same-site")
    ):
        visitor: Client = service.client(origin=EVIL, sec_fetch_site=site)
        answer = await operation.send(visitor)
        assert answer.status_code == 403, f"{operation} {site}"
        assert told(answer) == "cross_site_request"
        assert "set-cookie" not in answer.headers


@pytest.mark.attack("K3")
@pytest.mark.asvs("V3.5.3")
async def test_reading_never_does_anything(service: Service) -> None:
    owner = await signed_in(service)
    readable = {service.kind.me, "/sessions"}
    cases = product(surface(service).unsafe, ("GET", "HEAD", "OPTIONS"))
    for operation, method in cases:
        path = operation.path
        query = {name: str(value) for name, value in operation.body.items()}
        answer = await owner.request(method, path, params=query)
        expected = {200} if method == "GET" and path in readable else {404, 405}
        assert answer.status_code in expected, f"{method} {path}"
        assert "set-cookie" not in answer.headers

    stored = await service.stores.users.by_id(owner.user.id)
    assert stored is not None
    assert stored.name == owner.user.name
    assert (await owner.get(service.kind.me)).status_code == 200
