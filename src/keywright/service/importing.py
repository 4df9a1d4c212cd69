"""Users of another system, taken over line by line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import AwareDatetime, Field, SecretStr, StringConstraints, ValidationError

from keywright.blueprints.foundation.types import Auth
from keywright.features.passwords.service import Passwords
from keywright.features.users.errors import EmailTaken
from keywright.features.users.schemas import EmailAddress
from keywright.features.users.types import User
from keywright.shared.bodies import PersonName, RequestBody
from keywright.shared.clock import utc_now, whole_milliseconds
from keywright.shared.secrets import new_id

Name = Annotated[PersonName, StringConstraints(min_length=1, max_length=50)]
Role = Annotated[str, StringConstraints(pattern=r"[a-z][a-z_-]{0,19}")]


class ImportedUser(RequestBody):
    """One line: a user as the other system knew it.

    Without *password_hash* the user sets a password by the reset mail.
    """

    email: EmailAddress
    name: Name
    password_hash: SecretStr | None = Field(default=None, repr=False)
    role: Role = "user"
    is_email_verified: bool = True
    created_at: AwareDatetime | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line, without its values."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Imported:
    """How many users were added, and how many were there before."""

    added: int
    known: int


def read_users(
    lines: Iterable[str], passwords: Passwords
) -> tuple[list[User], list[Problem]]:
    """Return the users that *lines* (JSON, one each) describe, and what is wrong.

    Empty lines are left out. Of two lines with one address the second is a problem.
    """
    users: dict[str, User] = {}
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            user = _user(ImportedUser.model_validate_json(line), passwords)
        except ValidationError as error:
            problems += [Problem(number, text) for text in _described(error)]
        except ValueError as error:
            problems.append(Problem(number, f"passwordHash: {error}"))
        else:
            if user.email in users:
                problems.append(Problem(number, "email: stands in an earlier line"))
            users.setdefault(user.email, user)
    return list(users.values()), problems


async def add_users(auth: Auth, users: Iterable[User]) -> Imported:
    """Add *users*; who is there already stays as before, so this may be repeated."""
    added = known = 0
    for user in users:
        try:
            await auth.stores.users.add(user)
        except EmailTaken:
            known += 1
        else:
            added += 1
    return Imported(added, known)


async def count_users(auth: Auth, users: Iterable[User]) -> Imported:
    """Return what adding *users* would come to, and add nobody."""
    found = [await auth.stores.users.by_email(user.email) for user in users]
    known = sum(user is not None for user in found)
    return Imported(len(found) - known, known)


def _user(read: ImportedUser, passwords: Passwords) -> User:
    now = whole_milliseconds(utc_now())
    user = User(
        id=new_id(),
        name=read.name,
        email=read.email,
        password_hash=None,
        role=read.role,
        is_email_verified=read.is_email_verified,
        created_at=whole_milliseconds(read.created_at or now),
        updated_at=now,
    )
    if read.password_hash is None:
        return user
    hashed = read.password_hash.get_secret_value()
    return replace(user, password_hash=passwords.keep(hashed, user_id=user.id))


def _described(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_input=False, include_url=False):
        member = ".".join(str(part) for part in one["loc"])
        yield f"{member}: {one['msg']}" if member else one["msg"]
