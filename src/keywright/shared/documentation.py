"""The interactive documentation, under a policy that lets it load what it needs."""

from typing import Final

from fastapi import Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.applications import Starlette
from starlette.responses import HTMLResponse

POLICY: Final = (
    "default-src 'none'; connect-src 'self'; img-src data:;"
    " script-src 'unsafe-inline' https://cdn.jsdelivr.net;"
    " style-src 'unsafe-inline' https://cdn.jsdelivr.net;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
)

EMPTY: Final = '<div id="swagger-ui">'
NO_ICON: Final = "data:,"


def add_documentation(app: Starlette, path: str, *, openapi: str, title: str) -> None:
    """Show under *path* every operation that *openapi* of *app* describes.

    Outside of production only: the page loads its scripts from a public CDN. Until
    they are there, or if they cannot be had, it says so.
    """
    page = get_swagger_ui_html(
        openapi_url=openapi, title=title, swagger_favicon_url=NO_ICON
    )
    told = (
        "This page loads its scripts from cdn.jsdelivr.net and stays like this without"
        f' the internet. The description is <a href="{openapi}">{openapi}</a>.'
    )
    text = bytes(page.body).decode()
    shown = text.replace(EMPTY, f"{EMPTY}<p>{told}</p>")

    async def documentation(_: Request) -> Response:
        return HTMLResponse(shown, headers={"Content-Security-Policy": POLICY})

    app.add_route(path, documentation, methods=["GET"])
