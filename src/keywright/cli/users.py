"""`keywright users`: the first administrator, users of another system, locked ones."""

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from keywright.cli.options import HERE, AsJson, Cwd

if TYPE_CHECKING:
    from keywright.features.users.types import User
    from keywright.service.importing import Imported, Problem

commands = typer.Typer(
    help="Add users, the first administrator or another system's, and unlock them.",
    no_args_is_help=True,
)
FAILURE, USAGE = 1, 2


@commands.callback()
def _group() -> None:
    """Add users, the first administrator or another system's, and unlock them."""


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


@commands.command("import")
def import_users(
    file: Annotated[
        typer.FileText, typer.Argument(help="JSON lines; - is standard input.")
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Look at every line, add nobody.")
    ] = False,
    as_json: AsJson = False,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Add the users in FILE with the password hashes they have.

    Each line is an object with email, name and, if known, passwordHash, role,
    isEmailVerified and createdAt. Nobody is added unless every line is good. An
    address that is in use stays as it is, so an import may be repeated.
    """
    imported, problems = asyncio.run(_import(file.readlines(), dry_run=dry_run))
    for problem in problems:
        typer.echo(f"line {problem.line}: {problem.text}", err=True)
    if problems:
        _fail(f"Nobody was added: mend what is wrong in {len(problems)} places.")
    if as_json:
        typer.echo(json.dumps({"added": imported.added, "known": imported.known}))
        return
    done = "would be" if dry_run else "were"
    typer.echo(f"{imported.added} {done} added, {imported.known} were there before.")


@commands.command()
def unlock(
    email: Annotated[str, typer.Argument(help="The user's e-mail address.")],
    *,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Forget the wrong passwords that strangers tried at the account of EMAIL.

    A hard stop is lifted. A device or network that has just used up its tries waits
    for up to 15 minutes all the same.
    """
    try:
        user = asyncio.run(_unlock(email))
    except ValueError as error:
        _fail(f"{email}: {error}.")
    typer.echo(f"{user.email} can sign in on new devices again.")


async def _unlock(email: str) -> "User":
    from keywright.service.administration import opened, unlock
    from keywright.service.settings import service_settings

    async with opened(service_settings()) as auth:
        return await unlock(auth, email)


async def _import(
    lines: list[str], *, dry_run: bool
) -> "tuple[Imported, list[Problem]]":
    from keywright.service.administration import opened
    from keywright.service.importing import add_users, count_users, read_users
    from keywright.service.settings import service_settings

    async with opened(service_settings()) as auth:
        users, problems = read_users(lines, auth.passwords)
        if dry_run or problems:
            return await count_users(auth, users), problems
        return await add_users(auth, users), problems


async def _add(email: str, name: str, password: str) -> "User":
    from keywright.service.administration import add_admin, opened
    from keywright.service.settings import service_settings

    settings = service_settings()
    async with opened(settings) as auth:
        role = settings.admin_role
        return await add_admin(
            auth, email=email, name=name, password=password, role=role
        )


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
