"""The OpenAPI document; every other test holds its answers against it."""

from typing import Any

from tests.blueprints.documented import METHODS
from tests.blueprints.forms import check_documented
from tests.blueprints.galleries import OPERATIONS as PICTURES
from tests.blueprints.harness import Service
from tests.blueprints.kind import ENVELOPED as AUTH
from tests.blueprints.kinds import HYBRID, STATEFUL, STATELESS
from tests.blueprints.providers import OPERATIONS as PROVIDERS

VARIANTS = ("sqlite", "included")
BLUEPRINTS = (HYBRID, STATEFUL, STATELESS)
WITHOUT_TOKENS = {
    **PROVIDERS,
    **PICTURES,
    ("post", f"{AUTH}/signup"): 202,
    ("post", f"{AUTH}/verify-user"): 201,
    ("post", f"{AUTH}/resend-otp"): 202,
    ("post", f"{AUTH}/signin"): 200,
    ("get", f"{AUTH}/profile"): 200,
    ("patch", f"{AUTH}/profile"): 200,
    ("get", f"{AUTH}/sessions"): 200,
    ("delete", f"{AUTH}/sessions"): 200,
    ("delete", f"{AUTH}/sessions/{{sessionId}}"): 200,
    ("post", f"{AUTH}/logout"): 200,
    ("post", f"{AUTH}/forgot-password"): 202,
    ("post", f"{AUTH}/verify-reset-otp"): 200,
    ("post", f"{AUTH}/reset-password"): 200,
    ("post", f"{AUTH}/change-password"): 200,
    ("post", f"{AUTH}/account/request-delete"): 202,
    ("delete", f"{AUTH}/account/delete"): 200,
    ("put", f"{AUTH}/account/reactivate"): 200,
    ("get", f"{AUTH}/verify"): 204,
    ("get", "/api/v1/health"): 200,
    ("get", "/api/v1/health/detailed"): 200,
}
CONTRACTS = {
    HYBRID: {
        **WITHOUT_TOKENS,
        ("post", f"{AUTH}/refresh-token"): 200,
        ("get", "/.well-known/jwks.json"): 200,
        ("get", "/.well-known/ended-sessions"): 200,
    },
    STATEFUL: WITHOUT_TOKENS,
    STATELESS: {
        **PROVIDERS,
        **PICTURES,
        ("post", f"{AUTH}/signup"): 202,
        ("post", f"{AUTH}/request-otp"): 202,
        ("post", f"{AUTH}/verify-otp"): 200,
        ("post", f"{AUTH}/signin"): 200,
        ("get", f"{AUTH}/profile"): 200,
        ("patch", f"{AUTH}/profile"): 200,
        ("post", f"{AUTH}/refresh-token"): 200,
        ("post", f"{AUTH}/logout"): 200,
        ("post", f"{AUTH}/forgot-password"): 202,
        ("post", f"{AUTH}/reset-password"): 200,
        ("post", f"{AUTH}/change-password"): 200,
        ("delete", f"{AUTH}/delete-account"): 200,
        ("put", f"{AUTH}/reactivate-account"): 200,
        ("get", f"{AUTH}/verify"): 204,
        ("get", "/api/v1/health"): 200,
        ("get", "/api/v1/health/detailed"): 200,
        ("get", "/.well-known/jwks.json"): 200,
        ("get", "/.well-known/ended-sessions"): 200,
    },
}
Operation = tuple[str, str, dict[str, Any]]


def operations(service: Service) -> list[Operation]:
    paths = service.app.openapi()["paths"]
    return [
        (method, path, operation)
        for path, item in paths.items()
        for method, operation in item.items()
        if method in METHODS and path.startswith(("/api", "/."))
    ]


async def test_exactly_the_contract_is_documented(service: Service) -> None:
    contract = CONTRACTS[service.settings.blueprint]
    found = {(method, path): one for method, path, one in operations(service)}
    assert found.keys() == contract.keys()
    missing = {
        operation
        for operation, status in contract.items()
        if str(status) not in found[operation]["responses"]
    }
    assert missing == set()


async def test_every_operation_describes_its_refusals_in_one_form(
    service: Service,
) -> None:
    for _, _, operation in operations(service):
        for status, response in operation["responses"].items():
            if status >= "400":
                check_documented(response["content"])


async def test_every_refusal_names_its_codes(service: Service) -> None:
    for method, path, operation in operations(service):
        for status, response in operation["responses"].items():
            if status >= "400":
                codes = response["description"].partition(": ")[2]
                assert codes, (method, path, status)


async def test_every_operation_has_an_id_and_a_summary_of_its_own(
    service: Service,
) -> None:
    found = operations(service)
    ids = [operation["operationId"] for *_, operation in found]
    assert len(ids) == len(set(ids))
    assert all(operation["summary"] for *_, operation in found)


async def test_members_of_bodies_are_in_camel_case(service: Service) -> None:
    schemas = service.app.openapi()["components"]["schemas"]
    ours = {name: one for name, one in schemas.items() if "Validation" not in name}
    for schema in ours.values():
        assert not any("_" in member for member in schema.get("properties", {}))


async def test_no_example_or_default_gives_away_a_secret(service: Service) -> None:
    document = str(service.app.openapi())
    for secret in service.settings.secret:
        assert secret.get_secret_value() not in document
