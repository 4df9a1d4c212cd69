"""`keywright doctor`: is everything set, reachable, and as it should be."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keywright.cli.options import HERE, AsJson, Cwd
from keywright.cli.progress import working

if TYPE_CHECKING:
    from keywright.service.diagnosis import Finding
    from keywright.service.settings_report import Setting

FAILURE = 1


Online = Annotated[
    bool,
    typer.Option("--online", help="Ask the package index for releases and holes too."),
]
Index = Annotated[
    str | None,
    typer.Option(
        help="The index, for --online.",
        envvar=["KEYWRIGHT_INDEX", "UV_DEFAULT_INDEX", "PIP_INDEX_URL"],
        show_envvar=False,
    ),
]


def doctor(
    *,
    online: Online = False,
    index: Index = None,
    as_json: AsJson = False,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Look at settings, database, Redis, mail and files; 1 if something is wrong.

    In a project that owns copies also at their age, and at its own migrations. Secrets
    are never shown.
    """
    from keywright.cli.chosen import USAGE, fail, failing

    if online and index is None:
        fail("Name the package index: --index, or KEYWRIGHT_INDEX.", USAGE)
    with failing(), working("Asking every part"):
        examined = _examined(Path())
        if online and index is not None:
            examined[2].extend(_published(Path(), index))
    if as_json:
        _print_json(*examined)
    else:
        _print_text(*examined)
    _, problems, findings = examined
    if problems or not all(finding.is_good for finding in findings):
        raise typer.Exit(FAILURE)


def _examined(
    root: Path,
) -> "tuple[list[Setting], dict[str, str], list[Finding]]":
    """Return the settings, what is wrong with them, and what was found.

    A project that owns copies is looked at as such: only a blueprint is a service.
    """
    from keywright.service.copies import (
        blueprint_in,
        choice_findings,
        copy_findings,
        lock_in,
    )
    from keywright.service.diagnosis import Finding, diagnose
    from keywright.service.settings import chosen_blueprint, service_settings
    from keywright.service.settings_report import report
    from keywright.service.unread import unread
    from keywright.shared.settings import SettingsInvalid

    lock = lock_in(root)
    copies = list(copy_findings(root)) if lock else []
    blueprint = blueprint_in(lock) if lock else None
    if lock is not None and blueprint is None:
        return [], {}, copies
    copies += [
        Finding("unread", is_good=True, detail=line)
        for line in unread(chosen_blueprint(blueprint).settings)
    ]
    try:
        settings = service_settings(blueprint=blueprint)
    except SettingsInvalid as invalid:
        return report(None), invalid.problems, copies
    found = asyncio.run(diagnose(settings))
    if lock is not None:
        url = settings.database_url.get_secret_value()
        found = [*choice_findings(root, settings), *_as_owned(root, url, found)]
    return report(settings), {}, [*copies, *found]


def _published(root: Path, index: str) -> "Sequence[Finding]":
    """Return what *index* says of what is copied, or else of what is installed."""
    from keywright.service.copies import lock_in
    from keywright.service.published import index_findings

    lock = lock_in(root)
    versions = {one.version for one in lock.items.values()} if lock else set()
    remedy = ", then: keywright upgrade" if versions else ""
    asked = versions or {version("keywright")}
    return asyncio.run(index_findings(index, asked, remedy=remedy))


def _as_owned(root: Path, url: str, found: "list[Finding]") -> "list[Finding]":
    """Return *found* with the project's own revisions instead of the service's."""
    from keywright.service.copies import revision_finding
    from keywright.shared.database_urls import is_mongodb

    others = [finding for finding in found if finding.name != "schema"]
    if is_mongodb(url):
        return others
    return [*others, asyncio.run(revision_finding(root, url))]


def _print_json(
    lines: "list[Setting]", problems: dict[str, str], findings: "list[Finding]"
) -> None:
    document = {
        "settings": [asdict(line) for line in lines],
        "problems": problems,
        "findings": [asdict(finding) for finding in findings],
    }
    typer.echo(json.dumps(document, indent=2))


def _print_text(
    lines: "list[Setting]", problems: dict[str, str], findings: "list[Finding]"
) -> None:
    for name, expected in problems.items():
        typer.echo(f"  WRONG {name}: {expected}", err=True)
    if problems:
        # What is not set has no value to show, and would hide what is wrong.
        lines = [line for line in lines if line.is_set]
    typer.echo("Settings")
    for line in lines:
        origin = "set" if line.is_set else "default"
        secret = "[secret]" if line.is_set else "-"
        value = secret if line.is_secret else line.value or "-"
        typer.echo(f"  {line.name:28} {origin:8} {value}")
    if findings:
        typer.echo("Found")
    for finding in findings:
        time = (
            "" if finding.milliseconds is None else f" ({finding.milliseconds:.1f} ms)"
        )
        mark = "ok   " if finding.is_good else "WRONG"
        if not finding.is_known:
            mark = "?    "
        text = f"  {mark} {finding.name:10} {finding.detail}{time}"
        typer.echo(text, err=not (finding.is_good and finding.is_known))
