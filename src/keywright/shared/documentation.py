"""The interactive documentation, under a policy that lets it load what it needs."""

from typing import Final

from fastapi import Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.applications import Starlette

POLICY: Final = (
    "default-src 'none'; connect-src 'self'; img-src data: https://fastapi.tiangolo.com;"
    " script-src 'unsafe-inline' https://cdn.jsdelivr.net;"
    " style-src 'unsafe-inline' https://cdn.jsdelivr.net;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
)


def add_documentation(app: Starlette, path: str, *, openapi: str, title: str) -> None:
    """Show under *path* every operation that *openapi* of *app* describes.

    Outside of production only: the page loads its scripts from a public CDN.
    """

    async def documentation(_: Request) -> Response:
        page = get_swagger_ui_html(openapi_url=openapi, title=title)
        page.headers["Content-Security-Policy"] = POLICY
        return page

    app.add_route(path, documentation, methods=["GET"])
