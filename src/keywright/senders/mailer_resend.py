"""E-mails through the HTTP interface of Resend: one request each."""

import ssl
from email.headerregistry import Address

from httpx2 import AsyncBaseTransport, AsyncClient, HTTPError, Timeout

from keywright.senders.mail import Email, Mailer, TryAgain, Undeliverable
from keywright.senders.message import parse_sender
from keywright.shared.settings import SettingsInvalid

__all__ = ["open_mailer"]

_ADDRESS = "https://api.resend.com/emails"
_TIMEOUT = Timeout(10.0, connect=5.0)
_REFUSED_FOR_EVER = frozenset({400, 413, 422})


class ResendMailer:
    """Sends each e-mail with one POST; the provider drops a repeated one."""

    def __init__(
        self, key: str, sender: Address, transport: AsyncBaseTransport | None = None
    ) -> None:
        """Send from *sender* with the API *key*."""
        self._key = key
        self._sender = sender
        self._transport = transport
        self._context: ssl.SSLContext | None = None

    async def send(self, email: Email, *, message_id: str) -> None:
        """Send *email*; a refused key is `TryAgain`, a refused address is final."""
        body = {
            "from": str(self._sender),
            "to": [email.to],
            "subject": email.subject,
            "text": email.text,
            "html": email.html,
            "headers": {
                "Message-ID": f"<{message_id}@{self._sender.domain}>",
                "Auto-Submitted": "auto-generated",
            },
        }
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Idempotency-Key": message_id,
        }
        try:
            async with (
                self._client() as client,
                client.stream("POST", _ADDRESS, json=body, headers=headers) as answer,
            ):
                status, is_taken = answer.status_code, answer.is_success
        except HTTPError as error:
            raise TryAgain(type(error).__name__) from None
        if status in _REFUSED_FOR_EVER:
            raise Undeliverable(str(status))
        if not is_taken:
            raise TryAgain(str(status))

    def _client(self) -> AsyncClient:
        if self._transport is not None:
            return AsyncClient(transport=self._transport)
        self._context = self._context or ssl.create_default_context()
        return AsyncClient(
            verify=self._context, timeout=_TIMEOUT, follow_redirects=False
        )


def open_mailer(url: str, sender: str) -> Mailer:
    """Return a mailer for `resend:KEY`."""
    scheme, _, key = url.partition(":")
    is_key = key.isascii() and key.isprintable() and key and " " not in key
    if scheme.lower() != "resend" or not is_key:
        raise SettingsInvalid({"AUTH_MAIL_URL": "resend:KEY, the API key of Resend"})
    return ResendMailer(key, parse_sender(sender))
