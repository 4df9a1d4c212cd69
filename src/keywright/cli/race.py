"""`keywright race`: the public race suite."""

import asyncio
import json
import sys
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from keywright.cli.options import AsJson

FAILURE = 1
WORDS = {True: "kept", False: "BROKEN", None: "not tried"}


def race(
    url: Annotated[str, typer.Argument(help="The service, as https://id.example.com.")],
    email: Annotated[str, typer.Option(help="A user of the service.")],
    *,
    password_stdin: Annotated[
        bool,
        typer.Option("--password-stdin", help="Read the password from standard input."),
    ] = False,
    at_once: Annotated[
        int, typer.Option(min=2, max=1000, help="How many requests race.")
    ] = 64,
    window: Annotated[
        int, typer.Option(min=1, help="The service's retry window in seconds.")
    ] = 10,
    mailbox: Annotated[
        str | None, typer.Option(help="Where mails to the user are read as JSON.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Race a running service for its promises about tokens; 1 if one is broken.

    Signs the user in six times, and ends each of these sessions. Strict mode, a retry
    window of 0s, keeps other promises.
    """
    password = _password(from_input=password_stdin)
    from keywright.service.race import Terms
    from keywright.service.race import race as run

    lasts = timedelta(seconds=window)
    terms = Terms(email, password, at_once=at_once, window=lasts, mailbox=mailbox)
    outcomes = asyncio.run(run(url, terms))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in outcomes], indent=2))
    else:
        for one in outcomes:
            typer.echo(f"{WORDS[one.kept]:9}  {one.seconds:5.1f} s  {one.promise}")
            typer.echo(f"{'':21}{one.detail}")
    tried = [one for one in outcomes if one.kept is not None]
    if not tried or not all(one.kept for one in tried):
        raise typer.Exit(FAILURE)


def _password(*, from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True))
