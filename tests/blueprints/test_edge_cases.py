"""Addresses and names at the edge get the same verdict, whatever keeps them."""

from keywright.shared.secrets import new_id
from tests.blueprints.forms import data_of
from tests.blueprints.harness import PASSWORD, Service, sign_up_body, some_email
from tests.blueprints.mailbox import code_in
from tests.edge_cases import EMAILS, NAMES


async def test_every_address_gets_the_verdict_of_the_table(service: Service) -> None:
    n, client = new_id().hex[-12:], service.client()
    came = {}
    for text in EMAILS:
        body = sign_up_body(text.replace("{n}", n))
        came[text] = (await client.post("/signup", json=body)).status_code

    table = {text: 422 if kept is None else 202 for text, kept in EMAILS.items()}
    assert came == table


async def test_all_spellings_of_an_address_are_one_user(service: Service) -> None:
    n = new_id().hex[-12:]
    kept = {one for one in EMAILS.values() if one is not None}
    owners = {one: await service.user(one.replace("{n}", n)) for one in sorted(kept)}

    came = {}
    for text in EMAILS:
        body = {"email": text.replace("{n}", n), "password": PASSWORD}
        answer = await service.client().post("/signin", json=body)
        shown = data_of(answer) if answer.status_code == 200 else None
        came[text] = (answer.status_code, shown and shown["user"]["id"])

    assert came == {
        text: (422, None) if one is None else (200, str(owners[one].id))
        for text, one in EMAILS.items()
    }


async def test_an_address_is_kept_in_its_one_spelling(service: Service) -> None:
    n, client = new_id().hex[-12:], service.client()
    typed, kept = f"Edge{n}@BU\u0308CHER.example", f"edge{n}@xn--bcher-kva.example"

    await client.post("/signup", json=sign_up_body(typed))
    code = code_in(await service.mail_to(kept, "verify"))
    body = {"email": typed, "otpCode": code}
    verified = await client.post("/verify-user", json=body)

    assert verified.status_code == 201, verified.text
    assert data_of(verified)["user"]["email"] == kept
    assert await service.stores.users.by_email(kept) is not None


async def test_every_name_is_kept_as_the_table_says(service: Service) -> None:
    client = await service.signed_in(some_email())
    came = {}
    for text in NAMES:
        answer = await client.send_json("PATCH", "/profile", name=text)
        changed = answer.status_code == 200
        came[text] = data_of(answer)["user"]["name"] if changed else None
        assert changed or answer.status_code == 422, answer.text

    assert came == NAMES


async def test_a_sign_up_takes_the_same_names(service: Service) -> None:
    came = {}
    for text in NAMES:
        body = sign_up_body(some_email(), name=text)
        came[text] = (await service.client().post("/signup", json=body)).status_code

    assert came == {text: 422 if one is None else 202 for text, one in NAMES.items()}
