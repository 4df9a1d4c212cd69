"""A package index on loopback: pages as PEP 503 says, over a folder of wheels.

What it says as JSON of a package, and of a version, lies in NAME.json beside them and
in NAME-VERSION.json.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from keywright.emit.requirements import canonical

REPOSITORY = Path(__file__).parents[2]


@dataclass(slots=True)
class Index:
    """Where it is, and which paths it was *asked* for."""

    address: str
    asked: list[str] = field(default_factory=list)

    def variables(self, folder: Path) -> Mapping[str, str]:
        """Return what tells pip and uv of it alone; they keep things in *folder*."""
        return {
            "PIP_INDEX_URL": f"{self.address}/simple",
            "PIP_EXTRA_INDEX_URL": "",
            "PIP_FIND_LINKS": "",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_CACHE_DIR": str(folder / "pip"),
            "UV_DEFAULT_INDEX": f"{self.address}/simple",
            "UV_NO_CONFIG": "1",
            "UV_CACHE_DIR": str(folder / "uv"),
            "UV_PYTHON_DOWNLOADS": "never",
        }


@contextmanager
def served(wheels: Path) -> Iterator[Index]:
    """Serve the *wheels* in a folder, as they are when somebody asks."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(wheels))
    index = Index(f"http://127.0.0.1:{server.server_port}")
    server.asked = index.asked  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(wheels: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.server.asked.append(self.path)  # type: ignore[attr-defined]
            match self.path.strip("/").split("/"):
                case ["simple", name] if page := _page(wheels, name):
                    self._send(page.encode(), "text/html")
                case ["pypi", *names, "json"] if (
                    known := wheels / f"{'-'.join(names)}.json"
                ).is_file():
                    self._send(known.read_bytes(), "application/json")
                case ["files", name] if (wheels / name).is_file():
                    self._send((wheels / name).read_bytes(), "application/zip")
                case _:
                    self.send_error(HTTPStatus.NOT_FOUND)

        do_HEAD = do_GET  # noqa: N815 - its base names it so

        def _send(self, content: bytes, kind: str) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler


def _page(wheels: Path, name: str) -> str:
    """Return the page of the project *name*, empty if there is none."""
    links = [
        f'<a href="/files/{wheel.name}#sha256={_digest(wheel)}">{wheel.name}</a>'
        for wheel in sorted(wheels.glob("*.whl"))
        if canonical(wheel.name.partition("-")[0]) == name
    ]
    return f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>" if links else ""


def _digest(wheel: Path) -> str:
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def uv() -> Path:
    """Return the uv that made the environment of this repository."""
    beside = (REPOSITORY / ".boot" / "bin" / "uv", Path.home() / ".local" / "bin/uv")
    found = shutil.which("uv")
    known = [Path(found)] if found else [one for one in beside if one.is_file()]
    assert known, "tools/uv.sh installs uv"
    return known[0]
