"""`keywright add`: copy an item into a project."""

import json
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keywright.cli.chosen import (
    USAGE,
    Cache,
    Database,
    Files,
    Kind,
    Layout,
    Mailer,
    Name,
    NoParts,
    Package,
    Parts,
    Responses,
    ask,
    confirm_writing,
    fail,
    failing,
    given,
    item_named,
)
from keywright.cli.options import AsJson, Yes
from keywright.cli.progress import working

if TYPE_CHECKING:
    from keywright.emit.changes import Prepared

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show the plan, write nothing.")
]


def add(
    kind: Kind,
    name: Name,
    *,
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
    force: Annotated[
        bool, typer.Option("--force", help="Replace changed files, keep each as .orig.")
    ] = False,
) -> None:
    """Copy tested source into a project that then owns it.

    The choices come from keywright.toml; without that file they come from the
    options, and the file is written. Nothing that you changed is overwritten.
    """
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
    item = item_named(kind, name)
    asks = not (yes or dry_run)
    require_answers(asks=asks, as_json=as_json)
    with failing():
        from keywright.emit.adding import planned

        question = ask if asks else None
        with working("Planning", is_quiet=asks):
            prepared = planned(item, cwd, flags, ask=question, writes=not dry_run)
        finish(prepared, asks=asks, writes=not dry_run, as_json=as_json, force=force)


def require_answers(*, asks: bool, as_json: bool) -> None:
    """End with 2 if questions must be asked and nobody can answer them."""
    if asks and (as_json or not sys.stdin.isatty()):
        fail("Nobody can answer here. Run the command again with --yes.", USAGE)


def finish(
    prepared: "Prepared", *, asks: bool, writes: bool, as_json: bool, force: bool
) -> None:
    """Show *prepared*, ask whether to write it, and write it."""
    from keywright.emit.changes import carry_out
    from keywright.emit.differences import differences

    if not as_json:
        print_plan(prepared)
    if not writes and not as_json:
        for text in differences(prepared):
            typer.echo(text, nl=False)
    if asks:
        confirm_writing()
    if writes:
        carry_out(prepared, version=version("keywright"), force=force)
    if as_json:
        typer.echo(json.dumps(_as_json(prepared, is_written=writes), indent=2))
    elif writes:
        typer.echo("Done. Next:")
        for number, step in enumerate(prepared.next_steps, start=1):
            typer.echo(f"  {number}. {step}")


def print_plan(prepared: "Prepared") -> None:
    """Print the files, requirements and variables of *prepared*."""
    plan = prepared.plan
    typer.echo(f"{plan.item or 'keywright.toml'} in {prepared.project.root}")
    for step in prepared.steps:
        typer.echo(f"  {step.state.value:14} {step.path}")
    for path in plan.edits:
        typer.echo(f"  {'lines added':14} {path}")
    if plan.requirements:
        typer.echo("Requirements: " + ", ".join(plan.requirements))
    if plan.test_requirements:
        typer.echo("For tests: " + ", ".join(plan.test_requirements))
    for note in plan.notes:
        typer.echo(f"Versions: {note}", err=True)
    names = [one.name for one in plan.variables if one.fresh or one.value is not None]
    if names:
        typer.echo("Variables in .env: " + ", ".join(names))


def _as_json(prepared: "Prepared", *, is_written: bool) -> Mapping[str, object]:
    plan = prepared.plan
    return {
        "item": plan.item,
        "written": is_written,
        "choices": dict(prepared.project.choices.as_mapping()),
        "files": [
            {"path": step.path, "state": step.state.name.lower()}
            for step in prepared.steps
        ],
        "edits": list(plan.edits),
        "notes": list(plan.notes),
        "requirements": list(plan.requirements),
        "testRequirements": list(plan.test_requirements),
        "variables": [variable.name for variable in plan.variables],
        "nextSteps": list(prepared.next_steps),
    }
