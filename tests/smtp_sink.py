"""A mail server inside the test process that keeps what it is sent, or refuses it."""

import asyncio
import ssl
import tempfile
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import IPv4Address
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tools.devservers.processes import free_port

Step = Literal["RCPT", "DATA"]


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that was accepted, with the addresses of its envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


@dataclass(slots=True)
class Scripted:
    """A reply, or a delay, that waits for its turn."""

    step: Step
    reply: str | None
    to: str | None
    times: int | None
    delay: float

    def fits(self, step: Step, recipients: list[str]) -> bool:
        """Say whether it is this one's turn."""
        fits = self.step == step and self.to in (None, *recipients)
        return fits and (self.times is None or self.times > 0)


@dataclass(slots=True)
class SmtpSink:
    """A server on a free port of 127.0.0.1, running from `start` to `stop`.

    With *starttls* it wants TLS before a mail, by a certificate that `tls` trusts.
    With *username* and *password* it wants them; any other pair is refused.
    """

    starttls: bool = False
    username: str | None = None
    password: str | None = None
    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    _received: list[Received] = field(default_factory=list)
    _scripts: list[Scripted] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition)
    _controller: Controller | None = None
    _tls: ssl.SSLContext | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Return `smtp://…`, with the user name and password if it wants them."""
        user = f"{self.username}:{self.password}@" if self.username else ""
        return f"smtp://{user}{self.host}:{self.port}"

    @property
    def tls(self) -> ssl.SSLContext:
        """Return what a client needs to trust this server's certificate."""
        assert self._tls is not None, "The sink was made without starttls."
        return self._tls

    def start(self) -> None:
        """Listen in a thread."""
        server_tls = None
        if self.starttls:
            server_tls, self._tls = _certificate(self.host)
        self._controller = Controller(
            _Handler(self),
            hostname=self.host,
            port=self.port,
            tls_context=server_tls,
            require_starttls=self.starttls,
            auth_require_tls=self.starttls,
            authenticator=self._check if self.username else None,
        )
        self._controller.start()

    def stop(self) -> None:
        """End the thread; what was received stays readable."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def script(
        self,
        step: Step,
        reply: str | None = None,
        *,
        to: str | None = None,
        times: int | None = None,
        delay: float = 0.0,
    ) -> None:
        """Answer *reply* at *step* instead of accepting, `"451 4.3.0 Later"` say.

        *to* limits it to one recipient and *times* to the first so many; *delay*
        seconds pass before the answer. Without a reply the answer is only late.
        """
        with self._arrived:
            self._scripts.append(Scripted(step, reply, to, times, delay))

    def clear(self) -> None:
        """Forget the mails and the scripted replies."""
        with self._arrived:
            self._received.clear()
            self._scripts.clear()

    def messages(self, to: str | None = None) -> list[Received]:
        """Return the accepted mails, or those for the address *to*, oldest first."""
        with self._arrived:
            return [one for one in self._received if to in (None, *one.recipients)]

    def wait_for(self, to: str, n: int = 1, timeout: float = 10.0) -> list[Received]:
        """Return the mails for *to* once there are *n*; raise TimeoutError otherwise.

        It blocks its thread: from a coroutine call it with `asyncio.to_thread`.
        """
        with self._arrived:
            if self._arrived.wait_for(lambda: len(self.messages(to)) >= n, timeout):
                return self.messages(to)
            others = sorted({name for one in self._received for name in one.recipients})
            message = f"{len(self.messages(to))} of {n} mails for {to}; got {others}"
            raise TimeoutError(message)

    def _check(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        mechanism: str,
        data: object,
    ) -> AuthResult:
        expected = (self.username, self.password)
        if isinstance(data, LoginPassword):
            given = (data.login.decode(), data.password.decode())
            if given == expected:
                return AuthResult(success=True)
        # `handled` would leave the client without any answer.
        return AuthResult(success=False, handled=False)

    async def _answer(self, step: Step, recipients: list[str]) -> str | None:
        with self._arrived:
            fitting = (one for one in self._scripts if one.fits(step, recipients))
            script = next(fitting, None)
            if script is not None and script.times is not None:
                script.times -= 1
        if script is None:
            return None
        await asyncio.sleep(script.delay)
        return script.reply

    def _keep(self, envelope: Envelope) -> None:
        content = (envelope.original_content or b"").replace(b"\r\n", b"\n")
        message = message_from_bytes(content, policy=default)
        sender = envelope.mail_from or ""
        received = Received(sender, tuple(envelope.rcpt_tos), message)
        with self._arrived:
            self._received.append(received)
            self._arrived.notify_all()


class _Handler:
    def __init__(self, sink: SmtpSink) -> None:
        self.sink = sink

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd looks for this name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if self.sink.username and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd looks for this name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if reply := await self.sink._answer("RCPT", [address]):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802 -- aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if reply := await self.sink._answer("DATA", envelope.rcpt_tos):
            return reply
        self.sink._keep(envelope)
        return "250 2.0.0 Ok"


def _certificate(host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(host))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "both.pem"
        file.write_bytes(private + public)
        server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=public.decode())
