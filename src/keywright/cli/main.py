"""`keywright`: the commands, and how they fail.

Nothing heavy is imported before a command needs it: help is for people who wait.
"""

import sys
from typing import Annotated

import typer

from keywright.cli.accounts import add_commands
from keywright.cli.add import add
from keywright.cli.db import commands as db_commands
from keywright.cli.dev import dev
from keywright.cli.doctor import doctor
from keywright.cli.init import init
from keywright.cli.keys import commands as keys_commands
from keywright.cli.listing import list_items, view
from keywright.cli.openapi import openapi
from keywright.cli.purge import purge
from keywright.cli.race import race
from keywright.cli.serve import serve
from keywright.cli.upgrade import diff, upgrade
from keywright.cli.users import commands as users_commands

FAILURE = 1

app = typer.Typer(
    name="keywright",
    help="Sign-in, sessions and tokens: a service, a library, and code to own.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        from importlib.metadata import version

        typer.echo(version("keywright"))
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="The version."
        ),
    ] = False,
) -> None:
    """Take what stands before a command."""


app.command()(serve)
app.command()(dev)
app.command()(init)
app.command("list")(list_items)
app.command()(view)
app.command()(add)
app.command()(diff)
app.command()(upgrade)
app.add_typer(db_commands, name="db")
app.add_typer(keys_commands, name="keys")
add_commands(users_commands)
app.add_typer(users_commands, name="users")
app.command()(purge)
app.command()(doctor)
app.command()(race)
app.command()(openapi)


def main() -> None:
    """Run the command line; 0 is success, 1 failure, 2 wrong usage."""
    try:
        app(prog_name="keywright")
    except Exception as error:
        from keywright.service.explain import explanation

        text = explanation(error)
        if text is None:
            raise
        typer.echo(text, err=True)
        sys.exit(FAILURE)


if __name__ == "__main__":
    main()
