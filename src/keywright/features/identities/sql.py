"""Identities in a SQL database."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import (
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from keywright.features.identities.errors import (
    IdentityTaken,
    LastFactor,
    ProviderLinked,
)
from keywright.features.identities.models import IdentityRow
from keywright.features.identities.types import Identity, SealedTokens
from keywright.features.outbox.sql import record
from keywright.features.outbox.types import Letter
from keywright.features.users.errors import EmailTaken
from keywright.features.users.sql import insert_user, users
from keywright.features.users.types import Status, User
from keywright.shared.secrets import BEFORE_ALL, digest
from keywright.shared.sql import Database, Row
from keywright.shared.tables import table_of

_identities = table_of(IdentityRow)
_c = _identities.c

_INSERT = insert(_identities)
_BY_KEY = select(_identities).where(_c.key == bindparam("of"))
_OF_USER = (
    select(_identities)
    .where(_c.user_id == bindparam("user"))
    .order_by(_c.linked_at, _c.id)
)
_LOCK = select(users.c.id).where(users.c.id == bindparam("user")).with_for_update()
_LOCK_AT_EPOCH = _LOCK.where(
    users.c.epoch == bindparam("expected"), users.c.status == Status.ACTIVE
)
_UNLINK = delete(_identities).where(
    _c.id == bindparam("identity"), _c.user_id == bindparam("user")
)
_KEEP = (
    update(_identities)
    .where(_c.id == bindparam("identity"))
    .values(
        access_token=bindparam("access"),
        refresh_token=func.coalesce(
            bindparam("refresh", type_=_c.refresh_token.type), _c.refresh_token
        ),
    )
)
_DROP = (
    update(_identities)
    .where(_c.id == bindparam("identity"))
    .values(access_token=None, refresh_token=None)
)
_FOLLOWING = (
    select(_identities)
    .where(_c.id > bindparam("last"), _c.access_token.is_not(None))
    .order_by(_c.id)
    .limit(bindparam("most"))
)
_RESEAL = (
    update(_identities)
    .where(
        _c.id == bindparam("identity"),
        _c.access_token == bindparam("old_access"),
        func.coalesce(_c.refresh_token, "") == bindparam("old_refresh"),
    )
    .values(access_token=bindparam("access"), refresh_token=bindparam("refresh"))
)
_FORGET = delete(_identities).where(_c.user_id == bindparam("user"))


class Identities:
    """Identities, found by the digest of issuer and subject."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def enrol(self, user: User, identity: Identity) -> None:
        async with self._db.transaction() as tx:
            try:
                await insert_user(tx, user)
            except IntegrityError as error:
                raise EmailTaken from error
            try:
                await tx.run(_INSERT, _values(identity))
            except IntegrityError as error:
                raise IdentityTaken from error

    async def link(
        self, identity: Identity, *, epoch: int, letter: Letter | None
    ) -> bool:
        known = {"user": identity.user_id, "expected": epoch}
        try:
            async with self._db.transaction() as tx:
                # Whatever raises the epoch waits for the row until this is done.
                if await tx.first(_LOCK_AT_EPOCH, known) is None:
                    return False
                await tx.run(_INSERT, _values(identity))
                await record(tx, letter)
        except IntegrityError as error:
            if await self.by_subject(identity.issuer, identity.subject) is not None:
                raise IdentityTaken from error
            raise ProviderLinked from error
        return True

    async def by_subject(self, issuer: str, subject: str) -> Identity | None:
        row = await self._db.first(_BY_KEY, {"of": _key(issuer, subject)})
        return None if row is None else _identity(row)

    async def of_user(self, user_id: UUID) -> Sequence[Identity]:
        rows = await self._db.all(_OF_USER, {"user": user_id})
        return [_identity(row) for row in rows]

    async def keep(self, identity_id: UUID, tokens: SealedTokens | None) -> bool:
        if tokens is None:
            return bool(await self._db.run(_DROP, {"identity": identity_id}))
        kept = {"access": tokens.access, "refresh": tokens.refresh}
        return bool(await self._db.run(_KEEP, {"identity": identity_id, **kept}))

    async def following(self, last: UUID | None, *, most: int) -> Sequence[Identity]:
        values = {"last": last or BEFORE_ALL, "most": most}
        return [_identity(row) for row in await self._db.all(_FOLLOWING, values)]

    async def reseal(
        self, identity_id: UUID, *, old: SealedTokens, new: SealedTokens
    ) -> bool:
        values = {
            "identity": identity_id,
            "old_access": old.access,
            "old_refresh": old.refresh or "",
            "access": new.access,
            "refresh": new.refresh,
        }
        return await self._db.run(_RESEAL, values) == 1

    async def unlink(
        self,
        identity_id: UUID,
        user_id: UUID,
        *,
        keep_one: bool,
        letter: Letter | None,
    ) -> bool:
        async with self._db.transaction() as tx:
            # The user's row is the lock: two that unlink wait for each other.
            await tx.first(_LOCK, {"user": user_id})
            rows = await tx.all(_OF_USER, {"user": user_id})
            if identity_id not in {row[_c.id] for row in rows}:
                return False
            if keep_one and len(rows) == 1:
                raise LastFactor
            await tx.run(_UNLINK, {"identity": identity_id, "user": user_id})
            await record(tx, letter)
        return True

    async def forget(self, user_id: UUID) -> int:
        return await self._db.run(_FORGET, {"user": user_id})


def _key(issuer: str, subject: str) -> bytes:
    length = len(issuer.encode()).to_bytes(4, "big")
    return digest(length + issuer.encode() + subject.encode())


def _values(identity: Identity) -> Mapping[str, object]:
    return {
        "id": identity.id,
        "user_id": identity.user_id,
        "provider": identity.provider,
        "issuer": identity.issuer,
        "subject": identity.subject,
        "key": _key(identity.issuer, identity.subject),
        "email": identity.email,
        "linked_at": identity.linked_at,
        "access_token": identity.tokens and identity.tokens.access,
        "refresh_token": identity.tokens and identity.tokens.refresh,
    }


def _identity(row: Row) -> Identity:
    access = row[_c.access_token]
    return Identity(
        id=row[_c.id],
        user_id=row[_c.user_id],
        provider=row[_c.provider],
        issuer=row[_c.issuer],
        subject=row[_c.subject],
        email=row[_c.email],
        linked_at=row[_c.linked_at],
        tokens=access and SealedTokens(access, row[_c.refresh_token]),
    )
