"""Requests made from the OpenAPI document, right and wrong ones (H6)."""

import asyncio
import os
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.blueprints.harness import Service
from tests.security.live import live

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PARTS = 3


def fuzz(
    service: Service, url: str, token: str, mode: GenerationMode, part: int
) -> int:
    """Send what the document makes of every third operation; return how much."""
    schema, sent = openapi.from_dict(service.app.openapi()), 0
    found = [one for one in schema.get_all_operations() if isinstance(one, Ok)]
    headers = {"Authorization": f"Bearer {token}", "X-Token-Transport": "bearer"}
    for operation in (one.ok() for one in found[part::PARTS]):

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def call(case: Case[Any]) -> None:
            nonlocal sent
            sent += 1
            checks = list(CHECKS)
            if mode is GenerationMode.NEGATIVE:
                checks.append(negative_data_rejection)
            case.call_and_validate(base_url=url, headers=headers, checks=checks)

        # What takes nothing cannot be given anything wrong.
        with suppress(Unsatisfiable):
            call()
    return sent


@pytest.mark.attack("H6")
@pytest.mark.asvs("V2.2.1")
@pytest.mark.asvs("V16.5.1")
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
async def test_no_request_breaks_the_document_or_the_service(
    service: Service, mode: GenerationMode, part: int
) -> None:
    client = await service.signed_in(transport="bearer")
    async with live(service) as url:
        token = client.tokens["accessToken"]
        sent = await asyncio.to_thread(fuzz, service, url, token, mode, part)

    assert sent >= EXAMPLES
