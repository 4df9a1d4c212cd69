"""The applications under measurement: the raw limit, and the service."""

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from keywright import create_app, load_settings
from keywright.senders.mail import Email
from keywright.shared.logging import configure

BODY = b'{"status":"ok"}'
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(BODY)).encode()),
    ],
}


def raw() -> ASGIApp:
    """Return the least that can answer JSON on this server."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": f"{message['type']}.complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        await send(START)
        await send({"type": "http.response.body", "body": BODY})

    return app


class Nowhere:
    """A mailer that delivers nothing: mail is not what is measured."""

    async def send(self, email: Email, *, message_id: str) -> None:
        """Drop *email*."""


def service() -> FastAPI:
    """Return the service as the environment describes it, logging as in production."""
    settings = load_settings()
    configure("info", "json")
    return create_app(settings, mailer=Nowhere())
