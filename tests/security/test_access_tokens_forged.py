"""Access tokens whose signature proves nothing (A1 to A5, A7, A8, A14)."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.blueprints.fixtures import House
from tests.blueprints.harness import Service
from tests.blueprints.place import SettingsPart
from tests.blueprints.storages import ANY, settings_on
from tests.security.jose import (
    HASHES,
    P256_ORDER,
    by_hmac,
    by_key,
    decode,
    encode,
    header_of,
    nothing,
    with_claims,
    with_header,
)
from tests.security.keys_of import elliptic_key, signing_key, true_signature
from tests.security.operations import holders, refused

ALGORITHMS = ("ES256", "EdDSA", "RS256", "HS256")
STRANGE_KEY_IDS: tuple[object, ...] = (
    "../../../../dev/null",
    "/dev/null",
    "/proc/self/environ",
    "file:///etc/passwd",
    "' OR 1=1--",
    "x' UNION SELECT 'key",
    "\x00",
    "key\x00",
    "",
    " ",
    "k" * 4000,
    *(7, 1.5, True, None, [], {}, ["a"]),
)
EDITS: tuple[dict[str, object], ...] = (
    {"sub": "01890a5d-ac96-774b-bcce-b302099a8057"},
    {"sid": "01890a5d-ac96-774b-bcce-b302099a8057"},
    {"role": "admin"},
    {"amr": ["pwd", "hwk"]},
    {"exp": 4_000_000_000},
    {"iss": "https://evil.example"},
    {"jti": "x"},
    {"admin": True},
)
OTHERS = ("HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "ES384", "EdDSA")
pytestmark = [
    pytest.mark.asvs("V9.1.1"),
    # The filter of the module that signs is undone by pytest's own.
    pytest.mark.filterwarnings("ignore:EdDSA is deprecated"),
]


@pytest.fixture
async def token(service: Service) -> str:
    client = await service.signed_in(transport="bearer")
    return str(client.tokens["accessToken"])


@pytest.mark.attack("A1")
@pytest.mark.asvs("V9.1.2")
async def test_an_unsigned_token_is_refused(service: Service, token: str) -> None:
    for name in ("none", "None", "NONE", "nOnE", ""):
        unsigned = with_header(token, {"alg": name}, nothing)
        await refused(service, unsigned)
        await refused(service, unsigned.rstrip("."))


@pytest.mark.attack("A1")
async def test_a_true_signature_under_no_algorithm_is_refused(
    service: Service, token: str
) -> None:
    for name in ("none", "nOnE"):
        sign = true_signature(service)
        await refused(service, with_header(token, {"alg": name}, sign))


def spellings(service: Service) -> Iterator[bytes]:
    """Yield what of the public key may pass for a shared secret."""
    key = signing_key(service).jwk
    public = elliptic_key(service).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    members = key.as_dict(private=False)
    yield from (pem, pem.strip(), pem + b"\n", pem.replace(b"\n", b"\r\n"))
    yield public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    yield json.dumps(members).encode()
    yield json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    yield signing_key(service).kid.encode()
    for name in ("x", "y", "n"):
        if name in members:
            yield str(members[name]).encode()
            yield decode(str(members[name]))


@pytest.mark.attack("A2")
@pytest.mark.asvs("V9.1.2")
async def test_the_public_key_is_no_shared_secret(service: Service, token: str) -> None:
    for name in HASHES:
        for secret in spellings(service):
            sign = by_hmac(name, secret)
            await refused(service, with_header(token, {"alg": name}, sign))


@pytest.mark.attack("A3")
@pytest.mark.asvs("V9.1.3")
@pytest.mark.parametrize("member", ["jwk", "x5c", "both"])
async def test_a_key_in_the_header_is_never_used(
    service: Service, token: str, member: str
) -> None:
    own = ec.generate_private_key(ec.SECP256R1())
    public = own.public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    numbers = public.public_numbers()
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": encode(numbers.x.to_bytes(32, "big")),
        "y": encode(numbers.y.to_bytes(32, "big")),
    }
    brought = {"jwk": jwk, "x5c": [encode(der)]}
    chosen = brought if member == "both" else {member: brought[member]}

    await refused(service, with_header(token, chosen, by_key(own)))
    await refused(service, with_header(token, {**chosen, "kid": "own"}, by_key(own)))
    await refused(service, with_header(token, chosen, true_signature(service)))


@pytest.mark.attack("A4")
@pytest.mark.asvs("V9.1.3")
@pytest.mark.parametrize("member", ["jku", "x5u", "kid", "iss"])
async def test_an_address_in_the_header_is_never_called(
    service: Service, token: str, member: str
) -> None:
    called = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.settimeout(0.2)
        thread = threading.Thread(target=lambda: called.append(accepted(listener)))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/jwks.json"

        await refused(
            service, with_header(token, {member: url}, true_signature(service))
        )
        thread.join()

    assert called == [False]


def accepted(listener: socket.socket) -> bool:
    """Say whether anybody connects within the listener's patience."""
    try:
        listener.accept()[0].close()
    except TimeoutError:
        return False
    return True


@pytest.mark.attack("A5")
async def test_a_strange_key_id_finds_no_key(service: Service, token: str) -> None:
    for kid in STRANGE_KEY_IDS:
        for sign in (nothing, true_signature(service)):
            await refused(service, with_header(token, {"kid": kid}, sign))


