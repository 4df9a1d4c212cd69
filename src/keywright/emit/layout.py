"""Where a module goes: its name in the project, computed from its own.

In the feature layout a module keeps its place. The MVC layout is the transpose:
`features/<feature>/<role>` becomes `<folder of the role>/<feature>`. What blueprints
share is a folder of its own in both, `foundation`.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from keywright.emit.refusals import PlanRefused

MVC_FOLDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "routes": "controllers",
        "dependencies": "controllers.dependencies",
        "cookies": "controllers.cookies",
        "schemas": "schemas",
        "service": "services",
        "worker": "workers",
        "emails": "emails",
        "providers": "providers",
        "policy": "policies",
        "types": "entities",
        "errors": "errors",
        "events": "events",
        "store": "repositories.protocols",
        "sql": "repositories",
        "mongo": "repositories",
        "redis": "repositories.redis",
        "memory": "repositories.memory",
        "models": "models",
        "documents": "models",
    }
)
"""The folder of each role in the MVC layout."""

OWN_FEATURE: Final = "auth"
"""The feature as which a blueprint's own routes and schemas are placed."""


def destination(name: str, *, layout: str, package: str) -> str:
    """Return the module that *name* becomes in *package*.

    *name* is without the top package: `features.users.store`. Raise `PlanRefused`
    for a module that has no place.
    """
    return f"{package}.{_place(name, layout)}"


def _place(name: str, layout: str) -> str:
    match name.split("."):
        case ["blueprints", "foundation" as top, *rest] | [
            "senders" | "verify" as top,
            *rest,
        ] if rest:
            return ".".join((top, *rest))
        case ["blueprints", _, "app"]:
            return "main"
        case ["blueprints", _, role] if role in MVC_FOLDERS and role != "types":
            return _feature(OWN_FEATURE, [role], layout)
        case ["blueprints", _, other]:
            return other
        case ["features", "auth", *_]:
            raise PlanRefused(f"{name}: no feature may be called {OWN_FEATURE}.")
        case ["features", feature, *role] if role:
            return _feature(feature, role, layout)
        case ["shared", *rest] if rest:
            return ".".join(("core" if layout == "mvc" else "shared", *rest))
        case _:
            raise PlanRefused(f"{name}: this module has no place in a project.")


def _feature(feature: str, role: list[str], layout: str) -> str:
    if layout == "feature":
        return ".".join(("features", feature, *role))
    first, *rest = role
    if first not in MVC_FOLDERS:
        raise PlanRefused(f"features.{feature}.{first}: this role has no MVC folder.")
    return ".".join((MVC_FOLDERS[first], feature, *rest))


def destinations(
    names: Iterable[str], *, layout: str, package: str
) -> Mapping[str, str]:
    """Return the destination of each of *names*; raise `PlanRefused` if two collide.

    A module also collides with a folder of its own name.
    """
    places: dict[str, str] = {}
    taken: dict[str, str] = {}
    for name in sorted(names):
        place = destination(name, layout=layout, package=package)
        if place in taken:
            raise PlanRefused(f"{taken[place]} and {name} would both become {place}.")
        places[name], taken[place] = place, name
    for place, name in taken.items():
        under = [other for other in taken if other.startswith(f"{place}.")]
        if under:
            raise PlanRefused(
                f"{name} would become {place}, which is also the folder of {under[0]}."
            )
    return places
