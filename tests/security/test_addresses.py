"""E-mail addresses: one each, no look-alikes, nothing smuggled (D11, D12)."""

import pytest

from tests.blueprints.harness import Service, sign_up_body, some_email

SEVERAL = (
    "{v},{a}",
    "{v};{a}",
    "{v} {a}",
    "{v}\r\nBcc: {a}",
    "{v}\nTo: {a}",
    "{v}%0aBcc:{a}",
    "{v}\x00{a}",
    "{v}\u2028{a}",
    "<{v}>",
    "Ada <{v}>",
    '"{v}" <{a}>',
    "{v} ",
    " {v}",
    "{v}\t",
    "{v}.",
    "mailto:{v}",
    "{v}?cc={a}",
    "@{a}:{v}",
    "{v}@{a}",
)
LOOK_ALIKES = (
    "m\u0131ke@mail.example",
    "M\u0130KE@mail.example",
    "mike\uff20mail.example",
    "\uff4dike@mail.example",
    "mi\u212ae@mail.example",
    "mike@ma\u0131l.example",
    "mike@mail\u3002example",
    "mike@mail\uff0eexample",
    "mike@\u2133ail.example",
    "mi\u200bke@mail.example",
    "mike\u00ad@mail.example",
    "mik\u00e9@mail.example",
    "mike@mail.example\u200e",
)
PATHS = ("/signup", "/forgot-password", "/signin", "/verify-user", "/verify-reset-otp")


def body_of(path: str, email: object) -> dict[str, object]:
    """Return a body for *path* that is good but for *email*."""
    match path:
        case "/signup":
            return sign_up_body("", email=email)
        case "/signin":
            return {"email": email, "password": "x"}
        case "/forgot-password":
            return {"email": email}
        case _:
            return {"email": email, "otpCode": "000000"}


@pytest.mark.attack("D11")
@pytest.mark.asvs("V1.3.11")
@pytest.mark.parametrize("path", PATHS)
async def test_more_than_one_address_is_refused(service: Service, path: str) -> None:
    victim, thief = await service.user(), some_email()
    service.mails.mails.clear()
    lists: list[object] = [
        [victim.email, thief],
        [victim.email],
        {"email": victim.email},
        *(form.format(v=victim.email, a=thief) for form in SEVERAL),
    ]
    for email in lists:
        answer = await service.client().post(path, json=body_of(path, email))
        assert answer.status_code == 422, f"{email!r}"
        assert answer.json()["code"] == "validation_failed"

    assert await service.mails_to(victim.email) == []
    assert await service.mails_to(thief) == []


@pytest.mark.attack("D12")
@pytest.mark.parametrize("path", PATHS)
async def test_a_look_alike_of_an_address_is_refused_or_somebody_else(
    service: Service, path: str
) -> None:
    service.mails.mails.clear()
    for email in LOOK_ALIKES:
        answer = await service.client().post(path, json=body_of(path, email))
        assert answer.status_code in {422, 202, 401, 400}, f"{email!r}"
        assert "\u0131" not in answer.text
    await service.drain()

    for mail in service.mails.mails:
        assert mail.to.isascii()
        assert mail.to == mail.to.lower()


@pytest.mark.attack("D12")
async def test_a_reset_is_mailed_to_the_stored_address_only(service: Service) -> None:
    email = some_email()
    await service.user(email)
    spelled = email.replace("@mail.example", "@MAIL.example").upper()

    answer = await service.client().post("/forgot-password", json={"email": spelled})

    assert answer.status_code == 202
    assert [mail.to for mail in await service.mails_to(email)] == [email]
    assert await service.mails_to(spelled) == []


@pytest.mark.attack("D12")
async def test_no_look_alike_domain_reaches_the_mailbox_of_an_account(
    service: Service,
) -> None:
    email = some_email()
    await service.user(email)
    local = email.partition("@")[0]
    for domain in ("m\u0430il.example", "mail.ex\u00e1mple", "mail.exampl\u0435"):
        address = {"email": f"{local}@{domain}"}
        answer = await service.client().post("/forgot-password", json=address)
        assert answer.status_code == 202

    assert await service.mails_to(email) == []
