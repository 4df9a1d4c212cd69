"""What kind of database an address names."""

from typing import Final

MONGODB: Final = ("mongodb://", "mongodb+srv://")


def is_mongodb(url: str) -> bool:
    """Say whether *url* is the address of a MongoDB server."""
    return url.lower().startswith(MONGODB)
