"""`keywright diff` and `keywright upgrade`: copies against what this version writes."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keywright.cli.add import DryRun, require_answers
from keywright.cli.chosen import (
    FAILURE,
    NoParts,
    Parts,
    confirm_writing,
    failing,
    given,
)
from keywright.cli.options import AsJson, Yes
from keywright.cli.progress import working

if TYPE_CHECKING:
    from keywright.emit.upgrading import Upgrade

OldSource = Annotated[
    Path | None,
    typer.Option(
        help="The source of the version that wrote the copies, instead of fetching it.",
        exists=True,
        file_okay=False,
    ),
]
Wheels = Annotated[
    str | None,
    typer.Option(
        help="A folder or address with wheels of older versions, instead of the index.",
        envvar="KEYWRIGHT_WHEELS",
    ),
]
Folder = Annotated[Path, typer.Option("--cwd", help="The project's folder.")]


def diff(*, as_json: AsJson = False, cwd: Folder = Path()) -> None:
    """Show how the copies differ from what this version would write now.

    Lines with + are what this version writes, lines with - are yours. Nothing is
    written, and no other release is fetched.
    """
    with failing():
        from keywright.emit.comparing import compared

        with working("Comparing"):
            found = list(compared(cwd))
    if as_json:
        rows = [{"path": one.path, "state": one.state} for one in found]
        typer.echo(
            json.dumps({"version": version("keywright"), "files": rows}, indent=2)
        )
        return
    for one in found:
        typer.echo(one.text or f"{one.state}: {one.path}\n", nl=False)
    if not found:
        typer.echo("Every copy is as this version writes it.")


def upgrade(
    *,
    parts: Parts = None,
    without: NoParts = None,
    old_source: OldSource = None,
    wheels: Wheels = None,
    cwd: Folder = Path(),
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Bring the copies to this version, keeping what you changed.

    With --with and --without also to other parts, which keywright.toml then names.
    Where both changed the same lines, both stand between marks, and the command ends
    with 1 after it has written everything.
    """
    asks = not (yes or dry_run)
    require_answers(asks=asks, as_json=as_json)
    with failing():
        from keywright.emit.releases import from_folder, releases_beside
        from keywright.emit.upgrading import carry_out, upgraded

        own = version("keywright")
        releases = releases_beside(own, wheels)
        if old_source:
            releases = from_folder(old_source)
        with working("Comparing, and fetching what wrote them"):
            found = upgraded(
                cwd,
                version=own,
                releases=releases,
                writes=not dry_run,
                flags=given(parts, without),
            )
        if not as_json:
            _print(found, shows_text=dry_run)
        if asks:
            confirm_writing()
        if not dry_run:
            carry_out(found)
    if as_json:
        typer.echo(json.dumps(_as_json(found, is_written=not dry_run), indent=2))
    elif not dry_run:
        _print_next(found)
    if found.conflicts:
        raise typer.Exit(FAILURE)


def _print(found: "Upgrade", *, shows_text: bool) -> None:
    from keywright.emit.differences import unified

    changed = [one for one in found.steps if one.says_something]
    for step in changed:
        came = f" (was {step.origin})" if step.origin else ""
        typer.echo(f"  {step.result.outcome.value:14} {step.path}{came}")
    if not changed:
        typer.echo("Every copy is as this version writes it.")
    for step in found.steps if shows_text else ():
        if step.is_change:
            before = found.project.content(step.origin or step.path) or b""
            after = (step.content or b"").decode("utf-8", "replace")
            text = unified(step.path, before.decode("utf-8", "replace"), after)
            typer.echo(text, nl=False)


def _print_next(found: "Upgrade") -> None:
    if found.conflicts:
        listed = "".join(f"\n  {path}" for path in found.conflicts)
        text = f"These files hold marks (<<<<<<<); resolve them:{listed}"
        typer.echo(text, err=True)
    for note in found.notes:
        typer.echo(f"Versions: {note}", err=True)
    if found.unnamed_models:
        typer.echo(f"Add to migrations/env.py: {', '.join(found.unnamed_models)}")
    if found.changes_tables:
        typer.echo("Tables changed: alembic revision --autogenerate -m upgrade")
    if found.steps:
        typer.echo(f"The copies are those of version {found.version}. Run your tests.")


def _as_json(found: "Upgrade", *, is_written: bool) -> dict[str, object]:
    return {
        "version": found.version,
        "written": is_written,
        "files": [
            {
                "path": one.path,
                "outcome": one.result.outcome.name.lower(),
                **({"was": one.origin} if one.origin else {}),
            }
            for one in found.steps
            if one.says_something
        ],
        "conflicts": list(found.conflicts),
        "notes": list(found.notes),
    }
