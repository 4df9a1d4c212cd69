"""Chromium, which tests start themselves: browsers are not shared."""

from pathlib import Path

from tools.devservers.lookup import MissingError, in_debian_packages, usual
from tools.devservers.processes import Tool

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    # Nothing but this machine is asked for anything.
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
"""What a start adds to the options of the library that drives it."""


def chromium(
    folder: Path,  # noqa: ARG001 - every entry of the table has one
    *,
    durable: bool = False,
    port: int | None = None,
) -> Tool:
    """Find Chromium, which is never *durable* and has no *port*."""
    if durable or port is not None:
        raise MissingError("A browser keeps nothing and has no port.")
    program = usual("chromium", "chromium-headless-shell") or in_debian_packages(
        "chromium",
        "usr/lib/chromium/chromium-headless-shell",
        "chromium-headless-shell",
        "chromium-common",
    )
    return Tool(program.version(), program.source, str(program.path))
