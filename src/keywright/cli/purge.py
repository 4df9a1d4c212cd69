"""`keywright purge`: remove what has ended."""

import asyncio

import typer

from keywright.cli.options import HERE, Cwd


def purge(cwd: Cwd = HERE) -> None:  # noqa: ARG001 - its callback enters the folder
    """Remove what has ended, once: sessions, codes, letters, lapsed accounts.

    The service does the same every ten minutes.
    """
    from keywright.service.administration import opened
    from keywright.service.settings import service_settings

    async def remove() -> None:
        async with opened(service_settings()) as auth:
            await auth.purge.run_all()

    asyncio.run(remove())
    typer.echo("What had ended is gone.")
