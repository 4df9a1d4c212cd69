"""An application of somebody else that includes the router."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.base import BaseHTTPMiddleware

from keywright.features.sessions.dependencies import CurrentUser, require_role
from keywright.features.users.types import User

shop = APIRouter(prefix="/shop")
Admin = Annotated[User, Depends(require_role("admin"))]


class Order(BaseModel):
    """What is ordered; the shop ignores members it does not know."""

    item: int


class ShopClosed(Exception):
    """The shop's own refusal."""


@shop.get("/items/{item}")
async def item_of(item: int) -> dict[str, int]:
    """Show an item."""
    if item == 0:
        raise HTTPException(404, "no such item")
    return {"item": item}


@shop.post("/orders", status_code=201)
async def order(body: Order) -> Order:
    """Take an order."""
    return body


@shop.get("/closed")
async def closed() -> None:
    """Refuse in the shop's way."""
    raise ShopClosed


@shop.get("/mine")
async def mine(user: CurrentUser, request: Request) -> dict[str, str]:
    """Show who asks, and that the shop's own lifespan ran."""
    return {"email": user.email, "shop": request.app.state.shop}


@shop.get("/office")
async def office(admin: Admin) -> dict[str, str]:
    """Admit admins only."""
    return {"role": admin.role}


def host_app(auth: APIRouter, *beside: APIRouter) -> FastAPI:
    """Return the shop: its own routes, handlers, middleware, lifespan, and *auth*.

    Routers *beside* are the shop's own, too.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.shop = "open"
        yield
        app.state.shop = "closed"

    async def stamp(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        response.headers["X-Shop"] = "1"
        return response

    app = FastAPI(title="Shop", version="7", lifespan=lifespan)
    for router in (shop, *beside):
        app.include_router(router)
    app.include_router(auth)
    app.add_middleware(BaseHTTPMiddleware, dispatch=stamp)
    app.add_exception_handler(StarletteHTTPException, _by_shop)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ShopClosed, _closed)
    return app


async def _by_shop(_: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    return JSONResponse({"shop": error.detail}, error.status_code, error.headers)


async def _invalid(_: Request, error: Exception) -> Response:
    return JSONResponse({"shop": "invalid"}, 400)


async def _closed(_: Request, error: Exception) -> Response:
    return JSONResponse({"shop": "closed"}, 418)
