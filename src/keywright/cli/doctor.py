"""`keywright doctor`: is everything set, reachable, and as it should be."""

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from keywright.cli.options import HERE, AsJson, Cwd

if TYPE_CHECKING:
    from keywright.service.diagnosis import Finding
    from keywright.service.settings_report import Setting

FAILURE = 1


def doctor(
    *,
    as_json: AsJson = False,
    cwd: Cwd = HERE,  # noqa: ARG001 - its callback enters the folder
) -> None:
    """Look at settings, database, Redis and mail; 1 if something is wrong.

    Secrets are never shown.
    """
    from keywright.service.diagnosis import diagnose
    from keywright.service.settings import service_settings
    from keywright.service.settings_report import report
    from keywright.shared.settings import SettingsInvalid

    problems: dict[str, str] = {}
    findings: list[Finding] = []
    try:
        settings = service_settings()
        findings = asyncio.run(diagnose(settings))
        lines = report(settings)
    except SettingsInvalid as invalid:
        problems, lines = invalid.problems, report(None)
    if as_json:
        _print_json(lines, problems, findings)
    else:
        _print_text(lines, problems, findings)
    if problems or not all(finding.is_good for finding in findings):
        raise typer.Exit(FAILURE)


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
    typer.echo("Settings")
    for line in lines:
        origin = "set" if line.is_set else "default"
        secret = "[secret]" if line.is_set else "-"
        value = secret if line.is_secret else line.value or "-"
        typer.echo(f"  {line.name:28} {origin:8} {value}")
    for name, expected in problems.items():
        typer.echo(f"  WRONG {name}: {expected}", err=True)
    if findings:
        typer.echo("Found")
    for finding in findings:
        time = (
            "" if finding.milliseconds is None else f" ({finding.milliseconds:.1f} ms)"
        )
        mark = "ok   " if finding.is_good else "WRONG"
        text = f"  {mark} {finding.name:10} {finding.detail}{time}"
        typer.echo(text, err=not finding.is_good)
