"""`keywright purge`: remove what has ended."""

import asyncio
from typing import Annotated

import typer

from keywright.cli.options import HERE, Cwd

Files = Annotated[
    bool, typer.Option("--files", help="Also pictures that are nobody's.")
]


def purge(
    *,
    files: Files = False,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Remove what has ended, once: sessions, codes, letters, lapsed accounts.

    The service does the same every ten minutes, but for files: for those the whole
    store is looked through, which must belong to this database alone.
    """
    from keywright.service.administration import opened, swept
    from keywright.service.settings import service_settings

    async def remove() -> int:
        async with opened(service_settings()) as auth:
            await auth.purge.run_all()
            return await swept(auth) if files else 0

    removed = asyncio.run(remove())
    typer.echo("What had ended is gone.")
    if files:
        typer.echo(f"{removed} files were nobody's.")
