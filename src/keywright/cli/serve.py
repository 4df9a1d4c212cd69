"""`keywright serve`: run the service."""

from typing import Annotated

import typer

from keywright.cli.options import HERE, Blueprint, Cwd

Host = Annotated[
    str | None, typer.Option(help="The address to listen on; AUTH_HOST, 127.0.0.1.")
]
Port = Annotated[
    int | None, typer.Option(help="The port; AUTH_PORT, 9000. 0: a free one.")
]
HeaderTimeout = Annotated[
    float,
    typer.Option(min=0.1, help="Seconds that a client has for its request headers."),
]


def serve(
    *,
    host: Host = None,
    port: Port = None,
    workers: Annotated[
        int | None, typer.Option(help="How many processes; AUTH_WORKERS, 1.")
    ] = None,
    blueprint: Blueprint = None,
    header_timeout: HeaderTimeout = 10.0,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Run the service; everything else is read from AUTH_* variables and .env.

    Without any setting it keeps users in .keywright/keywright.db and shows e-mails
    under /dev/mail.
    """
    from keywright.service.run import Serving
    from keywright.service.run import serve as run

    flags = {"host": host, "port": port, "workers": workers, "blueprint": blueprint}
    given = {name: value for name, value in flags.items() if value is not None}
    raise typer.Exit(run(Serving(typer.echo, given, header_timeout)))
