"""`keywright add`: copy an item into a project."""

import json
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from keywright.registry.choices import OPTIONS
from keywright.registry.items import ITEMS, Item

if TYPE_CHECKING:
    from keywright.emit.changes import Prepared

_FAILURE, _USAGE = 1, 2


def _values(key: str) -> str:
    return ", ".join(OPTIONS[key])


def add(
    kind: Annotated[str, typer.Argument(help="What to copy: blueprint.")],
    name: Annotated[str, typer.Argument(help="Which one: hybrid-auth.")],
    *,
    layout: Annotated[
        str | None, typer.Option(help=f"How files are arranged: {_values('layout')}.")
    ] = None,
    package: Annotated[
        str | None, typer.Option(help="The package that gets the code.")
    ] = None,
    database: Annotated[
        str | None, typer.Option(help=f"What keeps users: {_values('database')}.")
    ] = None,
    cache: Annotated[
        str | None, typer.Option(help=f"What else keeps sessions: {_values('cache')}.")
    ] = None,
    mailer: Annotated[
        str | None, typer.Option(help=f"How letters go out: {_values('mailer')}.")
    ] = None,
    responses: Annotated[
        str | None, typer.Option(help=f"The form of answers: {_values('responses')}.")
    ] = None,
    cwd: Annotated[Path, typer.Option(help="The project's folder.")] = Path(),
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing; take defaults.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan, write nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace changed files, keep each as .orig.")
    ] = False,
) -> None:
    """Copy tested source into a project that then owns it.

    The choices come from keywright.toml; without that file they come from the
    options, and the file is written. Nothing that you changed is overwritten.
    """
    flags = {
        "layout": layout,
        "package": package,
        "database": database,
        "cache": cache,
        "mailer": mailer,
        "responses": responses,
    }
    given = {key: value for key, value in flags.items() if value is not None}
    item = ITEMS.get(f"{kind}/{name}")
    if item is None:
        known = ", ".join(one.replace("/", " ") for one in ITEMS)
        _fail(f"There is no {kind} {name}. There is: {known}.", _USAGE)
    asks = not (yes or dry_run)
    if asks and (as_json or not sys.stdin.isatty()):
        _fail("Nobody can answer here. Run the command again with --yes.", _USAGE)
    _add(item, cwd, given, asks=asks, writes=not dry_run, as_json=as_json, force=force)


def _add(
    item: Item,
    cwd: Path,
    given: Mapping[str, str],
    *,
    asks: bool,
    writes: bool,
    as_json: bool,
    force: bool,
) -> None:
    from keywright.emit.adding import planned
    from keywright.emit.changes import carry_out
    from keywright.emit.refusals import ChoiceRefused, EmitError

    try:
        prepared = planned(item, cwd, given, ask=_ask if asks else None)
        if not as_json:
            _print_plan(prepared)
        if asks and not typer.confirm("Write this?", default=True):
            _fail("Nothing was written.", _FAILURE)
        if writes:
            carry_out(prepared, version=version("keywright"), force=force)
    except ChoiceRefused as refused:
        _fail(str(refused), _USAGE)
    except (EmitError, OSError) as error:
        _fail(str(error), _FAILURE)
    if as_json:
        typer.echo(json.dumps(_as_json(prepared, is_written=writes), indent=2))
    elif writes:
        _print_next_steps(prepared)


def _ask(key: str, default: str) -> str:
    import questionary

    if key == "package":
        answer = questionary.text("Package:", default=default).ask()
    else:
        choices = list(OPTIONS[key])
        answer = questionary.select(f"{key}:", choices=choices, default=default).ask()
    if answer is None:
        raise typer.Abort
    return str(answer)


def _print_plan(prepared: "Prepared") -> None:
    plan = prepared.plan
    typer.echo(f"{plan.item} in {prepared.project.root}")
    for step in prepared.steps:
        typer.echo(f"  {step.state.value:14} {step.path}")
    for path in plan.edits:
        typer.echo(f"  {'lines added':14} {path}")
    typer.echo("Requirements: " + ", ".join(plan.requirements))
    typer.echo("For tests: " + ", ".join(plan.test_requirements))
    set_here = [
        one.name for one in plan.variables if one.fresh or one.value is not None
    ]
    typer.echo("Variables in .env: " + ", ".join(set_here))


def _print_next_steps(prepared: "Prepared") -> None:
    typer.echo("Done. Next:")
    for number, step in enumerate(prepared.next_steps, start=1):
        typer.echo(f"  {number}. {step}")


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
        "requirements": list(plan.requirements),
        "testRequirements": list(plan.test_requirements),
        "variables": [variable.name for variable in plan.variables],
        "nextSteps": list(prepared.next_steps),
    }


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)
