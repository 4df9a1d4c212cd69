"""`keywright openapi`: the description of the HTTP interface."""

import json

import typer

from keywright.cli.options import HERE, Cwd


def openapi(cwd: Cwd = HERE) -> None:  # noqa: ARG001 - its callback enters the folder
    """Print the OpenAPI description of the service as JSON."""
    from keywright.service.application import described
    from keywright.service.settings import service_settings

    typer.echo(json.dumps(described(service_settings()), indent=2))
