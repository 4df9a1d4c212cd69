"""Options that several commands have."""

import os
from pathlib import Path
from typing import Annotated

import typer


def _enter(folder: Path) -> Path:
    os.chdir(folder)
    return folder


Cwd = Annotated[
    Path,
    typer.Option(
        "--cwd",
        help="The folder with .env and .keywright/.",
        exists=True,
        file_okay=False,
        callback=_enter,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")]
Blueprint = Annotated[
    str | None, typer.Option(help="Which blueprint; AUTH_BLUEPRINT, hybrid-auth.")
]
HERE = Path()
