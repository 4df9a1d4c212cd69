"""`keywright db`: the database and its tables."""

import asyncio
import json
from typing import Annotated

import typer

from keywright.cli.options import HERE, AsJson, Cwd, Yes

commands = typer.Typer(help="Make the database, and bring its tables up to date.")
FAILURE, USAGE = 1, 2


@commands.command()
def create(cwd: Cwd = HERE) -> None:  # noqa: ARG001 - its callback enters the folder
    """Make the database that AUTH_DATABASE_URL names, if it is not there."""
    from keywright.migrations.choice import runner_of
    from keywright.service.settings import database_url

    url = database_url(is_new=True)
    asyncio.run(runner_of(url).create(url))
    typer.echo("The database is there. Next: keywright db migrate")


@commands.command()
def drop(
    *,
    yes: Yes = False,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Delete the database with every user in it."""
    from keywright.migrations.choice import runner_of
    from keywright.service.database import kind_of
    from keywright.service.settings import database_url

    url = database_url()
    _require_consent(f"Delete the {kind_of(url)} database with every user in it?", yes)
    asyncio.run(runner_of(url).drop(url))
    typer.echo("The database is gone.")


@commands.command()
def migrate(cwd: Cwd = HERE) -> None:  # noqa: ARG001 - its callback enters the folder
    """Bring the tables to the newest revision."""
    from keywright.migrations.choice import runner_of
    from keywright.service.settings import database_url

    url = database_url()
    runner = runner_of(url)
    asyncio.run(runner.migrate(url))
    typer.echo(f"The tables are at revision {runner.head()}.")


@commands.command()
def revert(
    revision: Annotated[str, typer.Argument(help="Where to; base removes all tables.")],
    *,
    yes: Yes = False,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Take revisions back; what only they could hold is lost."""
    from keywright.migrations.choice import RevisionUnknown, runner_of
    from keywright.service.settings import database_url

    url = database_url()
    _require_consent(f"Take the tables back to {revision}?", yes)
    try:
        asyncio.run(runner_of(url).revert(url, revision))
    except RevisionUnknown:
        typer.echo(f"There is no revision {revision}.", err=True)
        raise typer.Exit(USAGE) from None
    typer.echo(f"The tables are at revision {revision}.")


@commands.command()
def current(
    *,
    as_json: AsJson = False,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Show the revision of the tables, and the newest."""
    from keywright.migrations.choice import runner_of
    from keywright.service.settings import database_url

    url = database_url()
    runner = runner_of(url)
    found, newest = asyncio.run(runner.current(url)), runner.head()
    if as_json:
        typer.echo(json.dumps({"current": found, "newest": newest}))
    else:
        typer.echo(f"current: {found or 'none'}\nnewest: {newest}")


@commands.command()
def check(
    *,
    as_json: AsJson = False,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Compare the tables with what this version needs; 1 if they differ."""
    from keywright.migrations.choice import runner_of
    from keywright.service.settings import database_url

    url = database_url()
    differences = list(asyncio.run(runner_of(url).check(url)))
    if as_json:
        typer.echo(json.dumps({"differences": differences}))
    elif differences:
        typer.echo("\n".join([*differences, "Run: keywright db migrate"]), err=True)
    else:
        typer.echo("The tables are as this version needs them.")
    if differences:
        raise typer.Exit(FAILURE)


def _require_consent(question: str, yes: bool) -> None:  # noqa: FBT001 - a flag passed on
    import sys

    if yes:
        return
    if not sys.stdin.isatty():
        typer.echo("Nobody can answer here. Run it again with --yes.", err=True)
        raise typer.Exit(USAGE)
    if not typer.confirm(question):
        typer.echo("Nothing was changed.", err=True)
        raise typer.Exit(FAILURE)
