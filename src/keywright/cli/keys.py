"""`keywright keys`: the signing keys, and what the master secret seals."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keywright.cli.options import HERE, AsJson, Cwd
from keywright.cli.progress import milestones

if TYPE_CHECKING:
    from keywright.features.keys.service import ListedKey
    from keywright.service.resealing import Tally
    from keywright.shared.jwt import SigningKey

commands = typer.Typer(help="The signing keys, and what the master secret seals.")
CERTIFICATES = Path("certs")
FAILURE = 1
MANY = 10_000


@commands.command("list")
def list_keys(
    *,
    as_json: AsJson = False,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Show every key and what it is used for."""
    from keywright.service.administration import keys_of, opened
    from keywright.service.settings import service_settings

    async def read() -> "list[ListedKey]":
        settings = service_settings()
        async with opened(settings) as auth:
            return await keys_of(auth, settings).listed()

    rows = [_row(key) for key in asyncio.run(read())]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        until = f", until {row['goneAt']}" if row["goneAt"] else ""
        typer.echo(
            f"{row['kid']}  {row['algorithm']:6} {row['state']:9}"
            f" from {row['activeAt']}{until}"
        )


@commands.command()
def rotate(cwd: Cwd = HERE) -> None:  # noqa: ARG001 - its callback enters the folder
    """Make a new key; it signs after ten minutes, and nobody is signed out."""
    from keywright.service.administration import keys_of, opened
    from keywright.service.settings import service_settings

    async def make() -> str:
        settings = service_settings()
        async with opened(settings) as auth:
            return await keys_of(auth, settings).rotate()

    typer.echo(f"{asyncio.run(make())} is staged and signs in ten minutes.")


@commands.command()
def reseal(
    *,
    as_json: AsJson = False,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Seal everything anew under the newest secret; 0 once no former one is needed.

    Signing keys, password hashes and tokens of providers. It can be interrupted and
    run again, beside the service.
    """
    from keywright.service.administration import opened
    from keywright.service.resealing import reseal as seal_all
    from keywright.service.settings import service_settings

    is_due = milestones(MANY)

    def tell(tally: "Tally") -> None:
        if is_due(tally.kind, tally.seen):
            typer.echo(f"… {_line(tally)}", err=True)

    async def run() -> "list[Tally]":
        async with opened(service_settings()) as auth:
            return await seal_all(auth, tell=tell)

    tallies = asyncio.run(run())
    if as_json:
        typer.echo(json.dumps([asdict(tally) for tally in tallies], indent=2))
    else:
        typer.echo("\n".join(_line(tally) for tally in tallies))
    _conclude(tallies, is_quiet=as_json)


@commands.command()
def revoke(
    kid: Annotated[str, typer.Argument(help="The key's id, from keys list.")],
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Make a key worthless at once: every access token that it signed is refused."""
    from keywright.service.administration import keys_of, opened
    from keywright.service.settings import service_settings

    async def end() -> None:
        settings = service_settings()
        async with opened(settings) as auth:
            await keys_of(auth, settings).revoke(kid)

    asyncio.run(end())
    typer.echo(f"{kid} is revoked. Servers know it within 30 seconds.")


@commands.command()
def generate(
    *,
    out: Annotated[
        Path, typer.Option("--out", help="The folder of the files.")
    ] = CERTIFICATES,
    force: Annotated[bool, typer.Option("--force", help="Replace them.")] = False,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Write the key that signs to private.pem and public.pem; make it if needed."""
    from keywright.service.certificates import write_pems

    key = asyncio.run(_signing())
    is_new = write_pems(out, key, replace=force)
    done = "was written to" if is_new else "stands already in"
    typer.echo(f"{key.kid} {done} {out}/private.pem and {out}/public.pem.")


@commands.command()
def jwk(cwd: Cwd = HERE) -> None:  # noqa: ARG001 - its callback enters the folder
    """Print the public part of the key that signs, as a JWK."""
    from keywright.service.failures import Failure
    from keywright.shared.jwt import public_jwk

    key = asyncio.run(_signing())
    if key.algorithm == "HS256":
        raise Failure("The keys are shared secrets (HS256) and have no public part.")
    typer.echo(json.dumps(public_jwk(key), indent=2))


async def _signing() -> "SigningKey":
    from keywright.service.administration import keys_of, opened
    from keywright.service.settings import service_settings

    settings = service_settings()
    async with opened(settings) as auth:
        return keys_of(auth, settings).ring.signing


def _conclude(tallies: "list[Tally]", *, is_quiet: bool) -> None:
    """Say whether a former secret is needed; exit with 1 if one is."""
    left = sum(tally.left for tally in tallies)
    unreadable = sum(tally.unreadable for tally in tallies)
    if left:
        typer.echo(
            f"{left} values still need a former secret. Keep it in AUTH_SECRET, let"
            " letters leave, and run this again.",
            err=True,
        )
    if unreadable:
        typer.echo(
            f"No secret in AUTH_SECRET opens {unreadable} values. Put the one that"
            " sealed them behind the others, and run this again.",
            err=True,
        )
    if left or unreadable:
        raise typer.Exit(FAILURE)
    if not is_quiet:
        typer.echo("No value needs a former secret.")


def _line(tally: "Tally") -> str:
    return (
        f"{tally.kind:15}  {tally.seen} looked at, {tally.resealed} sealed anew,"
        f" {tally.left} left, {tally.unreadable} unreadable"
    )


def _row(key: "ListedKey") -> dict[str, str | None]:
    return {
        "kid": key.kid,
        "algorithm": key.algorithm,
        "state": str(key.state.value),
        "activeAt": key.active_at.isoformat(),
        "goneAt": key.gone_at.isoformat() if key.gone_at else None,
    }
