"""`keywright users show, ban, activate, end-sessions`: one account, by its address."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from keywright.cli.options import HERE, AsJson, Cwd

if TYPE_CHECKING:
    from keywright.blueprints.foundation.types import Auth

T = TypeVar("T")
FAILURE = 1
Email = Annotated[str, typer.Argument(help="The user's e-mail address.")]


def add_commands(commands: typer.Typer) -> None:
    """Add what is done to one account to *commands*."""
    commands.command()(show)
    commands.command()(ban)
    commands.command()(activate)
    commands.command()(end_sessions)


def show(
    email: Email,
    *,
    as_json: AsJson = False,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Show the account of EMAIL, its live sessions and its newest events."""
    from keywright.service.accounts import shown

    account = _done(shown, email)
    if as_json:
        typer.echo(json.dumps(account, indent=2))
        return
    for name, value in account.items():
        if isinstance(value, list):
            typer.echo(f"{name}:")
            for one in value:
                typer.echo(f"  {_line(one)}")
        else:
            typer.echo(f"{name}: {'-' if value is None else value}")


def ban(
    email: Email,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """End every session of EMAIL and refuse further sign-ins."""
    from keywright.features.users.types import Status
    from keywright.service.accounts import set_status

    async def act(auth: "Auth", address: str) -> object:
        return await set_status(auth, address, Status.BANNED)

    _done(act, email)
    typer.echo(f"{email} is banned. Access tokens that no store is asked of end soon.")


def activate(
    email: Email,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Let EMAIL, who was banned or deactivated, sign in again."""
    from keywright.features.users.types import Status
    from keywright.service.accounts import set_status

    async def act(auth: "Auth", address: str) -> object:
        return await set_status(auth, address, Status.ACTIVE)

    _done(act, email)
    typer.echo(f"{email} can sign in.")


def end_sessions(
    email: Email,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Sign EMAIL out everywhere."""
    from keywright.service.accounts import end_sessions as end

    typer.echo(f"{_done(end, email)} sessions of {email} are over.")


def _done(act: "Callable[[Auth, str], Awaitable[T]]", email: str) -> T:
    from keywright.service.administration import opened
    from keywright.service.settings import service_settings

    async def run() -> T:
        async with opened(service_settings()) as auth:
            return await act(auth, email)

    try:
        return asyncio.run(run())
    except ValueError as error:
        typer.echo(f"{email}: {error}.", err=True)
        raise typer.Exit(FAILURE) from None


def _line(entry: Mapping[str, object]) -> str:
    # What clients call themselves must not command a terminal.
    words = ("-" if one is None else str(one) for one in entry.values())
    return "  ".join(
        "".join(c if c.isprintable() else "?" for c in word) for word in words
    )
