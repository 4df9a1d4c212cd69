"""`keywright list` and `keywright view`: what there is, and what it would bring."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keywright.cli.chosen import (
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
    failing,
    given,
    item_named,
)
from keywright.cli.options import AsJson
from keywright.cli.progress import working
from keywright.registry.items import ITEMS, KINDS

if TYPE_CHECKING:
    from keywright.emit.plan import Plan


def list_items(
    kind: Annotated[
        str | None, typer.Argument(help=f"Only these: {', '.join(KINDS)}.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show everything that can be copied. Needs no project."""
    if kind is not None and kind not in KINDS:
        raise typer.BadParameter(f"There is no {kind}. There is: {', '.join(KINDS)}.")
    items = [
        item for item in ITEMS.values() if kind in {None, item.name.partition("/")[0]}
    ]
    if as_json:
        rows = [
            {"name": item.name, "summary": item.summary, "parts": list(item.parts)}
            for item in items
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    width = max(len(item.name) for item in items)
    for item in items:
        name = item.name.replace("/", " ", 1)
        typer.echo(f"{name:{width}}  {item.summary}")
        if item.parts:
            typer.echo(f"{'':{width}}  --with {','.join(item.parts)}")
    typer.echo("\nLook closer: keywright view KIND NAME. Copy: keywright add KIND NAME")


def view(
    kind: Kind,
    name: Name,
    file: Annotated[
        str | None, typer.Argument(help="Print this file of it, as it would be.")
    ] = None,
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
    as_json: AsJson = False,
) -> None:
    """Show what copying an item brings: files, requirements, variables.

    Nothing is written and no project is needed; where there is one, its choices count.
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
    with failing():
        from keywright.emit.adding import viewed

        with working("Planning"):
            plan = viewed(item, cwd, flags)
        if file is not None:
            typer.echo(_content(plan, file), nl=False)
        elif as_json:
            typer.echo(json.dumps(_as_json(plan, item.summary), indent=2))
        else:
            _print(plan, item.summary)


def _content(plan: "Plan", file: str) -> str:
    files = {**plan.files, **plan.started}
    if file not in files:
        raise typer.BadParameter(
            f"{plan.item} brings no {file}. Run it without a file."
        )
    return files[file]


def _paths(plan: "Plan") -> list[str]:
    return sorted(path for path, text in {**plan.files, **plan.started}.items() if text)


def _as_json(plan: "Plan", summary: str) -> Mapping[str, object]:
    return {
        "name": plan.item,
        "summary": summary,
        "files": _paths(plan),
        "requirements": list(plan.requirements),
        "testRequirements": list(plan.test_requirements),
        "variables": [
            {"name": one.name, "about": one.about, "default": one.default}
            for one in plan.variables
        ],
    }


def _print(plan: "Plan", summary: str) -> None:
    typer.echo(f"{plan.item}: {summary}")
    for path in _paths(plan):
        typer.echo(f"  {path}")
    typer.echo("Requirements: " + (", ".join(plan.requirements) or "none"))
    if plan.test_requirements:
        typer.echo("For tests: " + ", ".join(plan.test_requirements))
    if plan.variables:
        typer.echo("Variables: " + ", ".join(one.name for one in plan.variables))
