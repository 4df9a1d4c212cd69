"""Checks access tokens in services other than the one that gives them out.

With FastAPI::

    verifier = Verifier("https://id.example.com")
    app = FastAPI(lifespan=verifier.lifespan)

    @app.get("/orders")
    async def orders(principal: Annotated[Principal, Depends(verifier.principal)]): ...

    @app.delete("/orders", dependencies=[Depends(verifier.require_role("admin"))])
    async def clear(): ...

Around any ASGI application: `VerifyMiddleware(app, verifier, exempt=["/livez"])`.

A check costs no request and no read: the keys and the list of ended sessions are
followed in the background. A session that ends is refused within two seconds; while the
authentication service is down, checks go on with what is known.
"""

from keywright.verify.errors import NotReady, SessionOver, Stale
from keywright.verify.middleware import VerifyMiddleware
from keywright.verify.types import Principal
from keywright.verify.verifier import Verifier

__all__ = [
    "NotReady",
    "Principal",
    "SessionOver",
    "Stale",
    "Verifier",
    "VerifyMiddleware",
]
