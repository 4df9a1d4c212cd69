"""What OpenAPI says of signing in, held against what strangers are told."""

from tests.blueprints.documented import METHODS
from tests.blueprints.harness import Service
from tests.blueprints.kinds import KINDS

BLUEPRINTS = tuple(KINDS)
VARIANTS = ("sqlite",)
SOMETIMES = ("/health/detailed", "/request-otp")
"""Production asks for a sign-in; so do codes for what only the owner may do."""


async def test_what_strangers_are_refused_asks_for_a_sign_in(service: Service) -> None:
    document = service.app.openapi()
    checked = []
    for path, operations in document["paths"].items():
        for method in operations.keys() & METHODS:
            if "{" in path or path.endswith(SOMETIMES):
                continue
            answer = await service.client().request(method, service.root(path))
            refused = '"not_signed_in"' in answer.text
            assert ("security" in operations[method]) is refused, (method, path)
            checked.append(refused)
    assert {True, False} == {*checked}


async def test_the_cookie_that_it_names_is_one_of_the_blueprints(
    service: Service,
) -> None:
    schemes = service.app.openapi()["components"]["securitySchemes"]
    assert {one["type"] for one in schemes.values()} <= {"http", "apiKey"}
    named = {one["name"] for one in schemes.values() if "name" in one}
    assert named <= {*service.kind.cookies}
    assert named or "bearer" in schemes
