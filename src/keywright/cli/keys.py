"""`keywright keys`: the signing keys."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keywright.cli.options import HERE, AsJson, Cwd

if TYPE_CHECKING:
    from keywright.features.keys.service import ListedKey
    from keywright.shared.jwt import SigningKey

commands = typer.Typer(help="List, rotate, revoke and write out the signing keys.")
CERTIFICATES = Path("certs")


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


def _row(key: "ListedKey") -> dict[str, str | None]:
    return {
        "kid": key.kid,
        "algorithm": key.algorithm,
        "state": str(key.state.value),
        "activeAt": key.active_at.isoformat(),
        "goneAt": key.gone_at.isoformat() if key.gone_at else None,
    }
