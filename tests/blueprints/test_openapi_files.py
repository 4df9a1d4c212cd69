"""The OpenAPI documents of all blueprints, as they are checked in."""

import json
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.blueprints.harness import Service
from tests.blueprints.kinds import KINDS

BLUEPRINTS = tuple(KINDS)
VARIANTS = ("sqlite",)
CHECKED_IN = Path(__file__).parents[2] / "docs" / "openapi"


async def test_the_document_is_valid(service: Service) -> None:
    OpenAPIV31SpecValidator(service.app.openapi()).validate()


async def test_the_document_is_the_one_checked_in(service: Service) -> None:
    """Write it anew with `keywright openapi --blueprint NAME`."""
    text = (CHECKED_IN / f"{service.settings.blueprint}.json").read_text("utf-8")
    assert json.loads(text) == service.app.openapi()
