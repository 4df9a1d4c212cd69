"""Arguments and options of the commands that copy, and how those commands fail."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer

from keywright.registry.choices import OPTIONS, PARTS
from keywright.registry.item import Item
from keywright.registry.items import ITEMS, KINDS

FAILURE, USAGE, INTERRUPTED = 1, 2, 130


def _names(incomplete: str, context: typer.Context) -> list[str]:
    kind = f"{context.params.get('kind', '')}/"
    found = [one.removeprefix(kind) for one in ITEMS if one.startswith(kind)]
    return [one for one in found if one.startswith(incomplete)]


def _kinds(incomplete: str) -> list[str]:
    return [one for one in KINDS if one.startswith(incomplete)]


def _parts(incomplete: str) -> list[tuple[str, str]]:
    done, comma, last = incomplete.rpartition(",")
    return [
        (f"{done}{comma}{name}", about)
        for name, about in PARTS.items()
        if name.startswith(last) and name not in done.split(",")
    ]


def _about(text: str, key: str) -> str:
    return f"{text}: {', '.join(OPTIONS[key])}."


Kind = Annotated[
    str,
    typer.Argument(help=f"What: {', '.join(KINDS)}.", autocompletion=_kinds),
]
Name = Annotated[
    str, typer.Argument(help="Which one; see list.", autocompletion=_names)
]
Layout = Annotated[
    str | None, typer.Option(help=_about("How files are arranged", "layout"))
]
Package = Annotated[str | None, typer.Option(help="The package that gets the code.")]
Database = Annotated[
    str | None, typer.Option(help=_about("What keeps users", "database"))
]
Cache = Annotated[
    str | None, typer.Option(help=_about("What else keeps sessions", "cache"))
]
Mailer = Annotated[
    str | None, typer.Option(help=_about("How letters go out", "mailer"))
]
Files = Annotated[
    str | None, typer.Option(help=_about("Where pictures are kept", "files"))
]
Parts = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        help=f"What comes along only if asked for, by commas: {', '.join(PARTS)}.",
        autocompletion=_parts,
    ),
]
NoParts = Annotated[
    list[str] | None,
    typer.Option("--without", help="What to leave out.", autocompletion=_parts),
]
Responses = Annotated[
    str | None, typer.Option(help=_about("The form of answers", "responses"))
]


def given(
    parts: Sequence[str] | None = None,
    without: Sequence[str] | None = None,
    **flags: str | None,
) -> Mapping[str, str]:
    """Return the choices that stand on the command line, by key."""
    lists = {"with": parts, "without": without}
    joined = {key: ",".join(one) if one else None for key, one in lists.items()}
    found = {**flags, **joined}
    return {key: value for key, value in found.items() if value is not None}


def item_named(kind: str, name: str) -> Item:
    """Return the item, or end with 2 and the names there are."""
    item = ITEMS.get(f"{kind}/{name}")
    if item is None:
        beside = [one for one in ITEMS if one.startswith(f"{kind}/")] or list(ITEMS)
        known = ", ".join(one.replace("/", " ", 1) for one in beside)
        fail(f"There is no {kind} {name}. There is: {known}.", USAGE)
    return item


@contextmanager
def failing() -> Iterator[None]:
    """End with 2 for a choice that does not exist, with 1 for what else is refused."""
    from keywright.emit.refusals import ChoiceRefused, EmitError

    try:
        yield
    except ChoiceRefused as refused:
        fail(str(refused), USAGE)
    except EmitError as error:
        fail(str(error), FAILURE)
    except OSError as error:
        from keywright.service.explain import explanation

        fail(explanation(error) or str(error), FAILURE)


def fail(message: str, code: int) -> NoReturn:
    """Print *message* to standard error and end with *code*."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


@contextmanager
def answering() -> Iterator[None]:
    """End with 130, as shells do, if the person at the terminal breaks off."""
    try:
        yield
    except (KeyboardInterrupt, EOFError, typer.Abort):
        fail("Nothing was written.", INTERRUPTED)


def confirm_writing() -> None:
    """Ask whether to write what was shown; end with 1 if not."""
    with answering():
        is_wanted = typer.confirm("Write this?", default=True)
    if not is_wanted:
        fail("Nothing was written.", FAILURE)


def ask(key: str, default: str) -> str:
    """Return what the person at the terminal chooses for *key*."""
    import questionary

    with answering():
        if key == "with":
            return _asked_parts(default.split(","))
        if key == "package":
            question = questionary.text("Package:", default=default)
        else:
            choices = list(OPTIONS[key])
            name = f"{key.capitalize()}:"
            question = questionary.select(name, choices=choices, default=default)
        return str(question.unsafe_ask())


def _asked_parts(chosen: Sequence[str]) -> str:
    import questionary

    parts = [
        questionary.Choice(f"{name}: {about}", name, checked=name in chosen)
        for name, about in PARTS.items()
    ]
    return ",".join(questionary.checkbox("With:", choices=parts).unsafe_ask())
