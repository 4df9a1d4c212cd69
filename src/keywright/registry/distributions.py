"""Which distribution an import comes from, where the names differ."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

IMPORT_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PIL": "pillow",
        "argon2": "argon2-cffi",
        "dotenv": "pydantic-settings",
        "bson": "pymongo",
        "multipart": "python-multipart",
        "pydantic_core": "pydantic",
        "starlette": "fastapi",
    }
)
"""Import name to the distribution that is asked for because of it."""
