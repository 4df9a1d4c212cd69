"""Pages of other sites cannot act for a user (K1 to K3, D16)."""

from itertools import product

import pytest

from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import Client, Service
from tests.blueprints.keepers import holding, keeper_of, signed_in
from tests.security.operations import Operation
from tests.security.surfaces import EVERY, surface, told

ALLOWED = "https://app.example"
EVIL = "https://evil.example"
BLUEPRINTS = EVERY
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


@pytest.fixture
async def open_service(service_with: ServiceWith) -> Service:
    return await service_with(cors_origins=(ALLOWED,))


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
