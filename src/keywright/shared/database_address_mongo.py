"""What is wrong with the address of a MongoDB server."""

from importlib.util import find_spec

from keywright.shared.database_urls import is_mongodb

__all__ = ["database_problem"]


def database_problem(url: str) -> str | None:
    """Return what is expected instead of *url*; None if a client can be made of it.

    Nothing is connected, and no part of *url* repeated.
    """
    if not is_mongodb(url):
        return "mongodb://user:password@host/name, or mongodb+srv://"
    if find_spec("pymongo") is None:
        return (
            "The database needs a driver that is missing. Install the package pymongo."
        )
    from pymongo.errors import PyMongoError
    from pymongo.uri_parser import parse_uri

    # A name of the form mongodb+srv is looked up in the DNS, so not before it is used.
    if not url.lower().startswith("mongodb+srv:"):
        try:
            parse_uri(url, warn=False)
        except (PyMongoError, ValueError):
            return "mongodb://user:password@host/name or so"
    return None
