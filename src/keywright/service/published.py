"""What a package index says of the versions in use: newer ones, withdrawn, unsafe.

It is asked by its JSON interface, `/pypi/NAME/json` and `/pypi/NAME/VERSION/json`. Its
answers are another party's: names in them are shown only if they are plain.
"""

import asyncio
import re
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from httpx2 import AsyncClient, HTTPError, InvalidURL
from pydantic import BaseModel, ValidationError

from keywright.emit.holes import is_older
from keywright.service.diagnosis import Finding

_NAME: Final = "keywright"
_TOTAL: Final = timedelta(seconds=20)
_LARGEST: Final = 4 * 1024 * 1024
_GOOD: Final = 200
_ABSENT: Final = 404
_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+!_-]{0,39}")


class _Info(BaseModel):
    version: str
    yanked: bool = False


class _Hole(BaseModel):
    id: str
    fixed_in: list[str] = []
    withdrawn: str | None = None


class _Document(BaseModel):
    info: _Info
    vulnerabilities: list[_Hole] = []


class IndexSilent(Exception):
    """The index gives no answer that can be used; the text says why.

    It holds neither its address, where a password may stand, nor what it wrote.
    """


async def index_findings(
    index: str, versions: Collection[str], *, remedy: str
) -> Sequence[Finding]:
    """Return what *index* says of *versions*; *remedy* is the last step of a way out.

    A newer release is no problem. An index that gives no answer is a warning.
    """
    root = index.rstrip("/").removesuffix("/simple")
    address = f"{root}/pypi/{_NAME}"
    try:
        async with (
            asyncio.timeout(_TOTAL.total_seconds()),
            AsyncClient(follow_redirects=True) as client,
        ):
            return await _found(client, address, sorted(versions), remedy)
    except TimeoutError:
        return [_unknown("it takes too long")]
    except IndexSilent as silent:
        return [_unknown(str(silent))]


async def _found(
    client: AsyncClient, address: str, versions: Sequence[str], remedy: str
) -> Sequence[Finding]:
    whole = await _document(client, f"{address}/json")
    if whole is None:
        raise IndexSilent("it has no such package")
    newest = _shown(whole.info.version)
    found = []
    for one in versions:
        is_plain = _PLAIN.fullmatch(one) is not None
        url = f"{address}/{one}/json"
        document = await _document(client, url) if is_plain else None
        found.append(_judged(_shown(one), document, newest, remedy))
    return found


async def _document(client: AsyncClient, url: str) -> _Document | None:
    """Return the document at *url*, None if there is none."""
    content = bytearray()
    try:
        async with client.stream("GET", url) as answer:
            if answer.status_code == _ABSENT:
                return None
            if answer.status_code != _GOOD:
                raise IndexSilent(f"it answers with {answer.status_code}")
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > _LARGEST:
                    raise IndexSilent("its answer is too large")
        return _Document.model_validate_json(bytes(content))
    except (HTTPError, InvalidURL, OSError) as error:
        raise IndexSilent(f"it cannot be asked ({type(error).__name__})") from None
    except ValidationError:
        raise IndexSilent("its answer is not the one expected") from None


def _judged(
    version: str, document: _Document | None, newest: str, remedy: str
) -> Finding:
    """Return what *document* means for who uses *version*."""
    way = f"install {newest}{remedy}"
    if document is None:
        return _unknown(f"it does not know {version}; {newest} is its newest")
    holes = [one for one in document.vulnerabilities if one.withdrawn is None]
    if holes:
        listed = ", ".join(_told(one) for one in holes)
        return _wrong(f"{version} has known holes: {listed}; {way}")
    if document.info.yanked:
        return _wrong(f"{version} was withdrawn; {way}")
    if is_older(version, newest):
        text = f"{version} is in use, {newest} is out; {way}"
        return Finding("release", is_good=True, detail=text)
    return Finding("release", is_good=True, detail=f"{version} is the newest")


def _told(hole: _Hole) -> str:
    closed = ", ".join(_shown(one) for one in hole.fixed_in)
    return f"{_shown(hole.id)}{f' (closed in {closed})' if closed else ''}"


def _shown(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else "(a name that cannot be shown)"


def _wrong(text: str) -> Finding:
    return Finding("release", is_good=False, detail=text)


def _unknown(why: str) -> Finding:
    text = f"not known from the index: {why}"
    return Finding("release", is_good=True, detail=text, is_known=False)
