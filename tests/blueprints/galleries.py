"""The store of pictures that blueprints are given, and their operations on them.

A slot: copied code without pictures of users has none.
"""

from collections.abc import Callable, Mapping

from tests.blueprints.kind import ENVELOPED as AUTH
from tests.files import Files

FILES: Callable[[], object] | None = Files
OPERATIONS: Mapping[tuple[str, str], int] = {
    ("delete", f"{AUTH}/profile/avatar"): 200,
    ("get", f"{AUTH}/avatars/{{name}}"): 200,
}
"""Those that change no more than pictures."""
