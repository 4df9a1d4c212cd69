"""`/dev/mail` and `/dev/mail.json`: the mailbox, for a browser on this machine."""

import asyncio
from typing import Final

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from keywright.service.mailbox import Mailbox
from keywright.service.sockets import is_loopback
from keywright.shared.errors import NotFound
from keywright.shared.secrets import random_bytes, to_text

_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "via")
_ENVIRONMENT = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_PAGE = _ENVIRONMENT.from_string("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mailbox ({{ mails|length }})</title>
<style nonce="{{ nonce }}">
body { margin: 0 auto; padding: 24px; max-width: 860px;
  font-family: system-ui, sans-serif; color: #18181b; background: #f4f4f5; }
article { margin: 16px 0; padding: 16px 24px; background: #fff; border-radius: 8px; }
h1 { font-size: 20px; } h2 { margin: 0 0 4px; font-size: 16px; }
p { margin: 0 0 12px; color: #52525b; font-size: 14px; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 14px; }
iframe { width: 100%; height: 420px; border: 1px solid #e4e4e7; border-radius: 6px; }
input, button { font: inherit; padding: 4px 8px; }
</style>
</head>
<body>
<h1>Mailbox</h1>
<p>What this development server mailed, newest first; the last fifty.</p>
<form method="get">
<input name="to" type="email" value="{{ to }}" placeholder="Recipient"
  aria-label="Recipient">
<button>Show</button>
</form>
{% for mail in mails %}
<article>
<h2>{{ mail.subject }}</h2>
<p>to <strong>{{ mail.to }}</strong>, <time>{{ mail.at }}</time></p>
<pre>{{ mail.text|urlize(rel='noreferrer') }}</pre>
<details><summary>HTML</summary>
<iframe sandbox title="{{ mail.subject }}" srcdoc="{{ mail.html }}"></iframe>
</details>
</article>
{% else %}
<article><p>Nothing was mailed{% if to %} to {{ to }}{% endif %} yet.</p></article>
{% endfor %}
</body>
</html>
""")


def mailbox_routes(mailbox: Mailbox) -> list[Route]:
    """Return the routes that show *mailbox* to browsers and scripts on this machine.

    Everybody else gets 404: other machines, proxies, and pages that reach this machine
    under a name of their own (DNS rebinding).
    """

    async def page(request: Request) -> Response:
        _require_local(request)
        to = request.query_params.get("to", "")
        mails = await asyncio.to_thread(mailbox.mails, to=to)
        nonce = to_text(random_bytes(16))
        html = _PAGE.render(mails=mails, to=to, nonce=nonce)
        return HTMLResponse(html, headers={"Content-Security-Policy": _policy(nonce)})

    async def listing(request: Request) -> Response:
        _require_local(request)
        to = request.query_params.get("to", "")
        mails = await asyncio.to_thread(mailbox.mails, to=to)
        members = ("id", "to", "subject", "text", "at")
        return JSONResponse(
            [{name: getattr(mail, name) for name in members} for mail in mails]
        )

    return [
        Route("/dev/mail", page, methods=["GET"]),
        Route("/dev/mail.json", listing, methods=["GET"]),
    ]


def _require_local(request: Request) -> None:
    peer = request.client.host if request.client else ""
    name = request.headers.get("host", "").rpartition("]")[0].strip("[]")
    name = name or request.headers.get("host", "").partition(":")[0]
    is_forwarded = any(header in request.headers for header in _FORWARDED)
    if is_forwarded or not is_loopback(peer) or not is_loopback(name):
        raise NotFound


def _policy(nonce: str) -> str:
    # The frame inherits this policy; mails are styled by attributes.
    return (
        f"default-src 'none'; style-src 'nonce-{nonce}'; "
        f"style-src-elem 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
        "frame-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
        "frame-ancestors 'none'"
    )
