"""The short way to routes whose path is fixed, past the routers."""

from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from httpx2 import ASGITransport, AsyncClient
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Host, Mount, Route

from keywright.shared.exact_routes import exact_routes, take_short_way

feature, group = APIRouter(), APIRouter()


async def whose() -> str:
    return "mine"


@feature.get("/things")
async def things(request: Request, owner: Annotated[str, Depends(whose)]) -> list[str]:
    assert request.scope["endpoint"] is things
    return [owner, request.scope["route"].name]


@feature.post("/things", status_code=201)
async def add(thing: dict[str, str]) -> dict[str, str]:
    return thing


@feature.get("/{name}")
async def named(name: str) -> str:
    return name


group.include_router(feature, prefix="/v1")


def application() -> FastAPI:
    app = FastAPI()
    app.include_router(group)
    take_short_way(app)
    return app


@pytest.fixture
def client() -> AsyncClient:
    return client_of(application())


def client_of(app: FastAPI) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(app=app), base_url="http://host.example")


def test_paths_without_parameters_are_known_by_method() -> None:
    assert {("GET", "/v1/things"), ("POST", "/v1/things")} <= exact_routes(
        application().routes
    ).keys()


def test_paths_with_parameters_are_left_to_the_routers() -> None:
    assert not any("{" in path for _, path in exact_routes(application().routes))


async def test_dependencies_and_the_route_are_as_ever(client: AsyncClient) -> None:
    assert (await client.get("/v1/things")).json() == ["mine", "things"]


async def test_methods_of_one_path_are_told_apart(client: AsyncClient) -> None:
    answer = await client.post("/v1/things", json={"name": "lamp"})

    assert (answer.status_code, answer.json()) == (201, {"name": "lamp"})


async def test_a_path_with_a_parameter_is_served(client: AsyncClient) -> None:
    assert (await client.get("/v1/other")).json() == "other"


async def test_another_method_is_refused_by_the_routers(client: AsyncClient) -> None:
    assert (await client.put("/v1/things")).status_code == 405


async def test_a_replaced_dependency_is_replaced_here_too() -> None:
    app = application()
    app.dependency_overrides[whose] = lambda: "yours"

    answer = await client_of(app).get("/v1/things")

    assert answer.json() == ["yours", "things"]


async def test_the_first_route_of_a_path_wins() -> None:
    app = FastAPI()
    app.add_api_route("/v1/things", lambda: "first")
    app.include_router(group)
    take_short_way(app)

    assert (await client_of(app).get("/v1/things")).json() == "first"


@pytest.mark.parametrize(
    "gate",
    [
        Mount("/v1", PlainTextResponse("gate")),
        Host("host.example", PlainTextResponse("gate")),
        Route("/v1/{anything}", lambda _: PlainTextResponse("gate")),
    ],
    ids=["mounted", "by host", "with a parameter"],
)
async def test_a_route_that_takes_the_request_first_is_passed_by_none(
    gate: BaseRoute,
) -> None:
    app = FastAPI()
    app.router.routes.append(gate)
    app.include_router(group)
    take_short_way(app)

    assert (await client_of(app).get("/v1/things")).text == "gate"


async def test_handlers_of_the_application_see_what_a_route_raises() -> None:
    app = application()
    app.add_exception_handler(LookupError, lambda *_: PlainTextResponse("lost", 418))

    @app.get("/lost")
    async def lost() -> None:
        raise LookupError

    assert (await client_of(app).get("/lost")).status_code == 418


async def test_below_a_root_path_the_routers_decide() -> None:
    transport = ASGITransport(app=application(), root_path="/shop")
    client = AsyncClient(transport=transport, base_url="http://host.example")

    assert (await client.get("/shop/v1/things")).json() == ["mine", "things"]
    assert (await client.get("/v1/things")).json() == ["mine", "things"]
