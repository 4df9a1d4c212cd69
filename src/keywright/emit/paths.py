"""Paths of a project: none may lead out of it."""

from pathlib import Path, PurePosixPath

from keywright.emit.refusals import EmitError


class PathRefused(EmitError):
    """A path leads out of the project, or through something that is no folder."""


def inside(root: Path, path: str) -> Path:
    """Return where *path*, written with slashes, leads in *root*.

    Links are followed; raise `PathRefused` if the way or its end is outside of
    *root*, if a part of the way is no folder, or if the end is one.
    """
    pure = PurePosixPath(path)
    if pure.is_absolute() or not pure.parts or {"..", ""} & set(path.split("/")):
        raise PathRefused(f"{path!r} is no path inside the project.")
    if any(sign in path for sign in ("\\", "\0", ":")):
        raise PathRefused(f"{path!r} holds a sign that file names here must not have.")
    base = root.resolve()
    try:
        target = base.joinpath(pure).resolve()
    except (OSError, RuntimeError) as error:
        raise PathRefused(f"{path}: the link leads in a circle.") from error
    if target == base or not target.is_relative_to(base):
        raise PathRefused(f"{path} leads out of the project through a link.")
    for part in target.relative_to(base).parents:
        if (base / part).exists() and not (base / part).is_dir():
            raise PathRefused(f"{path}: {part} is a file, not a folder.")
    if target.is_dir():
        raise PathRefused(
            f"{path} is a folder; move it away and run the command again."
        )
    return target
