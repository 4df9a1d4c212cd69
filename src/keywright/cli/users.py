"""`keywright users`: the first administrator."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from keywright.cli.options import HERE, Cwd

if TYPE_CHECKING:
    from keywright.features.users.types import User

commands = typer.Typer(help="Add the first administrator.", no_args_is_help=True)
FAILURE, USAGE = 1, 2


@commands.callback()
def _group() -> None:
    """Add the first administrator."""


@commands.command()
def create_admin(
    email: Annotated[str, typer.Option(help="The administrator's e-mail address.")],
    name: Annotated[str, typer.Option(help="The administrator's name.")],
    *,
    password_stdin: Annotated[
        bool,
        typer.Option("--password-stdin", help="Read the password from standard input."),
    ] = False,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Add a user with the role admin, who can sign in at once.

    The password is asked for, or read from standard input; never from the command
    line, where others see it.
    """
    password = _password(from_input=password_stdin)
    from keywright.features.passwords.errors import PasswordRefused
    from keywright.features.users.errors import EmailTaken

    try:
        user = asyncio.run(_add(email, name, password))
    except EmailTaken:
        _fail(f"{email} is already in use. Sign in with it, or choose another address.")
    except PasswordRefused as refused:
        reasons = "; ".join((refused.errors or {}).get("password", ()))
        _fail(f"The password is not good enough: {reasons}.")
    except ValueError as error:
        _fail(f"{email}: {error}.")
    typer.echo(f"{user.email} is an administrator and can sign in.")


async def _add(email: str, name: str, password: str) -> "User":
    from keywright.service.administration import add_admin, opened
    from keywright.service.settings import service_settings

    async with opened(service_settings()) as hybrid:
        return await add_admin(hybrid, email=email, name=name, password=password)


def _password(*, from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        typer.echo("Nobody can type here. Run it with --password-stdin.", err=True)
        raise typer.Exit(USAGE)
    entered: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return entered


def _fail(message: str) -> None:
    typer.echo(message, err=True)
    raise typer.Exit(FAILURE)
