"""`keywright dev`: run the service and start it again when a file changes."""

import typer

from keywright.cli.options import HERE, Blueprint, Cwd
from keywright.cli.serve import Host, Port


def dev(
    host: Host = None,
    port: Port = None,
    blueprint: Blueprint = None,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Run the service for development, starting again when .env or code changes."""
    from keywright.service.reload import serve_reloading

    flags = {"host": host, "port": port, "blueprint": blueprint, "env": "development"}
    given = {name: value for name, value in flags.items() if value is not None}
    raise typer.Exit(serve_reloading(given))
