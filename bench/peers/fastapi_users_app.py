"""fastapi-users as its documentation shows it: SQLAlchemy, bearer tokens, JWT.

Runs in an environment of its own; nothing of ours is imported.
"""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin, schemas
from fastapi_users.authentication import (
    AuthenticationBackend,
    BearerTransport,
    JWTStrategy,
)
from fastapi_users.db import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

SECRET = os.environ["PEER_SECRET"]
engine = create_async_engine(os.environ["PEER_DATABASE_URL"], pool_size=8)
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """The tables."""


class User(SQLAlchemyBaseUserTableUUID, Base):
    """The users."""

    __tablename__ = "fastapi_users_user"


class UserRead(schemas.BaseUser[uuid.UUID]):
    """What an answer shows."""


class UserCreate(schemas.BaseUserCreate):
    """What a sign-up says."""


async def database() -> AsyncIterator[SQLAlchemyUserDatabase]:
    """Yield the users of one request."""
    session: AsyncSession
    async with sessions() as session:
        yield SQLAlchemyUserDatabase(session, User)


class Manager(UUIDIDMixin, BaseUserManager[User, uuid.UUID]):
    """The documented manager, with its default password hash."""

    reset_password_token_secret = SECRET
    verification_token_secret = SECRET


async def manager(
    users: Annotated[SQLAlchemyUserDatabase, Depends(database)],
) -> AsyncIterator[Manager]:
    """Yield the manager of one request."""
    yield Manager(users)


def strategy() -> JWTStrategy:
    """Return tokens of fifteen minutes."""
    return JWTStrategy(secret=SECRET, lifetime_seconds=900)


backend = AuthenticationBackend(
    name="jwt", transport=BearerTransport(tokenUrl="login"), get_strategy=strategy
)
users = FastAPIUsers[User, uuid.UUID](manager, [backend])


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Make the table."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield


def app() -> FastAPI:
    """Return the application."""
    made = FastAPI(lifespan=lifespan)
    made.include_router(users.get_auth_router(backend))
    made.include_router(users.get_register_router(UserRead, UserCreate))

    @made.get("/me")
    async def me(
        user: Annotated[User, Depends(users.current_user(active=True))],
    ) -> UserRead:
        return UserRead.model_validate(user)

    return made
