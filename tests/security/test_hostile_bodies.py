"""Bodies that are no JSON, too large, or in disguise (H1, H2, H9, H10)."""

import gzip
import time
import zlib
from itertools import product

import pytest

from tests.blueprints.fixtures import about
from tests.blueprints.galleries import OPERATIONS as PICTURES
from tests.blueprints.harness import PASSWORD, Service
from tests.blueprints.keepers import signed_in
from tests.blueprints.kinds import HYBRID, STATEFUL
from tests.security.corpora import LARGE, MALFORMED, REFUSED
from tests.security.surfaces import EVERY, surface, told

BLUEPRINTS = (HYBRID, STATEFUL)
JSON = {"content-type": "application/json"}
QUICK = 0.05
OVERRIDES = (
    "X-HTTP-Method-Override",
    "X-HTTP-Method",
    "X-Method-Override",
    "_method",
)


async def cost(service: Service, content: bytes) -> tuple[float, int, str]:
    """Return the best CPU time of three tries, and the refusal."""
    spent, status, code = [], 0, ""
    for _ in range(3):
        client = service.client()
        began = time.process_time()
        path = service.kind.sign_in
        answer = await client.post(path, content=content, headers=JSON)
        spent.append(time.process_time() - began)
        status, code = answer.status_code, told(answer)
    return min(spent), status, code


@about(*EVERY)
@pytest.mark.attack("H1")
@pytest.mark.asvs("V1.5.3")
@pytest.mark.parametrize("name", MALFORMED)
async def test_what_is_no_json_is_refused_quickly(service: Service, name: str) -> None:
    seconds, *refusal = await cost(service, MALFORMED[name])

    assert refusal == [400, "malformed_body"]
    assert seconds < QUICK


@about(*EVERY)
@pytest.mark.attack("H1")
@pytest.mark.asvs("V2.2.1")
@pytest.mark.parametrize("name", REFUSED)
async def test_json_of_another_shape_is_refused_quickly(
    service: Service, name: str
) -> None:
    seconds, *refusal = await cost(service, REFUSED[name])

    assert refusal == [422, "validation_failed"]
    assert seconds < 2 * QUICK


@about(*EVERY)
@pytest.mark.attack("H1")
@pytest.mark.asvs("V4.1.4")
@pytest.mark.parametrize("name", LARGE)
async def test_a_large_body_is_refused_quickly(service: Service, name: str) -> None:
    seconds, *refusal = await cost(service, LARGE[name])

    assert refusal == [413, "body_too_large"]
    assert seconds < QUICK


@about(*EVERY)
@pytest.mark.attack("H1")
@pytest.mark.parametrize("length", ["65537", "9" * 30, "-1", "1e3", "0x10", ""])
async def test_a_length_that_is_announced_wrongly_is_refused(
    service: Service, length: str
) -> None:
    headers = {**JSON, "content-length": length}

    answer = await service.client().post(
        service.kind.sign_in, content=b"{}", headers=headers
    )

    assert answer.status_code in {400, 413, 422}


@about(*EVERY)
@pytest.mark.attack("H2")
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "GZIP", "x", ""])
async def test_a_compressed_body_is_refused(service: Service, coding: str) -> None:
    plain = b'{"email": "a@mail.example"}'
    packed = {"gzip": gzip.compress(plain), "deflate": zlib.compress(plain)}
    headers = {**JSON, "content-encoding": coding}

    answer = await service.client().post(
        service.kind.sign_in, content=packed.get(coding, plain), headers=headers
    )

    assert (answer.status_code, told(answer)) == (415, "unsupported_media_type")


@about(*EVERY)
@pytest.mark.attack("H2")
async def test_a_bomb_is_not_unpacked(service: Service) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    headers = {**JSON, "content-encoding": "gzip"}
    began = time.process_time()

    answer = await service.client().post(
        service.kind.sign_in, content=bomb, headers=headers
    )

    assert answer.status_code == 415
    assert time.process_time() - began < QUICK


@about(*EVERY)
@pytest.mark.attack("H1")
@pytest.mark.asvs("V4.1.1")
async def test_every_unsafe_operation_takes_json_only_but_the_one_with_pictures(
    service: Service,
) -> None:
    kinds = (
        "text/plain",
        "application/x-www-form-urlencoded",
        "text/json",
        "application/jsonp",
        "application/json, text/plain",
        "application/json; charset=utf-16",
        "application/xml",
        "multipart/form-data; boundary=x",
        "",
        "json",
    )
    for operation, kind in product(surface(service).unsafe, kinds):
        answer = await service.client().request(
            operation.method,
            operation.path,
            content=b"{}",
            headers={"content-type": kind},
        )
        takes_form = bool(PICTURES) and str(operation) == "PATCH /profile"
        is_form = takes_form and kind.startswith("multipart")
        expected = 401 if is_form else 415
        assert answer.status_code == expected, f"{operation} {kind}"


@pytest.mark.attack("H9")
async def test_a_method_cannot_be_overridden(service: Service) -> None:
    client = await service.signed_in()
    for header in OVERRIDES:
        answers = [
            await client.get("/sessions", headers={header: "DELETE"}),
            await client.get(f"/sessions?{header}=DELETE"),
            await client.post("/profile", json={}, headers={header: "PATCH"}),
        ]
        assert [one.status_code for one in answers] == [200, 200, 405]

    assert (await client.get("/profile")).status_code == 200


@about(*EVERY)
@pytest.mark.attack("H9")
@pytest.mark.asvs("V4.1.4")
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "FOO"])
async def test_an_unused_method_is_refused(service: Service, method: str) -> None:
    client = await signed_in(service)
    roots = (service.root("/livez"), service.root("/"))
    for path in (service.kind.me, service.kind.sign_in, *roots):
        answer = await client.request(method, path)
        assert answer.status_code in {404, 405}
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert PASSWORD not in answer.text


@pytest.mark.attack("H10")
@pytest.mark.parametrize("value", ["maybe", "2", "", "[]", "true,false", "\x00"])
async def test_a_query_of_another_type_is_refused(service: Service, value: str) -> None:
    client = await service.signed_in()

    answer = await client.delete("/sessions", params={"includeCurrent": value})

    assert answer.status_code == 422
    assert (await client.get("/profile")).status_code == 200


@pytest.mark.attack("H10")
@pytest.mark.parametrize(
    "value", ["1", "0", "x" * 36, "../profile", "01890a5d", "null", "%00", "1" * 10_000]
)
async def test_an_id_in_another_form_is_refused(service: Service, value: str) -> None:
    client = await service.signed_in()

    answer = await client.delete(f"/sessions/{value}")

    assert answer.status_code in {404, 405, 422}
