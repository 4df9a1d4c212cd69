"""GET health, health/detailed, livez and readyz."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from keywright.features.health.schemas import (
    DetailedHealthView,
    HealthView,
    PartView,
)
from keywright.features.health.service import Health
from keywright.shared.dependencies import provide, services_of
from keywright.shared.errors import NotAllowed, NotSignedIn, StoreUnavailable
from keywright.shared.process_memory import peak_megabytes
from keywright.shared.responses import AuthRoute, Reply, refusals, reply

router = APIRouter(prefix="/health", route_class=AuthRoute, tags=["health"])
HealthService = Annotated[Health, Depends(provide(Health))]
MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class HealthDetails:
    """What operators are shown, and who counts as one.

    *admit* raises for a request that may not see the details. The parts in
    *required* decide whether the service is down.
    """

    version: str
    environment: str
    required: frozenset[str]
    admit: Callable[[Request], Awaitable[None]]


@router.get("")
@router.get("/", include_in_schema=False)
async def get_health(health: HealthService) -> Reply[HealthView]:
    """Show that the process answers; no store is asked."""
    view = HealthView(
        status="ok", timestamp=health.now(), uptime=health.uptime.total_seconds()
    )
    return reply("The service is running.", view)


@router.get("/detailed", responses=refusals(NotSignedIn, NotAllowed, StoreUnavailable))
async def get_details(
    request: Request,
    health: HealthService,
    details: Annotated[HealthDetails, Depends(provide(HealthDetails))],
) -> Reply[DetailedHealthView]:
    """Show the state of every part; 503 if one that is required does not answer."""
    await details.admit(request)
    parts = await health.parts()
    down = {name for name, state in parts.items() if not state.is_up}
    is_down = bool(down & details.required)
    view = DetailedHealthView(
        status="down" if is_down else "degraded" if down else "ok",
        timestamp=health.now(),
        uptime=health.uptime.total_seconds(),
        version=details.version,
        environment=details.environment,
        peak_memory_mb=peak_megabytes(),
        parts={
            name: PartView(
                status="up" if state.is_up else "down",
                latency_ms=state.latency.total_seconds() * MILLISECONDS,
            )
            for name, state in parts.items()
        },
    )
    if is_down:
        outage = StoreUnavailable()
        outage.data = view.model_dump(mode="json", by_alias=True)
        raise outage
    return reply("The state of the service.", view)


@router.get("/livez", include_in_schema=False)
async def livez(_: Request) -> Response:
    """Answer as long as the process does; asks no store."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz", include_in_schema=False)
async def readyz(request: Request) -> Response:
    """Answer 200 while every store does, else 503."""
    is_ready = await services_of(request).get(Health).is_ready()
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    headers = {} if is_ready else {"Retry-After": "2"}
    return JSONResponse({"status": "ok" if is_ready else "down"}, status, headers)
