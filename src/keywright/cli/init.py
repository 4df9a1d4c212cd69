"""`keywright init`: start a project, or make an existing one known."""

from pathlib import Path
from typing import Annotated

import typer

from keywright.cli.add import DryRun, finish, require_answers
from keywright.cli.chosen import (
    Cache,
    Database,
    Files,
    Layout,
    Mailer,
    NoParts,
    Package,
    Parts,
    Responses,
    ask,
    failing,
    given,
    item_named,
)
from keywright.cli.options import AsJson, Yes
from keywright.cli.progress import working

NONE = "none"


def init(
    *,
    blueprint: Annotated[
        str | None,
        typer.Option(help="What to start with, or none. New projects: hybrid-auth."),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(help="The module with your SQLAlchemy Base, or none."),
    ] = None,
    parts: Parts = None,
    without: NoParts = None,
    layout: Layout = None,
    package: Package = None,
    database: Database = None,
    cache: Cache = None,
    mailer: Mailer = None,
    files: Files = None,
    responses: Responses = None,
    cwd: Annotated[Path, typer.Option(help="The project's folder.")] = Path(),
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Start a project here: code, tests, migrations, Dockerfiles, fresh secrets.

    In a folder with code of yours only keywright.toml is written: the package, the
    database and your declarative base are found, and asked for where they are not.
    """
    asks = not (yes or dry_run)
    require_answers(asks=asks, as_json=as_json)
    flags = given(
        parts,
        without,
        layout=layout,
        package=package,
        database=database,
        cache=cache,
        mailer=mailer,
        files=files,
        responses=responses,
    )
    with failing():
        from keywright.emit.detection import detected
        from keywright.emit.starting import Start, initialised

        found = detected(cwd)
        chosen = blueprint or ("hybrid-auth" if found is None else NONE)
        item = None if chosen == NONE else item_named("blueprint", chosen)
        if found is not None and not as_json:
            for module in found.sessions:
                typer.echo(
                    f"{module} makes sessions of its own; it keeps them. The copied"
                    " stores connect by AUTH_DATABASE_URL."
                )
        start = Start(flags, item, base)
        question = ask if asks else None
        with working("Planning", is_quiet=asks):
            prepared = initialised(cwd, start, ask=question, writes=not dry_run)
        finish(prepared, asks=asks, writes=not dry_run, as_json=as_json, force=False)
