"""The blueprint for `uvicorn --factory tests.blueprints.served:app`."""

from fastapi import FastAPI

from keywright.blueprints.hybrid_auth.app import create_app


def app() -> FastAPI:
    """Return the service that the environment describes."""
    return create_app()
