"""E-mails through a mail server, encrypted where a password is at stake."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from ssl import SSLContext
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from keywright.senders.mail import Email, Mailer, TryAgain, Undeliverable
from keywright.senders.message import as_bytes, parse_sender
from keywright.shared.clock import utc_now
from keywright.shared.settings import SettingsInvalid

__all__ = ["open_mailer"]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_AUTHENTICATION = frozenset({530, 534, 535, 538})
_PERMANENT = 500


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mails are handed over; *timeout* is in seconds, for each command.

    *tls* says which certificates are good; by default those this machine trusts.
    """

    host: str
    port: int
    is_encrypted: bool = False
    must_start_tls: bool = False
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    tls: SSLContext | None = field(default=None, repr=False)
    timeout: float = 10.0


class SmtpMailer:
    """Sends each e-mail over a connection of its own."""

    def __init__(self, server: MailServer, sender: Address) -> None:
        """Send from *sender* by way of *server*."""
        self._server = server
        self._sender = sender

    async def send(self, email: Email, *, message_id: str) -> None:
        """Send *email* to exactly one recipient, or say why not.

        A refused password is `TryAgain`: the letters wait until it is right.
        """
        content = as_bytes(
            email, sender=self._sender, message_id=message_id, date=utc_now()
        )
        client = await self._connect()
        try:
            async with asyncio.timeout(3 * self._server.timeout):
                await client.sendmail(self._sender.addr_spec, [email.to], content)
        except (SMTPException, OSError, ValueError) as error:
            raise _as_refusal(error) from None
        finally:
            await _leave(client)

    async def check(self) -> None:
        """Connect, encrypt and sign in as for an e-mail, or raise `TryAgain`."""
        await _leave(await self._connect())

    async def _connect(self) -> SMTP:
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.is_encrypted,
            start_tls=server.must_start_tls,
            local_hostname=self._sender.domain,
            tls_context=server.tls,
            timeout=server.timeout,
        )
        try:
            async with asyncio.timeout(3 * server.timeout):
                await client.connect()
        except (SMTPException, OSError) as error:
            client.close()
            raise TryAgain(_reason(error)) from None
        return client


def open_mailer(url: str, sender: str) -> Mailer:
    """Return a mailer for `smtp://user:password@host:port`, or `smtps://…`.

    `?starttls=1` insists on encryption and `?starttls=0` does without. By default a
    password is sent in clear to this machine only.
    """
    try:
        server = _parse(urlsplit(url))
    except ValueError:
        expected = "smtp://user:password@host:port, ?starttls=1 or 0; or smtps://…"
        raise SettingsInvalid({"AUTH_MAIL_URL": expected}) from None
    return SmtpMailer(server, parse_sender(sender))


def _parse(parts: SplitResult) -> MailServer:
    options = parse_qs(parts.query, strict_parsing=bool(parts.query))
    wish = options.pop("starttls", [""])[0]
    if options or wish not in {"", "0", "1"} or not parts.hostname:
        raise ValueError
    if parts.scheme.lower() not in {"smtp", "smtps"}:
        raise ValueError
    is_encrypted = parts.scheme.lower() == "smtps"
    has_secret = parts.password is not None and parts.hostname not in _LOOPBACK
    must_start_tls = not is_encrypted and (wish == "1" or (has_secret and wish != "0"))
    default_port = 465 if is_encrypted else 587 if must_start_tls else 25
    return MailServer(
        host=parts.hostname,
        port=parts.port or default_port,
        is_encrypted=is_encrypted,
        must_start_tls=must_start_tls,
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
    )


async def _leave(client: SMTP) -> None:
    with suppress(SMTPException, OSError):
        await client.quit()
    client.close()


def _as_refusal(error: Exception) -> Exception:
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return Undeliverable("the address cannot be sent")
    if isinstance(error, SMTPRecipientsRefused):
        error = error.recipients[0]
    if not isinstance(error, SMTPResponseException):
        return TryAgain(_reason(error))
    is_ours = isinstance(error, SMTPAuthenticationError | SMTPConnectError)
    is_ours = is_ours or isinstance(error, SMTPHeloError)
    if error.code < _PERMANENT or error.code in _AUTHENTICATION or is_ours:
        return TryAgain(str(error.code))
    return Undeliverable(str(error.code))


def _reason(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{type(error).__name__} {error.code}"
    return type(error).__name__