@pytest.mark.attack("A5")
async def test_a_key_id_in_other_letters_finds_no_key(
    service: Service, token: str
) -> None:
    kid = signing_key(service).kid
    for other in (kid.swapcase(), kid + "=", f" {kid}", kid[:-1]):
        sign = true_signature(service)
        await refused(service, with_header(token, {"kid": other}, sign))


@pytest.mark.attack("A7")
@pytest.mark.parametrize("own", ALGORITHMS)
async def test_a_key_is_good_for_one_algorithm_only(house: House, own: str) -> None:
    service = await by_algorithm(house, own)
    client = await service.signed_in(transport="bearer")
    token, sign = client.tokens["accessToken"], true_signature(service)

    for name in OTHERS:
        if name != own:
            await refused(service, with_header(token, {"alg": name}, sign))


def _apart(house: House, name: str) -> SettingsPart:
    """Return the settings of stores that only services called *name* have."""
    folder = house.folder / name
    folder.mkdir(exist_ok=True)
    return settings_on(ANY, folder, suffix=name.lower())


async def by_algorithm(house: House, name: str) -> Service:
    """Return a service that signs with the algorithm *name*."""
    return await house.service(ANY, signing_alg=name, **_apart(house, name))


@pytest.mark.attack("A8")
@pytest.mark.asvs("V9.1.1")
@pytest.mark.parametrize("own", ALGORITHMS)
async def test_an_altered_signature_is_refused(house: House, own: str) -> None:
    service = await by_algorithm(house, own)
    client = await service.signed_in(transport="bearer")
    head, body, signature = client.tokens["accessToken"].split(".")
    right = decode(signature)
    flipped = bytes([right[0] ^ 1]) + right[1:]
    wrong = [b"", bytes(len(right)), right[:-1], right + b"\0", right[::-1], flipped]

    for value in wrong:
        await refused(service, f"{head}.{body}.{encode(value)}")
    await refused(service, f"{head}.{body}.{signature}=")


@pytest.mark.attack("A8")
async def test_elliptic_signatures_of_nothing_are_refused(
    service: Service, token: str
) -> None:
    zero, one = bytes(32), (1).to_bytes(32, "big")
    order = P256_ORDER.to_bytes(32, "big")
    head, body, _ = token.split(".")

    for r in (zero, one, order):
        for s in (zero, one, order):
            await refused(service, f"{head}.{body}.{encode(r + s)}")


@pytest.mark.attack("A8")
async def test_a_signature_in_the_other_encoding_is_refused(
    service: Service, token: str
) -> None:
    head, body, _ = token.split(".")
    key = elliptic_key(service)
    der = key.sign(f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    assert decode_dss_signature(der)

    await refused(service, f"{head}.{body}.{encode(der)}")


@pytest.mark.attack("A8")
async def test_the_twin_of_a_signature_does_not_outlive_a_sign_out(
    service: Service,
) -> None:
    client = await service.signed_in(transport="bearer")
    head, body, signature = client.tokens["accessToken"].split(".")
    value = decode(signature)
    s = P256_ORDER - int.from_bytes(value[32:], "big")
    twin = f"{head}.{body}.{encode(value[:32] + s.to_bytes(32, 'big'))}"
    before = {(await one.get("/profile")).status_code for one in holders(service, twin)}

    await client.send_json(
        "POST", "/logout", refreshToken=client.tokens["refreshToken"]
    )

    after = {(await one.get("/profile")).status_code for one in holders(service, twin)}
    assert before <= {200, 401}
    assert after == {401}


@pytest.mark.attack("A14")
async def test_an_edited_claim_breaks_the_signature(
    service: Service, token: str
) -> None:
    signature = decode(token.split(".")[2])

    for change in EDITS:
        await refused(service, with_claims(token, change, lambda _: signature))


@pytest.mark.attack("A14")
async def test_an_unknown_header_member_is_refused(
    service: Service, token: str
) -> None:
    for member in ("crit", "zip", "b64", "cty", "x5t", "enc", "foo"):
        sign = true_signature(service)
        await refused(service, with_header(token, {member: "x"}, sign))


@pytest.mark.attack("A1")
@pytest.mark.asvs("V9.1.1")
@pytest.mark.parametrize("own", ["ES256", "EdDSA", "RS256"])
async def test_another_library_agrees_that_the_token_is_good(
    house: House, own: str
) -> None:
    service = await by_algorithm(house, own)
    client = await service.signed_in(transport="bearer")
    token = client.tokens["accessToken"]
    keys = (await client.get(service.root("/.well-known/jwks.json"))).json()
    key = pyjwt.PyJWKSet.from_dict(keys)[str(header_of(token)["kid"])]

    claims = pyjwt.decode(
        token,
        key,
        algorithms=[own],
        issuer=service.origin,
        audience=service.origin,
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )

    assert claims["sub"] == str(client.user.id)


@pytest.mark.attack("A1")
async def test_a_token_of_another_service_is_refused(
    house: House, service: Service
) -> None:
    other = await house.service(ANY, **_apart(house, "elsewhere"))
    client = await other.signed_in(transport="bearer")

    await refused(service, client.tokens["accessToken"])
