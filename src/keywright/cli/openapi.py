"""`keywright openapi`: the description of the HTTP interface."""

import json

import typer

from keywright.cli.options import HERE, Blueprint, Cwd


def openapi(
    *,
    blueprint: Blueprint = None,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Print the OpenAPI description of the service as JSON."""
    from keywright.service.application import described
    from keywright.service.settings import service_settings

    description = described(service_settings(blueprint=blueprint))
    typer.echo(json.dumps(description, indent=2, ensure_ascii=False))
