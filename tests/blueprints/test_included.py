"""Included in somebody else's application, which keeps everything of its own."""

import pytest

from keywright.features.users.types import UserChanges
from tests.blueprints.answers import refused, shown
from tests.blueprints.harness import Service, sign_up_body, some_email

VARIANTS = ("included",)


async def test_the_hosts_routes_answer_as_before(service: Service) -> None:
    client = service.client()
    item = await client.get(service.root("/shop/items/7"))
    assert item.json() == {"item": 7}
    order = await client.post(service.root("/shop/orders"), json={"item": 1, "x": 2})
    assert (order.status_code, order.json()) == (201, {"item": 1})


async def test_the_hosts_refusals_keep_their_form(service: Service) -> None:
    client = service.client()
    missing = await client.get(service.root("/shop/items/0"))
    assert (missing.status_code, missing.json()) == (404, {"shop": "no such item"})
    wrong = await client.get(service.root("/shop/items/x"))
    assert (wrong.status_code, wrong.json()) == (400, {"shop": "invalid"})
    closed = await client.get(service.root("/shop/closed"))
    assert (closed.status_code, closed.json()) == (418, {"shop": "closed"})


async def test_the_hosts_unknown_routes_are_answered_by_the_host(
    service: Service,
) -> None:
    answer = await service.client().get(service.root("/nope"))
    assert (answer.status_code, answer.json()) == (404, {"shop": "Not Found"})


async def test_the_hosts_answers_get_no_headers_of_ours(service: Service) -> None:
    answer = await service.client().get(service.root("/shop/items/7"))
    ours = {"content-security-policy", "strict-transport-security", "x-request-id"}
    assert not ours & answer.headers.keys()
    assert "cache-control" not in answer.headers


async def test_the_hosts_bodies_are_not_held_to_our_limits(service: Service) -> None:
    content = b'{"item": 1, "note": "' + b"a" * 100_000 + b'"}'
    headers = {"content-type": "application/json", "origin": "https://evil.example"}
    client = service.client()
    url = service.root("/shop/orders")
    answer = await client.post(url, content=content, headers=headers)
    assert answer.status_code == 201


async def test_the_hosts_middleware_sees_our_answers(service: Service) -> None:
    answer = await service.client().get("/profile")
    assert answer.headers["x-shop"] == "1"
    refused(answer, 401, "not_signed_in")


async def test_our_refusals_keep_their_form_in_the_host(service: Service) -> None:
    body = sign_up_body(some_email(), name="")
    answer = await service.client().post("/signup", json=body)
    assert refused(answer, 422, "validation_failed")["errors"].keys() == {"name"}


async def test_the_hosts_lifespan_runs_as_well(service: Service) -> None:
    client = await service.signed_in()
    answer = await client.get(service.root("/shop/mine"))
    assert answer.json() == {"email": client.user.email, "shop": "open"}


async def test_a_host_route_may_ask_for_the_signed_in_user(service: Service) -> None:
    answer = await service.client().get(service.root("/shop/mine"))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json().keys() == {"shop"}


async def test_a_host_route_sees_the_end_of_a_session(service: Service) -> None:
    client = await service.signed_in()
    other = await service.signed_in(user=client.user)
    shown(await other.delete("/sessions"))
    answer = await client.get(service.root("/shop/mine"))
    assert answer.status_code == 401


async def test_a_host_route_may_ask_for_a_role(service: Service) -> None:
    client = await service.signed_in()
    office = service.root("/shop/office")
    assert (await service.client().get(office)).status_code == 401
    assert (await client.get(office)).status_code == 403
    changes = UserChanges(role="admin")
    await service.stores.users.update(client.user.id, changes, now=service.now())
    assert (await client.get(office)).json() == {"role": "admin"}
    changes = UserChanges(role="user")
    await service.stores.users.update(client.user.id, changes, now=service.now())
    assert (await client.get(office)).status_code == 403


async def test_the_hosts_document_describes_both(service: Service) -> None:
    document = service.app.openapi()
    assert document["info"] == {"title": "Shop", "version": "7"}
    assert "/shop/items/{item}" in document["paths"]
    assert "/api/v1/auth/signin" in document["paths"]
    invalid = document["paths"]["/shop/orders"]["post"]["responses"]["422"]
    schema = invalid["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/HTTPValidationError"}


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/api/docs"])
async def test_the_hosts_root_is_left_to_the_host(service: Service, path: str) -> None:
    answer = await service.client().get(service.root(path))
    assert answer.status_code == 404
